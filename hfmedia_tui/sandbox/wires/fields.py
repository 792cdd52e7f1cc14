"""Reads the fields of a submit strictly, and says what is wrong with one without choosing the words."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from hfmedia_tui.domain import JSON

__all__ = ['Fields', 'Invalid', 'Wrong']

PROMPT_LIMIT: Final = 10_000
"""Characters."""
SIDE: Final = (64, 2048)
"""The least and the most pixels of a side."""
MAXIMUM_SEED: Final = 2**64 - 1

_SIZE = re.compile(r'(\d{1,5})[x*](\d{1,5})')


class Wrong(StrEnum):
    """What is wrong with a field."""

    MISSING = 'missing'
    TYPE = 'type'
    TOO_SMALL = 'too small'
    TOO_LARGE = 'too large'
    CHOICE = 'choice'
    UNKNOWN = 'unknown'


class Invalid(Exception):  # noqa: N818 - an answer, which the wire puts in its provider's words
    """A field is not as the provider's schema wants it."""

    def __init__(self, field: str, wrong: Wrong, expected: str = '') -> None:
        super().__init__(field, wrong)
        self.field = field
        self.wrong = wrong
        self.expected = expected
        """The type, the limit or the choices, in words."""

    def __str__(self) -> str:
        match self.wrong:
            case Wrong.MISSING:
                return 'Field required'
            case Wrong.TYPE:
                return f'Input should be a valid {self.expected}'
            case Wrong.TOO_SMALL:
                return f'Input should be greater than or equal to {self.expected}'
            case Wrong.TOO_LARGE:
                return f'Input should be less than or equal to {self.expected}'
            case Wrong.CHOICE:
                return f'Input should be {self.expected}'
            case Wrong.UNKNOWN:
                return 'Extra inputs are not permitted'


class Fields:
    """The fields of one JSON object; every method raises Invalid for a value of the wrong kind, null included."""

    def __init__(self, given: Mapping[str, JSON]) -> None:
        self.given = given
        for name, value in given.items():
            if value is None:
                raise Invalid(name, Wrong.TYPE, 'value')

    def only(self, known: Iterable[str]) -> None:
        """Refuse every field that is not in `known`."""
        known = set(known)
        for name in self.given:
            if name not in known:
                raise Invalid(name, Wrong.UNKNOWN)

    def prompt(self, name: str = 'prompt') -> str:
        prompt = self.text(name)
        if prompt is None:
            raise Invalid(name, Wrong.MISSING)
        if not prompt.strip():
            raise Invalid(name, Wrong.TOO_SMALL, '1 character')
        if len(prompt) > PROMPT_LIMIT:
            raise Invalid(name, Wrong.TOO_LARGE, f'{PROMPT_LIMIT} characters')
        return prompt

    def text(self, name: str) -> str | None:
        value = self.given.get(name)
        if value is not None and not isinstance(value, str):
            raise Invalid(name, Wrong.TYPE, 'string')
        return value

    def choice(self, name: str, choices: Iterable[str]) -> str | None:
        value = self.text(name)
        choices = tuple(choices)
        if value is not None and value not in choices:
            raise Invalid(name, Wrong.CHOICE, ' or '.join(f"'{choice}'" for choice in choices))
        return value

    def whole(self, name: str, minimum: int, maximum: int) -> int | None:
        value = self.given.get(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Invalid(name, Wrong.TYPE, 'integer')
        if value < minimum:
            raise Invalid(name, Wrong.TOO_SMALL, str(minimum))
        if value > maximum:
            raise Invalid(name, Wrong.TOO_LARGE, str(maximum))
        return value

    def number(self, name: str, minimum: float, maximum: float) -> float | None:
        value = self.given.get(name)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Invalid(name, Wrong.TYPE, 'number')
        if value < minimum:
            raise Invalid(name, Wrong.TOO_SMALL, f'{minimum:g}')
        if value > maximum:
            raise Invalid(name, Wrong.TOO_LARGE, f'{maximum:g}')
        return value

    def within(self, name: str) -> 'Fields':
        """Return the fields of an object inside this one."""
        value = self.given.get(name, {})
        if not isinstance(value, dict):
            raise Invalid(name, Wrong.TYPE, 'dictionary')
        return Fields(value)

    def seed(self) -> int | None:
        return self.whole('seed', 0, MAXIMUM_SEED)

    def steps(self, name: str) -> int | None:
        return self.whole(name, 1, 150)

    def sides(self, default: tuple[int, int]) -> tuple[int, int]:
        """Read `width` and `height`."""
        width = self.whole('width', *SIDE)
        height = self.whole('height', *SIDE)
        return width or default[0], height or default[1]

    def size(self, name: str, default: tuple[int, int]) -> tuple[int, int]:
        """Read a size as one word, such as 1024x768 or 1024*768."""
        word = self.text(name)
        if word is None:
            return default
        match = _SIZE.fullmatch(word)
        if match is None:
            raise Invalid(name, Wrong.TYPE, 'size such as 1024x1024')
        sides = Fields({'width': int(match[1]), 'height': int(match[2])})
        return sides.sides(default)

    def lora_repository(self) -> str | None:
        """Return the model id that the first of `loras` names, as a URL of the Hub or as it stands."""
        loras = self.given.get('loras')
        first = loras[0] if isinstance(loras, list) and loras else None
        path = first.get('path') if isinstance(first, dict) else None
        if not isinstance(path, str):
            return None
        return '/'.join(path.removeprefix('https://huggingface.co/').split('/')[:2])
