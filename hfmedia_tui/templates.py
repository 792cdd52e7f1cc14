r"""Prompts that stand for several: `a {red|dark {blue|green}} fox in __place__`.

Braces with a bar hold alternatives, any of them empty or with alternatives of its own. A name between double
underscores is a wildcard and stands for the alternatives that its lines are. A backslash before one of these signs
makes it a character like any other, and backslashes stand for themselves everywhere else. Braces without a bar are
braces: JSON in a prompt stays as it is.
"""

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from hfmedia_tui.errors import UsageError

__all__ = ['Template', 'escaped', 'read_template', 'wildcard_names']

_SIGN: Final = re.compile(r'(?<!\\)(\\*)(?:([{|}])|(?<!\w)__([A-Za-z0-9]+(?:[_/-][A-Za-z0-9]+)*)__(?!\w))')
_DEEPEST: Final = 30
"""Alternatives within alternatives, and wildcards within wildcards."""
_LONGEST: Final = 100_000
"""Characters of a prompt that a template may stand for."""


class Node(NamedTuple):
    """A part of a template: a text, or parts one after the other, or one of several parts."""

    combinations: int
    """How many texts it stands for."""
    longest: int
    """Characters that none of them exceeds."""
    text: str = ''
    row: tuple['Node', ...] = ()
    options: tuple['Node', ...] = ()

    def write(self, index: int) -> str:
        """The text that has the place `index` among all, the last part changing first."""
        if self.options:
            for option in self.options:
                if index < option.combinations:
                    return option.write(index)
                index -= option.combinations
        if not self.row:
            return self.text
        texts = []
        for part in reversed(self.row):
            index, place = divmod(index, part.combinations)
            texts.append(part.write(place))
        return ''.join(reversed(texts))


def _text(text: str) -> Node:
    return Node(1, len(text), text=text)


def _row(parts: Sequence[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    longest = sum(part.longest for part in parts)
    if longest > _LONGEST:
        raise UsageError(f'The template stands for prompts of more than {_LONGEST:,} characters.')
    return Node(math.prod(part.combinations for part in parts), longest, row=tuple(parts))


def _choice(options: Sequence[Node]) -> Node:
    combinations = sum(option.combinations for option in options)
    return Node(combinations, max(option.longest for option in options), options=tuple(options))


class Template:
    """What a prompt stands for."""

    def __init__(self, text: str, node: Node) -> None:
        self.text = text
        """As it was written."""
        self._node = node

    @property
    def combinations(self) -> int:
        """How many prompts it stands for; it may be more than anybody could make."""
        return self._node.combinations

    @property
    def is_plain(self) -> bool:
        """Whether it stands for itself alone."""
        return self.combinations == 1 and self._node.write(0) == self.text

    def every(self) -> Iterator[str]:
        """Every prompt that it stands for, the last alternatives changing first."""
        return map(self._node.write, range(self.combinations))

    def draw(self, count: int, seed: int) -> tuple[str, ...]:
        """`count` prompts drawn at random, none of them again before all were drawn; the same for the same `seed`."""
        source = random.Random(seed)
        drawn: list[int] = []
        left: dict[int, None] = {}
        while len(drawn) < count:
            place = source.randrange(self.combinations)
            if len(left) == self.combinations:
                left = {}
            if place not in left:
                left[place] = None
                drawn.append(place)
        return tuple(self._node.write(place) for place in drawn)


def wildcard_names(text: str) -> frozenset[str]:
    """Names of the wildcards that stand in a template."""
    return frozenset(name for slashes, _, name in _SIGN.findall(text) if name and len(slashes) % 2 == 0)


def escaped(text: str) -> str:
    """The template that stands for `text` alone."""
    if '{' not in text and '\\' not in text and '__' not in text:
        return text
    try:
        plain = read_template(text).is_plain
    except UsageError:
        plain = False
    return text if plain else _SIGN.sub(lambda sign: sign[1] + '\\' + sign[0], text)


def read_template(text: str, wildcards: Mapping[str, Sequence[str]] | None = None) -> Template:
    """Read a template; `wildcards` has the lines of each wildcard by its name.

    Raises UsageError for a wildcard that is not there or holds itself, and for what is nested or grows beyond reason.
    """
    return Template(text, _Reader(wildcards or {}).read(text, ()))


class _Group:
    """Braces that were opened: the options so far, each with its parts."""

    def __init__(self, opening: str) -> None:
        self.opening = opening
        self.options: list[list[Node]] = [[]]

    @property
    def parts(self) -> list[Node]:
        """The parts of the option that is being read."""
        return self.options[-1]

    def as_parts(self, closing: str) -> list[Node]:
        """What it is worth when nothing was to be chosen: its signs as they stand."""
        parts = [_text(self.opening)]
        for place, option in enumerate(self.options):
            parts += [_text('|'), *option] if place else option
        return [*parts, _text(closing)] if closing else parts


class _Reader:
    """Reads one template with the wildcards that it needs, each of them once."""

    def __init__(self, wildcards: Mapping[str, Sequence[str]]) -> None:
        self._wildcards = wildcards
        self._known: dict[str, Node] = {}

    def read(self, text: str, within: tuple[str, ...]) -> Node:
        """Read `text`, which is a line of the wildcards `within`, the outermost first."""
        groups = [_Group('')]
        place = 0
        for sign in _SIGN.finditer(text):
            slashes, brace, name = sign.groups()
            groups[-1].parts.append(_text(text[place : sign.start()] + '\\' * (len(slashes) // 2)))
            place = sign.end()
            if len(slashes) % 2:
                groups[-1].parts.append(_text(sign[0].removeprefix(slashes)))
            elif name:
                groups[-1].parts.append(self._wildcard(name, within))
            elif brace == '{':
                groups.append(_Group(brace))
                if len(groups) > _DEEPEST:
                    raise UsageError(f'Alternatives may be nested {_DEEPEST - 1} deep.', r'Write \{ for a brace.')
            elif len(groups) == 1:
                groups[-1].parts.append(_text(brace))
            elif brace == '|':
                groups[-1].options.append([])
            else:
                group = groups.pop()
                if len(group.options) > 1:
                    groups[-1].parts.append(_choice([_row(option) for option in group.options]))
                else:
                    groups[-1].parts.extend(group.as_parts(brace))
        groups[-1].parts.append(_text(text[place:]))
        while len(groups) > 1:
            group = groups.pop()
            groups[-1].parts.extend(group.as_parts(''))
        return _row(groups[0].parts)

    def _wildcard(self, name: str, within: tuple[str, ...]) -> Node:
        if name in within or len(within) > _DEEPEST:
            raise UsageError(f'The wildcard {name} holds itself.', 'Take it out of its lines.')
        if name not in self._known:
            lines = self._wildcards.get(name)
            if not lines:
                raise UsageError(
                    f'There is no wildcard {name}.' if lines is None else f'The wildcard {name} has no lines.',
                    rf'Write \__{name}__ for the words themselves.',
                )
            self._known[name] = _choice([self.read(line, (*within, name)) for line in lines])
        return self._known[name]
