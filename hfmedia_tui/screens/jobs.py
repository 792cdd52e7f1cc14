"""Jobs: everything that was asked for, as it stands now."""

from collections.abc import Awaitable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState, clean
from hfmedia_tui.errors import AppError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.messages import JobReused
from hfmedia_tui.screens.outside import can_open, open_outside
from hfmedia_tui.screens.place import Place
from hfmedia_tui.screens.question import Question
from hfmedia_tui.widgets.job_details import JobDetails
from hfmedia_tui.widgets.job_list import JobList
from hfmedia_tui.widgets.preview import Preview

__all__ = ['JobsScreen']


class JobsScreen(Place):
    """The list of jobs, the preview of the highlighted one, and all that is known about it."""

    NAME = 'jobs'
    AUTO_FOCUS = '#jobs'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('c', 'cancel', 'Cancel', id='jobs.cancel', tooltip='Cancel the job'),
        Binding('r', 'retry', 'Retry', id='jobs.retry', tooltip='Try the job again, from the first step not yet paid'),
        Binding('e', 'reuse', 'Reuse', id='jobs.reuse', tooltip='Compose again what the job was made from'),
        Binding('y', 'copy', 'Copy path', id='jobs.copy', tooltip='Copy the path of the result, over SSH too'),
        Binding('o', 'open', 'Open', id='jobs.open', tooltip='Open the result in its own program'),
    ]

    def __init__(self, pictures: Pictures) -> None:
        super().__init__(classes='-empty')
        self._pictures = pictures

    def compose_place(self) -> ComposeResult:
        with Horizontal(id='desk'):
            jobs = JobList(id='jobs')
            jobs.notice = 'No jobs yet\nCompose one: F3'
            yield jobs
            with Horizontal(id='about'):
                yield Preview(self._pictures)
                with VerticalScroll(id='details', can_focus=False):
                    yield JobDetails()

    @property
    def jobs(self) -> JobList:
        return self.query_one('#jobs', JobList)

    @property
    def job(self) -> Job | None:
        """The highlighted job."""
        return self.jobs.row

    def take_jobs(self, jobs: tuple[Job, ...]) -> None:
        self.jobs.update_jobs(jobs)
        if self.job is not None and any(job.id == self.job.id for job in jobs):
            self._show(self.job)

    def highlight(self, job_id: str) -> None:
        """Go to one job."""
        self.jobs.highlight(job_id)

    @on(JobList.Highlighted)
    def _highlighted(self, event: JobList.Highlighted) -> None:
        self._show(event.row)
        self.query_one('#details').scroll_to(y=0, animate=False)

    def _show(self, job: Job | None) -> None:
        self.query_one(JobDetails).job = job
        output = next(iter(job.outputs), None) if job else None
        self.query_one(Preview).source = Path(output.path) if output else None
        self.set_class(job is None, '-empty')
        self.set_class(output is not None, '-has-result')
        self.refresh_bindings()

    # ------------------------------------------------------------------------------------------ what the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        job = self.job if self.is_mounted else None
        match action:
            case 'cancel':
                return True if job and job.state not in FINAL_STATES else None
            case 'retry':
                return True if job and self._can_retry(job) else None
            case 'reuse':
                return True if job else None
            case 'copy':
                return True if job and job.outputs else None
            case 'open':
                return can_open() and (True if job and job.outputs else None)
            case _:
                return True

    def _can_retry(self, job: Job) -> bool:
        """Whether the job ended without a result, or was left by a process that is gone."""
        return job.state is not JobState.SUCCEEDED and (job.state in FINAL_STATES or job.driver is Driver.NOBODY)

    @work(group='cancel', exit_on_error=False)
    async def action_cancel(self) -> None:
        job, services = self.job, self.services
        if job is None or services is None:
            return
        if job.driver is Driver.OURS:
            await self._tell(services.pool.cancel(job.id))
        else:
            from hfmedia_tui.services import cancel_elsewhere  # loaded by now: with the services

            await self._tell(cancel_elsewhere(services.ledger, job))
            self.house.take_job(await services.ledger.find(job.id))

    @work(group='retry', exit_on_error=False)
    async def action_retry(self) -> None:
        job = self.job
        if job is None or self.services is None:
            return
        if job.state is JobState.INTERRUPTED:
            question = Question(
                'Try this job again?',
                'The program ended before the provider answered, so this job may have been paid for already.',
                yes='Try again',
                no='Leave it',
            )
            if not await self.app.push_screen_wait(question):
                return
        await self._tell(self.services.retry(job.id))

    @on(JobList.Selected)
    def action_reuse(self) -> None:
        if self.job:
            self.post_message(JobReused(self.job))

    def action_copy(self) -> None:
        if self.job and self.job.outputs:
            path = self.job.outputs[0].path
            self.app.copy_to_clipboard(path)
            self.notify(clean(path, 4096), title='Copied', timeout=3, markup=False)

    @work(group='open', exit_on_error=False)
    async def action_open(self) -> None:
        if self.job and self.job.outputs:
            await self._tell(open_outside(Path(self.job.outputs[0].path)))

    async def _tell(self, deed: Awaitable[object]) -> None:
        """Do it; say why, if it cannot be done."""
        try:
            await deed
        except AppError as error:
            self.notify(error.hint or '', title=error.message, severity='error', markup=False)
