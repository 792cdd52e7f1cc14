"""Settings as a list: one a line, under the name of its section."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hfmedia_tui.widgets.plain import cells, shortened
from hfmedia_tui.widgets.row_list import Part, RowList

__all__ = ['SettingLine', 'SettingList']

_SECTION = 13
_TITLE = 25
_ROOMY = 56
"""Cells from which on the section has a column of its own."""


@dataclass(frozen=True)
class SettingLine:
    """What one line shows, and what is told of it beside the list."""

    id: str
    section: str
    title: str
    value: str
    """As it may be shown: never a secret."""
    about: str = ''
    """What it means, where it comes from and when it is heard, in sentences."""
    own: bool = False
    """Whether it is the user's own and not the usual."""
    first: bool = False
    """Whether it begins its section."""
    item: Any = None
    """What it stands for."""

    @property
    def words(self) -> str:
        """What it is found by."""
        return f'{self.section} {self.title} {self.id} {self.value}'.casefold()


class SettingList(RowList[SettingLine]):
    """Lines of settings; the user's own values stand out."""

    def key_of(self, row: SettingLine) -> str:
        return row.id

    def draw(self, row: SettingLine, width: int) -> Iterable[Part]:
        section = _SECTION if width >= _ROOMY else 0
        if section:
            yield cells(row.section if row.first else '', section), 'accent'
            yield '  ', ''
        yield cells(row.title, _TITLE), ''
        yield '  ', ''
        room = max(0, width - _TITLE - 2 - (section + 2 if section else 0))
        value = row.value[: 4 * room + 4].replace('\n', ' ').replace('\t', ' ')  # other spaces align columns
        is_path = '/' in value and '  ' not in value
        yield cells(shortened(value, room) if is_path else value, room), 'strong' if row.own else 'muted'
