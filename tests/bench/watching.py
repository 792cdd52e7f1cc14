"""What an app is seen to do from inside: how its event loop comes round, and when all is drawn."""

import asyncio
import math
import os
import time
from pathlib import Path
from typing import Final

from hfmedia_tui.widgets.pictures_app import PicturesApp
from tests.bench.table import percentile

__all__ = ['MARK', 'LoopWatch', 'Output', 'resident']

MARK: Final = '\x1b]7777;'
"""Begins a message to the measuring side, which no terminal shows; it ends with BEL."""
_TICK: Final = 0.005


class LoopWatch:
    """How long the loop did not come round, and the most that it worked in that time.

    The latter is the same on a machine that is busy with other things.
    """

    def __init__(self) -> None:
        self._stalls: list[float] = []
        self._turn = 0.0

    async def run(self) -> None:
        last, worked = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(_TICK)
            now, work = time.perf_counter(), time.thread_time()
            self._stalls.append(now - last - _TICK)
            self._turn = max(self._turn, work - worked)
            last, worked = now, work

    def report(self) -> dict[str, float]:
        """In milliseconds."""
        p99 = percentile(self._stalls, 0.99)
        return {'stall': max(self._stalls) * 1000, 'stall_p99': p99 * 1000, 'turn': self._turn * 1000}


class Output:
    """What an app that has begun writes to its terminal."""

    def __init__(self, app: PicturesApp, *, quiet: float, longest: float = math.inf) -> None:
        """An app has drawn all that it has when it has written nothing for `quiet` seconds, or after the `longest`."""
        driver = app._driver
        assert driver is not None
        self.written_at = 0.0
        self._app = app
        self._quiet, self._longest = quiet, longest
        self._write = driver.write
        driver.write = self.write  # type: ignore[method-assign]

    def write(self, data: str) -> None:
        self.written_at = time.perf_counter()
        self._write(data)

    def mark(self, what: str) -> None:
        """Tell the measuring side where the scene is."""
        self.write(f'{MARK}{what}\x07')

    async def settle(self) -> None:
        """Return when nothing has been written for a while, and the thread that makes pictures rests."""
        self.written_at = started = time.perf_counter()
        while time.perf_counter() - self.written_at < self._quiet and time.perf_counter() - started < self._longest:
            await asyncio.sleep(0.02)  # what is not written tells nobody
            if self._app.pictures._turns._taken:
                self.written_at = time.perf_counter()


def resident() -> float:
    """Return the process's memory in MiB (statm in https://man7.org/linux/man-pages/man5/proc.5.html)."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE') / (1 << 20)
