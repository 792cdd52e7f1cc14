"""Brings home what a provider made: each item again while the policy allows, and what came in a reply at once."""

import asyncio
import logging
from typing import Final

from hfmedia_tui.domain import FailureCode, Fetch, JobProgress, Media, Output, Stage
from hfmedia_tui.engine import retry
from hfmedia_tui.engine.download import DownloadError, bring_home
from hfmedia_tui.engine.download import keep as write_down
from hfmedia_tui.engine.run import Run, Stuck

__all__ = ['Collector']

log = logging.getLogger(__name__)

_REPORT_SECONDS: Final = 0.1
"""Between two snapshots of one download."""


class Collector:
    """Collects the media of one job."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._renewed = False
        """Whether a fresh link was asked for because the first one led nowhere."""
        self._reported = 0.0

    async def keep(self, fetch: Fetch) -> tuple[Media, ...]:
        """Write what came inside a reply to files. Raises Stuck."""
        try:
            return await write_down(self._run.job, fetch.media, shelter=self._run.tools.shelter)
        except DownloadError as error:
            raise Stuck(error.code, error.message, 'It was paid for, and could not be kept.', lost=True) from None

    async def fetch(self, fetch: Fetch) -> tuple[int, tuple[Output, ...]]:
        """Bring every item home: the status to tell the machine, and the files. Raises Stuck."""
        outputs = []
        for ordinal, media in enumerate(fetch.media):
            tries = 0
            while True:
                try:
                    output = await bring_home(
                        self._run.job,
                        ordinal,
                        media,
                        transport=self._run.tools.transport,
                        inspect=self._run.tools.inspect,
                        shelter=self._run.tools.shelter,
                        report=self._report,
                    )
                except DownloadError as error:
                    tries += 1
                    wait = retry.wait_after_download(tries, again=error.again)
                    if wait is not None:
                        log.info('job %s: %s Again in %.1f s', self._run.job.id, error.message, wait)
                        await asyncio.sleep(wait)
                        continue
                    if error.code is FailureCode.EXPIRED and error.status is not None:
                        return error.status, ()
                    if error.code is FailureCode.NETWORK and not self._renewed and self._has_handle:
                        # The host may be gone for good: a fresh link may lead to another.
                        self._renewed = True
                        return 0, ()
                    lost = error.code is FailureCode.BAD_MEDIA and media.url is None
                    raise Stuck(error.code, error.message, lost=lost) from None
                outputs.append(output)
                break
        return 200, tuple(outputs)

    @property
    def _has_handle(self) -> bool:
        return self._run.progress is not None and self._run.progress.handle is not None

    def _report(self, arrived: int, expected: int | None) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._reported < _REPORT_SECONDS and arrived != expected:
            return
        self._reported = now
        self._run.change(
            progress=JobProgress(
                stage=Stage.DOWNLOADING, fraction=min(1.0, arrived / expected) if expected else None, bytes=arrived
            )
        )
