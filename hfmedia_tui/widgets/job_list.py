"""Jobs as a list: one job a line, with what it is doing now."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState, Stage
from hfmedia_tui.widgets.plain import cells, duration, file_size, one_line
from hfmedia_tui.widgets.row_list import Part, RowList

__all__ = ['JobList', 'is_left', 'state_mark', 'state_word']

_MARKS = {
    JobState.QUEUED: ('·', 'muted'),
    JobState.RUNNING: ('●', 'accent'),
    JobState.SUCCEEDED: ('✓', 'good'),
    JobState.FAILED: ('✗', 'bad'),
    JobState.CANCELLED: ('–', 'muted'),
    JobState.INTERRUPTED: ('!', 'odd'),
}
_LEFT = ('○', 'muted')
_BAR = 8
"""Cells of the bar that a true fraction is drawn with."""


def state_mark(job: Job) -> Part:
    """Return the sign of the job's state, and the part of a row's style that it wears."""
    return _LEFT if is_left(job) else _MARKS[job.state]


def is_left(job: Job) -> bool:
    """Whether the job has not ended and no process drives it."""
    return job.driver is Driver.NOBODY and job.state not in FINAL_STATES


def state_word(job: Job) -> str:
    """Return in one word what the job is doing: its stage while it runs, else its state."""
    match job.state:
        case JobState.RUNNING if is_left(job):
            return 'left'
        case JobState.RUNNING:
            return str(job.progress.stage)
        case JobState.QUEUED:
            return str(Stage.WAITING) if job.sent_in is None else f'sent in {job.sent_in} s'
        case _:
            return str(job.state)


def _standing(job: Job) -> str:
    """Say how far a running job is, as far as its provider tells."""
    progress = job.progress
    if progress.fraction is not None:
        filled = round(max(0.0, min(1.0, progress.fraction)) * _BAR)
        return f'{"━" * filled}{"╌" * (_BAR - filled)} {progress.fraction:4.0%}'
    if progress.queue_position is not None:
        return 'next' if progress.queue_position == 0 else f'{progress.queue_position} ahead'
    if progress.bytes is not None:
        return file_size(progress.bytes)
    return ''


def _size(job: Job) -> str:
    output = next(iter(job.outputs), None)
    return f'{output.width}×{output.height}' if output and output.width and output.height else ''


_ELSEWHERE = 'elsewhere · '
"""Before the prompt of a job that another process drives."""


class JobList(RowList[Job]):
    """Jobs, newest order first."""

    DEFAULT_CSS = 'JobList { height: 1fr; }'

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._places: dict[str, int] = {}
        self.trash = False
        """Whether this lists what lies in the trash, thrown away last first, instead of the others."""

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

    def belongs(self, job: Job) -> bool:
        """Whether the job is one of those that this lists."""
        return not job.deleted and (job.trashed_at is not None) is self.trash

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
            at_top = self.highlighted == 0 and not self.has_focus
            self.show_rows({**{job.id: job for job in self._rows}, **changed}.values(), follow=not at_top)
            return
        for place, job in known:
            self.replace_row(place, job)
        self._wind_clock()

    def rank(self, job: Job) -> tuple[float, ...]:
        """Return what the list is sorted by."""
        if self.trash and job.trashed_at is not None:
            return -job.trashed_at.timestamp(), job.index
        return job.index - job.sequence, job.index

    def place_of(self, job_id: str | None) -> int | None:
        """Return where a job stands; None where it is not in the list."""
        return None if job_id is None else self._places.get(job_id)

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
                self.refresh_line(place)

    # ------------------------------------------------------------------------------------------ drawing

    def draw(self, row: Job, width: int) -> Iterable[Part]:
        mark, part = state_mark(row)
        yield f'{mark} ', part
        yield cells(state_word(row), 12), part if part in ('bad', 'odd') else ''
        width -= 14
        if width >= 46:
            running = row.state is JobState.RUNNING and not is_left(row)
            yield cells(_standing(row) if running else _size(row), 14), 'accent' if running else 'muted'
            width -= 14
        elapsed = row.elapsed(datetime.now(UTC))
        text = duration(elapsed, exact=row.finished_at is not None) if row.started_at and not is_left(row) else ''
        yield cells(text, 9, right=True) + '  ', 'muted'
        width -= 11
        if width >= 34:
            yield cells(one_line(row.provider or ''), 13), 'muted'
            width -= 13
        if width >= 60:
            yield cells(one_line(row.order.model.rpartition('/')[2]), 24) + '  ', 'muted'
            width -= 26
        if row.state is JobState.FAILED and row.error:
            yield cells(one_line(row.error.message), width), 'bad'
        else:
            if row.driver is Driver.OTHER and width >= 2 * len(_ELSEWHERE):
                yield _ELSEWHERE, 'muted'
                width -= len(_ELSEWHERE)
            yield cells(one_line(row.order.prompt[:400]), width), '' if row.state is not JobState.CANCELLED else 'muted'
