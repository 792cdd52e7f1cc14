"""Jobs: everything that was asked for, as it stands now."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.style import Style
from textual.widgets import Input
from textual.worker import Worker

from hfmedia_tui.domain import FINAL_STATES, Job
from hfmedia_tui.errors import UsageError
from hfmedia_tui.filters import JOBS, read_filter
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.messages import JobReused
from hfmedia_tui.screens.arranging import Arranging, can_retry, is_left_paused, waits_here
from hfmedia_tui.screens.copying import copy_from
from hfmedia_tui.screens.filtered import Filtered
from hfmedia_tui.screens.outside import can_open, open_outside
from hfmedia_tui.screens.question import Question
from hfmedia_tui.screens.shelf import Shelf
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.store.results import Spot
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.job_details import JobDetails
from hfmedia_tui.widgets.job_list import JobList
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.plain import file_size, one_line, plural
from hfmedia_tui.widgets.reading import Reading
from hfmedia_tui.widgets.told import Told
from hfmedia_tui.widgets.words import Words

__all__ = ['JobsScreen']

_LOOKING = 'Looking through the ledger'
_NO_JOBS = 'No jobs yet\nCompose one: {app.compose}'
_NO_TRASH = 'The trash is empty\n{jobs.leave_trash} goes back to the jobs'
_NOTHING_FITS = 'No job fits\n{jobs.clear_filter} clears the filter'
_PAGE = 200
"""Jobs that are read from the ledger at once."""
_OF_JOBS = frozenset({'cancel', 'retry', 'trash', 'pause', 'start_now', 'move', 'retry_all', 'clear_filter'})
_OF_TRASH = frozenset({'restore', 'delete', 'empty', 'leave_trash'})
"""Actions that only one of the two lists has."""
_OF_ONE = frozenset(
    {'cancel', 'retry', 'copy', 'open', 'reuse', 'trash', 'pause', 'start_now', 'move', 'restore', 'delete', 'empty'}
)
"""Actions that do something with the highlighted job."""
_NOT_THIS = {
    'cancel': 'The highlighted job has ended.',
    'retry': 'The highlighted job has not failed.',
    'pause': 'The highlighted job does not wait in this process.',
    'start_now': 'The highlighted job does not wait in this process.',
    'move': 'The highlighted job does not wait in this process.',
}
"""Why an action is not for the highlighted job."""
_MAY_BE_PAID = "Nobody heard the provider's answer, so this job may have been paid for already."
_STAYS = 'The files go. What was asked and what it cost stay in the ledger.'


class JobsScreen(Arranging, Filtered):
    """The list of jobs, the preview of the highlighted one, and all that is known about it."""

    CSS_PATH = 'jobs.tcss'
    NAME = 'jobs'
    SHOWS_JOBS = True
    AUTO_FOCUS = '#jobs'
    WAY_BACK = '{jobs.undo} brings it back, {jobs.shelf} shows the trash.'
    HOLDS = (FilmPlayer, JobList)
    NOTHING = 'No job is highlighted.'
    REFUSALS = {
        **dict.fromkeys(_OF_JOBS, 'The trash is shown: {jobs.leave_trash} goes back to the jobs.'),
        **dict.fromkeys(_OF_TRASH, 'It is for what lies in the trash: {jobs.shelf} shows that.'),
        'play': 'The highlighted job has no film.',
        'look': 'The highlighted job has no result.',
        'open': 'The highlighted job has no result, or there is no screen here to open it on.',
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('slash', 'filter', 'Filter', key_display='/', id='jobs.filter', tooltip='Show only the jobs that fit'),
        Binding('c', 'cancel', 'Cancel', id='jobs.cancel', tooltip='Cancel the job'),
        Binding('r', 'retry', 'Retry', id='jobs.retry', tooltip='Try the job again, from the first step not yet paid'),
        Binding('r', 'restore', 'Restore', id='jobs.restore', tooltip='Bring the job and its files back'),
        Binding(
            'e',
            'reuse',
            'Reuse',
            id='jobs.reuse',
            tooltip='Compose again what the job was made from; write one anew that waits',
        ),
        Binding(
            'E',
            'reuse(True)',
            'Reuse all',
            show=False,
            id='jobs.reuse_all',
            tooltip='Compose again all that was asked for with the job, as it was written',
        ),
        Binding('y', 'copy', 'Copy', id='jobs.copy', tooltip='Copy a path, prompt, link or command, over SSH too'),
        Binding('space', 'play', 'Play', show=False, id='jobs.play', tooltip='Play or pause the film'),
        # Before the list's own: it never scrolls sideways.
        Binding('left', 'scrub(-1)', 'Back', show=False, priority=True, id='jobs.back', tooltip='Go back in the film'),
        Binding(
            'right', 'scrub(1)', 'Ahead', show=False, priority=True, id='jobs.ahead', tooltip='Go ahead in the film'
        ),
        Binding('o', 'open', 'Open', show=False, id='jobs.open', tooltip='Open the result in its own program'),
        Binding('x,delete', 'trash', 'Trash', id='jobs.trash', tooltip='Throw the job and its files away'),
        Binding('x,delete', 'delete', 'Delete', id='jobs.delete', tooltip='Delete the files of the job for good'),
        Binding(
            'X', 'empty', 'Empty', show=False, id='jobs.empty', tooltip='Delete all that lies in the trash for good'
        ),
        Binding(
            'u,ctrl+z',
            'undo',
            'Undo',
            show=False,
            id='jobs.undo',
            tooltip='Bring back what was thrown away last, or an order that is not sent yet',
        ),
        Binding(
            't', 'shelf', 'See trash', show=False, id='jobs.shelf', tooltip='Show what lies in the trash, or the jobs'
        ),
        Binding('escape', 'leave_trash', 'Jobs', id='jobs.leave_trash', tooltip='Show the jobs again'),
        Binding('escape', 'clear_filter', 'All', show=False, id='jobs.clear_filter', tooltip='Show all jobs again'),
        Binding('down', 'list', 'List', show=False, id='jobs.list'),
    ]

    def __init__(self, pictures: Pictures) -> None:
        super().__init__(classes='-empty')
        self._pictures = pictures
        self._mistake: UsageError | None = None
        """Why what is in the filter field is no filter."""
        self._oldest: int | None = None
        """The number of the oldest job that was looked at, for this filter; None before any was."""
        self._wanted = ''
        """Id of the job to highlight when it comes: the one that was highlighted when the program was left."""
        self._complete = False
        """Whether the whole ledger was looked at."""
        self._looking: Worker[None] | None = None
        self._shelf: Shelf | None = None
        """What is looked at alone, over this place."""

    def compose_place(self) -> ComposeResult:
        with Horizontal(id='line'):
            yield Words('Filter', id='filter')
            yield Told(id='standing')
        with Horizontal(id='desk'):
            yield JobList(id='jobs')
            with Horizontal(id='about'):
                yield FilmPlayer(self._pictures)
                with Reading(id='details'):
                    yield JobDetails()

    @property
    def jobs(self) -> JobList:
        return self.query_one('#jobs', JobList)

    @property
    def player(self) -> FilmPlayer:
        return self.query_one(FilmPlayer)

    @property
    def job(self) -> Job | None:
        """The highlighted job."""
        return self.jobs.row

    def take_jobs(self, jobs: tuple[Job, ...]) -> None:
        self.jobs.update_jobs(jobs)
        if self._shelf is not None:
            self._renew(self._shelf, jobs)
        if self.job is not None and any(job.id == self.job.id for job in jobs):
            self._show(self.job)
        self._show_standing()

    def take_standing(self) -> None:
        if self.services is None:
            self.jobs.notice = self.house.standing
        elif self._looking is None:
            self.watch(self.house, 'paused', self._show_standing)
            self._look(afresh=True)

    @on(events.ScreenResume)
    def _returned(self) -> None:
        """Tell anew what may have been changed elsewhere, as the limits in the settings."""
        self._show_standing()

    def _show_standing(self) -> None:
        """Say what lies in the trash, or which jobs are shown and whether any is started."""
        self.query_one('#standing', Told).update(Content('  ').join(self._standing()))

    def _standing(self) -> Iterator[Content]:
        services, shown, muted = self.services, self.jobs.rows, '$foreground-muted'
        if self.jobs.trash:
            size = f', {file_size(_size(shown))}.  ' if shown else ''
            ways = keyed('{jobs.empty} empties it, {jobs.leave_trash} goes back.' if shown else '')
            yield Content.assemble(f'Trash: {plural(len(shown), "job")}{size}', ways).stylize('$warning')
        elif self._mistake is not None:
            yield Content.styled(str(self._mistake), '$error')
        elif services is not None:
            if self.house.paused:
                told = keyed('‖ Paused: {jobs.pause_all} starts again').stylize('$warning')
                yield told.stylize(Style.from_meta({'does': 'pause_all'}))
            if self.jobs.fits is not None:
                yield Content.styled(f'{len(shown):,} fit{"" if self._complete else " so far"}', muted)
            limits = services.pool.limits
            told = Content.styled(f'at most {limits.total} at once, {limits.per_provider} at one provider', muted)
            yield told.stylize(Style.from_meta({'does': 'limits'}))
            for provider, most in services.pool.lowered.items():
                yield Content.styled(f'{one_line(provider)} is busy: {most} for now', '$warning')

    @on(events.Click, '#standing')
    async def _standing_clicked(self, event: events.Click) -> None:
        if isinstance(does := event.style.meta.get('does'), str):
            await self.run_action(does)

    def highlight(self, job_id: str) -> None:
        """Go to one job."""
        self._wanted = ''
        self.action_leave_trash()
        if self.jobs.place_of(job_id) is None and self.jobs.fits is not None:
            with self.prevent(Input.Changed):
                self.field.value = ''
            self._choose('')
        self.jobs.highlight(job_id)

    def kept(self) -> Mapping[str, str]:
        return {**super().kept(), 'job': self._wanted or (self.job.id if self.job else '')}

    def bring_back(self, kept: Mapping[str, str]) -> None:
        super().bring_back(kept)
        self._wanted = kept.get('job', '')

    # ------------------------------------------------------------------------------------------ which jobs

    def fits(self, job: Job) -> bool:
        return self.jobs.fits is None or self.jobs.fits(job)

    def _look(self, *, afresh: bool = False, to_end: bool = False) -> None:
        """Look for more jobs in the ledger: from the newest on, or to the oldest."""
        if afresh or to_end or self._looking is None or self._looking.is_finished:
            self._looking = self._look_in_ledger(afresh, to_end)

    @work(group='look', exclusive=True, exit_on_error=False)
    async def _look_in_ledger(self, afresh: bool, to_end: bool) -> None:
        if afresh:
            self._oldest, self._complete = None, False
        while self.services is not None and not (self._complete or self.jobs.trash):
            if not (to_end or self.jobs.is_end_near):
                break
            page = await self.tell(self.services.ledger.older(self._oldest, _PAGE))
            if page is None:
                break
            self._complete = len(page) < _PAGE
            self._oldest = page[-1].sequence if page else self._oldest
            known = self.house.jobs
            told = [known.get(job.id, job) for job in page]
            fitting = await asyncio.to_thread(list, filter(self.jobs.belongs, told))
            if not self.jobs.trash:
                self.jobs.append_rows(fitting)
                if self._wanted:
                    self.jobs.highlight(self._wanted)
                    self._wanted = ''
            self._show_standing()
        if to_end and not self.jobs.trash:
            self.jobs.highlighted = len(self.jobs.rows) - 1 if self.jobs.rows else None
        if self._complete and not self.jobs.trash:
            self.jobs.notice = keyed(_NOTHING_FITS if self.jobs.fits is not None else _NO_JOBS).plain

    @on(JobList.EndNear)
    def _end_near(self) -> None:
        if not self.jobs.trash:
            self._look()

    @on(JobList.LastWanted)
    def _last_wanted(self) -> None:
        if not (self._complete or self.jobs.trash):
            self._look(to_end=True)

    @on(Input.Changed, '#filter')
    def _filter_changed(self, event: Input.Changed) -> None:
        self._choose(event.value.strip())

    def _choose(self, text: str) -> None:
        """Show the jobs that fit what a filter says, or all."""
        try:
            fits = read_filter(text, JOBS).fits if text else None
        except UsageError as error:
            # What fitted last stays while the filter is being typed.
            self._mistake = error
            self._show_standing()
            return
        self._mistake = None
        self.jobs.fits = fits
        if self.jobs.trash:
            self._look_at_trash()
        else:
            self._list(self.house.jobs.values(), trash=False)

    @on(Input.Submitted, '#filter')
    def action_list(self) -> None:
        self.jobs.focus()

    def action_filter(self) -> None:
        self.field.focus()

    def action_clear_filter(self) -> None:
        if self.focused not in (self.field, self.query_one('#details')):
            self.field.value = ''
        self.jobs.focus()

    # ------------------------------------------------------------------------------------------ the highlighted one

    @on(JobList.Highlighted)
    def _highlighted(self, event: JobList.Highlighted) -> None:
        self._show(event.row)
        self.query_one('#details').scroll_to(y=0, animate=False)

    def _show(self, job: Job | None) -> None:
        self.query_one(JobDetails).job = job
        output = next(iter(job.outputs), None) if job else None
        self.player.source = Path(output.path) if output else None
        self.set_class(job is None, '-empty')
        self.set_class(output is not None, '-has-result')
        self.refresh_bindings()

    # ------------------------------------------------------------------------------------------ what the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return True
        if action in (_OF_JOBS if self.jobs.trash else _OF_TRASH):
            return False
        if action in _OF_ONE:
            return self._can(action, self.job) if self.job is not None else None
        match action:
            case 'play' | 'scrub':
                return self.player.has_film and (action == 'play' or self.focused is self.jobs)
            case 'list':
                return self.focused is self.field
            case _:
                return True

    def _can(self, action: str, job: Job) -> bool | None:
        match action:
            case 'cancel':
                return job.state not in FINAL_STATES or job.collectable
            case 'retry':
                return can_retry(job)
            case 'pause' | 'start_now':
                return waits_here(job) or is_left_paused(job)
            case 'move':
                return waits_here(job)
            case 'open':
                return can_open() and bool(job.outputs)
            case _:
                return True

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        action = 'play' if action == 'scrub' else action  # `make_ready` does what is needed beside a film
        of_jobs = not self.jobs.trash and self.job is not None
        if of_jobs and action in _NOT_THIS and not self.check_action(action, parameters):
            return _NOT_THIS[action]
        return super().why_not(action, parameters)

    def make_ready(self, action: str, parameters: tuple[object, ...]) -> None:
        if action == 'scrub':
            self.set_focus(self.jobs)

    @work(group='cancel', exit_on_error=False)
    async def action_cancel(self) -> None:
        job, services = self.job, self.services
        if job is None or services is None:
            return
        await self.tell(services.cancel(job))

    @work(group='retry', exit_on_error=False)
    async def action_retry(self) -> None:
        job = self.job
        if job is None or self.services is None:
            return
        cautions = [_MAY_BE_PAID] if job.in_doubt else []
        beyond = await self.tell(self.services.over_limit(self.services.paid_retries([job])))
        if beyond is not None:
            cautions.append(beyond)
        if cautions:
            question = Question('Try this job again?', '\n'.join(cautions), yes='Try again', no='Leave it')
            if not await self.app.push_screen_wait(question):
                return
        await self.tell(self.services.retry(job.id, job, over_limit=beyond is not None))

    def action_undo(self) -> None:
        self.undo(self.job)

    # ------------------------------------------------------------------------------------------ the trash

    def action_trash(self) -> None:
        if self.job is None:
            return
        if self.job.state not in FINAL_STATES:
            self._refuse('This job has not ended.', keyed('{jobs.cancel} cancels it.').plain)
        elif self.job.collectable:
            self._refuse(
                'This job is paid for and can still be collected.',
                keyed('{jobs.retry} collects it, {jobs.cancel} gives it up.').plain,
            )
        else:
            self.throw_away([self.job])

    def action_restore(self) -> None:
        if self.job:
            self.restore([self.job])

    def action_delete(self) -> None:
        if self.job:
            self._delete([self.job])

    def action_empty(self) -> None:
        self._delete(self.jobs.rows)

    @work(group='delete', exit_on_error=False)
    async def _delete(self, jobs: Sequence[Job]) -> None:
        jobs = tuple(jobs)
        what = f'{plural(len(jobs), "job")} with {file_size(_size(jobs))}'
        question = Question(f'Delete {what} for good?', _STAYS, yes='Delete', no='Keep')
        if await self.app.push_screen_wait(question) and self.services is not None:
            moved = await self.tell(self.services.trash.delete([job.id for job in jobs]))
            if moved is not None and moved.refused:
                self._refuse('Left alone', '\n'.join(moved.refused[:3]))

    def _refuse(self, what: str, remedy: str) -> None:
        self.notify(remedy, title=what, severity='warning', markup=False)

    def action_shelf(self) -> None:
        if self.jobs.trash:
            self.action_leave_trash()
        else:
            self._look_at_trash()

    @work(group='shelf', exclusive=True, exit_on_error=False)
    async def _look_at_trash(self) -> None:
        if self.services is not None:
            lying = await self.tell(self.services.ledger.trash.jobs())
            if lying is not None:
                self.app.clear_notifications()
                self._list(lying, trash=True)

    def action_leave_trash(self) -> None:
        if self.jobs.trash:
            self._list(self.house.jobs.values(), trash=False)

    def _list(self, jobs: Iterable[Job], *, trash: bool) -> None:
        self.jobs.trash = trash
        self.jobs.notice = keyed(_NO_TRASH).plain if trash else self.house.standing or _LOOKING
        self.jobs.show_rows(filter(self.jobs.belongs, jobs), follow=False)
        self.set_class(trash, '-trash')
        self._show_standing()
        self.refresh_bindings()
        if not trash and self.services is not None:
            self._look(afresh=True)

    # ------------------------------------------------------------------------------------------ one job

    @on(JobList.Selected)
    def _entered(self, event: JobList.Selected) -> None:
        job: Job = event.row
        if job.outputs and self.services is not None:
            self._shelf = Shelf(self, self.services.ledger.results, trash=self.jobs.trash)
            self._shelf.looked_at = Spot(job.sequence, 0)
            self._look_alone(self._shelf)
        else:
            self.action_reuse()

    @work(group='alone', exclusive=True, exit_on_error=False)
    async def _look_alone(self, shelf: Shelf) -> None:
        """Look at a result as large as the screen, and from it at those of the other jobs that are listed."""
        await self.tell(self._go_through(shelf))

    async def _go_through(self, shelf: Shelf) -> None:
        fits, spot, opened = self.jobs.fits, shelf.looked_at, False
        async for _ in shelf.collection.go_through(fits and (lambda result: fits(result.job))):
            if opened:
                shelf.changed.publish(None)
            elif spot in shelf.collection.spots[(place := shelf.place) : place + 1]:
                opened = True
                self.app.push_screen(ViewerScreen(self._pictures, shelf), self._return)

    def _return(self, _: None) -> None:
        """Highlight the job whose result was looked at last."""
        spot = self._shelf.looked_at if self._shelf is not None else None
        self._shelf = None
        self.workers.cancel_group(self, 'alone')
        if spot is not None:
            self.jobs.highlight(next((job.id for job in self.jobs.rows if job.sequence == spot.sequence), ''))

    @work(group='renew', exit_on_error=False)
    async def _renew(self, shelf: Shelf, jobs: Sequence[Job]) -> None:
        await self.tell(shelf.renew(jobs))

    def action_reuse(self, whole: bool = False) -> None:
        if self.job and waits_here(self.job) and not whole:
            self.edit(self.job)
        elif self.job:
            self.post_message(JobReused(self.job, whole=whole))

    def action_play(self) -> None:
        self.player.action_play()

    def action_scrub(self, steps: int) -> None:
        self.player.action_scrub(steps)

    @work(group='copy', exit_on_error=False)
    async def action_copy(self) -> None:
        if self.job:
            await copy_from(self, self.job, next(iter(self.job.outputs), None))

    @work(group='open', exit_on_error=False)
    async def action_open(self) -> None:
        if self.job and self.job.outputs:
            await self.tell(open_outside(Path(self.job.outputs[0].path)))


def _size(jobs: Iterable[Job]) -> int:
    """Bytes of all files of the jobs."""
    return sum(output.size for job in jobs for output in job.outputs)
