"""Jobs as a list: one job a line, with what it is doing now."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from hfmedia_tui.domain import FINAL_STATES, Job, JobState
from hfmedia_tui.outlook import Outlook, no_outlook
from hfmedia_tui.widgets.job_row import draw_job, standing_rank
from hfmedia_tui.widgets.row_list import Part, RowList

__all__ = ['JobList']


class JobList(RowList[Job]):
    """Jobs: those that run, those that wait in the order in which they go, and the others, newest first."""

    DEFAULT_CSS = 'JobList { height: 1fr; }'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('enter', 'look', 'Look', id='jobs.look', tooltip='Look at the result of the job alone'),
        # Where there is no result.
        Binding('enter', 'select', 'Reuse', show=False, id='list.reuse'),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._places: dict[str, int] = {}
        self.trash = False
        """Whether this lists what lies in the trash, thrown away last first, instead of the others."""
        self.fits: Callable[[Job], bool] | None = None
        """Which jobs are listed; None for all."""
        self.outlook: Callable[[Job], Outlook] = no_outlook
        """Tells what can be said of a job that has not ended."""

    class EndNear(Message):
        """The last rows have come near: there may be more."""

    class LastWanted(Message):
        """The user wants to go to the last row, however far that is."""

    def on_mount(self) -> None:
        self._clock = self.set_interval(1, self._tick, pause=True)

    def key_of(self, row: Job) -> str:
        return row.id

    def show_rows(self, rows: Iterable[Job], *, follow: bool = True) -> None:
        ordered = sorted(rows, key=self.rank)
        self._places = {job.id: place for place, job in enumerate(ordered)}
        super().show_rows(ordered, follow=follow)
        self._wind_clock()

    def renew_rows(self, rows: Iterable[Job]) -> None:
        ordered = sorted(rows, key=self.rank)
        self._places = {job.id: place for place, job in enumerate(ordered)}
        super().renew_rows(ordered)
        self._wind_clock()

    def append_rows(self, rows: Iterable[Job]) -> None:
        """Show more rows, which come after the present ones."""
        more = sorted((job for job in rows if job.id not in self._places), key=self.rank)
        if not self._rows or (more and self.rank(more[0]) < self.rank(self._rows[-1])):
            self.show_rows([*self._rows, *more])
        elif more:
            self._places.update((job.id, place) for place, job in enumerate(more, start=len(self._rows)))
            self._rows += more
            self.virtual_size = Size(0, len(self._rows))
            self.refresh()

    def belongs(self, job: Job) -> bool:
        """Whether the job is one of those that this lists."""
        here = not job.deleted and (job.trashed_at is not None) is self.trash
        return here and (self.trash or self.fits is None or self.fits(job))

    def update_jobs(self, jobs: Iterable[Job]) -> None:
        """Take on newer snapshots; only lines in sight are drawn again, unless the order changes."""
        told = {job.id: job for job in jobs}
        changed = {job_id: job for job_id, job in told.items() if self.belongs(job)}
        if any(job_id in self._places for job_id in told.keys() - changed.keys()):
            self.renew_rows(filter(self.belongs, {**{job.id: job for job in self._rows}, **told}.values()))
            return
        known = [(self._places[job_id], job) for job_id, job in changed.items() if job_id in self._places]
        moves = len(known) < len(changed) or any(self.rank(self._rows[place]) != self.rank(job) for place, job in known)
        if moves:
            at_first = self.highlighted == 0 and not self.has_focus
            at_top = not self.scroll_offset.y
            self.show_rows({**{job.id: job for job in self._rows}, **changed}.values(), follow=not at_first)
            if at_top and (self.highlighted or 0) < self.size.height:  # what runs now is looked at too
                self.scroll_to(y=0, animate=False)
            return
        for place, job in known:
            self.replace_row(place, job)
        self._wind_clock()

    def rank(self, job: Job) -> tuple[float, ...]:
        """Return what the list is sorted by."""
        if self.trash and job.trashed_at is not None:
            return -job.trashed_at.timestamp(), job.index
        return standing_rank(job)

    def place_of(self, job_id: str | None) -> int | None:
        """Return where a job stands; None where it is not in the list."""
        return None if job_id is None else self._places.get(job_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != 'look' or (self.row is not None and bool(self.row.outputs))

    def action_look(self) -> None:
        self.action_select()

    # ------------------------------------------------------------------------------------------ the clock

    def _wind_clock(self) -> None:
        if not self.is_mounted:
            return
        if any(job.state is JobState.RUNNING for job in self._rows):
            self._clock.resume()
        else:
            self._clock.pause()

    def _tick(self) -> None:
        """Draw again the running jobs that are in sight: their time went on."""
        if not self.screen.is_active:
            return
        top = self.scroll_offset.y
        for place in range(top, min(len(self._rows), top + self.size.height)):
            if self._rows[place].state is JobState.RUNNING:
                self.refresh_row(place)

    def draw(self, row: Job, width: int) -> Iterable[Part]:
        outlook = Outlook() if row.state in FINAL_STATES else self.outlook(row)
        return draw_job(row, width, datetime.now(UTC), outlook)

    # ------------------------------------------------------------------------------------------ more rows

    @property
    def is_end_near(self) -> bool:
        """Whether the last rows are in sight or will soon be."""
        height = max(1, self.scrollable_content_region.height)
        return self.scroll_offset.y + 3 * height >= len(self._rows)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self.is_end_near:
            self.post_message(self.EndNear())

    def action_last(self) -> None:
        super().action_last()
        self.post_message(self.LastWanted())
