"""The popup that finds a model in the whole catalogue."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hfmedia_tui.domain import Model
from hfmedia_tui.screens.finder import Finder
from hfmedia_tui.widgets.model_list import ModelList

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['ModelFinder']


class ModelFinder(Finder[Model]):
    """Every model: without words the user's favourites and those used last come first."""

    def __init__(self, services: 'Services') -> None:
        models = ModelList()
        models.speaks = services.offers.speaks
        models.notice = 'Asking the Hub for models'
        super().__init__(models, placeholder='Find a model')
        self._services = services
        self._models_list = models
        self._models: tuple[Model, ...] | None = None
        """The catalogue, the familiar ones first; None until it is here."""

    async def load(self) -> None:
        familiar = {name: place for place, name in enumerate(await self._services.familiar_models())}
        self._models_list.favourites = frozenset(await self._services.ledger.favourites())

        def take(models: tuple[Model, ...]) -> None:
            self._models = tuple(sorted(models, key=lambda model: familiar.get(model.id, len(familiar))))
            self.search()

        take(await self._services.catalog.models(show=take))

    async def find(self, words: str) -> Sequence[Model]:
        if self._models is None:
            return ()
        if words:
            favourites = self._models_list.favourites
            return await asyncio.to_thread(self._services.catalog.search, self._models, words, favourites)
        return self._models

    def told(self, words: str) -> str:
        if self._models is None:
            return 'Asking the Hub for models'
        return 'No model fits' if words else 'The Hub lists no model'
