"""Brings home what a provider made: all of it or nothing, each item again while the policy allows it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import msgspec

from hfmedia_tui.domain import FailureCode, Fetch, JobProgress, Media, Output, Progress, Stage
from hfmedia_tui.engine import results, retry
from hfmedia_tui.engine.download import download
from hfmedia_tui.engine.pace import USEFUL
from hfmedia_tui.engine.results import Checked
from hfmedia_tui.engine.run import Run, Stuck
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.engine.writing import DownloadError
from hfmedia_tui.metadata.made import Made
from hfmedia_tui.metadata.measured import Measured

__all__ = ['Collector', 'Finish']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

Finish = Callable[[int, tuple[Output, ...]], Awaitable[Progress]]
"""Told the status to tell the machine, and the files that are at home; returns where that leads."""

_REPORT_SECONDS: Final = 0.1
"""Between two snapshots of one download."""


class Collector:
    """Collects the media of one job."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.may_be_home = False
        """Whether an earlier run may have brought a result home and died before it could say so, or a part of one."""
        self._renewed = False
        """Whether a fresh link was asked for because the first one led nowhere."""
        self._reported = 0.0
        self._arrived = 0

    async def keep(self, fetch: Fetch) -> tuple[Media, ...]:
        """Write what came inside a reply to files. Raises Stuck."""
        try:
            return await results.keep(self._run.job, fetch.media, shelter=self._run.tools.shelter)
        except DownloadError as error:
            hint = f'{error.hint} It was paid for, and could not be kept.'
            raise Stuck(error.code, error.message, hint, lost=True) from None

    async def fetch(self, fetch: Fetch, finish: Finish) -> Progress:
        """Bring every item home, or none, and finish with that. Raises Stuck.

        Once they get their names nothing cuts in before they are recorded: no result lies there that no job knows of.
        """
        run = self._run
        files = list[Checked]()
        only_copy = False
        try:
            async with AsyncExitStack() as saving:
                for ordinal, media in enumerate(fetch.media):
                    only_copy = media.url is None
                    arrived = await self._arrive(ordinal, media)
                    if arrived is None:
                        return await whole(finish(0, ()))
                    if ordinal + 1 == len(fetch.media):
                        run.all_arrived()
                        await saving.enter_async_context(run.places.saving_turns)
                    file = await self._check(ordinal, media, arrived, alone=len(fetch.media) == 1)
                    files.append(file)
                return await whole(self._settle(files, saving, finish))
        except DownloadError as error:
            if error.code is FailureCode.EXPIRED and error.status is not None:
                return await whole(finish(error.status, ()))
            lost = only_copy and error.code is FailureCode.BAD_MEDIA
            hint = error.hint or ('It was the only copy: retry asks for it anew.' if lost else None)
            raise Stuck(error.code, error.message, hint, lost=lost) from None

    async def _settle(self, files: list[Checked], saving: AsyncExitStack, finish: Finish) -> Progress:
        outputs = await results.settle(
            self._run.job, files, shelter=self._run.tools.shelter, inscribe=self._inscriber()
        )
        await saving.aclose()
        return await finish(200, outputs)

    async def _check(self, ordinal: int, media: Media, arrived: Path | Checked, *, alone: bool) -> Checked:
        """Tell what has arrived, and have it wait where nothing is cleared away until all the others have, if any."""
        run = self._run
        if isinstance(arrived, Checked):
            file, in_place = arrived, True
        else:
            tools, in_place = run.tools, arrived == results.partial_path(run.job, ordinal)
            file = await results.check(run.job, ordinal, arrived, inspect=tools.inspect, shelter=tools.shelter)
        if media.url is not None and not (alone and in_place):
            file = await results.set_aside(run.job, ordinal, file, shelter=run.tools.shelter)
            await self._save(ordinal, replace(media, url=None, version=None, file=str(file.path)))
        return file

    def _inscriber(self) -> Callable[[Path, Checked, int], Measured]:
        """What writes into a result how it was made, from what is known at this moment."""
        run = self._run
        assert run.progress is not None
        assert run.mapping is not None
        job, mapping, progress, inscribe, at = run.job, run.mapping, run.progress, run.tools.inscribe, run.tools.now()

        def write(path: Path, file: Checked, ordinal: int) -> Measured:
            made = Made(
                job=job,
                ordinal=ordinal,
                mapping=mapping,
                facts=progress.facts,
                handle=progress.handle,
                said=progress.said,
                media=file.facts,
                came=file.came,
                at=at,
            )
            return inscribe(path, made)

        return write

    async def _arrive(self, ordinal: int, media: Media) -> Path | Checked | None:
        """Have one item whole in a file, which is checked already where it was found at home.

        None where a fresh link has to be asked for. Raises DownloadError.
        """
        if media.url is None:
            return Path(media.file or '')
        run = self._run
        path = results.partial_path(run.job, ordinal)
        if self.may_be_home:
            home = await results.find_home(run.job, ordinal, inspect=run.tools.inspect)
            if home is not None:
                return home
            await results.take_out(run.job, ordinal, shelter=run.tools.shelter)
        version, tries, stalls, most = media.version, 0, 0, 0

        async def begin(named: str | None) -> None:
            nonlocal version
            version = named
            await self._save(ordinal, replace(media, version=named))

        while True:
            self._arrived = 0
            try:
                await download(
                    media.url,
                    path,
                    transport=run.tools.transport,
                    version=version,
                    begin=begin,
                    report=self._report,
                )
            except DownloadError as error:
                if error.code is FailureCode.EXPIRED and await results.is_whole(path, inspect=run.tools.inspect):
                    return path
                sheltered = results.sheltered_path(run.job, ordinal, run.tools.shelter)
                if error.code is FailureCode.STORAGE and path != sheltered:
                    # There may be room elsewhere. What is half there is of no use to it.
                    await results.clear_away(run.job, shelter=run.tools.shelter)
                    path, version = sheltered, None
                    continue
                gained, most = self._arrived - most, max(self._arrived, most)
                tries = 1 if gained > 0 else tries + 1
                stalls = stalls + 1 if error.code is FailureCode.TIMEOUT and gained < USEFUL else 0
                if not error.again or retry.is_stalled(stalls):
                    raise
                if error.code is FailureCode.NETWORK and tries >= retry.RENEWED_AFTER and self._may_renew():
                    return None
                wait = retry.wait_after_download(tries, cut=error.code is FailureCode.BAD_MEDIA, pause=error.pause)
                if wait is None:
                    raise
                log.info('job %s: %s Again in %.1f s', run.job.id, error.message, wait)
                await run.pause(error.message.rstrip('.'), wait)
            else:
                run.untroubled()
                return path

    async def _save(self, ordinal: int, media: Media) -> None:
        """Record what has become of one item."""
        run = self._run
        assert run.progress is not None
        assert isinstance(run.progress.step, Fetch)
        items = list(run.progress.step.media)
        items[ordinal] = media
        progress = replace(run.progress, step=Fetch(media=tuple(items)))
        await run.save_attempt(run.job, progress)
        run.progress = progress

    def _may_renew(self) -> bool:
        """Whether a fresh link can be asked for, which is done once: the host may be gone for good."""
        progress = self._run.progress
        may, self._renewed = not self._renewed and progress is not None and progress.handle is not None, True
        return may

    def _report(self, arrived: int, expected: int | None) -> None:
        self._arrived = arrived
        now = asyncio.get_running_loop().time()
        if now - self._reported < _REPORT_SECONDS and arrived != expected:
            return
        self._reported = now
        self._run.change(
            progress=JobProgress(
                stage=Stage.DOWNLOADING, fraction=min(1.0, arrived / expected) if expected else None, bytes=arrived
            )
        )
