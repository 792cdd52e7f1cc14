"""Prompts from a file: one a line, or a JSON object a line with what belongs to each."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from hfmedia_tui.cli.streams import read_input
from hfmedia_tui.domain import clean, split_name
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import PARAMETERS, parse, parse_extra
from hfmedia_tui.services import Ask

__all__ = ['read_prompts']

_MOST_READ: Final = 8_000_000
"""Characters: more than anybody would ask for at once."""
_JSON_FILES: Final = ('.jsonl', '.ndjson')
_OBJECT: Final = re.compile(r'\{\s*"')
"""How a JSON object begins, and no prompt with alternatives."""
_FIELDS: Final = ('prompt', 'model', 'n', 'seed', 'aspect_ratio', 'extra', *PARAMETERS)


def read_prompts(name: str, usual: Ask) -> tuple[Ask, ...]:
    """What is asked for in a file, or on standard input for a dash; `usual` has what a line does not say. Blocking.

    Lines are JSON objects where the file's name says so or the first one looks it; empty lines say nothing. Raises
    UsageError, which names the line; also for an object among prompts, which nobody means as a prompt.
    """
    lines = [(number, line.strip()) for number, line in enumerate(_read(name).splitlines(), 1) if line.strip()]
    if not lines:
        raise UsageError(f'{_named(name)} holds no prompt.', 'Write one a line.')
    as_objects = name.lower().endswith(_JSON_FILES) or _OBJECT.match(lines[0][1]) is not None
    return tuple(_asks(name, lines, usual) if as_objects else _prompts(name, lines, usual))


def _named(name: str) -> str:
    return 'Standard input' if name == '-' else clean(Path(name).name, 80)


def _read(name: str) -> str:
    if name == '-':
        text = read_input(_MOST_READ + 1)
    else:
        try:
            with Path(name).open(encoding='utf-8-sig') as file:
                text = file.read(_MOST_READ + 1)
        except OSError as error:
            raise UsageError(f'{_named(name)} cannot be read: {error.strerror}.') from None
        except UnicodeDecodeError:
            raise UsageError(f'{_named(name)} is not text in UTF-8.') from None
    if len(text) > _MOST_READ:
        raise UsageError(f'{_named(name)} is longer than {_MOST_READ:,} characters.')
    return text.removeprefix('\ufeff')


def _prompts(name: str, lines: list[tuple[int, str]], usual: Ask) -> Iterator[Ask]:
    for number, line in lines:
        if _is_object(line):
            raise UsageError(
                f'{_named(name)}, line {number}: It is JSON, and the first line is not.',
                'Write every line as JSON, or none.',
            )
        yield msgspec.structs.replace(usual, prompt=line)


def _is_object(line: str) -> bool:
    try:
        return _OBJECT.match(line) is not None and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _asks(name: str, lines: list[tuple[int, str]], usual: Ask) -> Iterator[Ask]:
    for number, line in lines:
        try:
            yield _ask(parse_extra(line, 'line'), usual)
        except UsageError as error:
            raise UsageError(f'{_named(name)}, line {number}: {error.message}', error.hint) from None


def _ask(told: dict[str, Any], usual: Ask) -> Ask:
    """The ask of one line. Raises UsageError."""
    for field in told:
        if field not in _FIELDS:
            raise UsageError(f'{clean(field, 40)!r} is not known.', f'A line may have {", ".join(_FIELDS)}.')
    prompt, count, seed = told.get('prompt'), told.get('n', usual.count), told.get('seed', usual.seed)
    model, ratio, extra = told.get('model', ''), told.get('aspect_ratio', usual.aspect_ratio), told.get('extra', {})
    if not isinstance(prompt, str):
        raise UsageError('It has no prompt.', 'Such as {"prompt": "a fox", "seed": 4}.')
    if type(count) is not int:
        raise UsageError('n must be a whole number.')
    if seed is not None and type(seed) is not int:
        raise UsageError('seed must be a whole number.')
    if not isinstance(model, str) or not isinstance(ratio, str | None):
        raise UsageError('model and aspect_ratio must be text.')
    if not isinstance(extra, dict):
        raise UsageError('extra must be an object.')
    wished, provider = split_name(model)
    parameters = {field: parse(field, _written(told[field])) for field in PARAMETERS if told.get(field) is not None}
    return msgspec.structs.replace(
        usual,
        prompt=prompt,
        count=count,
        seed=seed,
        model=wished or usual.model,
        provider=provider if wished else usual.provider,
        aspect_ratio=ratio,
        parameters={**usual.parameters, **parameters},
        extra={**usual.extra, **extra},
    )


def _written(value: Any) -> str:
    """A parameter as it would be typed: numbers and text have one way to be read."""
    return value if isinstance(value, str) else json.dumps(value)
