"""`hfmedia-tui wait`: follows jobs that other processes drive, and changes nothing about them."""

import asyncio
import time
from typing import Final

import click

from hfmedia_tui.cli.driving import finish
from hfmedia_tui.cli.exits import EXIT_FAILED, EXIT_TIMED_OUT
from hfmedia_tui.cli.report import report_for
from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState
from hfmedia_tui.paths import find_paths
from hfmedia_tui.store.ledger import Ledger

__all__ = ['run_wait']

_LOOK_SECONDS: Final = 0.25
"""Between two looks at the ledger, which are cheap while nothing happens."""
_LEFT_SECONDS: Final = 3.0
"""How long a job that was left is given to be taken up, as when the interface hands it on at its end."""


def run_wait(job_ids: tuple[str, ...], *, timeout: float | None, as_json: bool) -> int:
    """Wait until the named jobs, or all that go on now, have ended, and return the exit code."""
    return asyncio.run(_wait(job_ids, seconds=timeout, as_json=as_json))


async def _wait(job_ids: tuple[str, ...], *, seconds: float | None, as_json: bool) -> int:
    async with Ledger(find_paths().ledger) as ledger:
        if job_ids:
            jobs = {job.id: job for job in [await ledger.find(name) for name in job_ids]}
        else:
            going = await ledger.jobs(states=[JobState.QUEUED, JobState.RUNNING])
            jobs = {job.id: job for job in going if job.driver is Driver.OTHER}
        in_time = await _follow(ledger, jobs, seconds=seconds, as_json=as_json)
    if not jobs:
        click.echo('No process drives a job now.', err=True)
    left = any(job.state not in FINAL_STATES for job in jobs.values())
    code = finish(tuple(jobs.values()), as_json=as_json, cut_short=None, going_on=not in_time)
    return EXIT_TIMED_OUT if not in_time else EXIT_FAILED if left else code


async def _follow(ledger: Ledger, jobs: dict[str, Job], *, seconds: float | None, as_json: bool) -> bool:
    """Keep `jobs` up to date and tell of them until each has ended or was left; False when time ran out first."""
    began = left_since = time.monotonic()
    with report_for(as_json=as_json) as report:
        for job in jobs.values():
            report.show(job, None)
        while going := [job for job in jobs.values() if job.state not in FINAL_STATES]:
            now = time.monotonic()
            if any(job.driver is not Driver.NOBODY for job in going):
                left_since = now
            if now - left_since > _LEFT_SECONDS:
                return True
            if seconds is not None and now - began > seconds:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
            for job in await ledger.news():
                if job.id in jobs and job != jobs[job.id]:
                    report.show(job, jobs[job.id])
                    jobs[job.id] = job
    return True
