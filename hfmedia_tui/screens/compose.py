"""Compose: from a prompt to results, all on one screen."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import events, on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Button, Static, TextArea

from hfmedia_tui.composition import Composition, Entries, Extent, SavedTemplate, extent_of, read_composition
from hfmedia_tui.domain import Job, JobState, Model, Order, ProviderMapping, clean
from hfmedia_tui.errors import AppError, HubError, UsageError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.metadata.recipe import Recipe
from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.copying import copy_from
from hfmedia_tui.screens.editor import edit, find_editor
from hfmedia_tui.screens.model_finder import ModelFinder
from hfmedia_tui.screens.prompt_finder import PromptFinder
from hfmedia_tui.screens.question import Question
from hfmedia_tui.screens.recipe_place import RecipePlace
from hfmedia_tui.screens.template_finder import TemplateFinder
from hfmedia_tui.screens.unsent import Unsent
from hfmedia_tui.templates import escaped, read_template, wildcard_names
from hfmedia_tui.widgets.chooser import Chooser
from hfmedia_tui.widgets.field import Field
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.model_list import TASK_GLYPHS, TASK_WORDS
from hfmedia_tui.widgets.parameter_form import ParameterForm
from hfmedia_tui.widgets.plain import one_line, plural
from hfmedia_tui.widgets.prompt import Prompt
from hfmedia_tui.widgets.results import Results

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['ComposeScreen']

_REPEAT = 0.5
"""Seconds in which the same ask again is a key held down, not a wish to pay twice."""
_PROMPT_LIMIT = 20_000
"""Characters of a prompt that are sent."""
_MOST_REQUESTS = 1_000
"""More are not sent at once, and their number is not worth telling."""
_MOST_NAMED = 3
"""Models that are named; the others are counted."""


def _named(models: Sequence[Model]) -> Content:
    """The one model by its whole name, or how many they are and the first of them by the ends of theirs."""
    glyph = f'{TASK_GLYPHS[models[0].task]} '
    if len(models) == 1:
        name, told = models[0].id, TASK_WORDS[models[0].task]
    else:
        name = plural(len(models), 'model')
        told = ', '.join(model.id.rpartition('/')[2] for model in models[:_MOST_NAMED])
        told += f' and {len(models) - _MOST_NAMED} more' if len(models) > _MOST_NAMED else ''
    return Content.assemble(
        (glyph, '$foreground-muted'), (one_line(name), 'bold'), (f'  {one_line(told)}', '$foreground-muted')
    )


def _template_of(order: Order) -> str:
    """What was written when `order` was asked for."""
    return escaped(order.prompt) if order.template is None else order.template


class ComposeScreen(RecipePlace):
    """The prompt and its form, the jobs that run, and the results as they come."""

    NAME = 'compose'
    SHOWS_JOBS = True
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
            'ctrl+s,f10',
            'templates',
            'Templates',
            show=False,
            priority=True,
            id='compose.templates',
            tooltip='Open a saved template, or save what is composed as one',
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

    models: var[tuple[Model, ...]] = var((), init=False)
    """The models to generate with."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._sent: tuple[object, float] = (None, 0.0)
        self._written: dict[str, str] = {}
        """Prompts of orders that can still be taken back, as they were written."""
        self._unsent: Unsent | None = None
        """The draft, once that of an earlier session was taken up."""
        self._kept: Mapping[str, str] = {}
        """What is to be kept for the next session, or was of the last one."""
        self._resuming = False
        """Whether what the last session left is still on its way."""
        self._combinations: int | None = 1
        """How many prompts the one that is written stands for; None while that is not known."""

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

    # ------------------------------------------------------------------------------------------ the models

    @property
    def model(self) -> Model | None:
        """The first of the models."""
        return self.models[0] if self.models else None

    @model.setter
    def model(self, model: Model) -> None:
        self.models = (model,)

    def watch_models(self) -> None:
        self._show_models()
        self._ask_who_serves()

    def take_standing(self) -> None:
        if self.services is not None and self._unsent is None:
            self._unsent = Unsent(self.services.draft)
            self._take_draft(self.services.draft.text)
        self._show_models()
        self._ask_who_serves()

    @work(group='mappings', exclusive=True, exit_on_error=False)
    async def _ask_who_serves(self) -> None:
        """Learn who serves the models now and would be asked first: what a list or an old order says may be over."""
        services, models = self.services, self.models
        if services is not None and models:
            now = await asyncio.gather(*(self._as_served(model, services) for model in models))
            if self.models is models:
                self.models = tuple(now)

    async def _as_served(self, model: Model, services: 'Services') -> Model:
        try:
            known = await services.catalog.model(model.id)
        except HubError:
            return model  # sending asks again, and says what is wrong
        return next((one for one in known if one.task is model.task), model)

    def _show_models(self) -> None:
        line = self.query_one('#model', Static)
        link = Style.from_meta({'@click': 'screen.models'})
        if not self.models:
            line.update(
                Content(self.house.standing.partition('\n')[0] or 'No model yet: Ctrl+O finds one').stylize(link)
            )
        else:
            line.update(_named(self.models).stylize(link))
        if self.services is not None and self.models:
            offers = self.services.offers
            self.form.payer = self.services.settings.network.bill_to or ''
            self.form.providers = tuple(
                dict.fromkeys(
                    mapping.provider
                    for model in self.models
                    for mapping in model.mappings
                    if mapping.serves(model.task) and offers.speaks(mapping.provider, model.task)
                )
            )
            self._show_parameters()
        self._show_cost()

    def action_models(self) -> None:
        """Choose other models from the whole catalogue; what is written stays."""
        if self.services is None:
            self._refuse(self.house.standing or 'The program is still starting.')
            return
        finder = ModelFinder(self.services, self.models if len(self.models) > 1 else ())

        def take(model: Model | None) -> None:
            if model is not None:
                self.models = finder.chosen
                self._refuse('')
                self.prompt.focus()

        self.app.push_screen(finder, take)

    # ------------------------------------------------------------------------------------------ the prompt

    def kept(self) -> Mapping[str, str]:
        if not self._resuming and self.services is not None and self.models:
            composed = Composition(models=tuple(model.id for model in self.models), prompt='', entries=self.form.valid)
            self._kept = {'router': self.services.router, 'composed': composed.as_json()}
        return self._kept

    def bring_back(self, kept: Mapping[str, str]) -> None:
        self._kept = kept

    def begin(self, last: Order) -> None:
        """Go on with what stood here when the last session ended, or else with the model and the form of `last`."""
        self.model = Model(id=last.model, task=last.task, mappings=last.mappings)
        self.form.fill(Entries.of(last))
        self.prompt.focus()
        if self.services is not None and self._kept.get('router') == self.services.router:
            self._resuming = True
            self._take_kept(self.services)

    @work(group='kept', exclusive=True, exit_on_error=False)
    async def _take_kept(self, services: 'Services') -> None:
        begun = self.model
        with suppress(ValueError, HubError):  # of another version, cut short, or of a Hub that cannot be asked
            composed = read_composition(self._kept.get('composed', ''))
            known = await asyncio.gather(*map(services.catalog.model, composed.models))
            if self.model is not None and begun is not None and self.model.id == begun.id and all(known):
                self.models = tuple(models[0] for models in known)
                self.form.fill(composed.entries)
        self._resuming = False

    def reuse(self, order: Order, *, only: Job | None = None) -> None:
        """Compose `order` again: its model, its parameters, and its prompt or the template that this came from.

        With `only` one of its jobs: its own seed, and the prompt that was sent.
        """
        if [(model.id, model.task) for model in self.models] != [(order.model, order.task)]:
            self.model = Model(id=order.model, task=order.task, mappings=order.mappings)
        entries = Entries.of(order)
        if only is not None:
            entries = replace(entries, count=1, seed=only.seed, same_seed=False)
        self.prompt.write_over(escaped(order.prompt) if only is not None else _template_of(order))
        self.form.fill(entries)
        self.prompt.focus()

    def fill(self, recipe: Recipe, model: Model | None) -> None:
        """Compose a recipe: its prompt, its parameters as far as the model's task has them, and its model if known."""
        if model is not None:
            self.model = model
        task = self.model.task if self.model is not None else recipe.task
        given = recipe.parameters.items()
        entries = Entries(
            parameters={name: value for name, value in given if task is None or task in PARAMETERS[name].tasks},
            provider=recipe.provider if model and recipe.provider in self.form.providers else None,
            extra=recipe.extra,
            seed=recipe.seed,
        )
        self.prompt.write_over(escaped(recipe.prompt))
        self.form.fill(entries)
        self.prompt.focus()

    def action_prompts(self) -> None:
        """Bring back a prompt that was ordered before; Ctrl+Z brings back what stood there."""
        if self.services is None:
            self._refuse(self.house.standing or 'The program is still starting.')
            return
        finder = PromptFinder(self.services)

        def take(order: Order | None) -> None:
            if order is not None and finder.whole:
                self.reuse(order)
            elif order is not None:
                self.prompt.write_over(_template_of(order))
                self.prompt.focus()

        self.app.push_screen(finder, take)

    def action_templates(self) -> None:
        """Open a saved template, or save what is composed as one; Ctrl+Z brings back the prompt that stood there."""
        services = self.services
        if services is None:
            self._refuse(self.house.standing or 'The program is still starting.')
            return
        composed = None
        if self.models and self.prompt.text.strip():
            models = tuple(model.id for model in self.models)
            composed = Composition(models=models, prompt=self.prompt.text, entries=self.form.valid)

        def take(template: SavedTemplate | None) -> None:
            if template is not None:
                self._open(template.composition, services)

        self.app.push_screen(TemplateFinder(services.templates, composed), take)

    @work(group='open', exclusive=True, exit_on_error=False)
    async def _open(self, composition: Composition, services: 'Services') -> None:
        self.prompt.write_over(composition.prompt)
        self.prompt.focus()
        try:
            known = await asyncio.gather(*map(services.catalog.model, composition.models))
            self.models = tuple(models[0] for models in known if models) or self.models
        except HubError as error:
            self._refuse(str(error))
        self.form.fill(composition.entries)

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

    @on(TextArea.Changed)
    def _prompt_changed(self) -> None:
        self._refuse('')
        self._keep_draft()
        self._combinations = None
        if wildcard_names(self.prompt.text):
            self._count_with_wildcards()
        else:
            self._count_prompts({})

    @work(group='wildcards', exclusive=True, exit_on_error=False)
    async def _count_with_wildcards(self) -> None:
        if self.services is not None:
            try:
                self._count_prompts(await self.services.wildcards(self.prompt.text))
            except UsageError as error:
                self._refuse(str(error))
                self._show_cost()

    def _count_prompts(self, wildcards: Mapping[str, Sequence[str]]) -> None:
        """Learn how many prompts the one that is written stands for."""
        try:
            self._combinations = read_template(self.prompt.text, wildcards).combinations
            self.form.has_alternatives = self._combinations > 1
        except UsageError as error:
            self._refuse(str(error))
        self._show_cost()

    # ------------------------------------------------------------------------------------------ the form

    def _show_parameters(self) -> None:
        """Show the fields for what the models and the provider take, and what those asked first make of them."""
        services, form = self.services, self.form
        if services is None:
            return
        tasks = {model.task for model in self.models}
        kept = frozenset(name for name in form.kept if tasks & PARAMETERS[name].tasks)
        form.takes = kept.union(*(services.offers.takes(model.task, form.provider, model) for model in self.models))
        entries = form.valid
        about: dict[str, dict[str, None]] = {}
        for model in self.models:
            asked = self._asked(model, entries, services)
            if model is self.model:
                form.first = asked[0].provider if asked else ''
            if not asked:
                which = 'this model' if len(self.models) == 1 else model.id
                about.setdefault('', {})[f'No provider that can be asked serves {which} now.'] = None
            for mapping in asked:
                for caution in services.offers.cautions_of(mapping, model.task, entries.sized, seed=entries.seed):
                    about.setdefault(caution.parameter or '', {})[caution.sentence] = None
        whole = about.pop('', {})
        form.cautions = {name: ' '.join(sentences) for name, sentences in about.items()}
        self.query_one('#caution', Static).update(Content(' '.join(whole)))
        self.set_class(bool(whole), '-cautioned')

    @staticmethod
    def _asked(model: Model, entries: Entries, services: 'Services') -> tuple[ProviderMapping, ...]:
        """Whom the first request for `model` goes to: one, or every one."""
        if entries.every_provider:
            return services.offers.choose(model, None)[0]
        first = services.offers.first_asked(model, entries.provider)
        return (first,) if first is not None else ()

    @property
    def _extent(self) -> Extent | None:
        """How much is asked for, as far as that is known."""
        if self.services is None or self.form.count is None or self._combinations is None or not self.models:
            return None
        offers = self.services.offers
        serving = [len(offers.choose(model, None)[0]) for model in self.models]
        return extent_of(self.form.valid, self._combinations, serving)

    def _show_cost(self) -> None:
        extent = self._extent
        button = self.query_one('#generate', Button)
        if extent is None:
            count = self.form.count if self._combinations == 1 else None
            label, told = 'Generate' if count is None else f'Generate {count:,}', ''
        elif extent.requests > _MOST_REQUESTS:
            label, told = 'Generate', f'More than {_MOST_REQUESTS:,} generations'
        else:
            label, told = f'Generate {extent.requests:,}', self._priced(extent.requests)
            if extent.is_matrix:
                told += f': {extent}'
        button.label = Content(label)
        if (held := self.held) is not None:
            told = f'Sent in {held.sent_in} s, Ctrl+Z undoes'
        self.query_one('#cost', Static).update(Content(told))

    def _priced(self, requests: int) -> str:
        free = self.services is not None and self.services.sandbox
        return plural(requests, 'free request' if free else 'paid request')

    @on(ParameterForm.Changed)
    def _form_changed(self) -> None:
        self._show_parameters()
        self._show_cost()

    @on(Chooser.Opened)
    def _choose(self, event: Chooser.Opened) -> None:
        """Ask for one of the values of a field."""
        chooser = event.chooser
        label = chooser.parent.label if isinstance(chooser.parent, Field) else ''

        def take(value: str | None) -> None:
            if value is not None:
                chooser.value = value

        self.app.push_screen(Choice(label, chooser.options, chosen=chooser.value), take)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        field = event.widget.parent
        if isinstance(field, Field):
            hint = field.hint
        else:
            hint = (
                'Enter generates, Ctrl+N new line, Ctrl+R earlier, Ctrl+S templates, F6 editor'
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
        if self.services is None:
            self._refuse(self.house.standing or 'The program is still starting.')
        elif not self.models:
            self._refuse('Choose a model first: Ctrl+O finds one.')
        elif not prompt:
            self._refuse('Write a prompt first.')
            self.prompt.focus()
        elif (entries := self.form.read()) is not None:
            asked = (tuple((model.id, model.task) for model in self.models), prompt, entries)
            before, moment = self._sent
            self._sent = (asked, monotonic())
            if asked != before or monotonic() - moment > _REPEAT:
                self._refuse('')
                self._submit(self.services, prompt, entries, self.prompt.text)

    @work(group='submit', exit_on_error=False)
    async def _submit(self, services: 'Services', prompt: str, entries: Entries, written: str) -> None:
        shown = self._extent
        try:
            asks = services.plan(await services.template(prompt), self.models, entries)
            requests = sum(ask.count for ask in asks)
            surprising = shown is not None and shown.requests != requests
            if (requests > services.settings.jobs.confirm_above or surprising) and not await self._confirm(
                requests, shown if not surprising else None
            ):
                self._sent = (None, 0.0)
                return
            jobs = await services.submit_all(asks, grace=services.settings.jobs.grace_seconds)
            self._written[jobs[0].order.id] = written
            self._forget_draft(written)
        except AppError as error:
            self._sent = (None, 0.0)
            self._refuse(str(error))

    async def _confirm(self, requests: int, extent: Extent | None) -> bool:
        """Ask whether so many requests are meant."""
        if extent is None:
            how = 'That is another number than was shown: a wildcard has changed since.'
        else:
            limit = self.services.settings.jobs.confirm_above if self.services is not None else 0
            how = f'More than {limit:,} are asked about; Settings say how many.'
            how = f'{extent}\n{how}' if extent.is_matrix else how
        question: Screen[bool] = Question(
            f'Send {self._priced(requests)}?',
            f'{how}\nNothing was sent yet.',
            yes=f'Send {requests:,}',
            no='Back',
        )
        return await self.app.push_screen_wait(question)

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
