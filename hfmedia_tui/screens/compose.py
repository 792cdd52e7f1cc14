"""Compose: from a prompt to results, all on one screen."""

from collections.abc import Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Button, TextArea

from hfmedia_tui.composition import Composition, Entries, Extent, SavedTemplate
from hfmedia_tui.domain import Job, JobState, Model, Order, harmless
from hfmedia_tui.errors import AppError, StoreError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.screens.composing import ComposingPlace, template_of
from hfmedia_tui.screens.copying import copy_from
from hfmedia_tui.screens.editor import edit, find_editor
from hfmedia_tui.screens.model_finder import ModelFinder
from hfmedia_tui.screens.prompt_finder import PromptFinder
from hfmedia_tui.screens.question import Question
from hfmedia_tui.screens.template_finder import TemplateFinder
from hfmedia_tui.screens.unsent import Unsent
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.parameter_form import ParameterForm
from hfmedia_tui.widgets.plain import priced
from hfmedia_tui.widgets.prompt import Prompt
from hfmedia_tui.widgets.results import Results

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['ComposeScreen']

_LONG = 1.0
"""Seconds after which it is told that what was asked for was not sent yet."""
_REPEAT = 0.5
"""Seconds in which the same ask again is a key held down, not a wish to pay twice."""
_OF_RESULTS = frozenset({'trash', 'undo', 'copy'})
"""Actions whose keys are heard only where nothing is written."""


class ComposeScreen(ComposingPlace):
    """The prompt and its form, the jobs that run, and the results as they come."""

    CSS_PATH = 'compose.tcss'
    NAME = 'compose'
    SHOWS_JOBS = True
    AUTO_FOCUS = '#prompt'
    FIRST_KEYS = (
        *('compose.take_back', 'film.play', 'list.show'),
        *('compose.generate', 'compose.write', 'compose.copy', 'compose.trash'),
    )
    HOLDS = (Prompt, FilmPlayer)
    NOTHING = 'Nothing was made yet.'
    REFUSALS = {'play': 'No film is shown.', 'take_back': 'Nothing waits to be sent.'}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('f5,ctrl+g', 'generate', 'Generate', id='compose.generate', tooltip='Send the prompt'),
        Binding('ctrl+o', 'models', 'Model', priority=True, id='compose.models', tooltip='Find another model'),
        Binding(
            'ctrl+r',
            'prompts',
            'History',
            show=False,
            priority=True,
            id='compose.prompts',
            tooltip='Find an earlier prompt',
        ),
        Binding(
            'ctrl+s,f10',
            'templates',
            'Templates',
            show=False,
            priority=True,
            id='compose.templates',
            tooltip='Open a saved template, or save what is composed as one',
        ),
        Binding(
            'f12,alt+e',
            'edit',
            'Editor',
            show=False,
            priority=True,
            id='compose.edit',
            tooltip='Write the prompt in your own editor',
        ),
        Binding(
            'pageup',
            'step(-1)',
            'Earlier',
            show=False,
            priority=True,
            id='compose.earlier',
            tooltip='Show the result before',
        ),
        Binding(
            'pagedown',
            'step(1)',
            'Later',
            show=False,
            priority=True,
            id='compose.later',
            tooltip='Show the result after',
        ),
        Binding('f9', 'play', 'Play', id='compose.play', tooltip='Play or pause the film'),
        Binding('f8', 'picture', 'Picture', id='compose.picture', tooltip='Show the results alone, or the form again'),
        Binding(
            'ctrl+z',
            'take_back',
            'Take back',
            priority=True,
            id='compose.take_back',
            tooltip='Take back what is not sent yet',
        ),
        Binding('x,delete', 'trash', 'Trash', id='compose.trash', tooltip='Throw the result away'),
        Binding(
            'y',
            'copy',
            'Copy',
            id='compose.copy',
            tooltip='Copy a path, prompt, link or command of the result, over SSH too',
        ),
        Binding('u', 'undo', 'Undo', show=False, id='compose.undo', tooltip='Bring back what was thrown away last'),
        Binding('escape', 'leave', 'Job list', id='compose.leave', tooltip='Go to the job list'),
        Binding('i', 'write', 'Write', id='compose.write', tooltip='Go to the prompt'),
    ]

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._sent: tuple[object, float] = (None, 0.0)
        self._on_its_way = list[object]()
        """What was asked for and is not recorded yet, as while the Hub does not answer."""
        self._written: dict[str, str] = {}
        """Prompts of orders that can still be taken back, as they were written."""
        self._unsent: Unsent | None = None
        """What is not sent, from the draft of an earlier session on."""

    def compose_place(self) -> ComposeResult:
        with Horizontal(id='desk'):
            yield from self.compose_writing()
            yield Results(self._pictures, id='results')

    @property
    def results(self) -> Results:
        return self.query_one(Results)

    @property
    def player(self) -> FilmPlayer:
        return self.results.player

    # ------------------------------------------------------------------------------------------ looking up

    def action_models(self) -> None:
        """Choose other models from the whole catalogue; what is written stays."""
        if self.services is None:
            self.refuse(self.house.standing or 'The program is still starting.')
            return
        finder = ModelFinder(self.services, self.models if len(self.models) > 1 else ())

        def take(model: Model | None) -> None:
            if model is not None:
                self.models = finder.chosen
                self.refuse('')
                self.prompt.focus()

        self.app.push_screen(finder, take)

    def action_prompts(self) -> None:
        """Bring back a prompt that was ordered before; Ctrl+Z brings back what stood there."""
        if self.services is None:
            self.refuse(self.house.standing or 'The program is still starting.')
            return
        finder = PromptFinder(self.services)

        def take(order: Order | None) -> None:
            if order is not None and finder.whole:
                self.reuse(order)
            elif order is not None:
                self.prompt.write_over(template_of(order))
                self.prompt.focus()

        self.app.push_screen(finder, take)

    def action_templates(self) -> None:
        """Open a saved template, or save what is composed as one; Ctrl+Z brings back the prompt that stood there."""
        services = self.services
        if services is None:
            self.refuse(self.house.standing or 'The program is still starting.')
            return
        composed = None
        if self.models and self.prompt.text.strip():
            models = tuple(model.id for model in self.models)
            composed = Composition(models=models, prompt=self.prompt.text, entries=self.form.valid)

        def take(template: SavedTemplate | None) -> None:
            if template is not None:
                self.open_composition(template.composition, services)

        self.app.push_screen(TemplateFinder(services.templates, composed), take)

    @work(group='edit', exclusive=True, exit_on_error=False)
    async def action_edit(self) -> None:
        """Write the prompt in the user's own editor; Ctrl+Z brings back what stood there."""
        before = self.prompt.text
        try:
            command = find_editor()
            with self.house.lend_terminal():
                text = await edit(command, before)
        except SuspendNotSupported:
            self.refuse('There is no terminal to open an editor in.')
        except AppError as error:
            self.refuse(str(error))
        else:
            if text != before:
                self.prompt.write_over(text)
        self.prompt.focus()

    # ------------------------------------------------------------------------------------------ the draft

    def on_mount(self) -> None:
        """Go on with what an earlier session left unsent."""
        self._unsent = Unsent(self.house.draft)
        if draft := self.house.draft.text:
            self.prompt.text = draft
            self.prompt.move_cursor(self.prompt.document.end)

    @on(TextArea.Changed)
    def _keep_draft(self) -> None:
        """Have what is not sent yet on the disk soon."""
        if self._unsent is not None and self._unsent.take(self.prompt.text):
            self.run_worker(self._unsent.write_soon(), group='draft', exit_on_error=False)

    def _forget_draft(self, sent: str) -> None:
        if self._unsent is not None:
            self._unsent.sent(sent)
        self._keep_draft()

    async def on_unmount(self) -> None:
        if self._unsent is not None:
            await self._unsent.write()

    # ------------------------------------------------------------------------------------------ sending

    @on(Prompt.Submitted)
    @on(ParameterForm.Submitted)
    @on(Button.Pressed, '#generate')
    def action_generate(self) -> None:
        """Send what was composed; what is wrong is said where it is, and nothing is lost."""
        prompt = harmless(self.prompt.text).strip()
        if self.services is None:
            self.refuse(self.house.standing or 'The program is still starting.')
        elif not self.models:
            self.refuse(keyed('Choose a model first: {compose.models} finds one.').plain)
        elif not prompt:
            self.refuse('Write a prompt first.')
            self.prompt.focus()
        elif (entries := self.form.read()) is not None:
            asked = (tuple((model.id, model.task) for model in self.models), prompt, entries)
            before, moment = self._sent
            self._sent = (asked, monotonic())
            if asked == before and monotonic() - moment <= _REPEAT:
                return
            if asked in self._on_its_way:
                self.notify('It is on its way.', timeout=3)
                return
            self.refuse('')
            self._on_its_way.append(asked)
            self.set_timer(_LONG, partial(self._tell_unsent, asked))
            self._submit(self.services, self.models, asked, self.prompt.text)

    def _tell_unsent(self, asked: object) -> None:
        """Say that nothing was sent yet, where nobody sees why."""
        if asked in self._on_its_way and self.app.screen is self:
            self.notify('Nothing was sent yet: the Hub is still asked, or the disk is slow.', timeout=3)

    @work(group='submit', exit_on_error=False)
    async def _submit(
        self, services: 'Services', models: Sequence[Model], asked: tuple[object, str, Entries], written: str
    ) -> None:
        shown, (_, prompt, entries) = self.extent, asked
        edited = services.waiting.take()
        try:
            orders = await services.orders(services.plan(await services.template(prompt), models, entries))
            requests, paid = sum(order.count for order in orders), services.paid_requests(orders)
            beyond = await services.over_limit(paid)
            if await self._is_meant(requests, paid, shown, services.settings.jobs.confirm_above, beyond):
                grace = services.settings.jobs.grace_seconds
                jobs = await services.submit_orders(orders, grace=grace, over_limit=beyond is not None)
                replaced, edited = edited, []
                self._sent = (asked, monotonic())
                self._written[jobs[0].order.id] = written
                self._forget_draft(written)
                self.forget_suggestion()
                await self._replace(services, replaced)
            else:
                self._sent = (None, 0.0)
        except AppError as error:
            self._sent = (None, 0.0)
            self.refuse(str(error))
        finally:
            self._on_its_way.remove(asked)
            services.waiting.give_back(edited)
        if edited and self.house.current_mode != self.NAME:  # who leaves puts it back, and that was not possible
            await self.tell(services.waiting.put_back())

    async def _replace(self, services: 'Services', edited: list[Job]) -> None:
        """Cancel the job that was written anew; where that cannot be, say that both are there."""
        try:
            await services.waiting.replace(edited)
        except StoreError as error:
            self.notify(
                f'The job that was written anew could not be cancelled, and stays paused: {error}',
                title='Sent',
                severity='warning',
                markup=False,
            )

    async def _is_meant(self, requests: int, paid: int, shown: Extent | None, limit: int, beyond: str | None) -> bool:
        """Ask whether so many requests are meant, where they are more than `limit` or other than was shown.

        `paid` of them may be billed. `beyond` says which ceiling they would pass, where they would.
        """
        other = shown is not None and shown.requests != requests
        if requests <= limit and not other and beyond is None:
            return True
        told = ['Nothing was sent yet.']
        if requests > limit:
            told.insert(0, f'More than {limit:,} are asked about; Settings say how many.')
        if other:
            told.insert(0, 'That is another number than was shown: a wildcard has changed since.')
        elif shown is not None and shown.is_matrix:
            told.insert(0, str(shown))
        if beyond is not None:
            told.insert(0, beyond)
        question: Screen[bool] = Question(
            f'Send {priced(requests, paid)}?', '\n'.join(told), yes=f'Send {requests:,}', no='Back'
        )
        return await self.app.push_screen_wait(question)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case 'play':
                return self.is_mounted and self.player.has_film
            case 'take_back':
                return self.is_mounted and self.held is not None
            case 'leave':
                return not self.is_mounted or self.has_class('-picture') or self.focused is not self.results.live
            case _ if action in _OF_RESULTS:
                return self.is_mounted and (self.has_class('-picture') or self.focused is self.results.live)
            case _:
                return True

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        if action in _OF_RESULTS:
            return '' if self.results.meant[0] is not None or action == 'undo' else self.NOTHING
        return super().why_not(action, parameters)

    def make_ready(self, action: str, parameters: tuple[object, ...]) -> None:
        if action in _OF_RESULTS and not self.has_class('-picture'):
            self.set_focus(self.results.live)

    def action_take_back(self) -> None:
        if self.held is not None:
            self._sent = (None, 0.0)
            self.take_back(self.held)

    def _follow_grace(self, jobs: tuple[Job, ...]) -> None:
        """Show how long an order can be taken back, and give its prompt back to an empty field when it was."""
        for job in jobs:
            written = self._written.pop(job.order.id, None) if job.sent_in is None else None
            if written and job.state is JobState.CANCELLED:
                if not self.prompt.text:
                    self.prompt.write_over(written)
                self._forget_draft('')
        self.show_cost()
        self.refresh_bindings()

    # ------------------------------------------------------------------------------------------ results

    def take_jobs(self, jobs: tuple[Job, ...]) -> None:
        if any(job.sent_in is not None or job.order.id in self._written for job in jobs):
            self._follow_grace(jobs)
        self.results.take_jobs(jobs)

    @on(Results.Shown)
    def _result_shown(self) -> None:
        self.refresh_bindings()

    @on(Results.JobEntered)
    async def _job_entered(self, event: Results.JobEntered) -> None:
        if event.job.sent_in is not None and self.services is not None:
            self.services.pool.send_now(event.job.order.id)
        else:
            await self.house.action_show_job(event.job.id)

    def action_step(self, step: int) -> None:
        self.results.step(step)

    def action_trash(self) -> None:
        """Throw away the highlighted job, or the one whose result is shown."""
        job, _ = self.results.meant
        if job is not None:
            self.throw_away([job])

    @work(group='copy', exit_on_error=False)
    async def action_copy(self) -> None:
        job, output = self.results.meant
        if job is not None:
            await copy_from(self, job, output)

    def action_undo(self) -> None:
        self.undo(self.results.live.row)

    def action_picture(self) -> None:
        self.toggle_class('-picture')
        if self.has_class('-picture') and self.player.has_film:
            self.player.focus()
        self.refresh_bindings()

    def action_play(self) -> None:
        """Play the film that is shown, or pause it; on a narrow screen, show it first."""
        if self.has_class('-narrow') and not self.has_class('-picture'):
            self.action_picture()
        self.player.action_play()

    def action_leave(self) -> None:
        if self.has_class('-picture'):
            self.remove_class('-picture')
            self.prompt.focus()
        else:
            self.results.live.focus()

    def action_write(self) -> None:
        self.remove_class('-picture')
        self.prompt.focus()
