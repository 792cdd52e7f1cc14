"""Browse: the whole catalogue, found by task, provider and words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

import msgspec
from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerError, get_current_worker

from hfmedia_tui.catalog.wishes import Sort, Wishes
from hfmedia_tui.domain import FINAL_STATES, Job, Model, Task
from hfmedia_tui.errors import AppError, StoreError, UsageError
from hfmedia_tui.messages import ModelChosen, OpeningRetried
from hfmedia_tui.screens.filtered import Filtered
from hfmedia_tui.screens.one_frame import within_a_frame
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.model_details import ModelDetails
from hfmedia_tui.widgets.model_list import TASK_WORDS, ModelHeading, ModelList
from hfmedia_tui.widgets.plain import age, plural
from hfmedia_tui.widgets.reading import Reading
from hfmedia_tui.widgets.told import Told
from hfmedia_tui.widgets.words import Words

if TYPE_CHECKING:
    from hfmedia_tui.catalog.search import Index
    from hfmedia_tui.services import Services

__all__ = ['BrowseScreen']

Value = TypeVar('Value')

_SETTLING: Final = 0.08
"""Seconds without another key before the models are shown that have only what is like the words."""
_LINGERING: Final = 0.05
"""Seconds on one model before it is described: who walks through the list or types reads none of it."""
_OLD: Final = 3600.0
"""Seconds from which on the list's age is worth saying."""
_TASKS: Final = (None, Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE)
_EITHER: Final = (None, False, True)
_ACCESS: Final = {False: 'open to everyone', True: 'gated'}
_ORDERS: Final = {
    Sort.TREND: ' by trend',
    Sort.LIKES: ' by likes',
    Sort.DOWNLOADS: ' by downloads',
    Sort.FAVOURITES: ', favourites first',
}
_NOTHING_FITS: Final = (
    'No model fits\n{browse.leave} clears the search; {browse.task}, {browse.provider}, {browse.access} and'
    ' {browse.adapters} change the filters'
)
_ADAPTERS: Final = {False: 'no LoRA', True: 'LoRA'}


class BrowseScreen(Filtered):
    """The list of models, its filters, and what is known about the highlighted one."""

    CSS_PATH = 'browse.tcss'
    NAME = 'browse'
    FIELD = '#search'
    AUTO_FOCUS = '#models'
    HOLDS = (ModelList,)
    NOTHING = 'No model is highlighted.'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('slash', 'search', 'Search', key_display='/', id='browse.search', tooltip='Search the models'),
        Binding('t', 'task', 'Task', id='browse.task', tooltip='Show all models, those for video, those for images'),
        Binding('p', 'provider', 'Provider', id='browse.provider', tooltip='Show the models of one provider'),
        Binding(
            's', 'sort', 'Sort', id='browse.sort', tooltip='Sort by trend, by likes, by downloads, favourites first'
        ),
        Binding(
            'a',
            'access',
            'Access',
            show=False,
            id='browse.access',
            tooltip='Show all models, those open to everyone, those that are gated',
        ),
        Binding(
            'l',
            'adapters',
            'LoRA',
            show=False,
            id='browse.adapters',
            tooltip='Show all models, those that are no LoRA, LoRAs only',
        ),
        Binding(
            'f',
            'favourite',
            'Favourite',
            show=False,
            id='browse.favourite',
            tooltip='Mark as a favourite, or unmark',
        ),
        Binding(
            'space,m', 'mark', 'Mark', show=False, id='browse.mark', tooltip='Mark the model, to compose with several'
        ),
        Binding('d', 'details', 'Details', id='browse.details', tooltip='Show or hide the details of the model'),
        Binding('r', 'refresh', 'Refresh', show=False, id='browse.refresh', tooltip='Ask the Hub for the models again'),
        Binding('down', 'list', 'List', show=False, id='browse.list'),
        Binding('escape', 'leave', 'Back', show=False, id='browse.leave'),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._models: tuple[Model, ...] | None = None
        self._whole = False
        """Whether these are all that the Hub lists."""
        self._shown_whole = False
        """Whether the list was shown once with all of them."""
        self._loading: Worker[None] | None = None
        self._wishes = Wishes()
        self._familiar: tuple[str, ...] = ()
        """Ids of the models that the user marked or used last, when they were last asked for."""
        self._searching: Worker[None] | None = None
        self._shown = asyncio.Event()
        """Set when the search that was begun last has shown something, or has nothing to show."""
        self._index: Index | None = None
        """What was searched last."""
        self._indexed_from: tuple[object, ...] = ()
        """The models, the wishes and the familiar ones that the index was made from."""
        self._wanted = ''
        """Key of the model to highlight when it comes: the one that was highlighted when the program was left."""
        self._mistake: UsageError | None = None
        """Why what is in the search field is no filter."""

    def compose_place(self) -> ComposeResult:
        with Horizontal(id='filters'):
            yield Words('Search', id='search')
            yield Told(id='chosen')
        yield Static(id='standing')
        with Horizontal(id='catalogue'):
            with Vertical(id='listing'):
                models = ModelList(id='models')
                yield ModelHeading(models)
                yield models
            with Reading(id='about'):
                yield ModelDetails()

    @property
    def models(self) -> ModelList:
        return self.query_one(ModelList)

    def on_mount(self) -> None:
        self.watch(self.models, 'marked', self._show_standing, init=False)
        self.watch(self.field, 'value', self._typed, init=False)

    def take_standing(self) -> None:
        services = self.services
        self.models.notice = self.house.standing
        self._show_filters()
        if services is not None and self._models is None:
            self.models.speaks = services.offers.speaks
            details = self.query_one(ModelDetails)
            details.speaks = services.offers.speaks
            details.hub = '' if services.sandbox else services.endpoints.hub
            self.load()
            self._show_favourites()

    @property
    def view(self) -> str:
        wishes = self._wishes
        terms = [f'task:{wishes.task}'] if wishes.task is not None else []
        terms += [f'provider:{wishes.provider}'] if wishes.provider is not None else []
        terms += ['is:gated' if wishes.gated else '!gated'] if wishes.gated is not None else []
        terms += ['is:lora' if wishes.lora else '!lora'] if wishes.lora is not None else []
        terms += [f'sort:{wishes.sort}'] if wishes.sort is not Sort.TREND else []
        return ' '.join([*terms, super().view]).strip()

    def show_view(self, view: str) -> None:
        terms = view.split(' ')
        sorts = [sort for sort in Sort if f'sort:{sort}' in terms]
        super().show_view(' '.join(term for term in terms if not term.startswith('sort:')))
        self._wishes = Wishes(sort=sorts[0] if sorts else Sort.TREND)
        self._show_favourites()
        self._wish()

    def kept(self) -> Mapping[str, str]:
        return {
            **super().kept(),
            'wishes': msgspec.json.encode(self._wishes).decode(),
            'model': self._wanted or (self.models.key_of(self.models.row) if self.models.row else ''),
        }

    def bring_back(self, kept: Mapping[str, str]) -> None:
        with suppress(msgspec.DecodeError):  # of another version
            self._wishes = msgspec.json.decode(kept.get('wishes', ''), type=Wishes)
        super().bring_back(kept)
        self._wanted = kept.get('model', '')

    # ------------------------------------------------------------------------------------------ the catalogue

    def load(self) -> None:
        """Bring the models: those that are kept at once, and what the Hub has changed since as it comes."""
        if self._loading is None:
            self._loading = self._load()
            self._show_standing()

    @work(group='catalogue', exit_on_error=False)
    async def _load(self) -> None:
        services = self.services
        if services is None:
            return
        self.models.notice = 'Asking the Hub for models'
        try:
            self._take(await services.catalog.models(refresh=True, show=self._take))
        except AppError as error:
            self.models.notice = error.in_lines(keyed('Press {browse.refresh} to try again').plain)
            # What has arrived before can be used, and is not the whole.
            if self._models:
                complain(self, error)
        else:
            if (stale := services.catalog.stale) is not None:
                complain(self, stale, 'warning')
        finally:
            self.house.spare_loaded()
            self._loading = None
            self._show_standing()

    def _take(self, models: tuple[Model, ...]) -> None:
        """Take on what the catalogue knows now."""
        self._models = models
        self._whole = self.services is not None and self.services.catalog.fetched is not None
        if self._searching is None or self._searching.is_finished:
            self.search(renew=True)

    def search(self, *, renew: bool = False) -> None:
        """Show the models that match the filters and the words, best first.

        With `renew` the wishes are the same and the models newer.
        """
        self._shown = shown = asyncio.Event()
        self._searching = self._search(renew, shown)

    @work(exclusive=True, group='search', exit_on_error=False)
    async def _search(self, renew: bool, shown: asyncio.Event) -> None:
        try:
            await self._show_search(renew, shown)
        finally:
            self.models.call_later(shown.set)

    async def _show_search(self, renew: bool, shown: asyncio.Event) -> None:
        services = self.services
        if services is None:
            return
        words = self.field.value.strip()
        wishes, searched = self._wishes, None
        while (models := self._models) is not None and models is not searched:  # more may have come in the meantime
            whole = self._whole
            index = await self._indexed(models, wishes, services)
            self._mistake = None
            try:
                async for found in self._find(index, words, settled=renew):
                    self._show_found(found, renew=renew, follow=not words and not renew)
                    self.models.call_later(shown.set)
            except UsageError as error:
                # What was found last stays while the filter is being typed.
                self._mistake = error
                self._show_standing()
                break
            searched, renew = models, True
            self._shown_whole = self._shown_whole or whole
            if not words and self._loading is None:
                await asyncio.to_thread(index.prepare)  # the first key would wait for it

    async def _indexed(self, models: tuple[Model, ...], wishes: Wishes, services: 'Services') -> 'Index':
        """Those of the models that the wishes leave, to be searched."""
        from hfmedia_tui.catalog.search import Index  # it is there with the house, and not before the first paint

        before = (models, wishes, self._familiar)
        if self._index is None or self._indexed_from != before:
            picked = await asyncio.to_thread(wishes.pick, models, services.offers.speaks, self._familiar)
            index = Index(picked)
            self.models.longest_name = await asyncio.to_thread(lambda: index.longest_name)
            self._index, self._indexed_from = index, before
        return self._index

    async def _find(self, index: 'Index', words: str, *, settled: bool) -> AsyncIterator[Sequence[Model]]:
        """Yield the models that have the words; once nobody types, with those that have what is only like them.

        With `settled` only the latter.
        """
        if not words:
            yield index.models
            return
        worker = get_current_worker()
        search = partial(index.search, words, self.models.favourites, is_wanted=lambda: not worker.is_cancelled)
        if settled:
            yield await asyncio.to_thread(search)
            return
        found, settled = await asyncio.to_thread(_find_first, search)
        yield found
        if not settled:
            await asyncio.sleep(_SETTLING)
            if (like := await asyncio.to_thread(search)) != found:
                yield like

    def _show_found(self, found: Sequence[Model], *, renew: bool, follow: bool) -> None:
        if self._loading is None and not found:
            self.models.notice = keyed(_NOTHING_FITS).plain if self._models else 'The Hub lists no model'
        if renew and not self._at_top:
            self.models.renew_rows(found)
        else:
            self.models.show_rows(found, follow=follow)
        if self._wanted:
            self.models.highlight(self._wanted)
            if self._loading is None or (self.models.row and self.models.key_of(self.models.row) == self._wanted):
                self._wanted = ''
        self._show_standing()

    @property
    def _at_top(self) -> bool:
        """Whether nobody has moved in the list while it was arriving."""
        return not (self._shown_whole or self.models.highlighted or self.models.scroll_offset.y)

    def _show_filters(self) -> None:
        wishes = self._wishes
        words = []
        for task in _TASKS:
            word = TASK_WORDS[task] if task else 'all'
            words.append(
                Content.styled(word, 'bold $primary underline' if task is wishes.task else '$foreground-muted')
            )
        provider = Content.styled(
            wishes.provider or 'any provider', 'bold $primary' if wishes.provider else '$foreground-muted'
        )
        self.query_one('#chosen', Told).update(Content.assemble(Content('  ').join(words), '   ', provider))
        self._show_standing()

    def _show_standing(self) -> None:
        """Say how many models there are, of which kind, in which order, and how old the list is."""
        wishes, services = self._wishes, self.services
        muted = '$foreground-muted'
        words: list[Content] = []
        if self._mistake is not None:
            words.append(Content.styled(str(self._mistake), '$error'))
        elif services is not None and self._models is not None:
            words.append(Content.styled(f'{plural(len(self.models.rows), "model")}{_ORDERS[wishes.sort]}', muted))
            if marked := len(self.models.marked):
                words.append(keyed(f'{marked:,} marked: {{list.select}} composes with them').stylize('bold $primary'))
            if wishes.gated is not None:
                words.append(Content.styled(_ACCESS[wishes.gated], 'bold $primary'))
            if wishes.lora is not None:
                words.append(Content.styled(_ADAPTERS[wishes.lora], 'bold $primary'))
            fetched = services.catalog.fetched
            passed = (datetime.now(UTC) - fetched).total_seconds() if fetched is not None else 0.0
            if passed > _OLD:
                words.append(Content.styled(f'as of {age(passed)} ago', '$warning'))
            if self._loading is not None:
                coming = 'more when the Hub allows' if services.catalog.held_back else 'more to come'
                words.append(Content.styled('refreshing' if fetched is not None else coming, muted))
        self.query_one('#standing', Static).update(Content.styled(', ', muted).join(words), layout=False)

    # ------------------------------------------------------------------------------------------ what the user did

    @on(ModelList.Highlighted)
    def _highlighted(self) -> None:
        if self.query_one(ModelDetails).model is None:
            self._describe()
        self._tell()

    def take_jobs(self, jobs: tuple[Job, ...]) -> None:
        model = self.query_one(ModelDetails).model
        if model is not None and any(job.order.model == model.id and job.state in FINAL_STATES for job in jobs):
            self._tell()

    def _describe(self) -> None:
        """Show everything that the Hub told about the highlighted model."""
        details, model = self.query_one(ModelDetails), self.models.row
        if model is None or details.model is None or model.id != details.model.id:
            self.query_one('#about').scroll_to(y=0, animate=False)
            details.records = {}
        details.model = model

    @work(group='details', exclusive=True, exit_on_error=False)
    async def _tell(self) -> None:
        """Describe the highlighted model, and how well its providers have served, once nobody moves on."""
        await asyncio.sleep(_LINGERING)
        self._describe()
        details = self.query_one(ModelDetails)
        if self.services is not None and details.model is not None:
            with suppress(StoreError):  # the past is worth a line, and no interruption
                details.records = await self.services.track_records(details.model.id)

    @on(ModelList.Selected)
    def _selected(self, event: ModelList.Selected) -> None:
        first, *others = self.models.marked or (event.row,)
        self.models.marked = ()
        self.post_message(ModelChosen(first, tuple(others)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ('favourite', 'mark', 'select') and (not self.is_mounted or self.models.row is None):
            return None
        return True

    def action_mark(self) -> None:
        self.models.mark()
        self.models.action_move(1)

    def _typed(self) -> None:
        self.search()
        self.call_later(within_a_frame, self._shown)

    @on(Input.Submitted, '#search')
    async def _searched(self) -> None:
        if self._searching is not None:
            with suppress(WorkerError):
                await self._searching.wait()  # or a second Enter would choose what the search is about to replace
        self.models.focus()

    def action_search(self) -> None:
        self.field.focus()

    def action_list(self) -> None:
        self.models.focus()

    def action_leave(self) -> None:
        if self.models.has_focus:
            if not self.field.value:
                self.models.marked = ()
            self.field.value = ''
        self.models.focus()

    def _wish(self, **changes: object) -> None:
        self._wishes = replace(self._wishes, **changes)
        self._show_filters()
        self.search()

    def action_task(self) -> None:
        self._wish(task=_next(_TASKS, self._wishes.task))

    @work(group='sort', exclusive=True, exit_on_error=False)
    async def action_sort(self) -> None:
        sort = _next(tuple(Sort), self._wishes.sort)
        if sort is Sort.FAVOURITES and self.services is not None:
            # Asked for anew each time: what was used last changes in the other places.
            self._familiar = await self.services.familiar_models()
        self._wish(sort=sort)

    @work(group='favourites', exit_on_error=False)
    async def _show_favourites(self) -> None:
        if self.services is not None:
            self.models.favourites = frozenset(await self.services.ledger.models.favourites())
            if self._wishes.sort is Sort.FAVOURITES and not self._familiar:
                self._familiar = await self.services.familiar_models()
                self.search(renew=True)

    @work(group='favourite', exit_on_error=False)
    async def action_favourite(self) -> None:
        services, model = self.services, self.models.row
        if services is None or model is None:
            return
        favourite = model.id not in self.models.favourites
        await services.ledger.models.mark_favourite(model.id, favourite=favourite)
        self._show_favourites()

    def action_access(self) -> None:
        self._wish(gated=_next(_EITHER, self._wishes.gated))

    def action_adapters(self) -> None:
        self._wish(lora=_next(_EITHER, self._wishes.lora))

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
        names = sorted(counts, key=lambda name: (not services.offers.speaks(name), -counts[name], name))
        options = [('', 'any provider', plural(len(self._models), 'model'))]
        options += [
            (name, name, plural(counts[name], 'model') + ('' if services.offers.speaks(name) else ', not supported'))
            for name in names
        ]
        from hfmedia_tui.screens.choice import Choice  # no screen before it is opened

        chosen = await self.app.push_screen_wait(Choice('Provider', options, chosen=self._wishes.provider or ''))
        if chosen is not None:
            self._wish(provider=chosen or None)

    def action_details(self) -> None:
        self.toggle_class('-details')

    def action_refresh(self) -> None:
        if self.services is None:
            self.post_message(OpeningRetried())
        else:
            self.load()


def _find_first(search: Callable[..., Sequence[Model]]) -> tuple[Sequence[Model], bool]:
    """Search for what stands there, or else for what is like it; tell whether that is all that there is to find."""
    if exact := search(fuzzy=False):
        return exact, False
    return search(), True


def _next(values: Sequence[Value], value: Value) -> Value:
    return values[(values.index(value) + 1) % len(values)]
