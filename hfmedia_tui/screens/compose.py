"""Compose: from a prompt to results, all on one screen."""

from time import monotonic
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.style import Style
from textual.widgets import Button, Static, TextArea

from hfmedia_tui.domain import Job, JobState, Model, Order, clean
from hfmedia_tui.errors import AppError, HubError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.screens.copying import copy_from
from hfmedia_tui.screens.editor import edit, find_editor
from hfmedia_tui.screens.model_finder import ModelFinder
from hfmedia_tui.screens.prompt_finder import PromptFinder
from hfmedia_tui.screens.undoing import Undoing
from hfmedia_tui.screens.unsent import Unsent
from hfmedia_tui.widgets.field import Field
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.model_list import TASK_GLYPHS, TASK_WORDS
from hfmedia_tui.widgets.parameter_form import Entries, ParameterForm
from hfmedia_tui.widgets.plain import one_line, plural
from hfmedia_tui.widgets.prompt import Prompt
from hfmedia_tui.widgets.results import Results

__all__ = ['ComposeScreen']

_REPEAT = 0.5
"""Seconds in which the same ask again is a key held down, not a wish to pay twice."""
_PROMPT_LIMIT = 20_000
"""Characters of a prompt that are sent."""


class ComposeScreen(Undoing):
    """The prompt and its form, the jobs that run, and the results as they come."""

    NAME = 'compose'
    AUTO_FOCUS = '#prompt'

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
            'f6',
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
        Binding('x,delete', 'trash', 'Trash', show=False, id='compose.trash', tooltip='Throw the result away'),
        Binding(
            'y',
            'copy',
            'Copy',
            show=False,
            id='compose.copy',
            tooltip='Copy a path, prompt, link or command of the result, over SSH too',
        ),
        Binding('u', 'undo', 'Undo', show=False, id='compose.undo', tooltip='Bring back what was thrown away last'),
        Binding('escape', 'leave', 'Job list', id='compose.leave', tooltip='Go to the job list'),
        Binding('i', 'write', 'Write', show=False, id='compose.write', tooltip='Go to the prompt'),
    ]

    model: var[Model | None] = var(None, init=False)
    """The model to generate with."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._sent: tuple[object, float] = (None, 0.0)
        self._written: dict[str, str] = {}
        """Prompts of orders that can still be taken back, as they were written."""
        self._unsent: Unsent | None = None
        """The draft, once that of an earlier session was taken up."""

    def compose_place(self) -> ComposeResult:
        with Horizontal(id='desk'):
            with Vertical(id='writing'):
                yield Static(id='model')
                yield Prompt(id='prompt')
                yield Static(id='prompt-error')
                with VerticalScroll(id='fields', can_focus=False):
                    yield ParameterForm()
                yield Static(id='hint')
                yield Static(id='caution')
                with Horizontal(id='sending'):
                    yield Button('Generate', id='generate', compact=True)
                    yield Static(id='cost')
            yield Results(self._pictures, id='results')

    @property
    def form(self) -> ParameterForm:
        return self.query_one(ParameterForm)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def results(self) -> Results:
        return self.query_one(Results)

    @property
    def player(self) -> FilmPlayer:
        return self.results.player

    # ------------------------------------------------------------------------------------------ what is composed

    def watch_model(self) -> None:
        self._show_model()
        self._ask_who_serves()

    def take_standing(self) -> None:
        if self.services is not None and self._unsent is None:
            self._unsent = Unsent(self.services.draft)
            self._take_draft(self.services.draft.text)
        self._show_model()
        self._ask_who_serves()

    @work(group='mappings', exclusive=True, exit_on_error=False)
    async def _ask_who_serves(self) -> None:
        """Learn who serves the model now and would be asked first: what a list or an old order says may be over."""
        services, model = self.services, self.model
        if services is None or model is None:
            return
        try:
            known = await services.catalog.model(model.id)
        except HubError:
            return  # sending asks again, and says what is wrong
        now = next((one for one in known if one.task is model.task), None)
        if now is not None and self.model is model:
            self.model = now

    def reuse(self, order: Order, *, count: int | None = None, seed: int | None = None, prompt: bool = True) -> None:
        """Compose `order` again: its model and parameters, and its prompt."""
        if self.model is None or (self.model.id, self.model.task) != (order.model, order.task):
            self.model = Model(id=order.model, task=order.task, mappings=order.mappings)
        if prompt:
            self.prompt.write_over(order.prompt)
        self.form.fill(order, count=count, seed=seed)
        self.prompt.focus()

    def _show_model(self) -> None:
        services, model = self.services, self.model
        line = self.query_one('#model', Static)
        link = Style.from_meta({'@click': 'screen.models'})
        if model is None:
            told = self.house.standing.partition('\n')[0] or 'No model yet: Ctrl+O finds one'
            line.update(Content(told).stylize(link))
        else:
            task = f'  {TASK_WORDS[model.task]}'
            name = Content.assemble((one_line(model.id), 'bold'), (task, '$foreground-muted'))
            line.update(Content.assemble((f'{TASK_GLYPHS[model.task]} ', '$foreground-muted'), name).stylize(link))
        if services is not None and model is not None:
            self.form.providers = tuple(
                mapping.provider
                for mapping in model.mappings
                if mapping.serves(model.task) and services.offers.speaks(mapping.provider, model.task)
            )
            self._show_parameters()
        self._show_cost()

    def action_models(self) -> None:
        """Choose another model from the whole catalogue; what is written stays."""
        if self.services is None:
            self._refuse(self.house.standing or 'The program is still starting.')
        else:
            self.app.push_screen(ModelFinder(self.services), self._take_model)

    def _take_model(self, model: Model | None) -> None:
        if model is not None:
            self.model = model
            self._refuse('')
            self.prompt.focus()

    def action_prompts(self) -> None:
        """Bring back a prompt that was ordered before; Ctrl+Z brings back what stood there."""
        if self.services is None:
            self._refuse(self.house.standing or 'The program is still starting.')
        else:
            self.app.push_screen(PromptFinder(self.services), self._take_prompt)

    @work(group='edit', exclusive=True, exit_on_error=False)
    async def action_edit(self) -> None:
        """Write the prompt in the user's own editor; Ctrl+Z brings back what stood there."""
        before = self.prompt.text
        try:
            command = find_editor()
            with self.house.lend_terminal():
                text = await edit(command, before)
        except SuspendNotSupported:
            self._refuse('There is no terminal to open an editor in.')
        except AppError as error:
            self._refuse(str(error))
        else:
            if text != before:
                self.prompt.write_over(text)
        self.prompt.focus()

    def _take_prompt(self, order: Order | None) -> None:
        if order is not None:
            self.prompt.write_over(order.prompt)
            self.prompt.focus()

    def _show_parameters(self) -> None:
        """Show the fields for what the model and the provider take, and what the first one asked makes of them."""
        services, model, form = self.services, self.model, self.form
        if services is None or model is None:
            return
        kept = (name for name in form.kept if model.task in PARAMETERS[name].tasks)
        form.takes = services.offers.takes(model.task, form.provider, model).union(kept)
        asked = services.offers.first_asked(model, form.provider)
        form.first = asked.provider if asked is not None else ''
        about: dict[str, str] = {}
        whole: list[str] = []
        if asked is None:
            whole.append('No provider that can be asked serves this model now.')
        else:
            entries = form.valid
            for caution in services.offers.cautions_of(asked, model.task, entries.sized, seed=entries.seed):
                if caution.parameter is None:
                    whole.append(caution.sentence)
                else:
                    about[caution.parameter] = f'{about.get(caution.parameter, "")} {caution.sentence}'.lstrip()
        form.cautions = about
        line = self.query_one('#caution', Static)
        line.update(Content(' '.join(whole)))
        self.set_class(bool(whole), '-cautioned')

    def _show_cost(self) -> None:
        count = self.form.count
        button = self.query_one('#generate', Button)
        button.label = Content('Generate' if count is None else f'Generate {count}')
        if (held := self.held) is not None:
            told = f'Sent in {held.sent_in} s, Ctrl+Z undoes'
        elif count is None:
            told = ''
        elif self.services is not None and self.services.sandbox:
            told = plural(count, 'free request')
        else:
            told = plural(count, 'paid request')
        self.query_one('#cost', Static).update(Content(told))

    @on(ParameterForm.Changed)
    def _form_changed(self) -> None:
        self._show_parameters()
        self._show_cost()

    @on(TextArea.Changed)
    def _prompt_changed(self) -> None:
        self._refuse('')
        self._keep_draft()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        field = event.widget.parent
        if isinstance(field, Field):
            hint = field.hint
        else:
            hint = (
                'Enter generates, Ctrl+N new line, Ctrl+R earlier prompts, F6 editor'
                if event.widget is self.prompt
                else ''
            )
        self.query_one('#hint', Static).update(Content(hint))

    # ------------------------------------------------------------------------------------------ the draft

    def _take_draft(self, draft: str) -> None:
        """Go on with what an earlier session left unsent; what was typed meanwhile follows it."""
        typed = self.prompt.text
        if draft and draft != typed:
            self.prompt.text = draft
            if typed:
                self.prompt.append(typed)
            self.prompt.move_cursor(self.prompt.document.end)
        self._keep_draft()

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
        prompt = clean(self.prompt.text, _PROMPT_LIMIT)
        services, model = self.services, self.model
        if services is None:
            self._refuse(self.house.standing or 'The program is still starting.')
        elif model is None:
            self._refuse('Choose a model first: Ctrl+O finds one.')
        elif not prompt:
            self._refuse('Write a prompt first.')
            self.prompt.focus()
        elif (entries := self.form.read()) is not None:
            asked = (model.id, prompt, entries)
            before, moment = self._sent
            self._sent = (asked, monotonic())
            if asked != before or monotonic() - moment > _REPEAT:
                self._refuse('')
                written = self.prompt.text
                self.run_worker(self._submit(model, prompt, entries, written), group='submit', exit_on_error=False)

    async def _submit(self, model: Model, prompt: str, entries: Entries, written: str) -> None:
        from hfmedia_tui.services import Ask  # 50 ms with the engine behind it: not before the first paint

        if self.services is None:
            return
        ask = Ask(
            model=model.id,
            prompt=prompt,
            provider=entries.provider,
            parameters=entries.parameters,
            aspect_ratio=entries.aspect_ratio,
            extra=entries.extra,
            count=entries.count,
            seed=entries.seed,
        )
        try:
            jobs = await self.services.submit(ask, grace=self.services.settings.jobs.grace_seconds)
            self._written[jobs[0].order.id] = written
            self._forget_draft(written)
        except AppError as error:
            self._sent = (None, 0.0)
            self._refuse(str(error))

    def _refuse(self, sentence: str) -> None:
        error = self.query_one('#prompt-error', Static)
        error.update(Content(sentence))
        error.display = bool(sentence)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case 'play':
                return self.is_mounted and self.player.has_film
            case 'take_back':
                return self.is_mounted and self.held is not None
            case 'trash' | 'undo' | 'copy':
                return self.is_mounted and (self.has_class('-picture') or self.results.live.has_focus)
            case _:
                return True

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
        self._show_cost()
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
            await self.house.show_job(event.job.id)

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
