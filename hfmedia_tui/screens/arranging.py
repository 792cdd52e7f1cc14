"""Arranging the jobs that wait, and trying failed ones again."""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState, clean
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.messages import JobReused
from hfmedia_tui.screens.limits import LimitsScreen
from hfmedia_tui.screens.question import Question
from hfmedia_tui.screens.undoing import Undoing
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.plain import one_line, plural, priced

__all__ = ['Arranging', 'can_retry', 'is_left_paused', 'waits_here']

_PAGE = 250
"""Jobs that are read at once."""
_MOST_REASONS = 3
_LONGEST_REASON = 160


def waits_here(job: Job) -> bool:
    """Whether the job waits in this process."""
    return job.state is JobState.QUEUED and job.driver is Driver.OURS


def is_left_paused(job: Job) -> bool:
    """Whether the job was paused in an earlier session, and is nobody's now."""
    return job.state is JobState.QUEUED and job.driver is Driver.NOBODY and job.paused


def can_retry(job: Job) -> bool:
    """Whether the job ended without a result, or was left by a process that is gone."""
    return job.state is not JobState.SUCCEEDED and (job.state in FINAL_STATES or job.driver is Driver.NOBODY)


class Arranging(Undoing):
    """A place where one job is highlighted, and where the line can be paused and its jobs moved, started and edited."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('p', 'pause', 'Pause', id='jobs.pause', tooltip='Have the job wait, or no longer'),
        Binding(
            'P',
            'pause_all',
            'Pause all',
            show=False,
            id='jobs.pause_all',
            tooltip='Start nothing new, or start again; what runs goes on',
        ),
        Binding(
            'K,shift+up',
            'move(-1)',
            'Move up',
            show=False,
            id='jobs.up',
            tooltip='Move the job ahead in the line',
        ),
        Binding(
            'J,shift+down',
            'move(1)',
            'Move down',
            show=False,
            id='jobs.down',
            tooltip='Move the job behind in the line',
        ),
        Binding(
            'exclamation_mark',
            'start_now',
            'Start now',
            show=False,
            key_display='!',
            id='jobs.start_now',
            tooltip='Start the job at once, past the limits and every pause',
        ),
        Binding('R', 'retry_all', 'Retry all', show=False, id='jobs.retry_all', tooltip='Try every failed job again'),
        Binding('l', 'limits', 'Limits', show=False, id='jobs.limits', tooltip='Change how many jobs run at once'),
    ]

    @property
    def job(self) -> Job | None:
        """The highlighted job."""
        raise NotImplementedError

    def fits(self, job: Job) -> bool:
        """Whether a job is one of those that the user looks at."""
        raise NotImplementedError

    @work(group='arrange', exit_on_error=False)
    async def action_pause(self) -> None:
        job, services = self.job, self.services
        if job is not None and services is not None:
            await self.tell(services.retry(job.id, job) if is_left_paused(job) else services.waiting.pause(job))

    @work(group='arrange', exit_on_error=False)
    async def action_pause_all(self) -> None:
        if self.services is not None:
            paused = not self.services.waiting.paused
            await self.tell(self.services.waiting.pause_all(paused))
            self.house.paused = paused

    @work(group='arrange', exit_on_error=False)
    async def action_move(self, step: int) -> None:
        if self.job is not None and self.services is not None:
            await self.tell(self.services.waiting.move(self.job, step))

    @work(group='arrange', exit_on_error=False)
    async def action_start_now(self) -> None:
        job, services = self.job, self.services
        if job is None or services is None:
            return
        if job.sent_in is not None:
            services.pool.send_now(job.order.id)
        elif not is_left_paused(job):
            await self.tell(services.waiting.start_now(job))
        elif await self.tell(services.retry(job.id, job)) is not None:
            await self.tell(services.pool.start_now(job.id))

    @work(group='arrange', exit_on_error=False)
    async def edit(self, job: Job) -> None:
        """Write a job anew that waits; it goes on waiting until what is written is sent, or left."""
        services = self.services
        if services is None:
            return
        try:
            await services.waiting.edit(job)
        except UsageError as error:
            complain(self, error)
            return
        self.post_message(JobReused(job))
        self.notify('Send it to replace the job; leave Compose to put it back.', title='The job waits', timeout=6)

    def action_limits(self) -> None:
        if self.services is not None:
            self.app.push_screen(LimitsScreen(self.services.pool.limits, self.house.change_setting))

    # ------------------------------------------------------------------------------------------ trying again

    @work(group='retry', exclusive=True, exit_on_error=False)
    async def action_retry_all(self) -> None:
        """Try every failed job again that fits the filter, when the user has seen what that asks for."""
        services = self.services
        if services is None:
            return
        failed = await self.tell(self._failed())
        if not failed:
            self.notify('No job has failed.', timeout=3)
            return
        paid = services.paid_retries(failed)
        beyond = await self.tell(services.over_limit(paid))
        question = Question(
            f'Retry {plural(len(failed), "failed job")}?',
            '\n'.join(_told(failed, beyond, paid)),
            yes='Retry all',
            no='Leave them',
        )
        if not await self.app.push_screen_wait(question):
            return
        refused = list[str]()
        for job in failed:
            try:
                await services.retry(job.id, job, over_limit=beyond is not None)
            except AppError as error:
                refused.append(error.message)
        if refused:
            title = f'Left alone: {plural(len(refused), "job")}'
            self.notify('\n'.join(refused[:_MOST_REASONS]), title=title, severity='warning', markup=False)

    async def _failed(self) -> list[Job]:
        """The failed jobs that fit and that were sent where this house sends them."""
        failed, last = list[Job](), None
        while self.services is not None:
            page = await self.services.ledger.older(last, _PAGE, state=JobState.FAILED)
            failed += (job for job in page if job.order.router == self.services.router and self.fits(job))
            if len(page) < _PAGE:
                break
            last = page[-1].sequence
        return failed[::-1]


def _told(failed: list[Job], beyond: str | None, paid: int) -> Iterable[str]:
    """What trying jobs again asks for, which ceiling that passes, and why they failed, in sentences."""
    if beyond is not None:
        yield beyond
    sent = sum(job.asked_anew for job in failed)
    if sent:
        yield f'{priced(sent, paid)}.'
    if collected := len(failed) - sent:
        yield f'{plural(collected, "job")} paid for already: only collected.'
    reasons = Counter(clean(one_line(job.error.message), _LONGEST_REASON) for job in failed if job.error)
    yield from ('', *(f'{count:,} × {reason}' for reason, count in reasons.most_common(_MOST_REASONS)))
    if len(reasons) > _MOST_REASONS:
        yield f'and {plural(len(reasons) - _MOST_REASONS, "other reason")}'
