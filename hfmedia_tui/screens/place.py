"""What every place has: the line at the top, the footer, and news of the house."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.geometry import Region, Size
from textual.reactive import var
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from hfmedia_tui.domain import Job
from hfmedia_tui.widgets.key_line import KeyLine
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.live_panel import LivePanel
from hfmedia_tui.widgets.painting import Painting
from hfmedia_tui.widgets.top_bar import Tally, TopBar

if TYPE_CHECKING:
    from textual.css.query import DOMQuery

    from hfmedia_tui.app import HFMediaApp
    from hfmedia_tui.services import Services
    from hfmedia_tui.widgets.job_details import JobDetails
    from hfmedia_tui.widgets.job_list import JobList

__all__ = ['Place']

log = logging.getLogger(__name__)


class Place(Screen[None]):
    """A main place of the program, one for each mode of the app."""

    NAME: ClassVar[str]
    """The mode's name."""
    SHOWS_JOBS: ClassVar[bool] = False
    """Whether the place shows the jobs that run itself, and needs no panel of them."""

    FIRST_KEYS: ClassVar[Sequence[str]] = ()
    """Ids of the bindings that come first in the footer."""

    HOLDS: ClassVar[Sequence[type[Widget]]] = ()
    """Widgets whose actions are the place's, too."""
    OPENED_BY: ClassVar[tuple[str, str] | None] = None
    """The place that it opens over, and the id of the binding that opens it; None for a mode of the app."""
    NOTHING: ClassVar[str] = 'Nothing is highlighted that it can be done with.'
    """Why an action cannot be done that is dimmed."""
    REFUSALS: ClassVar[Mapping[str, str]] = {}
    """Why each action cannot be done where it is hidden, in a sentence with keys as `keyed` takes them."""

    HORIZONTAL_BREAKPOINTS = [(0, '-narrow'), (100, '-wide')]
    VERTICAL_BREAKPOINTS = [(0, '-short'), (30, '-tall')]

    focused: var[Widget | None] = var(None)
    """Who has the focus draws it; for Textual's own `focused` the whole screen is drawn again."""
    tally: var[Tally] = var(Tally())
    mark: var[str] = var('')

    is_fresh = True
    """Whether it has not been left yet since it was made."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._compositor = Painting()

    @property
    def house(self) -> 'HFMediaApp':
        """The app, by its own type."""
        return cast('HFMediaApp', self.app)

    @property
    def services(self) -> 'Services | None':
        """The rooms below, once they are open."""
        return self.house.services

    def compose(self) -> ComposeResult:
        yield TopBar(self.NAME).data_bind(Place.tally, Place.mark)
        yield from self.compose_place()
        if not self.SHOWS_JOBS:
            yield LivePanel()
        yield KeyLine()

    def compose_place(self) -> ComposeResult:
        """Yield what stands between the line at the top and the footer."""
        raise NotImplementedError

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        if self.is_fresh:
            event.refresh_styles = False  # each widget had its styles when it came: all of them again took 40 ms

    def _on_screen_suspend(self) -> None:
        self.is_fresh = False

    def _compositor_refresh(self) -> None:
        """Draw what changed; where all of it is to be drawn, at once.

        Textual 8 draws what is new first, on what stood there before, and then all of it; and what it could not draw
        yet, it takes for drawn.
        """
        if self.app._batch_count:
            return
        if self._repaint_required and self is self.app.screen:
            self._repaint_required = False
            self._compositor._dirty_regions.add(self._compositor.size.region)
        super()._compositor_refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        # Nothing of it is seen but its background: one line is made for all.
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height

    def _screen_resized(self, size: Size) -> None:
        # As a program starts Textual tells the same size four times.
        if size != self._compositor.size or self._layout_required or self._layout_widgets:
            super()._screen_resized(size)

    def on_mount(self) -> None:
        for knowing in self._knowing:
            knowing.outlook = self.house.outlook
        for panel in self.query_children(LivePanel):
            panel.outlook = self.house.outlook
            panel.watch(self.house, 'paused', panel.take_paused)
            panel.take_jobs(self.house.jobs.values())
            self.house.jobs_changed.subscribe(panel, panel.take_jobs)
        self.show_place_keys()
        if kept := self.house.session.of(self.NAME):
            self.bring_back(kept)
        self.house.jobs_changed.subscribe(self, self.take_jobs)
        for name, watcher in (
            ('tally', self._watch_tally),
            ('mark', self._watch_mark),
            ('standing', self.take_standing),
            ('paused', self.show_paused),
        ):
            self.watch(self.house, name, cast('Callable[..., None]', watcher))
        if self.house.jobs:
            self.take_jobs(tuple(self.house.jobs.values()))

    @property
    def _knowing(self) -> 'DOMQuery[JobList | JobDetails]':
        """What tells of jobs that have not ended: by its name, for most first screens start without."""
        return cast('DOMQuery[JobList | JobDetails]', self.query('JobList, JobDetails'))

    def show_place_keys(self) -> None:
        """Show which keys go to the places now."""
        for bar in self.query_children(TopBar):
            bar.keys = self.house.place_keys()

    def _watch_tally(self, tally: Tally) -> None:
        self.tally = tally

    def _watch_mark(self, mark: str) -> None:
        self.mark = mark

    def show_paused(self) -> None:
        """Show whether anything new starts."""
        for knowing in self._knowing:
            knowing.refresh(layout=True)

    def take_jobs(self, jobs: tuple[Job, ...]) -> None:
        """Take on the newest snapshots of jobs that changed."""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action cannot be done now, in a sentence; empty where it can."""
        if not self.is_mounted:
            return self.NOTHING
        match self.check_action(action, parameters):
            case True:
                return ''
            case False:
                return keyed(self.REFUSALS.get(action, self.NOTHING)).plain
            case _:
                return self.NOTHING

    def make_ready(self, action: str, parameters: tuple[object, ...]) -> None:
        """Go to where an action is heard that is only heard in one part of the place."""

    def kept(self) -> Mapping[str, str]:
        """What to bring back at the next start, by names of its own: filters, and what is selected."""
        return {}

    def bring_back(self, kept: Mapping[str, str]) -> None:
        """Take on what an earlier session kept. It was cleaned; anything else about it is to be checked."""

    def take_standing(self) -> None:
        """Take on that the house is opening, open, or could not be opened."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            log.error('work for a screen failed', exc_info=error)
            self.notify(
                f'{type(error).__name__}. The log tells more.',
                title='Something went wrong',
                severity='error',
                markup=False,
            )
