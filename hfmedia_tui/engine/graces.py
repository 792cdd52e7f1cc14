"""The time in which an order can still be taken back: nothing of it is sent before that is over."""

import asyncio
import math
from collections.abc import Callable

__all__ = ['Graces']


class Graces:
    """Orders that can still be taken back, each with what counts its time down; those sent together share it."""

    def __init__(self, tell: Callable[[frozenset[str], int], None], over: Callable[[str], None]) -> None:
        """`tell` is called with the names of orders and the seconds that are left, `over` with one of them at the end.

        `over` is to call `end`.
        """
        self._tell = tell
        self._over = over
        self._countdowns: dict[str, asyncio.Task[None]] = {}

    def begin(self, names: frozenset[str], seconds: float) -> None:
        """Let so many seconds pass for orders that are sent together."""
        countdown = asyncio.create_task(self._count_down(names, seconds), name=f'grace of {min(names)}')
        self._countdowns.update(dict.fromkeys(names, countdown))

    def end(self, order_id: str) -> frozenset[str]:
        """Stop the time of an order and of those sent together with it, and name them all; none when it is over."""
        if (countdown := self._countdowns.get(order_id)) is None:
            return frozenset()
        countdown.cancel()
        names = frozenset(name for name, shared in self._countdowns.items() if shared is countdown)
        for name in names:
            del self._countdowns[name]
        return names

    def stop(self) -> None:
        """Count no further: what could be taken back goes on waiting."""
        for countdown in self._countdowns.values():
            countdown.cancel()

    async def _count_down(self, names: frozenset[str], seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while (left := end - clock()) > 0:
            self._tell(names, math.ceil(left))
            await asyncio.sleep(1 - (math.ceil(left) - left))
        self._over(min(names))
