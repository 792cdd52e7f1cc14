"""What was made, one result at a time, above the jobs that make more."""

from pathlib import Path
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from hfmedia_tui.domain import Job, JobState, Output, Result
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.job_details import caption
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.live_jobs import LiveJobs
from hfmedia_tui.widgets.result_strip import ResultStrip
from hfmedia_tui.widgets.told import Told

__all__ = ['Results']

_NOTHING: Final = 'Results appear here'


class Results(Vertical):
    """The newest result, or one that was stepped back to, and the jobs."""

    class JobEntered(Message):
        """The user entered a job that has no result to show here."""

        def __init__(self, job: Job) -> None:
            super().__init__()
            self.job = job

    class Shown(Message):
        """Another result is shown, or none."""

    def __init__(self, pictures: Pictures, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pictures = pictures
        self._jobs: dict[str, Job] = {}
        self._results: list[Result] = []
        self._place: int | None = None
        """Which result is shown; None follows the newest."""

    def compose(self) -> ComposeResult:
        with Vertical(id='shown', classes='-empty'):
            yield FilmPlayer(self._pictures, placeholder=_NOTHING, patient=True)
            with Horizontal(id='facts'):
                yield ResultStrip()
                yield Told(id='caption')
        jobs = LiveJobs(id='live')
        jobs.notice = 'Jobs appear here'
        yield jobs

    @property
    def player(self) -> FilmPlayer:
        return self.query_one(FilmPlayer)

    @property
    def live(self) -> LiveJobs:
        return self.query_one(LiveJobs)

    @property
    def meant(self) -> tuple[Job | None, Output | None]:
        """The highlighted job with its first result, or else the result that is shown."""
        live = self.live
        if live.has_focus:
            return live.row, next(iter(live.row.outputs), None) if live.row else None
        if not self._results:
            return None, None
        result = self._results[-1 if self._place is None else self._place]
        return result.job, result.output

    def take_jobs(self, jobs: tuple[Job, ...]) -> None:
        """Take on the newest snapshots of jobs that changed."""
        changed = [job for job in jobs if job.state is JobState.SUCCEEDED and self._jobs.get(job.id) != job]
        self._jobs.update((job.id, job) for job in jobs)
        self.live.update_jobs(jobs)
        if changed:
            self._take_results(changed)
            self._show()
        if not self._results:
            self.player.placeholder = self._nothing

    @property
    def _nothing(self) -> str:
        """What stands where a result would: why the newest job failed, while none has succeeded."""
        errors = (job.error for job in self.live.rows if job.state is JobState.FAILED and job.error)
        error = next(errors, None)
        if error is None:
            return _NOTHING
        return f'{error.message}\n{keyed("{compose.leave} and {list.show} tell more").plain}'

    def _take_results(self, jobs: list[Job]) -> None:
        """Take the results of jobs, oldest first, and leave out what went to the trash; the one shown stays shown."""
        shown = None if self._place is None else self._results[self._place].output.path
        moved = {job.id for job in jobs}
        results = [result for result in self._results if result.job.id not in moved]
        results += [
            Result(job=job, ordinal=ordinal)
            for job in jobs
            if job.trashed_at is None
            for ordinal in range(len(job.outputs))
        ]
        self._results = sorted(results, key=lambda result: result.job.finished_at or result.job.created_at)
        if self._place is not None:
            paths = [result.output.path for result in self._results]
            self._place = paths.index(shown) if shown in paths else min(self._place, len(paths) - 1)
            self._place = None if self._place < 0 else self._place

    def _show(self) -> None:
        last = len(self._results) - 1
        place = last if self._place is None else min(self._place, last)
        strip = self.query_one(ResultStrip)
        strip.count, strip.place = len(self._results), max(0, place)
        self.query_one('#shown').set_class(place < 0, '-empty')
        told = Content('')
        if place < 0:
            self.player.source = None
            self.live.shown = None
        else:
            result = self._results[place]
            self.player.source = Path(result.output.path)
            self.live.shown = result.job.id
            keys = keyed('{compose.earlier} {compose.later}  ' if last else '').stylize('$foreground')
            told = Content.assemble(keys, caption(result.job))
        self.query_one('#caption', Told).update(told, layout=False)
        self.post_message(self.Shown())

    def step(self, step: int) -> None:
        """Show the result so many places after the one that is shown."""
        if self._results:
            now = len(self._results) - 1 if self._place is None else self._place
            self._go_to(now + step)

    def _go_to(self, place: int) -> None:
        last = len(self._results) - 1
        self._place = None if place >= last else max(0, place)
        self._show()

    @on(ResultStrip.Chosen)
    def _chosen(self, event: ResultStrip.Chosen) -> None:
        event.stop()
        self._go_to(event.place)

    @on(LiveJobs.Selected)
    def _job_selected(self, event: LiveJobs.Selected) -> None:
        event.stop()
        for place, result in enumerate(self._results):
            if result.job.id == event.row.id:
                self._go_to(place)
                return
        self.post_message(self.JobEntered(event.row))
