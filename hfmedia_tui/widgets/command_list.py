"""Commands as a list: one a line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hfmedia_tui.widgets.plain import cells
from hfmedia_tui.widgets.row_list import Part, RowList

__all__ = ['Command', 'CommandList']

_NAME = 20
_WHERE = 11
_KEYS = 15
_ROOMY = 90
"""Cells from which on each column has all that it may need."""
_CLOSER = 3
"""Cells that the name and the keys have less in a narrower list."""


@dataclass(frozen=True)
class Command:
    """Something that can be done from wherever one is."""

    id: str
    """The place and the binding, by their own names."""
    name: str
    told: str
    """What it does, in a sentence."""
    where: str
    """The place that does it, as it is shown."""
    keys: tuple[str, ...]
    """The keys that do it there, as they are shown."""
    run: Callable[[], object]
    why_not: str = ''
    """Why it cannot be done now, in a sentence; empty where it can, or where only going there shows it."""
    near: bool = True
    """Whether it is done where one is."""


class CommandList(RowList[Command]):
    """Commands, each with its name, its place, its keys and what it does; what cannot be done now stands back."""

    def key_of(self, row: Command) -> str:
        return row.id

    def draw(self, row: Command, width: int) -> Iterable[Part]:
        name, keys = (column - _CLOSER * (width < _ROOMY) for column in (_NAME, _KEYS))
        back = 'muted' if row.why_not else ''
        yield cells(row.name, name - 1), back
        yield cells(f' {row.where}', _WHERE), 'muted'
        shown = '  '.join(row.keys)
        yield cells(f' {shown if len(shown) < keys - 1 else row.keys[0]}', keys), back or 'accent'
        yield cells(f' {row.told}', width - name + 1 - _WHERE - keys), 'muted'
