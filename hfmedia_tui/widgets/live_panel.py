"""What is being made, in a few lines at the bottom of every place; gone while there is nothing."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Final, NamedTuple

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from hfmedia_tui.domain import FINAL_STATES, Job, JobState
from hfmedia_tui.outlook import Outlook, no_outlook
from hfmedia_tui.widgets.job_row import COLOURS, draw_job, is_left
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.row_list import Part, changed_cells

__all__ = ['LivePanel']


_MOST: Final = 5
_FEW: Final = 2
"""Lines of the panel on a tall screen and on a short one."""


class _Line(NamedTuple):
    """A line of the panel."""

    parts: tuple[Part, ...]
    does: str
    """The action that it is a link to."""


class LivePanel(Widget):
    """The jobs that run, and how many wait behind them."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    LivePanel {
        height: auto;
        padding: 0 1;
        background: $surface;
        display: none;
        text-wrap: nowrap;
    }
    LivePanel.-live { display: block; }
    LivePanel:ansi { background: ansi_default; }
    """

    paused: reactive[bool] = reactive(False)
    """Whether nothing new starts."""

    def __init__(self) -> None:
        super().__init__()
        self.outlook: Callable[[Job], Outlook] = no_outlook
        """Tells what can be said of a job that has not ended."""
        self._under_way: dict[str, Job] = {}
        self._waiting: dict[str, bool] = {}
        """Whether each job that waits is paused."""
        self._lines = 0
        self._drawn: list[_Line] = []
        self._ahead: tuple[Size, list[_Line]] | None = None
        """What is to be drawn next in an area of that size, where that is known."""

    def on_mount(self) -> None:
        self._clock = self.set_interval(1, self._tick, pause=True)

    def take_jobs(self, jobs: Iterable[Job]) -> None:
        """Take on newer snapshots."""
        for job in jobs:
            self._under_way.pop(job.id, None)
            self._waiting.pop(job.id, None)
            if job.state in FINAL_STATES or is_left(job):
                continue
            if job.state is JobState.RUNNING:
                self._under_way[job.id] = job
            else:
                self._waiting[job.id] = job.paused
        (self._clock.resume if self._under_way else self._clock.pause)()
        self._ahead = None
        lines = min(len(self._under_way) + bool(self._waiting), _MOST)
        self.set_class(lines > 0, '-live')
        self.refresh(layout=lines != self._lines)
        self._lines = lines

    def take_paused(self, paused: bool) -> None:
        """Take on whether anything new starts."""
        self._ahead = None
        self.paused = paused

    async def on_click(self, event: events.Click) -> None:
        # Not a link of Textual's, which would wear one colour over those that say how a job is.
        if isinstance(does := event.style.meta.get('does'), str):
            event.stop()
            await self.run_action(does)

    def _tick(self) -> None:
        """Draw again what looks otherwise now: the time of what runs went on."""
        if not self.screen.is_active:
            return
        before, now = self._drawn, self._draw()
        if len(before) != len(now):
            self.refresh()
            return
        regions = [
            Region(cells.start, y, len(cells), 1)
            for y, (was, line) in enumerate(zip(before, now, strict=True))
            if (cells := changed_cells(was.parts, line.parts))
        ]
        if regions:
            self._ahead = self.size, now  # what is drawn is what was compared
            self.refresh(*regions)

    def render(self) -> Content:
        size, ahead = self._ahead or (None, [])
        self._ahead = None
        self._drawn = ahead if size == self.size else self._draw()
        return Content('\n').join(
            Content.assemble(*((text, COLOURS[part]) for text, part in line.parts)).stylize(
                Style.from_meta({'does': line.does})
            )
            for line in self._drawn
        )

    def _draw(self) -> list[_Line]:
        width, room = self.size.width, max(1, self.size.height)
        rest = bool(self._waiting) or len(self._under_way) > room
        shown = room - rest if room > 1 else min(1, len(self._under_way))
        now = datetime.now(UTC)
        lines = [
            _Line(tuple(draw_job(job, width, now, self.outlook(job))), f'app.show_job({job.id!r})')
            for job in islice(sorted(self._under_way.values(), key=lambda job: job.sequence), shown)
        ]
        if rest and len(lines) < room:
            told = self._rest(len(self._under_way) - len(lines))
            lines.append(_Line(((told, 'muted'),), "app.place('jobs')"))
        return lines

    def _rest(self, running: int) -> str:
        """Say how many more there are than are shown."""
        words = []
        if running:
            words.append(f'{running:,} more running')
        paused = len(self._waiting) if self.paused else sum(self._waiting.values())
        if waiting := len(self._waiting) - paused:
            words.append(f'{waiting:,} waiting')
        if paused:
            words.append(f'{paused:,} paused')
        return keyed(f'… {", ".join(words)}   {{app.jobs}} shows all').plain

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, min(self._lines, _MOST if self.screen.has_class('-tall') else _FEW))
