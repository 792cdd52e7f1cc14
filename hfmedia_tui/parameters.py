"""Every parameter of a generation, declared once.

Forms, the command line and validation are made from these declarations; each provider's module says under what
name it takes which of them. What is left unset is never sent.
"""

import json
import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from hfmedia_tui.domain import Task, clean
from hfmedia_tui.errors import UsageError

__all__ = [
    'ASPECT_RATIOS',
    'LONGEST_PROMPT',
    'MAXIMUM_RANDOM_SEED',
    'PARAMETERS',
    'Kind',
    'Parameter',
    'describe',
    'is_text',
    'parse',
    'parse_extra',
    'sized',
]


class Kind(StrEnum):
    INTEGER = 'integer'
    NUMBER = 'number'
    TEXT = 'text'


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a user may set."""

    name: str
    """The house's name, which is the field's own: what is stored and what scripts read."""
    label: str
    """In words, for a form."""
    kind: Kind
    help: str
    tasks: frozenset[Task] = frozenset(Task)
    minimum: float | None = None
    """The least that makes sense anywhere: below it the value is refused."""
    unit: str = ''
    suggestions: tuple[str, ...] = ()
    """Values to offer first; others may be typed."""


_VIDEO = frozenset({Task.TEXT_TO_VIDEO})

PARAMETERS: Final[Mapping[str, Parameter]] = {
    parameter.name: parameter
    for parameter in (
        Parameter(
            name='negative_prompt',
            label='Negative prompt',
            kind=Kind.TEXT,
            help='What should not be seen.',
        ),
        Parameter(
            name='width',
            label='Width',
            kind=Kind.INTEGER,
            help='Width of the result.',
            minimum=1,
            unit='px',
            suggestions=('1024', '768', '512'),
        ),
        Parameter(
            name='height',
            label='Height',
            kind=Kind.INTEGER,
            help='Height of the result.',
            minimum=1,
            unit='px',
            suggestions=('1024', '768', '512'),
        ),
        Parameter(
            name='num_inference_steps',
            label='Steps',
            kind=Kind.INTEGER,
            help='Denoising steps: more take longer.',
            minimum=1,
            suggestions=('20', '28', '4'),
        ),
        Parameter(
            name='guidance_scale',
            label='Guidance scale',
            kind=Kind.NUMBER,
            help='How closely the prompt is followed.',
            minimum=0,
            suggestions=('3.5', '7.5'),
        ),
        Parameter(
            name='resolution',
            label='Resolution',
            kind=Kind.TEXT,
            help="A film's size by name.",
            tasks=_VIDEO,
            suggestions=('480p', '720p', '1080p'),
        ),
        Parameter(
            name='num_frames',
            label='Frames',
            kind=Kind.INTEGER,
            help='How many frames the film has.',
            tasks=_VIDEO,
            minimum=1,
            suggestions=('81', '49'),
        ),
    )
}
"""By name, in the order that a form shows them. The seed is no parameter: each job has its own."""

ASPECT_RATIOS: Final[Mapping[str, tuple[int, int]]] = {
    '1:1': (1024, 1024),
    '16:9': (1024, 576),
    '9:16': (576, 1024),
    '4:3': (1024, 768),
    '3:4': (768, 1024),
    '3:2': (1024, 682),
    '2:3': (682, 1024),
    '21:9': (1024, 440),
    '9:21': (440, 1024),
    '4:5': (832, 1040),
    '5:4': (1040, 832),
    '2:1': (1024, 512),
    '1:2': (512, 1024),
}
"""Width and height in pixels for each aspect ratio."""

_LARGEST: Final = 2**31 - 1
"""No side, step, frame or scale is larger anywhere."""
LONGEST_PROMPT: Final = 32_000
"""Characters of a prompt, or of anything else that is sent as text: far more than any model reads."""
_DEEPEST: Final = 50
"""Levels of the JSON that a user may add."""

MAXIMUM_RANDOM_SEED: Final = 2**31 - 1
"""The largest seed that every provider takes; a random seed lies between 0 and this."""


def parse(name: str, text: str) -> int | float | str:
    """Read what a user typed for the parameter `name`.

    Raises UsageError, naming the parameter, for what is wrong at every provider: no text, not a number, below the
    least that makes sense or beyond all bounds. Ranges of single providers are not checked here.
    """
    parameter = PARAMETERS[name]
    value = text.strip()
    if parameter.kind is Kind.TEXT:
        if not is_text(value):
            raise UsageError(f'{parameter.label} is not text.')
        if len(value) > LONGEST_PROMPT:
            raise UsageError(f'{parameter.label} must have at most {LONGEST_PROMPT:,} characters.')
        return clean(value, LONGEST_PROMPT)
    noun = 'a whole number' if parameter.kind is Kind.INTEGER else 'a number'
    try:
        number: int | float = int(value) if parameter.kind is Kind.INTEGER else float(value)
    except ValueError:
        raise UsageError(f'{parameter.label} must be {noun}, not {value[:40]!r}.') from None
    if number > _LARGEST:
        raise UsageError(f'{parameter.label} must be {noun} of at most {_LARGEST}, not {value[:40]}.')
    least = parameter.minimum if parameter.minimum is not None else -_LARGEST
    if not number >= least:  # what is not a number is not less either
        raise UsageError(f'{parameter.label} must be {noun} of at least {least:g}, not {value[:40]}.')
    return number


def describe(name: str) -> tuple[str, str]:
    """Say in a word what is to be typed for the parameter `name`, and in sentences what it is for."""
    parameter = PARAMETERS[name]
    word = {Kind.INTEGER: 'N', Kind.NUMBER: 'F', Kind.TEXT: 'TEXT'}[parameter.kind]
    sentences = [parameter.help]
    if parameter.suggestions:
        unit = f' {parameter.unit}' if parameter.unit else ''
        sentences.append(f'Such as {", ".join(parameter.suggestions)}{unit}.')
    return word, ' '.join(sentences)


def parse_extra(text: str, what: str = 'extra JSON') -> dict[str, Any]:
    """Read the JSON object that a provider is to get as it stands; an error calls it `what`.

    Raises UsageError for anything else, and for what could not be sent: numbers that are none, text that is none,
    and nesting without end.
    """
    try:
        extra = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        msgspec.json.encode(extra)
        deep = _depth(extra) > _DEEPEST
    except (ValueError, OverflowError) as error:
        raise UsageError(f'The {what} cannot be read: {error}.', _EXTRA_HINT) from None
    except RecursionError:
        deep, extra = True, {}
    if not isinstance(extra, dict):
        raise UsageError(f'The {what} must be an object.', _EXTRA_HINT)
    if deep:
        raise UsageError(f'The {what} is nested too deeply.', _EXTRA_HINT)
    return extra


_EXTRA_HINT: Final = 'Give an object, such as {"num_images": 1}.'


def _refuse(constant: str) -> float:
    raise ValueError(f'{constant} has no place in it')


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text[:40])


def _depth(value: object) -> int:
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
        case _:
            return 0


def is_text(text: str) -> bool:
    """Whether `text` can be written in UTF-8: what was no text where it came from holds lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def sized(parameters: Mapping[str, Any], aspect_ratio: str | None) -> dict[str, Any]:
    """Return `parameters` with width and height from `aspect_ratio`, where they are not set.

    A side that is set wins, and the other follows from the ratio, rounded to a multiple of 8.
    Raises UsageError for a ratio that is not in ASPECT_RATIOS.
    """
    result = dict(parameters)
    if not aspect_ratio:
        return result
    size = ASPECT_RATIOS.get(aspect_ratio)
    if size is None:
        raise UsageError(
            f'{aspect_ratio[:20]!r} is no aspect ratio that this program knows.',
            f'Choose one of {", ".join(ASPECT_RATIOS)}, or set width and height.',
        )
    width, height = size
    if 'width' in result and 'height' not in result:
        result['height'] = max(8, round(result['width'] * height / width / 8) * 8)
    elif 'height' in result and 'width' not in result:
        result['width'] = max(8, round(result['height'] * width / height / 8) * 8)
    else:
        result.setdefault('width', width)
        result.setdefault('height', height)
    return result
