"""`hfmedia-tui resume`, `retry`, `collect` and `cancel`: jobs of earlier runs."""

import asyncio
from collections.abc import Iterable

import click

from hfmedia_tui.cli.driving import NO_TOKEN, drive, finish, need_token
from hfmedia_tui.cli.exits import CUT_SHORT
from hfmedia_tui.cli.report import describe, job_object, tell_unreadable, write_object
from hfmedia_tui.domain import SANDBOX, Driver, Job, JobState
from hfmedia_tui.errors import OverLimit, UsageError
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import open_services
from hfmedia_tui.store.ledger import Ledger

__all__ = ['run_cancel', 'run_collect', 'run_resume', 'run_retry']


def run_resume(*, sent_only: bool, as_json: bool) -> int:
    """Drive what was left waiting and what can be collected; exit 1 only for a job that was driven here.

    With `sent_only` what waits goes on waiting, so that nothing is submitted.
    """
    return asyncio.run(_drive_earlier(None, sent_only=sent_only, as_json=as_json))


def run_retry(job_ids: tuple[str, ...], *, failed: bool, over_limit: bool, as_json: bool) -> int:
    """Drive the named jobs, or all that failed, once more."""

    async def chosen() -> int:
        async with Ledger(find_paths().ledger) as ledger:
            jobs = (
                await ledger.jobs(states=[JobState.FAILED])
                if failed
                else tuple([await ledger.find(job_id) for job_id in job_ids])
            )
        if not jobs:
            click.echo('No job has failed.', err=True)
            return 0
        return await _drive_earlier(jobs, over_limit=over_limit, as_json=as_json)

    return asyncio.run(chosen())


def run_collect(job_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Bring home the named jobs, or all that a provider was asked for; nothing is submitted.

    Of one that is home already the path is told.
    """
    if not job_ids:
        return run_resume(sent_only=True, as_json=as_json)

    async def collect() -> int:
        async with Ledger(find_paths().ledger) as ledger:
            jobs = tuple([await ledger.find(job_id) for job_id in job_ids])
        home = tuple(job for job in jobs if job.state is JobState.SUCCEEDED)
        if as_json:
            for job in home:
                write_object({'event': job.state, 'job': job_object(job)})
        code = finish(home, as_json=as_json, cut_short=None)
        sent = tuple(job for job in jobs if job not in home)
        return max(code, await _drive_earlier(sent, sent_only=True, as_json=as_json)) if sent else code

    return asyncio.run(collect())


async def _drive_earlier(
    chosen: tuple[Job, ...] | None, *, sent_only: bool = False, over_limit: bool = True, as_json: bool
) -> int:
    """Drive `chosen`, or without it whatever nobody drives: first on the sandbox, then on the real router."""
    async with Ledger(find_paths().ledger) as ledger:
        jobs = await ledger.unowned(sent_only=sent_only) if chosen is None else chosen
        tell_unreadable(ledger.unreadable)
    code = 0
    for sandbox in (True, False):
        here = tuple(job for job in jobs if (job.order.router == SANDBOX) == sandbox)
        if here:
            ended = await _drive_on(
                here,
                sandbox=sandbox,
                unowned=chosen is None,
                sent_only=sent_only,
                over_limit=over_limit,
                as_json=as_json,
            )
            if ended in CUT_SHORT:
                return ended
            code = max(code, ended)
    return code


async def _drive_on(
    jobs: tuple[Job, ...], *, sandbox: bool, unowned: bool, sent_only: bool, over_limit: bool, as_json: bool
) -> int:
    """Drive jobs of one side; `unowned` when they were not named but found. Raises OverLimit unless `over_limit`."""
    left = list[Job]()
    async with open_services(find_paths(), sandbox=sandbox) as services:
        if unowned and not services.offers.can_ask():
            # Nobody asked for these by name: they are told of, and fail nothing.
            click.echo(NO_TOKEN, err=True)
            _tell_left(jobs, as_json=as_json)
            return 0
        need_token(services)
        if not over_limit:
            await services.check_spend(services.paid_retries(jobs))

        async def start() -> Iterable[Job]:
            if unowned:
                # Asked of the ledger anew: another process may have taken some up meanwhile, and ended them.
                taken_up, others = await services.resume(sent_only=sent_only)
                left.extend(job for job in others if (job.order.router == SANDBOX) == sandbox)
                return taken_up
            taken = list[Job]()
            for job in jobs:
                try:
                    taken.append(await services.retry(job.id, job, sent_only=sent_only, over_limit=over_limit))
                except (UsageError, OverLimit) as error:
                    left.append(job)
                    click.echo(str(error), err=True)
            return taken

        driven, cut_short = await drive(services, start, as_json=as_json)
    _tell_left(left, as_json=as_json)
    ended = finish(driven, as_json=as_json, cut_short=cut_short)
    return max(ended, 1) if left and not unowned else ended


def _tell_left(jobs: Iterable[Job], *, as_json: bool) -> None:
    """Tell of jobs that were left alone."""
    for job in jobs:
        if as_json:
            write_object({'event': job.state, 'job': job_object(job)})
        else:
            click.echo(f'{job.id}  left alone: {describe(job)}', err=True)


def run_cancel(job_ids: tuple[str, ...]) -> int:
    """Cancel jobs, whichever process drives them, and return the exit code."""

    async def cancel() -> int:
        jobs, code = list[Job](), 0
        async with Ledger(find_paths().ledger) as ledger:
            for job_id in job_ids:
                try:
                    jobs.append(await ledger.find(job_id))
                except UsageError as error:
                    click.echo(str(error), err=True)
                    code = 1
        for sandbox in (True, False):
            here = [job for job in jobs if _needs_sandbox(job) == sandbox]
            if here:
                async with open_services(find_paths(), sandbox=sandbox) as services:
                    for job in here:
                        try:
                            click.echo(f'{job.id}  {await services.cancel(job)}', err=True)
                        except UsageError as error:
                            click.echo(str(error), err=True)
                            code = 1
        return code

    return asyncio.run(cancel())


def _needs_sandbox(job: Job) -> bool:
    """Whether the sandbox has to be started, to be asked to stop what nobody drives."""
    return job.order.router == SANDBOX and job.driver is Driver.NOBODY and bool(job.attempts)
