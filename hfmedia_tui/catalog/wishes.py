"""What a person wants to see of the catalogue, and in which order."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from hfmedia_tui.catalog.ranking import setbacks
from hfmedia_tui.domain import Model, Task

__all__ = ['Sort', 'Wishes']


class Sort(StrEnum):
    TREND = 'trend'
    """The catalogue's own order."""
    LIKES = 'likes'
    DOWNLOADS = 'downloads'
    FAVOURITES = 'favourites'
    """The user's favourites and what was used last, before the others."""


class Wishes(Struct, frozen=True, kw_only=True):
    """Filters that combine, and an order; what is None is not asked about."""

    task: Task | None = None
    provider: str | None = None
    """Serves the model live."""
    gated: bool | None = None
    """Whether access has to be asked for."""
    lora: bool | None = None
    """Whether a provider runs it as an adapter."""
    sort: Sort = Sort.TREND

    def pick(
        self, models: Iterable[Model], speaks: Callable[[str, Task], bool], familiar: Sequence[str] = ()
    ) -> list[Model]:
        """Those of `models` that fit, in order.

        What cannot be used or fails on purpose stays last in any, except for the models that the user knows:
        `familiar` are their ids.
        """
        fitting = [model for model in models if self._fits(model)]
        if self.sort is Sort.TREND:
            return fitting
        if self.sort is Sort.FAVOURITES:
            places = {model_id: place for place, model_id in reversed(tuple(enumerate(familiar)))}
            return sorted(fitting, key=lambda model: places.get(model.id, len(familiar)))

        def rank(model: Model) -> tuple[bool, bool, int]:
            return *setbacks(model, speaks), -(model.likes if self.sort is Sort.LIKES else model.downloads)

        return sorted(fitting, key=rank)

    def _fits(self, model: Model) -> bool:
        if self.task not in (None, model.task) or self.gated not in (None, bool(model.gated)):
            return False
        offers = [mapping for mapping in model.mappings if mapping.serves(model.task)]
        if self.provider is not None and all(mapping.provider != self.provider for mapping in offers):
            return False
        return self.lora in (None, any(mapping.adapter == 'lora' for mapping in offers))
