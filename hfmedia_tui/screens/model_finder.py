"""The popup that finds a model in the whole catalogue."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from hfmedia_tui.catalog.search import Index
from hfmedia_tui.domain import Model
from hfmedia_tui.screens.finder import Finder
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.model_details import told_in_brief
from hfmedia_tui.widgets.model_list import ModelList

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['ModelFinder']


class ModelFinder(Finder[Model]):
    """Every model: without words the user's favourites and those used last come first."""

    KEYS = '{enter} takes it, {finder.mark} marks several, {finder.leave} leaves'
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('tab', 'mark', show=False, priority=True, id='finder.mark', tooltip='Mark the model, to take several'),
    ]

    def __init__(self, services: 'Services', marked: tuple[Model, ...] = ()) -> None:
        models = ModelList()
        models.marked = marked
        models.speaks = services.offers.speaks
        models.notice = 'Asking the Hub for models'
        super().__init__(models, placeholder='Find a model')
        self._services = services
        self._models_list = models
        self._index: Index | None = None
        """The catalogue, the familiar ones first; None until it is here."""

    @property
    def chosen(self) -> tuple[Model, ...]:
        """The marked models, or else the highlighted one."""
        row = self._models_list.row
        return self._models_list.marked or (() if row is None else (row,))

    def action_mark(self) -> None:
        self._models_list.mark()
        self.action_move(1)

    def on_mount(self) -> None:
        self.watch(self._models_list, 'marked', self._tell_marked)

    def _tell_marked(self, marked: tuple[Model, ...]) -> None:
        several = f'{{enter}} takes the {len(marked):,} marked, {{finder.mark}} marks, {{finder.leave}} leaves'
        self.query_one('#keys', Static).update(keyed(several if marked else self.KEYS), layout=False)

    async def load(self) -> None:
        familiar = {name: place for place, name in enumerate(await self._services.familiar_models())}
        self._models_list.favourites = frozenset(await self._services.ledger.models.favourites())

        def take(models: tuple[Model, ...]) -> None:
            self._index = Index(sorted(models, key=lambda model: familiar.get(model.id, len(familiar))))
            self._models_list.longest_name = self._index.longest_name
            self.search()

        take(await self._services.catalog.models(show=take))
        assert self._index is not None
        await asyncio.to_thread(self._index.prepare)  # the first key would wait for it

    async def find(self, words: str) -> Sequence[Model]:
        index = self._index
        if index is None:
            return ()
        if not words:
            return index.models
        worker = get_current_worker()
        favourites = self._models_list.favourites
        return await asyncio.to_thread(index.search, words, favourites, is_wanted=lambda: not worker.is_cancelled)

    def describe(self, row: Model) -> Content:
        return Content(told_in_brief(row, self._services.offers.speaks))

    def told(self, words: str) -> str:
        if self._index is None:
            return 'Asking the Hub for models'
        return 'No model fits' if words else 'The Hub lists no model'
