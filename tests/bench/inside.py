"""The whole program with a scene played in it, and what it found out about itself meanwhile.

Run in a pseudo-terminal: `python -m tests.bench.inside SCENE SECONDS REPORT`. The program finds its Hub, its router and
its home in the environment.
"""

import asyncio
import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from textual.widgets import Input

from hfmedia_tui.app import HFMediaApp
from hfmedia_tui.cli.interface import TURN_SECONDS
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
from tests.bench.watching import LoopWatch, Output, resident

__all__ = ['LAST_KEY', 'MODEL', 'WORDS']

MODEL: Final = 'black-forest-labs/FLUX.1-dev'
WORDS: Final = ('flux', 'owner-12', 'sd', 'model-199', 'likes:>2', 'schnel')
"""What is searched for: what is there in every name and in a few, what is no word, and what is misspelt."""
LAST_KEY: Final = '.'
_QUIET: Final = 0.25
"""Seconds without a byte written after which the program is taken to have drawn all that it has."""
_LONGEST: Final = 60.0


class Inside(HFMediaApp):
    """The program; what it does is in the methods named as the scenes are."""

    scene: str
    seconds: float
    report: dict[str, Any]

    @property
    def jobs_ended(self) -> int:
        """How many jobs have ended."""
        return sum(job.state in FINAL_STATES for job in self.jobs.values())

    def on_ready(self) -> None:
        self.output = Output(self, quiet=_QUIET, longest=_LONGEST)
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
        await self.output.settle()
        running = asyncio.create_task(self._keep_running(services, jobs))
        await asyncio.sleep(3)  # the jobs that were sent first are on their way
        watch = LoopWatch()
        watching = asyncio.create_task(watch.run())
        self.output.mark('begin')
        while not compose.prompt.text.endswith(LAST_KEY):  # noqa: ASYNC110 - nobody else tells
            await asyncio.sleep(0.05)
        watching.cancel()
        running.cancel()
        return watch.report() | {'jobs': self.jobs_ended}

    async def play_searching(self, services: Services, jobs: int) -> dict[str, Any]:
        """Wait for letters in the search of the models until the last, in Browse and over Compose; so many jobs run."""
        await self.switch_mode('compose')
        running = asyncio.create_task(self._keep_running(services, jobs))
        told: dict[str, Any] = {}
        for place in ('browse', 'popup'):
            field = await self._search_field(place)
            await asyncio.sleep(3)  # the jobs that were sent first are on their way
            watch, before = LoopWatch(), self.jobs_ended
            watching = asyncio.create_task(watch.run())
            self.output.mark(place)
            while not field.value.endswith(LAST_KEY):  # noqa: ASYNC110 - nobody else tells
                await asyncio.sleep(0.05)
            watching.cancel()
            told[place] = watch.report() | {'results': self.jobs_ended - before}
        running.cancel()
        return told

    async def _search_field(self, place: str) -> Input:
        """Return the field that searches the models in Browse, or in the popup over Compose, once all are listed."""
        await self.switch_mode('browse' if place == 'browse' else 'compose')
        if isinstance(screen := self.screen, BrowseScreen):
            screen.action_search()
        elif isinstance(screen, ComposeScreen):
            screen.action_models()
        while not (isinstance(field := self.focused, Input) and self.screen.query_one(ModelList).rows):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return field

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
        await self.output.settle()
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
        words = itertools.cycle(WORDS)
        while not told['first'] or time.perf_counter() < ending:
            word = next(words)
            for key in (*word, *['backspace'] * len(word)):
                filtered.clear()
                shown.clear()
                pressed, worked = time.perf_counter(), time.process_time()
                self.simulate_key(key)
                await self.output.settle()
                if shown:  # part of a filter is none, and changes nothing
                    told['found'].append(1000 * (filtered[0] - pressed))
                    told['first'].append(1000 * (shown[0][0] - pressed))
                    told['last'].append(1000 * (shown[-1][0] - pressed))
                    told['work'].append(1000 * (shown[0][1] - worked))
        return told

    async def play_start(self, services: Services) -> dict[str, Any]:
        """Do nothing at all."""
        await self.output.settle()
        return {'resident': resident()}

    async def play_gallery(self, services: Services) -> dict[str, Any]:
        """Look at every result, a page at a time."""
        await self.switch_mode('gallery')
        gallery = self.screen
        assert isinstance(gallery, GalleryScreen)
        grid = gallery.grid
        await self.output.settle()
        while grid.selected < len(grid.items) - grid.columns:
            grid.action_page(1)
            await self.output.settle()
        return {'results': len(grid.items)} | _memory()

    async def play_ledger(self, services: Services) -> dict[str, Any]:
        """Go through every job in the list of them, and to the last result."""
        await self.switch_mode('jobs')
        place = self.screen
        assert isinstance(place, JobsScreen)
        await self.output.settle()
        place.jobs.action_last()
        await self.output.settle()
        await self.switch_mode('gallery')
        gallery = self.screen
        assert isinstance(gallery, GalleryScreen)
        await self.output.settle()
        gallery.grid.action_last()
        await self.output.settle()
        return {'listed': len(place.jobs.rows), 'results': len(gallery.grid.items)} | _memory()

    # ------------------------------------------------------------------------------------------ what they are made of

    async def _stand(self, place: str, services: Services, jobs: int) -> dict[str, Any]:
        await self.switch_mode(place)
        running = asyncio.create_task(self._keep_running(services, jobs))
        await asyncio.sleep(5)  # as many as run are under way, and the place has drawn them
        worked = time.process_time()
        self.output.mark('begin')
        await asyncio.sleep(self.seconds)  # a rate is measured over a time
        self.output.mark('end')
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


def _one_more(ask: Ask, ended: Job) -> Ask:
    from msgspec.structs import replace

    return replace(ask, count=1, seed=(ended.seed or 0) + 1)


def _memory() -> dict[str, float]:
    """Return what the process takes now and took at most, in MiB."""
    status = dict(line.split(':', 1) for line in Path('/proc/self/status').read_text().splitlines())
    return {'resident': resident(), 'peak': int(status['VmHWM'].split()[0]) / 1024}


def main(scene: str, seconds: str, report: str) -> None:
    sys.setswitchinterval(TURN_SECONDS)
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
