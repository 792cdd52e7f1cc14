"""A popup to find one row of many by typing."""

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerError

from hfmedia_tui.errors import AppError
from hfmedia_tui.screens.one_frame import within_a_frame
from hfmedia_tui.widgets.keys import Hint, keyed
from hfmedia_tui.widgets.popup import Popup
from hfmedia_tui.widgets.row_list import RowList
from hfmedia_tui.widgets.words import Words

__all__ = ['Finder']

RowType = TypeVar('RowType')


class Finder(Popup[RowType | None], Generic[RowType]):
    """A search field over a list; dismissed with the row that was entered, or None for no choice.

    The field keeps the focus: what moves in the list are keys that it has no use for.
    """

    CSS_PATH = 'finder.tcss'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape', 'leave', 'Back', show=False, id='finder.leave'),
        Binding('down', 'move(1)', show=False, id='finder.down'),
        Binding('up', 'move(-1)', show=False, id='finder.up'),
        Binding('pagedown', 'page(1)', show=False, id='finder.page_down'),
        Binding('pageup', 'page(-1)', show=False, id='finder.page_up'),
    ]

    KEYS: ClassVar[str] = '{enter} takes it, {finder.leave} leaves'
    """What the keys do, in a line, each key as `keyed` takes it."""

    def __init__(self, rows: RowList[RowType], *, placeholder: str) -> None:
        super().__init__()
        self._list = rows
        self._placeholder = placeholder
        self._searching: Worker[None] | None = None
        self._shown = asyncio.Event()
        """Set when what the search that was begun last finds is shown."""

    @abstractmethod
    async def load(self) -> None:
        """Bring what is searched. Raises AppError."""

    @abstractmethod
    async def find(self, words: str) -> Sequence[RowType]:
        """The rows that fit `words`, the best first; without words, all. Raises AppError for what is no search."""

    def told(self, words: str) -> str:
        """What an empty list says."""
        return 'Nothing fits' if words else 'Nothing here yet'

    def describe(self, row: RowType) -> Content:
        """What is worth reading of the highlighted row beyond its line."""
        return Content('')

    def compose(self) -> ComposeResult:
        with Vertical(id='finder'):
            yield Words(self._placeholder, id='words')
            yield self._list
            yield Static(id='about')
            yield Hint(keyed(self.KEYS), id='keys')

    def on_mount(self) -> None:
        self._list.can_focus = False
        self.watch(self.query_one('#words', Input), 'value', self._typed, init=False)
        self._begin()

    @work(group='load', exit_on_error=False)
    async def _begin(self) -> None:
        try:
            await self.load()
        except AppError as error:
            self._list.notice = error.in_lines()
        else:
            self.search()

    @property
    def row(self) -> RowType | None:
        """The highlighted row."""
        return self._list.row

    def search(self) -> None:
        """Show what fits the words now."""
        self._shown = shown = asyncio.Event()
        self._searching = self._search(self.query_one('#words', Input).value.strip(), shown)

    @work(group='search', exclusive=True, exit_on_error=False)
    async def _search(self, words: str, shown: asyncio.Event) -> None:
        try:
            found = await self.find(words)
        except AppError as error:
            self._list.notice = str(error)
            self._list.show_rows(())
        else:
            self._list.notice = self.told(words)
            self._list.show_rows(found, follow=not words)
        finally:
            self._list.call_later(shown.set)

    def _typed(self) -> None:
        self.search()
        self.call_later(within_a_frame, self._shown)

    @on(Input.Submitted, '#words')
    def _entered(self) -> None:
        self.take_row()

    @work(group='take', exclusive=True, exit_on_error=False)
    async def take_row(self) -> None:
        """Take the highlighted row."""
        if self._searching is not None:
            with suppress(WorkerError):
                await self._searching.wait()  # or this would take what the search is about to replace
        self._take(self._list.row)

    @on(RowList.Highlighted)
    def _highlighted(self, event: RowList.Highlighted) -> None:
        event.stop()
        told = Content('') if event.row is None else self.describe(event.row)
        self.query_one('#about', Static).update(told, layout=False)

    @on(RowList.Selected)
    def _selected(self, event: RowList.Selected) -> None:
        event.stop()
        self._take(event.row)

    def _take(self, row: RowType | None) -> None:
        if row is not None and self.is_current:
            self.dismiss(row)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_move(self, step: int) -> None:
        self._list.action_move(step)

    def action_page(self, step: int) -> None:
        self._list.action_page(step)
