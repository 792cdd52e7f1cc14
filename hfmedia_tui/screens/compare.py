"""Compare: two to four results side by side, or flickering in one place, and in what they differ; films play there."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer
from textual.widgets import Static

from hfmedia_tui.domain import Result
from hfmedia_tui.media.fit import Area, Lens, fit
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import CellSize
from hfmedia_tui.screens.looking import Looking
from hfmedia_tui.screens.shelf import Shelf
from hfmedia_tui.store.results import Spot
from hfmedia_tui.widgets.differences import Differences
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.job_details import caption
from hfmedia_tui.widgets.key_line import KeyLine
from hfmedia_tui.widgets.preview import Preview
from hfmedia_tui.widgets.result_words import result_mark

__all__ = ['MOST', 'CompareScreen', 'best_columns']

MOST: Final = 4
"""Results that are compared at once."""
_NUMBERS = Binding.Group('Go to one of them')
_FLICKER: Final = 0.8
"""Seconds that one result is shown, where they flicker by themselves."""


class _View(Vertical):
    """One of the results, and a line below it."""

    class Clicked(Message):
        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, pictures: Pictures, place: int) -> None:
        super().__init__()
        self.place = place
        self.player = FilmPlayer(pictures)
        self._line = Static()
        self._told = Content('')

    def compose(self) -> ComposeResult:
        yield self.player
        yield self._line

    def on_mount(self) -> None:
        self.watch(self.preview, 'shown', self._tell)

    @property
    def preview(self) -> Preview:
        return self.player.query_one(Preview)

    def show(self, place: int, result: Result, lens: Lens, *, current: bool) -> None:
        self.place = place
        self.player.source = Path(result.output.path)
        self.preview.lens = lens
        words = f'{place + 1}  {result_mark(result)}{caption(result.job)}'
        self._told = Content.styled(words, 'bold $primary' if current else '$foreground-muted')
        self._tell()

    def _tell(self) -> None:
        """Say below the picture what it is, from when it is there: the one before may still be seen."""
        if self.preview.shown == self.player.source:
            self._line.update(self._told)

    def on_click(self) -> None:
        self.post_message(self.Clicked(self.place))


class CompareScreen(Looking):
    """Shows results of a shelf beside each other, each through the same lens."""

    CSS_PATH = 'gallery.tcss'
    NAME = 'compare'
    AUTO_FOCUS = ''
    OPENED_BY = ('gallery', 'gallery.compare')
    FIRST_KEYS = (
        *('compare.next', 'compare.play', 'compare.flicker'),
        *('look.closer', 'result.favourite', 'look.leave'),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('n', 'step(1)', 'Next', id='compare.next', tooltip='Go to the next of them'),
        Binding('space', 'play', 'Play', id='compare.play', tooltip='Play or pause the film'),
        # Where no film is meant.
        Binding('space', 'step(1)', 'Next', show=False, id='compare.step', tooltip='Go to the next of them'),
        Binding(
            'left_square_bracket', 'scrub(-1)', 'Back', show=False, id='compare.back', tooltip='Go back in the film'
        ),
        Binding(
            'right_square_bracket', 'scrub(1)', 'Ahead', show=False, id='compare.ahead', tooltip='Go ahead in the film'
        ),
        Binding('p', 'step(-1)', 'Previous', show=False, id='compare.previous', tooltip='Go to the one before'),
        Binding('v', 'flicker', 'Flicker', id='compare.flicker', tooltip='Show them in one place, or side by side'),
        Binding('a', 'run', 'By itself', show=False, id='compare.run', tooltip='Let them flicker by themselves'),
        Binding('i', 'facts', 'Facts', show=False, id='compare.facts', tooltip='Show or hide in what they differ'),
        *(
            Binding(
                f'{number}',
                f'choose({number - 1})',
                f'Number {number}',
                show=False,
                id=f'compare.choose_{number}',
                tooltip=f'Go to number {number} of them',
                group=_NUMBERS,
            )
            for number in range(1, MOST + 1)
        ),
    ]

    current: var[int] = var(0, init=False)
    """Which of them is meant by what is done."""
    flickering: var[bool] = var(False, init=False, toggle_class='-flickering')
    """Whether only the current one is shown."""

    def __init__(self, pictures: Pictures, shelf: Shelf, spots: Sequence[Spot]) -> None:
        super().__init__(pictures, shelf)
        self._spots = tuple(spots)
        self._results: list[Result] = []
        self._flicker_clock: Timer | None = None

    def compose(self) -> ComposeResult:
        with Grid(id='views'):
            for place in range(len(self._spots)):
                yield _View(self._pictures, place)
        yield Differences()
        yield KeyLine()

    def on_mount(self) -> None:
        self._shelf.changed.subscribe(self, lambda _: self._read())
        self._read()

    @property
    def result(self) -> Result | None:
        return self._results[self.current] if self.current < len(self._results) else None

    @property
    def views(self) -> list[_View]:
        return list(self.query(_View))

    @property
    def player(self) -> FilmPlayer:
        """Where the current one is shown."""
        return self.views[0 if self.flickering else self.current].player

    @work(exclusive=True, group='read', exit_on_error=False)
    async def _read(self) -> None:
        """Take on what became of the results; with fewer than two there is nothing to compare."""
        results = await self.tell(self._shelf.collection.read(self._spots))
        self._results = [result for result in results or () if result.job.trashed_at is None]
        if len(self._results) < 2:
            self.dismiss()
            return
        self._spots = tuple(Spot(result.job.sequence, result.ordinal) for result in self._results)
        self.current = min(self.current, len(self._results) - 1)
        self.query_one(Differences).results = self._results
        self._show()

    def _show(self) -> None:
        shown = [self.current] if self.flickering else list(range(len(self._results)))
        for view, place in zip(self.views, shown, strict=False):
            view.show(place, self._results[place], self.lens, current=place == self.current)
            view.display = True
        for view in self.views[len(shown) :]:
            view.display = False
        self._lay_out(len(shown))
        self.query_one(Differences).current = self.current
        self.refresh_bindings()

    def _lay_out(self, count: int) -> None:
        views = self.query_one('#views', Grid)
        sizes = [(result.output.width or 1, result.output.height or 1) for result in self._results]
        columns = best_columns(count, views.size, sizes, self._pictures.cell)
        views.styles.grid_size_columns = columns
        views.styles.grid_size_rows = -(-count // columns)

    def on_resize(self) -> None:
        if self._results:
            self.call_after_refresh(self._show)

    def watch_lens(self, lens: Lens) -> None:
        for view in self.views:
            view.player.stop()
            view.preview.lens = lens

    def watch_current(self) -> None:
        if self._results:
            self._show()

    def watch_flickering(self) -> None:
        if self._results:
            self._show()

    # ------------------------------------------------------------------------------------------ what the user does

    def action_step(self, step: int) -> None:
        if self._results:
            self.current = (self.current + step) % len(self._results)

    def action_choose(self, place: int) -> None:
        if place < len(self._results):
            self.current = place

    @on(_View.Clicked)
    def _clicked(self, event: _View.Clicked) -> None:
        if self.dragged:
            return
        if self.flickering:
            self.action_step(1)
        else:
            self.current = event.place

    @on(FilmPlayer.Started)
    def _film_started(self, event: FilmPlayer.Started) -> None:
        self._stop_flickering()
        self.current = next(view.place for view in self.views if view.player is event.player)

    def action_flicker(self) -> None:
        self.flickering = not self.flickering
        if not self.flickering:
            self._stop_flickering()

    def action_run(self) -> None:
        if self._flicker_clock is None:
            self.flickering = True
            self._flicker_clock = self.set_interval(_FLICKER, self._flicker_on)
        else:
            self._stop_flickering()

    def _flicker_on(self) -> None:
        if self.is_active:
            self.action_step(1)

    def _stop_flickering(self) -> None:
        if self._flicker_clock is not None:
            self._flicker_clock.stop()
            self._flicker_clock = None

    def action_facts(self) -> None:
        table = self.query_one(Differences)
        table.display = not table.display
        self.call_after_refresh(self._show)


def best_columns(count: int, room: Size, sizes: Sequence[tuple[int, int]], cell: CellSize) -> int:
    """In how many columns pictures of these sizes are largest in a room of cells."""

    def seen(columns: int) -> float:
        rows = -(-count // columns)
        area = Area(max(1, room.width // columns), max(1, room.height // rows - 1), cell)
        return sum(placed.width * placed.height for placed in (fit(*size, area) for size in sizes[:count]))

    return max(range(1, count + 1), key=seen)
