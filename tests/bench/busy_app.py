"""Somebody types while the loop is watched: into the program, busy as it can be, or into an empty app.

Run by `python -m tests.bench busy`, in a pseudo-terminal: `python -m tests.bench.busy_app SIDE SECONDS REPORT`. The
program finds its Hub, its router and its home in the environment.
"""

import asyncio
import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any, ClassVar, Final

from textual.app import App, ComposeResult
from textual.widgets import Input

from hfmedia_tui import app as program
from hfmedia_tui.app import HFMediaApp
from hfmedia_tui.domain import FINAL_STATES
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import probe
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import Ask

MODEL: Final = 'black-forest-labs/FLUX.1-dev'
_JOBS: Final = 16
_PACE: Final = 0.04
"""Seconds between two keys: quick typing."""
_WORDS: Final = ('flux', 'owner-12', 'sd', 'model-199', 'likes:>2')
_TICK: Final = 0.005


class Watch:
    """How long the loop did not come round, and how long it worked meanwhile."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.turn = 0.0

    async def run(self) -> None:
        last, worked = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(_TICK)
            now, work = time.perf_counter(), time.thread_time()
            self.gaps.append(now - last - _TICK)
            self.turn = max(self.turn, work - worked)
            last, worked = now, work

    def report(self) -> dict[str, float]:
        gaps = sorted(self.gaps)
        return {
            'stall': gaps[-1] * 1000,
            'p99': gaps[len(gaps) * 99 // 100] * 1000,
            'turn': self.turn * 1000,
        }


class Empty(App[None]):
    """What Textual itself costs: one field."""

    report: dict[str, float]

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def compose(self) -> ComposeResult:
        yield Input()

    async def on_ready(self) -> None:
        self.run_worker(self._play())

    async def _play(self) -> None:
        self.report = await _watched(self, lambda: False, self._seconds)
        self.exit()


class Busy(HFMediaApp):
    """The program, with sixteen jobs under way and the popup of twenty thousand models open."""

    CSS_PATH: ClassVar = [Path(program.__file__).parent / name for name in HFMediaApp.CSS_PATH]
    report: dict[str, float]
    seconds = 0.0

    def on_ready(self) -> None:
        self.run_worker(self._play())

    async def _play(self) -> None:
        while self.services is None:  # noqa: ASYNC110 - the program tells nobody when its house is open
            await asyncio.sleep(0.05)
        models = await self.services.catalog.models()
        await self.switch_mode('compose')
        jobs = await self.services.submit(Ask(model=MODEL, prompt='a red fox', count=_JOBS, seed=1))
        self.simulate_key('ctrl+o')
        await asyncio.sleep(1)  # opening it is another measurement
        pool = self.services.pool
        ids = [job.id for job in jobs]

        def done() -> bool:
            return all(pool.jobs[job_id].state in FINAL_STATES for job_id in ids)

        self.report = await _watched(self, done, self.seconds) | {'models': len(models)}
        self.report['jobs'] = sum(pool.jobs[job_id].state in FINAL_STATES for job_id in ids)
        self.exit()


async def _watched(app: App[Any], done: Any, seconds: float) -> dict[str, float]:
    """Type until it is `done`, for `seconds` at least."""
    watch = Watch()
    watching = asyncio.create_task(watch.run())
    started, keys = time.perf_counter(), 0
    for word in itertools.cycle(_WORDS):
        for key in (*word, *['backspace'] * len(word)):
            app.simulate_key(key)
            keys += 1
            await asyncio.sleep(_PACE)
        if done() or time.perf_counter() - started > seconds:
            break
    watching.cancel()
    return watch.report() | {'keys': keys, 'seconds': time.perf_counter() - started}


def main(side: str, seconds: str, report: str) -> None:
    if side == 'empty':
        empty = Empty(float(seconds))
        empty.run()
        told = empty.report
    else:
        pictures = Pictures(probe())
        app = Busy(paths=find_paths(), pictures=pictures, token_found=True, alone=True)
        app.seconds = float(seconds)
        app.run()
        pictures.close()
        told = app.report
    Path(report).write_text(json.dumps(told))


if __name__ == '__main__':
    main(*sys.argv[1:])
