"""The catalogue: every model that can be used now, remembered between starts."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hfmedia_tui.catalog.hub import Page
from hfmedia_tui.catalog.keeping import Listing, load, store
from hfmedia_tui.catalog.listing import Ask, fetch_model, fetch_pages
from hfmedia_tui.catalog.ranking import Ranking
from hfmedia_tui.catalog.search import search
from hfmedia_tui.domain import Model, Task
from hfmedia_tui.errors import HubError

__all__ = ['Catalog', 'Show']

log = logging.getLogger(__name__)

_FRESH_SECONDS: Final = 3600.0
"""How long a listing is taken for true."""
_MODEL_FRESH_SECONDS: Final = 600.0
"""How long one model's mapping is remembered."""

Show = Callable[[tuple[Model, ...]], None]
"""Is told the models that are known so far."""


class Catalog:
    """The Hub's models of both tasks."""

    def __init__(self, ask: Ask, *, speaks: Callable[[str, Task], bool], file: Path | None) -> None:
        self._ask = ask
        self._speaks = speaks
        self._file = file
        """Where the listing is kept; None to keep none."""
        self._listing: Listing | None = None
        self._arranged: tuple[Model, ...] = ()
        """The listing's models in the order of the catalogue."""
        self._models: dict[str, tuple[float, tuple[Model, ...]]] = {}
        self._lock = asyncio.Lock()
        self.stale: HubError | None = None
        """Why the last listing is an old one, when it is."""
        self._pauses = 0

    @property
    def fetched(self) -> datetime | None:
        """When the listing was fetched; None while there is none."""
        return None if self._listing is None else datetime.fromtimestamp(self._listing.fetched, UTC)

    @property
    def held_back(self) -> bool:
        """Whether the Hub has asked for a pause before it tells more."""
        return self._pauses > 0

    async def models(self, refresh: bool = False, show: Show | None = None) -> tuple[Model, ...]:
        """Every model that is served live: films first, what cannot be used yet last in each list.

        From memory or disk while that is under an hour old, unless `refresh`; else the Hub is asked for what has
        changed. When it cannot be asked, an old listing is better than none, and `stale` says why. Raises HubError
        where there is none.

        `show` is called, on the event loop, with what can be shown before the Hub has told everything: the listing
        that is kept, however old, or where there is none the models of the pages that have arrived.
        """
        if show is not None and self._listing is not None:
            show(self._arranged)
            show = None
        async with self._lock:
            await self._load()
            if show is not None and self._listing is not None:
                show(self._arranged)
                show = None
            fresh = self._listing is not None and 0 <= time.time() - self._listing.fetched < _FRESH_SECONDS
            if refresh or not fresh:
                try:
                    await self._fetch(show)
                    self.stale = None
                except HubError as error:
                    if self._listing is None:
                        raise
                    log.warning('an old listing is used: %s', error.message)
                    self.stale = error
            return self._arranged

    async def model(self, model_id: str) -> tuple[Model, ...]:
        """One model as the Hub maps it now, once for each of our tasks; remembered for a while.

        As the listing has it where the Hub cannot be asked. Raises HubError where that has it not either.
        """
        known = self._models.get(model_id)
        if known is not None and time.monotonic() - known[0] < _MODEL_FRESH_SECONDS:
            return known[1]
        try:
            models = await fetch_model(self._ask, model_id)
        except HubError as error:
            unheard = error.status is None or error.status == 429 or error.status >= 500
            listed = await self._listed(model_id) if unheard else ()
            if not listed:
                raise
            log.warning('%s is used as it was listed: %s', model_id, error.message)
            return listed
        self._models[model_id] = (time.monotonic(), models)
        return models

    def known(self, model_id: str) -> tuple[Model, ...]:
        """One model as the Hub told of it last, without asking; empty where it was not told of, or is not here yet."""
        _, models = self._models.get(model_id, (0.0, ()))
        return models or tuple(model for model in self._arranged if model.id == model_id)

    search = staticmethod(search)

    async def _listed(self, model_id: str) -> tuple[Model, ...]:
        async with self._lock:
            await self._load()
        return tuple(model for model in self._arranged if model.id == model_id)

    async def _load(self) -> None:
        """Bring the listing from disk, where there is one."""
        if self._listing is None and self._file is not None:
            listing = await asyncio.to_thread(load, self._file)
            if listing is not None:
                self._arranged = await asyncio.to_thread(self._arrange, listing)
                self._listing = listing

    async def _fetch(self, show: Show | None) -> None:
        """Ask the Hub for what has changed since the listing that is kept."""
        kept = {page.key: page for page in self._listing.pages} if self._listing is not None else {}
        arriving = Ranking(self._speaks)

        async def pause(seconds: float) -> None:
            self._pauses += 1
            if show is not None:
                show(arriving.models())
            try:
                await asyncio.sleep(seconds)
            finally:
                self._pauses -= 1

        async def fetch(task: Task) -> list[Page]:
            pages = []
            async for page in fetch_pages(self._ask, task, kept, pause):
                pages.append(page)
                if show is not None:
                    arriving.put(page.models)
                    show(arriving.models())
            return pages

        # Both are heard to their end, whatever becomes of the other: a request that is cut leaves its connection open.
        heard = await asyncio.gather(fetch(Task.TEXT_TO_VIDEO), fetch(Task.TEXT_TO_IMAGE), return_exceptions=True)
        pages = list[Page]()
        for told in heard:
            if isinstance(told, BaseException):
                raise told
            pages += told
        listing = Listing(fetched=time.time(), pages=tuple(pages))
        self._arranged = await asyncio.to_thread(self._arrange, listing)
        self._listing = listing
        if self._file is not None:
            await asyncio.to_thread(store, self._file, listing)

    def _arrange(self, listing: Listing) -> tuple[Model, ...]:
        ranking = Ranking(self._speaks)
        for page in listing.pages:
            ranking.put(page.models)
        return ranking.models()
