"""Browse: the whole catalogue, found by task, provider and words."""

import asyncio
from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerError

from hfmedia_tui.domain import Model, Task
from hfmedia_tui.errors import AppError
from hfmedia_tui.messages import ModelChosen, OpeningRetried
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.place import Place
from hfmedia_tui.widgets.model_details import ModelDetails
from hfmedia_tui.widgets.model_list import TASK_WORDS, ModelHeading, ModelList
from hfmedia_tui.widgets.plain import plural

__all__ = ['BrowseScreen']

_SETTLING = 0.08
"""Seconds without another key before a search begins: one that has begun in its thread cannot be stopped."""
_TASKS: tuple[Task | None, ...] = (None, Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE)


class BrowseScreen(Place):
    """The list of models, its filters, and what is known about the highlighted one."""

    NAME = 'browse'
    AUTO_FOCUS = '#models'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('slash', 'search', 'Search', key_display='/', id='browse.search', tooltip='Search the models'),
        Binding('t', 'task', 'Task', id='browse.task', tooltip='Show all models, those for video, those for images'),
        Binding('p', 'provider', 'Provider', id='browse.provider', tooltip='Show the models of one provider'),
        Binding('d', 'details', 'Details', id='browse.details', tooltip='Show or hide the details of the model'),
        Binding('r', 'refresh', 'Refresh', id='browse.refresh', tooltip='Ask the Hub for the models again'),
        Binding('down', 'list', 'List', show=False, id='browse.list'),
        Binding('escape', 'leave', 'Back', show=False, id='browse.leave'),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._models: tuple[Model, ...] | None = None
        self._failed = False
        self._wanted: Task | None = None
        self._provider: str | None = None
        self._searching: Worker[None] | None = None

    def compose_place(self) -> ComposeResult:
        with Horizontal(id='filters'):
            yield Input(placeholder='Search', compact=True, id='search')
            yield Static(id='chosen')
        with Horizontal(id='catalogue'):
            with Vertical(id='listing'):
                models = ModelList(id='models')
                yield ModelHeading(models)
                yield models
            with VerticalScroll(id='about', can_focus=False):
                yield ModelDetails()

    @property
    def models(self) -> ModelList:
        return self.query_one(ModelList)

    def take_standing(self) -> None:
        services = self.services
        self.models.notice = self.house.standing
        self._show_filters()
        if services is not None and self._models is None:
            self.models.speaks = services.speaks
            details = self.query_one(ModelDetails)
            details.speaks = services.speaks
            details.hub = '' if services.sandbox else services.endpoints.hub
            self.load()

    # ------------------------------------------------------------------------------------------ the catalogue

    @work(exclusive=True, group='catalogue', exit_on_error=False)
    async def load(self, refresh: bool = False) -> None:
        """Bring the models, from the cache or from the Hub."""
        services = self.services
        if services is None:
            return
        self.models.notice = 'Asking the Hub for models'
        try:
            self._models = await services.catalog.models(refresh=refresh)
        except AppError as error:
            self._failed = True
            lines = [error.message, error.hint or '', 'Press r to try again']
            text = '\n'.join(line for line in lines if line)
            if self._models is None:
                self.models.notice = text
            else:
                self.notify(text, title='The models could not be refreshed', severity='error', markup=False)
            return
        self._failed = False
        if (stale := services.catalog.stale) is not None:
            self.notify(stale.hint or '', title=stale.message, severity='warning', markup=False)
        self.search()

    @work(exclusive=True, group='search', exit_on_error=False)
    async def search(self) -> None:
        """Show the models that match the filters and the words, best first."""
        services = self.services
        if services is None or self._models is None:
            return
        words = self.query_one('#search', Input).value.strip()
        await asyncio.sleep(_SETTLING if words else 0)
        models, task, provider = self._models, self._wanted, self._provider

        def find() -> list[Model]:
            fitting = [
                model
                for model in models
                if task in (None, model.task)
                and (provider is None or any(m.provider == provider and m.serves(model.task) for m in model.mappings))
            ]
            return services.catalog.search(fitting, words) if words else fitting

        found = await asyncio.to_thread(find)
        self.models.notice = (
            'No model fits\nEscape clears the search, t and p change the filters'
            if models
            else 'The Hub lists no model'
        )
        self.models.show_rows(found, follow=not words)
        self._show_filters()

    def _show_filters(self) -> None:
        tasks = []
        for task in _TASKS:
            word = TASK_WORDS[task] if task else 'all'
            tasks.append(
                Content.styled(word, 'bold $primary underline' if task is self._wanted else '$foreground-muted')
            )
        shown = len(self.models.rows)
        count = '' if self._models is None else plural(shown, 'model')
        self.query_one('#chosen', Static).update(
            Content.assemble(
                Content('  ').join(tasks).stylize_before('').stylize(''),
                '   ',
                (self._provider or 'any provider', 'bold $primary' if self._provider else '$foreground-muted'),
                '   ',
                (count, '$foreground-muted'),
            )
        )

    # ------------------------------------------------------------------------------------------ what the user did

    @on(ModelList.Highlighted)
    def _highlighted(self, event: ModelList.Highlighted) -> None:
        self.query_one(ModelDetails).model = event.row
        self.query_one('#about').scroll_to(y=0, animate=False)

    @on(ModelList.Selected)
    def _selected(self, event: ModelList.Selected) -> None:
        self.post_message(ModelChosen(event.row))

    @on(Input.Changed, '#search')
    def _typed(self) -> None:
        self._searching = self.search()

    @on(Input.Submitted, '#search')
    async def _searched(self) -> None:
        if self._searching is not None:
            with suppress(WorkerError):
                await self._searching.wait()  # or a second Enter would choose what the search is about to replace
        self.models.focus()

    def action_search(self) -> None:
        self.query_one('#search', Input).focus()

    def action_list(self) -> None:
        self.models.focus()

    def action_leave(self) -> None:
        search = self.query_one('#search', Input)
        if self.focused is not search:
            search.value = ''
        self.models.focus()

    def action_task(self) -> None:
        self._wanted = _TASKS[(_TASKS.index(self._wanted) + 1) % len(_TASKS)]
        self.search()

    @work(group='provider', exclusive=True, exit_on_error=False)
    async def action_provider(self) -> None:
        services = self.services
        if services is None or self._models is None:
            return
        counts: dict[str, int] = {}
        for model in self._models:
            for mapping in model.mappings:
                if mapping.serves(model.task):
                    counts[mapping.provider] = counts.get(mapping.provider, 0) + 1
        names = sorted(counts, key=lambda name: (not services.speaks(name), -counts[name], name))
        options = [('', 'any provider', plural(len(self._models), 'model'))]
        options += [
            (name, name, plural(counts[name], 'model') + ('' if services.speaks(name) else ', not yet supported'))
            for name in names
        ]
        chosen = await self.app.push_screen_wait(Choice('Provider', options, chosen=self._provider or ''))
        if chosen is not None:
            self._provider = chosen or None
            self.search()

    def action_details(self) -> None:
        self.toggle_class('-details')

    def action_refresh(self) -> None:
        if self.services is None:
            self.post_message(OpeningRetried())
        else:
            self.load(refresh=not self._failed)
