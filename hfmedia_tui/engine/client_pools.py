"""One HTTP client made of several, so that many requests at once cost no more each than a few do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from hfmedia_tui.engine.client import httpx

__all__ = ['ClientPools']

_POOLS: Final = 4
"""httpcore looks at every connection of its pool for each that is idle, at every request and every answer
(https://github.com/encode/httpcore/blob/1.0.9/httpcore/_async/connection_pool.py, `_assign_requests_to_connections`):
with 32 in one pool that is a quarter of the event loop's time, and a sixteenth of it with 8 in each of four."""


class ClientPools:
    """Clients that are alike, each with its own connections; a request goes through the one that is the least busy."""

    def __init__(self, make: Callable[[], httpx.AsyncClient]) -> None:
        self._clients = [make() for _ in range(_POOLS)]
        self._under_way = [0] * _POOLS

    @asynccontextmanager
    async def stream(self, method: str, url: str, **asked: Any) -> AsyncIterator[httpx.Response]:
        """Send a request, as `httpx.AsyncClient.stream` does."""
        number = self._under_way.index(min(self._under_way))
        self._under_way[number] += 1
        try:
            async with self._clients[number].stream(method, url, **asked) as response:
                yield response
        finally:
            self._under_way[number] -= 1

    async def aclose(self) -> None:
        for client in self._clients:
            await client.aclose()
