"""The catalogue: every model that can be used now, remembered between starts."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from hfmedia_tui.catalog.hub import Ask, fetch_model, fetch_models
from hfmedia_tui.catalog.search import search
from hfmedia_tui.domain import Model, Task
from hfmedia_tui.errors import HubError

__all__ = ['Catalog']

log = logging.getLogger(__name__)

_FRESH_SECONDS: Final = 3600.0
"""How long a listing is taken for true."""
_MODEL_FRESH_SECONDS: Final = 600.0
"""How long one model's mapping is remembered."""
FAILS_ON_PURPOSE: Final = 'fails-on-purpose'
"""The tag of a model that is there to show how failures look."""


class Listing(msgspec.Struct, frozen=True):
    """A listing as it is kept on disk."""

    fetched: float
    """Seconds since the epoch."""
    models: tuple[Model, ...]


class Catalog:
    """The Hub's models of both tasks."""

    def __init__(self, ask: Ask, *, speaks: Callable[[str], bool], file: Path | None) -> None:
        self._ask = ask
        self._speaks = speaks
        self._file = file
        """Where the listing is kept; None to keep none."""
        self._listing: Listing | None = None
        self._models: dict[str, tuple[float, tuple[Model, ...]]] = {}
        self._lock = asyncio.Lock()
        self.stale: HubError | None = None
        """Why the last listing is an old one, when it is."""

    async def models(self, refresh: bool = False) -> tuple[Model, ...]:
        """Every model that is served live: films first, what cannot be used yet last in each list.

        From memory or disk while that is fresh, unless `refresh`. When the Hub cannot be asked, an old listing is
        better than none, and `stale` says why. Raises HubError where there is none.
        """
        async with self._lock:
            if self._listing is None and self._file is not None:
                self._listing = await asyncio.to_thread(_load, self._file)
            fresh = self._listing is not None and 0 <= time.time() - self._listing.fetched < _FRESH_SECONDS
            if refresh or not fresh:
                try:
                    self._listing = await self._fetch()
                    self.stale = None
                except HubError as error:
                    if self._listing is None:
                        raise
                    log.warning('an old listing is used: %s', error.message)
                    self.stale = error
            assert self._listing is not None
            return tuple(sorted(self._listing.models, key=self._rank))

    async def model(self, model_id: str) -> tuple[Model, ...]:
        """One model as the Hub maps it now, once for each of our tasks; remembered for a while. Raises HubError."""
        known = self._models.get(model_id)
        if known is not None and time.monotonic() - known[0] < _MODEL_FRESH_SECONDS:
            return known[1]
        models = await fetch_model(self._ask, model_id)
        self._models[model_id] = (time.monotonic(), models)
        return models

    def forget(self, model_id: str) -> None:
        """Ask the Hub anew for this model next time."""
        self._models.pop(model_id, None)

    search = staticmethod(search)

    async def _fetch(self) -> Listing:
        video, image = await asyncio.gather(
            fetch_models(self._ask, Task.TEXT_TO_VIDEO), fetch_models(self._ask, Task.TEXT_TO_IMAGE)
        )
        listing = Listing(fetched=time.time(), models=(*video, *image))
        if self._file is not None:
            await asyncio.to_thread(_store, self._file, listing)
        return listing

    def _rank(self, model: Model) -> tuple[bool, bool, bool]:
        usable = any(mapping.serves(model.task) and self._speaks(mapping.provider) for mapping in model.mappings)
        return FAILS_ON_PURPOSE in model.tags, not usable, model.task is not Task.TEXT_TO_VIDEO


def _load(file: Path) -> Listing | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Listing)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _store(file: Path, listing: Listing) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = file.with_suffix(f'.{os.getpid()}')
        partial.write_bytes(msgspec.json.encode(listing))
        partial.replace(file)
    except OSError as error:
        log.warning('the listing could not be kept: %s', error)
