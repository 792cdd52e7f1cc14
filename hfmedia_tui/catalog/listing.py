"""Asking the Hub for its listings and for one model, no more often than it likes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import quote

from hfmedia_tui.catalog.hub import PROPERTIES, Page, read_one, read_page
from hfmedia_tui.domain import Model, Reply, Task
from hfmedia_tui.errors import HubError
from hfmedia_tui.pauses import asked_pause

__all__ = ['Ask', 'fetch_model', 'fetch_pages']

log = logging.getLogger(__name__)

_PAGE: Final = 500
"""Models a page, the most that Hugging Face's own clients ask for."""
_MOST_PAGES: Final = 200
_MOST_TRIES: Final = 3
_LONGEST_WAIT: Final = 30.0
"""Seconds that are waited for the Hub; where it asks for more, the user is told when to come back."""


Ask = Callable[[str, Mapping[str, str | list[str]] | None, Mapping[str, str]], Awaitable[Reply]]
"""GET a path below the Hub, or a next page's URL, with a query and headers; raises HubError when no answer comes."""
Pause = Callable[[float], Awaitable[None]]
"""Wait so many seconds."""


async def fetch_pages(
    ask: Ask, task: Task, kept: Mapping[str, Page], pause: Pause = asyncio.sleep
) -> AsyncIterator[Page]:
    """Every model that a provider serves live, in the Hub's order of trend, page by page. Raises HubError.

    `kept` are the pages of an earlier listing by their keys: one that has not changed since is not sent again.
    `pause` waits the seconds that the Hub asks for.
    """
    query: dict[str, str | list[str]] = {
        'pipeline_tag': task,
        'inference_provider': 'all',
        'sort': 'trendingScore',
        'limit': str(_PAGE),
        'expand[]': list(PROPERTIES),
    }
    path, key = '/api/models', str(task)
    for number in range(_MOST_PAGES):
        known = kept.get(key)
        reply = await _ask_patiently(
            ask,
            path,
            query if number == 0 else None,
            {'if-none-match': known.etag} if known and known.etag else {},
            pause,
        )
        if known is not None and reply.status == 304:
            page = known
        else:
            # Milliseconds for each page, beside an interface that draws every sixteen.
            page = await asyncio.to_thread(read_page, reply, key)
        log.debug('%s: page %d with %d models%s', task, number + 1, len(page.models), ', kept' * (page is known))
        yield page
        if page.following is None:
            return
        path = key = page.following
        wait = asked_pause(reply)
        if wait is not None and wait > _LONGEST_WAIT:
            raise HubError(
                'The Hub tells no more of its models for now.',
                f'It limits how often it may be asked: try again in {wait:.0f} s.',
                status=429,
            )
        if wait is not None:
            await pause(wait)


async def fetch_model(ask: Ask, model_id: str) -> tuple[Model, ...]:
    """One model as the Hub maps it now, once for each of our tasks: see `read_one`. Raises HubError."""
    reply = await ask(f'/api/models/{quote(model_id, safe="/")}', {'expand[]': list(PROPERTIES)}, {})
    return read_one(reply, model_id)


async def _ask_patiently(
    ask: Ask, path: str, query: Mapping[str, str | list[str]] | None, headers: Mapping[str, str], pause: Pause
) -> Reply:
    """Ask, and where the Hub asks for a short wait, wait and ask again."""
    for _ in range(_MOST_TRIES - 1):
        reply = await ask(path, query, headers)
        wait = asked_pause(reply)
        if reply.status != 429 or wait is None or wait > _LONGEST_WAIT:
            return reply
        log.info('the Hub asks for %.0f s of patience', wait)
        await pause(wait)
    return await ask(path, query, headers)
