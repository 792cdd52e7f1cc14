"""What is composed: the models, the prompt, the form below it, and what all of that comes to."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.style import Style
from textual.widgets import Button, Static, TextArea

from hfmedia_tui.composition import MOST_GENERATIONS, Composition, Entries, Extent, extent_of, read_composition
from hfmedia_tui.domain import Job, Model, Order, ProviderMapping, Task, clean
from hfmedia_tui.errors import HubError, UsageError
from hfmedia_tui.metadata.recipe import Recipe
from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.recipe_place import RecipePlace
from hfmedia_tui.templates import Template, escaped, read_template, wildcard_names
from hfmedia_tui.widgets.chooser import Chooser
from hfmedia_tui.widgets.field import Field
from hfmedia_tui.widgets.keys import Hint, keyed
from hfmedia_tui.widgets.model_list import TASK_GLYPHS, TASK_WORDS
from hfmedia_tui.widgets.parameter_form import ParameterForm
from hfmedia_tui.widgets.plain import one_line, plural, priced
from hfmedia_tui.widgets.prompt import Prompt
from hfmedia_tui.widgets.told import Told

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['ComposingPlace', 'template_of']

_PROMPT_KEYS: Final = (
    '{enter} generates, {prompt.new_line} new line, {compose.prompts} earlier,'
    ' {compose.templates} templates, {compose.edit} editor'
)
_LONGEST_PAYER: Final = 100
"""Characters of the name of who pays."""
_UNLISTED: Final = (401, 404)
"""What the Hub answers for a model that is not there, or not for this user."""
_MOST_NAMED: Final = 3
"""Models that are named; the others are counted."""


class ComposingPlace(RecipePlace):
    """A place where something is written, for models, with a form; it says what would be sent, and sends nothing."""

    models: var[tuple[Model, ...]] = var((), init=False)
    """The models to generate with."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: Mapping[str, str] = {}
        """What is to be kept for the next session, or was of the last one."""
        self._resuming = False
        """Whether what the last session left is still on its way."""
        self._suggested = ''
        """Id of a model that nobody chose, for as long as nothing was sent with it."""
        self._combinations: int | None = 1
        """How many prompts the one that is written stands for; None while that is not known."""

    def compose_writing(self) -> ComposeResult:
        """Yield what is written in."""
        with Vertical(id='writing'):
            yield Static(id='model')
            yield Prompt(id='prompt')
            yield Told(id='prompt-error')
            with VerticalScroll(id='fields', can_focus=False):
                yield ParameterForm()
            yield Hint(id='hint')
            yield Told(id='caution')
            with Horizontal(id='sending'):
                yield Button('Generate', id='generate', compact=True)
                yield Told(id='cost')

    @property
    def form(self) -> ParameterForm:
        return self.query_one(ParameterForm)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    def refuse(self, sentence: str) -> None:
        error = self.query_one('#prompt-error', Told)
        error.update(Content(sentence))
        error.display = bool(sentence)

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
        if self.services is not None:
            self.refuse('')  # what was refused meanwhile can be done now
        self._show_models()
        self._ask_who_serves()

    @work(group='mappings', exclusive=True, exit_on_error=False)
    async def _ask_who_serves(self) -> None:
        """Learn who serves the models now and would be asked first: what a list or an old order says may be over."""
        services, models = self.services, self.models
        if services is not None and models:
            now = await asyncio.gather(*(self._as_served(model, services) for model in models))
            if self.models is models:
                provider = self.form.provider
                listed = tuple(model for model, is_listed in now if is_listed)
                self.models = listed or tuple(model for model, _ in now)
                self._tell_of_lost(provider)
                self._tell_of_unlisted([model.id for model, is_listed in now if listed and not is_listed])

    async def _as_served(self, model: Model, services: 'Services') -> tuple[Model, bool]:
        """The model as the Hub maps it now, and whether anybody serves it; as it was where the Hub does not tell."""
        try:
            known = await services.catalog.model(model.id)
        except HubError as error:
            return model, error.status not in _UNLISTED  # sending asks again, and says what is wrong
        now = _for_task(known, model.task) or model
        return now, any(mapping.serves(now.task) for mapping in now.mappings)

    def _tell_of_lost(self, provider: str | None) -> None:
        """Say that the provider that was chosen cannot be any more: what is sent is never another in silence."""
        if provider is not None and self.form.provider is None:
            self.notify(
                'The provider is left to the program.',
                title=f'{one_line(provider)} does not serve this model now',
                severity='warning',
                markup=False,
            )

    def _tell_of_unlisted(self, names: Sequence[str]) -> None:
        """Say which models were left out because they cannot be asked any more."""
        if names:
            told = ', '.join(map(one_line, names[:_MOST_NAMED]))
            told += f' and {len(names) - _MOST_NAMED} more' if len(names) > _MOST_NAMED else ''
            self.notify(
                'The other models stay.',
                title=f'{told} {"is" if len(names) == 1 else "are"} not listed any more',
                severity='warning',
                markup=False,
            )

    def _show_models(self) -> None:
        line = self.query_one('#model', Static)
        link = Style.from_meta({'@click': 'screen.models'})
        if not self.models:
            standing = self.house.standing.partition('\n')[0]
            told = Content(standing) if standing else keyed('No model yet: {compose.models} finds one')
            line.update(told.stylize(link))
        else:
            named = _named(self.models)
            if [model.id for model in self.models] == [self._suggested]:
                named += keyed(', to begin with: {compose.models} finds others')
            line.update(named.stylize(link))
        if self.services is not None and self.models:
            offers = self.services.offers
            self.form.payer = clean(self.services.settings.network.bill_to or '', _LONGEST_PAYER)
            self.form.providers = tuple(
                dict.fromkeys(
                    mapping.provider
                    for model in self.models
                    for mapping in model.mappings
                    if mapping.serves(model.task) and offers.speaks(mapping.provider, model.task)
                )
            )
            self._show_parameters()
        self.show_cost()

    def forget_suggestion(self) -> None:
        """Take the model that was suggested for the user's own: they have used it."""
        if self._suggested:
            self._suggested = ''
            self._show_models()

    # ------------------------------------------------------------------------------------------ composed before

    def kept(self) -> Mapping[str, str]:
        if not self._resuming and self.services is not None and self.models:
            composed = Composition(models=tuple(model.id for model in self.models), prompt='', entries=self.form.valid)
            self._kept = {'router': self.services.router, 'composed': composed.as_json()}
        return self._kept

    def bring_back(self, kept: Mapping[str, str]) -> None:
        self._kept = kept

    def begin(self, last: Order | None) -> None:
        """Go on with what stood here when the last session ended, or else with the model and the form of `last`.

        Where there is neither, begin with the model that is usual, and say that nobody chose it.
        """
        self.prompt.focus()
        if last is not None:
            self.models = self._models_of(last)
            self._fill_form(Entries.of(last))
        elif self.services is not None:
            self._begin_with_usual(self.services)
        if self.services is not None and self._kept.get('router') == self.services.router:
            self._resuming = True
            self._take_kept(self.services)

    @work(group='usual', exclusive=True, exit_on_error=False)
    async def _begin_with_usual(self, services: 'Services') -> None:
        with suppress(UsageError, HubError):  # choosing one asks again, and says what is wrong
            usual = await services.usual_model()
            known = await services.catalog.model(usual)
            if known and not self.models:
                self._suggested = usual
                self.model = known[0]

    @work(group='kept', exclusive=True, exit_on_error=False)
    async def _take_kept(self, services: 'Services') -> None:
        begun = (self.model and self.model.id, self.form.valid)
        with suppress(ValueError):  # of another version, or cut short
            composed = read_composition(self._kept.get('composed', ''))
            models = await self._models_named(composed.models, services)
            is_told = any(model.mappings for model in models)  # else the Hub cannot be asked
            if is_told and begun == (self.model and self.model.id, self.form.valid):  # nobody has begun meanwhile
                self.models = models
                self._fill_form(composed.entries)
        self._resuming = False

    def reuse(self, order: Order, *, only: Job | None = None) -> None:
        """Compose `order` again with what it was asked for together with: every model, and the template.

        With `only` one of its jobs: its own model, provider and seed, and the prompt that was sent.
        """
        if only is not None:
            order = replace(order, matrix=None, draw=None, count=1, seed=only.seed, same_seed=False)
        models = self._models_of(order)
        if [(model.id, model.task) for model in self.models] != [(model.id, model.task) for model in models]:
            self.models = models
        self.prompt.write_over(escaped(order.prompt) if only is not None else template_of(order))
        self._fill_form(Entries.of(order))
        self.prompt.focus()

    def _fill_form(self, entries: Entries) -> None:
        self.form.fill(entries)
        self._tell_of_lost(entries.provider)

    def _models_of(self, order: Order) -> tuple[Model, ...]:
        """Every model that was asked together with `order`, as it is known without asking anybody."""

        def known(name: str) -> Model:
            told = () if self.services is None else self.services.catalog.known(name)
            mappings = order.mappings if name == order.model else ()
            return _for_task(told, order.task) or Model(id=name, task=order.task, mappings=mappings)

        return tuple(map(known, (order.model,) if order.matrix is None else order.matrix.models))

    def fill(self, recipe: Recipe, model: Model | None) -> tuple[tuple[str, str], ...]:
        """Compose a recipe: its prompt, its parameters as far as the model's task has them, and its model if known."""
        if model is not None:
            self.model = model
        task = self.model.task if self.model is not None else recipe.task
        given = recipe.parameters
        strange = {name for name in given if task is not None and task not in PARAMETERS[name].tasks}
        entries = Entries(
            parameters={name: value for name, value in given.items() if name not in strange},
            provider=recipe.provider if model and recipe.provider in self.form.providers else None,
            extra=recipe.extra,
            seed=recipe.seed,
        )
        self.prompt.write_over(escaped(recipe.prompt))
        self.form.fill(entries)
        self.prompt.focus()
        return tuple((PARAMETERS[name].label, f'{given[name]}') for name in given if name in strange)

    @work(group='open', exclusive=True, exit_on_error=False)
    async def open_composition(self, composition: Composition, services: 'Services') -> None:
        """Compose what was saved, all of it at once: its prompt never stands beside another model."""
        self.models = await self._models_named(composition.models, services)
        self.prompt.write_over(composition.prompt)
        self._fill_form(composition.entries)
        self.prompt.focus()

    async def _models_named(self, names: Sequence[str], services: 'Services') -> tuple[Model, ...]:
        """Models as they are known, or as the Hub tells of them; one that it does not tell of has no mappings."""

        async def told(name: str) -> Model:
            if known := services.catalog.known(name):
                return known[0]
            model, _ = await self._as_served(Model(id=name, task=Task.TEXT_TO_IMAGE), services)
            return model

        return tuple(await asyncio.gather(*map(told, names)))

    # ------------------------------------------------------------------------------------------ the prompt

    @on(TextArea.Changed)
    def _prompt_changed(self) -> None:
        self.refuse('')
        self._combinations = None
        text = self.prompt.text
        if wildcard_names(text):
            self._read_wildcards(text)
            return
        try:
            self._take_template(read_template(text))
        except UsageError as error:
            self._take_template(error)

    @work(group='wildcards', exclusive=True, exit_on_error=False, description='wildcards')
    async def _read_wildcards(self, text: str) -> None:
        if self.services is None:
            return
        try:
            read: Template | UsageError = await self.services.template(text)
        except UsageError as error:
            read = error
        if text == self.prompt.text:
            self._take_template(read)

    def _take_template(self, read: Template | UsageError) -> None:
        """Take on what the prompt stands for, or why it stands for nothing."""
        if isinstance(read, UsageError):
            self.refuse(str(read))
        else:
            self._combinations = read.combinations
            self.form.has_alternatives = read.combinations > 1
        self.show_cost()

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
        self.query_one('#caution', Told).update(Content(' '.join(whole)))
        self.set_class(bool(whole), '-cautioned')

    @staticmethod
    def _asked(model: Model, entries: Entries, services: 'Services') -> tuple[ProviderMapping, ...]:
        """Whom the first request for `model` goes to: one, or every one."""
        if entries.every_provider:
            return services.offers.choose(model, None)[0]
        first = services.offers.first_asked(model, entries.provider)
        return (first,) if first is not None else ()

    @property
    def extent(self) -> Extent | None:
        """How much is asked for, as far as that is known."""
        if self.services is None or self.form.count is None or self._combinations is None or not self.models:
            return None
        offers = self.services.offers
        serving = [len(offers.choose(model, None)[0]) for model in self.models]
        return extent_of(self.form.valid, self._combinations, serving)

    def show_paused(self) -> None:
        super().show_paused()
        self.show_cost()

    def show_cost(self) -> None:
        extent = self.extent
        button = self.query_one('#generate', Button)
        if extent is None:
            count = self.form.count if self._combinations == 1 else None
            label, told = 'Generate' if count is None else f'Generate {count:,}', ''
        elif extent.requests > MOST_GENERATIONS:
            label, told = 'Generate', f'More than {MOST_GENERATIONS:,} generations'
        else:
            label, told = f'Generate {extent.requests:,}', priced(extent.requests, self._paid(extent))
            if extent.is_matrix:
                told += f': {extent}'
        button.label = Content(label)
        if (held := self.held) is not None:
            sent = 'Not sent' if self.house.paused else f'Sends in {held.sent_in} s'
            told = keyed(f'{sent}, {{compose.take_back}} takes it back').plain
        parts = [Content(told)] if told else []
        if self.house.paused:
            parts.insert(0, keyed('‖ Paused: {app.jobs} to start again').stylize('$warning'))
        self.query_one('#cost', Told).update(Content('  ').join(parts))

    def _paid(self, extent: Extent) -> int:
        """How many of the requests may be billed, as whom they go to first tells."""
        services, entries = self.services, self.form.valid
        if services is None or services.sandbox:
            return 0
        asked = (mapping.provider for model in self.models for mapping in self._asked(model, entries, services))
        return extent.requests - sum(map(services.offers.is_free, asked)) * extent.prompts * extent.each

    @on(ParameterForm.Changed)
    def _form_changed(self) -> None:
        self._show_parameters()
        self.show_cost()

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
            hint = Content(field.hint)
        else:
            hint = keyed(_PROMPT_KEYS if event.widget is self.prompt else '')
        self.query_one('#hint', Static).update(hint)


def _for_task(told: Sequence[Model], task: Task) -> Model | None:
    """What the Hub told of one model, for `task` where it is for that."""
    return next((model for model in told if model.task is task), told[0] if told else None)


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


def template_of(order: Order) -> str:
    """What was written when `order` was asked for."""
    return escaped(order.prompt) if order.template is None else order.template
