"""The recipe of a file: what a form, or another run, can be filled with, and what it has no place for."""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

import msgspec

from hfmedia_tui.domain import Task, clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import LONGEST_PROMPT, PARAMETERS, Kind, parse

__all__ = ['Recipe', 'make_recipe', 'side_by_side']

_LARGEST_SEED: Final = 2**64 - 1
_MOST_UNMAPPED: Final = 60
_MODEL: Final = re.compile(r'[\w-][\w.-]*/[\w-][\w.-]*', re.ASCII)
_SIZE: Final = re.compile(r'\D{0,3}(\d{1,6})\D{1,4}(\d{1,6})\D{0,3}', re.ASCII)
_NOTHING: Final = frozenset({'', 'n/a', 'none', 'null', '[]', '{}'})
"""What tools write where there is no value."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How a file was made, in the house's own words, as far as its text tells. All of it is cleaned."""

    source: str
    """The tool that wrote it."""
    prompt: str = ''
    task: Task | None = None
    model: str | None = None
    """The Hub's id, where it has the form of one."""
    provider: str | None = None
    seed: int | None = None
    parameters: Mapping[str, Any] = {}
    """House names (see `parameters`) to values that can be sent."""
    extra: Mapping[str, Any] = {}
    """JSON that the provider got as it stands; only our own files tell."""
    sandbox: bool = False
    """Whether the built-in sandbox made it."""
    unmapped: tuple[tuple[str, str], ...] = ()
    """What has no place in a form here, by its name there."""
    facts: tuple[tuple[str, str], ...] = ()
    """What else is told that no form asks for, such as when it was made."""
    signed: bool = False
    """Whether the file has a C2PA manifest."""


def make_recipe(
    source: str,
    *,
    prompt: object = '',
    task: Task | None = None,
    model: object = None,
    provider: object = None,
    seed: object = None,
    parameters: Mapping[str, object] | None = None,
    extra: Mapping[str, Any] | None = None,
    sandbox: bool = False,
    others: Mapping[str, object] | None = None,
    facts: Mapping[str, object] | None = None,
) -> Recipe:
    """A recipe of what a file says, in which every value holds what its place may hold; the rest is `unmapped`.

    `parameters` are by house names, `others` by the names that they have there.
    """
    left = list[tuple[str, object]]()
    taken = dict[str, Any]()
    for name, value in (parameters or {}).items():
        parsed = _parsed(name, value)
        if parsed is None:
            left.append((PARAMETERS[name].label, value))
        elif parsed != '':
            taken[name] = parsed
    named = clean(model, 200) if isinstance(model, str) else ''
    if named and not _MODEL.fullmatch(named):
        left.append(('Model', named))
    number = _whole(seed)
    if number is None or not 0 <= number <= _LARGEST_SEED:
        left.append(('Seed', None if number == -1 else seed))  # -1 stands for any
        number = None
    left.extend((others or {}).items())
    return Recipe(
        source=source,
        prompt=clean(prompt, LONGEST_PROMPT) if isinstance(prompt, str) else '',
        task=task,
        model=named if _MODEL.fullmatch(named) else None,
        provider=clean(provider, 60) or None if isinstance(provider, str) else None,
        seed=number,
        parameters=taken,
        extra=extra or {},
        sandbox=sandbox,
        unmapped=_told(left),
        facts=_told((facts or {}).items()),
    )


def side_by_side(size: object) -> dict[str, object]:
    """Width and height from a text such as `1024x768` or `(1024, 768)`; nothing where it is none."""
    match = _SIZE.fullmatch(size) if isinstance(size, str) else None
    return {} if match is None else {'width': match[1], 'height': match[2]}


def _parsed(name: str, value: object) -> int | float | str | None:
    """A value that may be sent as the parameter; '' where there is none, and None where it cannot be taken."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return '' if value is None else None
    if PARAMETERS[name].kind is Kind.INTEGER and (number := _whole(value)) is not None:
        value = number
    try:
        text = str(value).strip()
        return '' if text.lower() in _NOTHING else parse(name, text)
    except (UsageError, ValueError):  # an integer may have more digits than Python writes
        return None


def _whole(value: object) -> int | None:
    """A whole number, however it was written; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return int(value) if re.fullmatch(r'-?[0-9]{1,20}', value.strip()) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else None
    return value


def _told(items: Iterable[tuple[object, object]]) -> tuple[tuple[str, str], ...]:
    shown = ((clean(str(name), 60), _shown(value)) for name, value in islice(items, _MOST_UNMAPPED))
    return tuple((name, value) for name, value in shown if value.lower() not in _NOTHING)


def _shown(value: object) -> str:
    """Something of no known kind as a line of text."""
    if isinstance(value, str):
        return clean(value, 200)
    if value is None:
        return ''
    try:
        return clean(msgspec.json.encode(value).decode(), 200)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return '…'
