"""Gallery: everything that was ever made, to look at, to sort out and to find again."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import ClassVar, Final, overload

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import var
from textual.widgets import Input

from hfmedia_tui.domain import Job, JobState, Result, clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.filters import RESULTS, read_filter
from hfmedia_tui.media.contact_sheet import MOST as MOST_FRAMES
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Graphics
from hfmedia_tui.messages import OpeningRetried
from hfmedia_tui.screens.compare import MOST, CompareScreen
from hfmedia_tui.screens.filtered import Filtered
from hfmedia_tui.screens.result_place import ResultPlace
from hfmedia_tui.screens.sheet import make_sheet
from hfmedia_tui.screens.shelf import Shelf
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.store.results import Spot
from hfmedia_tui.widgets.job_details import JobDetails
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.picture_grid import PictureGrid
from hfmedia_tui.widgets.picture_tile import GridItem, Shape
from hfmedia_tui.widgets.plain import plural
from hfmedia_tui.widgets.result_words import result_line, result_lines, result_mark
from hfmedia_tui.widgets.told import Told
from hfmedia_tui.widgets.words import Words

__all__ = ['GalleryScreen']

_SETTLING: Final = 0.08
"""Seconds without another key before a search begins."""
_TELLING: Final = 0.2
"""Seconds between two tellings of what a search has found."""
_AHEAD: Final = 60
"""Results that are read on either side of those in sight."""
_TILES: Final = (Shape(Size(18, 8)), Shape(Size(26, 10)), Shape(Size(39, 16)), Shape(Size(52, 22)))
"""Sizes of thumbnails."""
_ROWS: Final = Shape(Size(14, 5), beside=True)
_WORDS: Final = Shape(Size(0, 4), beside=True)
_OF_TRASH: Final = frozenset({'restore'})
_NOT_OF_TRASH: Final = frozenset({'favourite', 'tag', 'trash', 'reuse', 'mark', 'compare', 'sheet'})


class GalleryScreen(ResultPlace, Filtered):
    """All results as thumbnails in a grid or a list, and the filter above them."""

    CSS_PATH = 'gallery.tcss'
    NAME = 'gallery'
    AUTO_FOCUS = 'PictureGrid'
    WAY_BACK = '{result.undo} brings it back, {gallery.shelf} shows the trash.'
    HOLDS = (PictureGrid,)
    FIRST_KEYS = (
        *('grid.select', 'gallery.mark', 'gallery.compare'),
        *('gallery.filter', 'result.reuse', 'result.favourite'),
    )
    NOTHING = 'No result is highlighted.'
    REFUSALS = {
        **dict.fromkeys(_NOT_OF_TRASH, 'The trash is shown: {gallery.shelf} goes back.'),
        'restore': 'It is for what lies in the trash: {gallery.shelf} shows that.',
        'open_outside': 'There is no screen here to open it on.',
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('slash', 'filter', 'Filter', key_display='/', id='gallery.filter', tooltip='Filter the results'),
        Binding('space', 'mark', 'Mark', id='gallery.mark', tooltip='Mark the result, to do something with several'),
        Binding('c', 'compare', 'Compare', id='gallery.compare', tooltip='Compare the marked results'),
        Binding(
            's',
            'sheet',
            'Sheet',
            show=False,
            id='gallery.sheet',
            tooltip='Make one picture of the results: a contact sheet',
        ),
        Binding('v', 'layout', 'View', id='gallery.layout', tooltip='Show the results as a grid, or as a list'),
        Binding(
            'plus,equals_sign', 'resize(1)', 'Larger', show=False, id='gallery.larger', tooltip='Larger thumbnails'
        ),
        Binding('minus', 'resize(-1)', 'Smaller', show=False, id='gallery.smaller', tooltip='Smaller thumbnails'),
        Binding(
            'i', 'facts', 'Facts', show=False, id='gallery.facts', tooltip='Show or hide what is known of a result'
        ),
        Binding('r', 'restore', 'Restore', id='gallery.restore', tooltip='Bring the result back from the trash'),
        Binding(
            'T',
            'shelf',
            'See trash',
            show=False,
            id='gallery.shelf',
            tooltip='Show what lies in the trash, or the rest',
        ),
        Binding('down', 'grid', 'Results', show=False, id='gallery.grid'),
        Binding('escape', 'leave', 'Back', show=False, id='gallery.leave'),
    ]

    in_rows: var[bool] = var(False, init=False)
    """Whether the results are a list."""
    tile: var[int] = var(1, init=False)
    """Which size the thumbnails have."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__(classes='-empty')
        self._pictures = pictures
        self._shelf: Shelf | None = None
        self._marked: dict[Spot, None] = {}
        """In the order in which they were marked."""
        self._mistake: UsageError | None = None
        """Why what is in the filter's line is no filter."""
        self._searching = False
        self._searched: str | None = None
        """The filter that was gone by last."""
        self._wanted: Spot | None = None
        """What was looked at in an earlier session or before another search, until it is found again."""
        if pictures.terminal.graphics is Graphics.NONE:
            self.set_reactive(GalleryScreen.in_rows, True)

    def compose_place(self) -> ComposeResult:
        with Horizontal(id='filters'):
            yield Words('Filter, such as is:favourite tag:sky model:flux', id='filter')
            yield Told(id='count')
        with Horizontal(id='desk'):
            yield PictureGrid(self._pictures)
            with VerticalScroll(id='facts', can_focus=False):
                yield JobDetails()
        yield Told(id='notice')
        yield Told(id='about')

    def on_mount(self) -> None:
        self.grid.shape = self._shape

    @property
    def grid(self) -> PictureGrid:
        return self.query_one(PictureGrid)

    @property
    def shelf(self) -> Shelf | None:
        return self._shelf

    @property
    def result(self) -> Result | None:
        return self._shelf.collection.peek(self.grid.selected) if self._shelf is not None else None

    async def chosen(self) -> Sequence[Result]:
        if self._marked and self._shelf is not None:
            return await self._shelf.collection.read(self._marked)
        return await super().chosen()

    def kept(self) -> Mapping[str, str]:
        looked_at = self._wanted or (self._shelf.looked_at if self._shelf is not None else None)
        return {
            'filter': self.field.value,
            'layout': 'list' if self.in_rows else 'grid',
            'size': str(self.tile),
            'result': f'{looked_at.sequence} {looked_at.ordinal}' if looked_at else '',
        }

    def bring_back(self, kept: Mapping[str, str]) -> None:
        self.field.value = kept.get('filter', '')
        if self._pictures.terminal.graphics is not Graphics.NONE:
            self.in_rows = kept.get('layout') == 'list'
        with suppress(ValueError):  # of another version
            self.tile = max(0, min(int(kept.get('size', '1')), len(_TILES) - 1))
        with suppress(ValueError):
            sequence, ordinal = map(int, kept.get('result', '').split())
            self._wanted = Spot(sequence, ordinal)

    # ------------------------------------------------------------------------------------------ what is shown

    def take_standing(self) -> None:
        self._show_standing()
        services = self.services
        if services is not None and (self._shelf is None or self._shelf.results is not services.ledger.results):
            self._open_shelf(trash=False)

    def _open_shelf(self, *, trash: bool) -> None:
        assert self.services is not None
        if self._shelf is not None:
            self._shelf.changed.unsubscribe(self)
            self.field.value = ''
        self._shelf = Shelf(self, self.services.ledger.results, trash=trash)
        self._shelf.changed.subscribe(self, self._renew_grid)
        self._marked.clear()
        self.set_class(trash, '-trash')
        self.grid.items = _Items(self._shelf, self._marked)
        self._go_through()

    def take_jobs(self, jobs: tuple[Job, ...]) -> None:
        ended = [job for job in jobs if job.state is JobState.SUCCEEDED]
        if self._shelf is not None and ended:
            self._take_ended(self._shelf, ended)

    @work(group='renew', exit_on_error=False)
    async def _take_ended(self, shelf: Shelf, ended: Sequence[Job]) -> None:
        await self.tell(shelf.renew(ended))

    @work(exclusive=True, group='search', exit_on_error=False)
    async def _go_through(self) -> None:
        """Show the results that fit the filter, as they are found."""
        await self.tell(self._find())

    async def _find(self) -> None:
        text = self.field.value.strip()
        await asyncio.sleep(_SETTLING if text else 0)
        shelf = self._shelf
        if shelf is None:
            return
        try:
            fits = read_filter(text, RESULTS).fits if text else None
        except UsageError as error:
            self._mistake = error
            self._show_standing()
            return
        self._mistake = None
        self._show_result()
        if text and self._searched not in (None, text):
            self._wanted = shelf.looked_at = None  # another filter begins at its first result
        else:
            self._wanted = self._wanted or shelf.looked_at
        self._searched = text
        told = 0.0
        self._searching = True
        try:
            async for _ in shelf.collection.go_through(fits):
                first = not told
                few = len(shelf.collection) <= self.grid.sight.stop
                if first or few or monotonic() - told > _TELLING or shelf.collection.complete:
                    told = monotonic()
                    self._renew_grid(None)
                if first:
                    self.grid.show_selected()
                self._go_to_wanted(shelf)
        finally:
            self._searching = False
            self._show_standing()

    def _go_to_wanted(self, shelf: Shelf) -> None:
        """Go to what an earlier session looked at, once it is found, or give it up."""
        if self._wanted is not None:
            place = shelf.collection.place_of(self._wanted)
            if shelf.collection.spots[place : place + 1] == [self._wanted]:
                # Without a word of the grid's, which would come while the next search has found nothing yet.
                shelf.look_at(place)
                self._wanted = None
                self._renew_grid(None)
                self.grid.show_selected()
            elif shelf.collection.complete:
                self._wanted = None

    def _renew_grid(self, _: None) -> None:
        """Show what is in sight anew; the selection stays on its result."""
        if self._shelf is not None:
            self.grid.renew(self._shelf.place)
            self._show_result()

    @on(PictureGrid.InSight)
    def _come_into_sight(self, event: PictureGrid.InSight) -> None:
        self._load(event.places)

    @work(exclusive=True, group='load', exit_on_error=False)
    async def _load(self, places: range) -> None:
        shelf = self._shelf
        if shelf is not None:
            wanted = range(max(0, places.start - _AHEAD), places.stop + _AHEAD)
            if await self.tell(shelf.collection.load(wanted)):
                self._renew_grid(None)

    @on(PictureGrid.Selected)
    def _selected(self) -> None:
        self._wanted = None
        self._show_result()

    def _show_result(self) -> None:
        result = self.result
        if self._shelf is not None:
            self._shelf.look_at(self.grid.selected)
        self._tell(result)
        if self.has_class('-facts'):
            self.query_one(JobDetails).job = result.job if result else None
        self._show_standing()
        self.refresh_bindings()

    def _tell(self, result: Result | None) -> None:
        """Say in one line what is selected."""
        line = result_line(result, self.size.width - 2) if result else Content('')
        self.query_one('#about', Told).update(line)

    def on_resize(self) -> None:
        if self._mistake is None:
            self._tell(self.result)

    def _show_standing(self) -> None:
        """Say how many results there are, or why there are none."""
        collection = self._shelf.collection if self._shelf is not None else None
        count, total = (len(collection), collection.total) if collection is not None else (0, 0)
        filtered = bool(self.field.value.strip())
        muted = '$foreground-muted'
        words = []
        if self._mistake is not None:
            words.append(Content.styled('no filter', '$error'))
            self.query_one('#about', Told).update(Content.styled(str(self._mistake), '$error'))
        elif collection is not None:
            told = f'{count:,} of {plural(total, "result")}' if filtered else plural(total, 'result')
            words.append(Content.styled(told, muted))
            if self._searching and filtered:
                words.append(Content.styled('searching', muted))
            if self._marked:
                words.append(Content.styled(f'{len(self._marked)} marked', 'bold $warning'))
            if collection.trash:
                words.append(Content.styled('in the trash', 'bold $warning'))
        self.query_one('#count', Told).update(Content.styled(', ', muted).join(words))
        self.set_class(not count, '-empty')
        self.query_one('#notice', Told).update(Content(self._notice(filtered=filtered)))

    def _notice(self, *, filtered: bool) -> str:
        if self._shelf is None:
            return self.house.standing
        if self._mistake is not None:
            return self._mistake.in_lines()
        if not self._shelf.collection.complete:
            return 'Looking through the ledger'
        if filtered:
            return keyed('Nothing fits\n{gallery.leave} clears the filter').plain
        trash = self._shelf.collection.trash
        return keyed(
            'The trash is empty\n{gallery.leave} goes back' if trash else 'Nothing yet\nCompose: {app.compose}'
        ).plain

    def on_screen_resume(self) -> None:
        self._renew_grid(None)
        self.grid.show_selected()

    # ------------------------------------------------------------------------------------------ what the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        trash = self._shelf is not None and self._shelf.collection.trash
        if action == 'restore' and self.services is None:
            return True  # the same key opens the rooms again
        if action in (_NOT_OF_TRASH if trash else _OF_TRASH):
            return False
        if action in ('mark', 'compare', 'restore', 'select') and (not self.is_mounted or self.result is None):
            return None
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        self.field.focus()

    @on(Input.Changed, '#filter')
    def _typed(self) -> None:
        if self._shelf is not None:
            self._go_through()

    @on(Input.Submitted, '#filter')
    def action_grid(self) -> None:
        self.grid.focus()

    def action_leave(self) -> None:
        if self.focused is self.field:
            self.grid.focus()
        elif self._marked:
            self._marked.clear()
            self._renew_grid(None)
        elif self.field.value:
            self.field.value = ''
        elif self._shelf is not None and self._shelf.collection.trash:
            self._open_shelf(trash=False)

    def action_mark(self) -> None:
        spot = self._shelf.looked_at if self._shelf is not None else None
        if spot is not None:
            if spot in self._marked:
                del self._marked[spot]
            else:
                self._marked[spot] = None
            self.grid.renew()
            self.grid.action_go_aside(1)
            self._show_standing()

    def action_compare(self) -> None:
        shelf = self._shelf
        if shelf is None:
            return
        spots = list(self._marked)
        if len(spots) == 1 and shelf.looked_at is not None and shelf.looked_at not in spots:
            spots.append(shelf.looked_at)
        if 2 <= len(spots) <= MOST:
            self.app.push_screen(CompareScreen(self._pictures, shelf, spots))
        else:
            told = keyed(f'Mark two to {MOST} results with {{gallery.mark}}.').plain
            self.notify(told, title='Nothing to compare', severity='warning')

    @work(group='sheet', exclusive=True, exit_on_error=False)
    async def action_sheet(self) -> None:
        """Make a contact sheet of the marked results, or of all that are found."""
        shelf, services = self._shelf, self.services
        if shelf is None or services is None or not shelf.collection:
            return
        spots = tuple(self._marked or shelf.collection.spots)
        title = f'Contact sheet of {plural(min(len(spots), MOST_FRAMES), "result")}'
        self.notify('It is being made.', title=title, timeout=3)
        path = await self.tell(make_sheet(shelf.collection, spots[:MOST_FRAMES], services.output))
        if path is not None:
            left = len(spots) - MOST_FRAMES
            told = [clean(str(path), 4096), *([f'The other {left:,} did not fit.'] if left > 0 else [])]
            self.notify('\n'.join(told), title=title, markup=False, timeout=10)

    @property
    def _shape(self) -> Shape:
        if not self.in_rows:
            return _TILES[self.tile]
        return _WORDS if self._pictures.terminal.graphics is Graphics.NONE else _ROWS

    def action_layout(self) -> None:
        self.in_rows = not self.in_rows

    def action_resize(self, step: int) -> None:
        self.tile = max(0, min(self.tile + step, len(_TILES) - 1))

    def watch_in_rows(self, in_rows: bool) -> None:
        self.set_class(in_rows, '-rows')
        self.grid.shape = self._shape

    def watch_tile(self) -> None:
        self.grid.shape = self._shape

    def action_facts(self) -> None:
        self.toggle_class('-facts')
        self._show_result()

    def action_shelf(self) -> None:
        if self._shelf is not None:
            self._open_shelf(trash=not self._shelf.collection.trash)

    def action_restore(self) -> None:
        if self.services is None:
            self.post_message(OpeningRetried())
        elif self.result:
            self.restore([self.result.job])

    @on(PictureGrid.Chosen)
    def _open(self) -> None:
        if self._shelf is not None and self.result is not None:
            self.app.push_screen(ViewerScreen(self._pictures, self._shelf))


class _Items(Sequence[GridItem]):
    """The results as a grid takes them; those that are not read yet are blank."""

    def __init__(self, shelf: Shelf, marked: Iterable[Spot]) -> None:
        self._collection = shelf.collection
        self._marked = marked

    def __len__(self) -> int:
        return len(self._collection)

    @overload
    def __getitem__(self, place: int) -> GridItem: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[GridItem]: ...
    def __getitem__(self, place: int | slice) -> GridItem | Sequence[GridItem]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(len(self)))]
        result = self._collection.peek(place)
        if result is None:
            return GridItem(None)
        marked = self._collection.spots[place] in self._marked
        title, *others = result_lines(result)
        return GridItem(Path(result.output.path), title, (title, *others), result_mark(result, marked=marked))
