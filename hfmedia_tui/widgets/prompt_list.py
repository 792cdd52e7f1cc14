"""What was asked for before as a list: one prompt a line."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hfmedia_tui.domain import Order
from hfmedia_tui.widgets.plain import age, cells, one_line, shortened
from hfmedia_tui.widgets.row_list import Part, RowList

__all__ = ['PromptList']

_AGE = 12
_MODEL = 30
_ROOMY = 80
"""Cells from which on the model has a place beside the prompt."""


class PromptList(RowList[Order]):
    """Orders, each with its prompt, the model it went to, and how long ago that was."""

    def key_of(self, row: Order) -> str:
        return row.id

    def draw(self, row: Order, width: int) -> Iterable[Part]:
        model = _MODEL if width >= _ROOMY else 0
        yield cells(one_line((row.template or row.prompt)[: 4 * width]), width - _AGE - model - 1), ''
        yield ' ', ''
        if model:
            yield cells(shortened(one_line(row.model), model - 2), model), 'muted'
        seconds = (datetime.now(UTC) - row.created_at).total_seconds()
        yield cells(age(seconds) if seconds >= 60 else 'just now', _AGE, right=True), 'muted'
