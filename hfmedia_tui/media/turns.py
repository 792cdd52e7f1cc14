"""One at a time, the nearest first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ['Turns']


class Turns:
    """A queue of coroutines; who leaves it before the turn comes holds up nobody."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, nearness: float) -> AsyncIterator[None]:
        """Wait for the turn, which lasts as long as the block; the least `nearness` is first, then the earliest."""
        if self._taken:
            called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((nearness, called))
            try:
                await called
            except asyncio.CancelledError:
                if not called.cancelled():  # called and cancelled in one moment
                    self._call_next()
                raise
        self._taken = True
        try:
            yield
        finally:
            self._call_next()

    def _call_next(self) -> None:
        """Hand the turn on; it stays taken, so that nobody comes in between."""
        self._waiting = [place for place in self._waiting if not place[1].cancelled()]
        self._taken = bool(self._waiting)
        if self._waiting:
            nearest = min(self._waiting, key=lambda place: place[0])
            self._waiting.remove(nearest)
            nearest[1].set_result(None)
