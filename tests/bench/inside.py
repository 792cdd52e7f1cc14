"""The whole program with a scene played in it, and what it found out about itself meanwhile.

Run in a pseudo-terminal: `python -m tests.bench.inside SCENE SECONDS REPORT`. The program finds its Hub, its router and
its home in the environment.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

from hfmedia_tui.app import HFMediaApp
from hfmedia_tui.domain import FINAL_STATES, Job
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import probe
from hfmedia_tui.paths import find_paths
from hfmedia_tui.screens.browse import BrowseScreen
from hfmedia_tui.screens.compose import ComposeScreen
from hfmedia_tui.screens.gallery import GalleryScreen
from hfmedia_tui.screens.jobs import JobsScreen
from hfmedia_tui.services import Ask, Services
from hfmedia_tui.widgets.model_list import ModelList
from tests.bench.scenes import MARK

__all__ = ['LAST_KEY', 'MODEL']

MODEL: Final = 'black-forest-labs/FLUX.1-dev'
_WORDS: Final = ('flux', 'owner-12', 'sd', 'model-199', 'likes:>2', 'schnel')
"""What is searched for: what is there in every name and in a few, what is no word, and what is misspelt."""
LAST_KEY: Final = '.'
_TICK: Final = 0.005
_QUIET: Final = 0.25
"""Seconds without a byte written after which the program is taken to have drawn all that it has."""
_LONGEST: Final = 60.0


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
        return {'stall': max(self.gaps) * 1000, 'turn': self.turn * 1000}


class Inside(HFMediaApp):
    """The program; what it does is in the methods named as the scenes are."""

    scene: str
    seconds: float
    report: dict[str, Any]
    written_at = 0.0

    def on_ready(self) -> None:
        driver = self._driver
        assert driver is not None
        write = driver.write

        def watched(data: str) -> None:
            self.written_at = time.perf_counter()
            write(data)

        driver.write = watched  # type: ignore[method-assign]
        self.run_worker(self._play())

    async def _play(self) -> None:
        while self.services is None:  # noqa: ASYNC110 - the program tells nobody when its house is open
            await asyncio.sleep(0.05)
        models = await self.services.catalog.models()
        name, _, number = self.scene.partition('-')
        play = getattr(self, f'play_{name}')
        self.report = await play(self.services, *map(int, filter(None, [number]))) | {'models': len(models)}
        self.exit()

    # ------------------------------------------------------------------------------------------ the scenes

    async def play_typing(self, services: Services, jobs: int) -> dict[str, Any]:
        """Wait for letters in the prompt until the last; so many jobs run, and each result is shown when it comes."""
        await self.switch_mode('compose')
        compose = self.screen
        assert isinstance(compose, ComposeScreen)
        compose.prompt.text = ''  # it may be the last scene's
        compose.prompt.focus()
        await self._quiet()
        running = asyncio.create_task(self._keep_running(services, jobs))
        await asyncio.sleep(3)
        watch = Watch()
        watching = asyncio.create_task(watch.run())
        self._mark('begin')
        while not compose.prompt.text.endswith(LAST_KEY):  # noqa: ASYNC110 - nobody else tells
            await asyncio.sleep(0.05)
        watching.cancel()
        running.cancel()
        return watch.report() | {'jobs': sum(job.state in FINAL_STATES for job in services.pool.jobs.values())}

    async def play_compose(self, services: Services, jobs: int) -> dict[str, Any]:
        """Do nothing while so many jobs run, beside the prompt."""
        return await self._stand('compose', services, jobs)

    async def play_jobs(self, services: Services, jobs: int) -> dict[str, Any]:
        """Do nothing while so many jobs run, in the list of them."""
        return await self._stand('jobs', services, jobs)

    async def play_search(self, services: Services) -> dict[str, Any]:
        """Type words into the search of the models, a key when all is drawn that the one before it asked for."""
        await self.switch_mode('browse')
        browse = self.screen
        assert isinstance(browse, BrowseScreen)
        models = browse.query_one(ModelList)
        browse.action_search()
        await self._quiet()
        filtered: list[float] = []
        shown: list[tuple[float, float]] = []
        show_rows = models.show_rows

        def noted(*given: Any, **named: Any) -> None:
            show_rows(*given, **named)
            filtered.append(time.perf_counter())
            models.call_after_refresh(lambda: shown.append((time.perf_counter(), time.process_time())))

        models.show_rows = noted  # type: ignore[method-assign]
        told: dict[str, list[float]] = {'found': [], 'first': [], 'last': [], 'work': []}
        ending = time.perf_counter() + self.seconds
        while not told['first'] or time.perf_counter() < ending:
            for word in _WORDS:
                for key in (*word, *['backspace'] * len(word)):
                    filtered.clear()
                    shown.clear()
                    pressed, worked = time.perf_counter(), time.process_time()
                    self.simulate_key(key)
                    await self._quiet()
                    if shown:  # part of a filter is none, and changes nothing
                        told['found'].append(1000 * (filtered[0] - pressed))
                        told['first'].append(1000 * (shown[0][0] - pressed))
                        told['last'].append(1000 * (shown[-1][0] - pressed))
                        told['work'].append(1000 * (shown[0][1] - worked))
        return told

    async def play_start(self, services: Services) -> dict[str, Any]:
        """Do nothing at all."""
        await self._quiet()
        return {'resident': _resident()}

    async def play_gallery(self, services: Services) -> dict[str, Any]:
        """Look at every result, a page at a time."""
        await self.switch_mode('gallery')
        gallery = self.screen
        assert isinstance(gallery, GalleryScreen)
        grid = gallery.grid
        await self._quiet()
        while grid.selected < len(grid.items) - grid.columns:
            grid.action_page(1)
            await self._quiet()
        return {'results': len(grid.items)} | _memory()

    async def play_ledger(self, services: Services) -> dict[str, Any]:
        """Go through every job in the list of them, and to the last result."""
        await self.switch_mode('jobs')
        place = self.screen
        assert isinstance(place, JobsScreen)
        await self._quiet()
        place.jobs.action_last()
        await self._quiet()
        await self.switch_mode('gallery')
        gallery = self.screen
        assert isinstance(gallery, GalleryScreen)
        await self._quiet()
        gallery.grid.action_last()
        await self._quiet()
        return {'listed': len(place.jobs.rows), 'results': len(gallery.grid.items)} | _memory()

    # ------------------------------------------------------------------------------------------ what they are made of

    async def _stand(self, place: str, services: Services, jobs: int) -> dict[str, Any]:
        await self.switch_mode(place)
        running = asyncio.create_task(self._keep_running(services, jobs))
        await asyncio.sleep(5)
        worked = time.process_time()
        self._mark('begin')
        await asyncio.sleep(self.seconds)
        self._mark('end')
        running.cancel()
        return {'processor': 100 * (time.process_time() - worked) / self.seconds}

    async def _keep_running(self, services: Services, count: int) -> None:
        """Have so many jobs under way: another one for each that ends."""
        if not count:
            return
        subscription = services.pool.subscribe()
        ask = Ask(model=MODEL, prompt='a red fox', count=count)
        ours = {job.id for job in await services.submit(ask)}
        async for job in subscription:
            if job.id in ours and job.state in FINAL_STATES:
                ours.discard(job.id)
                ours |= {more.id for more in await services.submit(_one_more(ask, job))}

    def _mark(self, what: str) -> None:
        assert self._driver is not None
        self._driver.write(f'{MARK}{what}\x07')

    async def _quiet(self) -> None:
        """Return when nothing has been written for a while, and the thread that makes pictures rests."""
        self.written_at = started = time.perf_counter()
        while time.perf_counter() - self.written_at < _QUIET and time.perf_counter() - started < _LONGEST:
            await asyncio.sleep(0.02)
            if self.pictures._turns._taken:
                self.written_at = time.perf_counter()


def _one_more(ask: Ask, ended: Job) -> Ask:
    from msgspec.structs import replace

    return replace(ask, count=1, seed=(ended.seed or 0) + 1)


def _resident() -> float:
    """Return the process's memory in MiB (statm in https://man7.org/linux/man-pages/man5/proc.5.html)."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE') / (1 << 20)


def _memory() -> dict[str, float]:
    """Return what the process takes now and took at most, in MiB."""
    status = dict(line.split(':', 1) for line in Path('/proc/self/status').read_text().splitlines())
    return {'resident': _resident(), 'peak': int(status['VmHWM'].split()[0]) / 1024}


def main(scene: str, seconds: str, report: str) -> None:
    pictures = Pictures(probe())
    app = Inside(paths=find_paths(), pictures=pictures, token_found=True, alone=True)
    app.scene, app.seconds = scene, float(seconds)
    app.run()
    pictures.close()
    if app._exception is not None:
        raise app._exception
    Path(report).write_text(json.dumps(app.report))


if __name__ == '__main__':
    main(*sys.argv[1:])
