"""The one bridge from the engine to the screens: the newest snapshot of every job, whoever drives it."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from textual.reactive import var
from textual.signal import Signal

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState
from hfmedia_tui.errors import AppError
from hfmedia_tui.outlook import Outlook
from hfmedia_tui.widgets.job_row import is_paused
from hfmedia_tui.widgets.telling_app import TellingApp
from hfmedia_tui.widgets.top_bar import Tally

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['JobsApp']

log = logging.getLogger(__name__)

_PACE: Final = 0.05
"""Seconds between two pieces of news to the screens: what happens in between is told once, in its newest state."""
_WATCH_SECONDS: Final = 0.5
"""Between two looks at what other processes do."""


class JobsApp(TellingApp):
    """An app whose screens know every job as it stands now."""

    services: var['Services | None'] = var(None)
    """The rooms below, while they are open."""
    paused: var[bool] = var(False)
    """Whether nothing new starts."""
    tally: var[Tally] = var(Tally())
    """Counts of this session's jobs."""

    def __init__(self) -> None:
        super().__init__()
        self._live: set[str] = set()
        """Jobs that have not ended, whoever drives them."""
        self._pending: dict[str, Job] = {}
        self.jobs: dict[str, Job] = {}
        """The latest snapshot of every job known, by id."""
        self.jobs_changed: Signal[tuple[Job, ...]] = Signal(self, 'jobs changed')
        """Newest snapshots of the jobs that changed."""

    async def watch_others(self, services: 'Services') -> None:
        """Take on what other processes do to their jobs, and collect what they leave when they end."""
        told = False
        while True:
            try:
                news = await services.ledger.news()
                for job in news:
                    self.take_job(job)
                if any(job.driver is Driver.NOBODY for job in news):
                    await services.resume(sent_only=True)
                told = False
            except AppError as error:
                if not told:
                    log.warning('what others do is not known: %s', error)
                told = True
            await asyncio.sleep(_WATCH_SECONDS)

    def take_job(self, job: Job) -> None:
        """Take on a newer snapshot of a job, and tell the screens soon."""
        if not self._pending:
            self.set_timer(_PACE, self._publish)
        self._pending[job.id] = job

    def _publish(self) -> None:
        changed = tuple(self._pending.values())
        self._pending.clear()
        self.jobs.update((job.id, job) for job in changed)
        for job in changed:
            (self._live.discard if job.state in FINAL_STATES else self._live.add)(job.id)
        self._count()
        self.jobs_changed.publish(changed)
        self.follow_jobs(changed)
        if self.services is not None and (missing := self.services.pasts.missing(changed)):
            self.run_worker(self.services.pasts.learn(missing), group='pasts', exit_on_error=False)

    def watch_paused(self) -> None:
        self._count()

    def _count(self) -> None:
        """Count the jobs by what they are doing."""
        live = [job for job in map(self.jobs.__getitem__, self._live) if job.driver is not Driver.NOBODY]
        states = [job.state for job in live]
        paused = sum(is_paused(job, line=self.paused) for job in live)
        ours = self.services.pool.jobs if self.services is not None else {}
        ended = [self.jobs[job_id].state for job_id in ours if job_id in self.jobs]
        self.tally = Tally(
            running=states.count(JobState.RUNNING),
            waiting=states.count(JobState.QUEUED) - paused,
            paused=paused,
            failed=ended.count(JobState.FAILED),
            succeeded=ended.count(JobState.SUCCEEDED),
        )

    def outlook(self, job: Job) -> Outlook:
        """What can be said now of a job that has not ended."""
        return Outlook() if self.services is None else self.services.outlook(job)
