"""Saved templates as a list: one a line."""

from collections.abc import Iterable

from hfmedia_tui.composition import SavedTemplate
from hfmedia_tui.widgets.plain import cells, one_line
from hfmedia_tui.widgets.row_list import Part, RowList

__all__ = ['TemplateList']

_NAME = 24


class TemplateList(RowList[SavedTemplate]):
    """Templates, each with its name and its prompt."""

    def key_of(self, row: SavedTemplate) -> str:
        return row.name

    def draw(self, row: SavedTemplate, width: int) -> Iterable[Part]:
        name = min(_NAME, width // 2)
        yield cells(one_line(row.name), name), ''
        yield '  ', ''
        yield cells(one_line(row.composition.prompt[: 4 * width]), width - name - 2), 'muted'
