"""Drives jobs to their end in front of a terminal or a script: what generate, resume and retry share."""

import asyncio
import errno
import os
import sys
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, Final

import click

from hfmedia_tui.cli.exits import EXIT_FAILED
from hfmedia_tui.cli.report import Report, is_linear, report_for
from hfmedia_tui.cli.signals import Signals, exit_code, hearing, leave_terminal, terminals
from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState, clean
from hfmedia_tui.engine.events import Subscription
from hfmedia_tui.errors import AppError
from hfmedia_tui.paths import file_link
from hfmedia_tui.services import Services

__all__ = ['NO_TOKEN', 'drive', 'finish', 'need_token']

_MOST_SHOWN: Final = 4
"""Pictures drawn at the end of a run on a terminal."""
_SHOWN_COLUMNS: Final = 40


NO_TOKEN: Final = AppError(
    'There is no Hugging Face token.',
    'Log in with `hf auth login`, set HF_TOKEN, or try it without an account: add --sandbox.',
)


def need_token(services: Services, provider: str | None = None) -> None:
    """Raise AppError where nobody can be asked, `provider` either: no headless command uses the sandbox unasked."""
    if not services.offers.can_ask(provider):
        raise NO_TOKEN


async def drive(
    services: Services, start: Callable[[], Coroutine[Any, Any, Iterable[Job]]], *, as_json: bool
) -> tuple[tuple[Job, ...], int | None]:
    """Start jobs, tell about them until they have ended, and return them with the exit code of what cut it short.

    After Ctrl+C or SIGTERM what was not sent is cancelled, the providers are asked nothing, and what runs is left to
    `resume`; a second one ends this process at once. When the terminal goes, everything goes on without it.
    """
    services.hooks.say = _say
    subscription = services.pool.subscribe()
    ours = dict[str, Job]()
    with hearing(interrupt_twice=True) as signals, report_for(as_json=as_json) as report:
        dark = asyncio.create_task(_go_dark(signals, terminals()))
        stop = asyncio.create_task(signals.stop.wait())
        starting = asyncio.create_task(_started(start))
        await asyncio.wait({starting, stop}, return_when=asyncio.FIRST_COMPLETED)
        if signals.stop.is_set():
            services.pool.stop_starting()
            starting.cancel()
            await asyncio.wait({starting})
        ours.update((job.id, job) for job in (services.pool.jobs.values() if starting.cancelled() else await starting))
        telling = asyncio.create_task(_tell(subscription, ours, report, signals))
        idle = asyncio.create_task(services.pool.idle())
        await asyncio.wait({idle, stop}, return_when=asyncio.FIRST_COMPLETED)
        if signals.stop.is_set():
            services.pool.stop_starting()
            await services.pool.cancel_unsent()
        # Left before the telling ends, so that nothing that leaving does goes untold.
        await services.pool.leave()
        subscription.close()
        await telling
        for task in (idle, stop, dark):
            task.cancel()
    cut_short = None if signals.first is None else exit_code(signals.first)
    return tuple(services.pool.jobs[job_id] for job_id in ours), cut_short


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


async def _started(start: Callable[[], Coroutine[Any, Any, Iterable[Job]]]) -> tuple[Job, ...]:
    return tuple(await start())


async def _tell(subscription: Subscription, ours: dict[str, Job], report: Report, signals: Signals) -> None:
    seen = dict[str, Job]()
    async for job in subscription:
        if job.id in ours:
            try:
                report.show(job, seen.get(job.id))
            except OSError as error:
                if error.errno != errno.EIO:  # else the terminal is gone, and the signal that says so on its way
                    raise
                signals.hang_up()
            seen[job.id] = job


async def _go_dark(signals: Signals, ours: tuple[int, ...]) -> None:
    """Let go of the terminal when it is gone."""
    await signals.hung_up.wait()
    leave_terminal(ours)


def finish(jobs: tuple[Job, ...], *, as_json: bool, cut_short: int | None, going_on: bool = False) -> int:
    """Say how it ended, write the paths of the results last, and return the exit code.

    With `going_on` what has not ended goes on elsewhere, and is not left to anyone.
    """
    unfinished = [job for job in jobs if job.state not in FINAL_STATES]
    elsewhere = [job for job in unfinished if going_on or job.driver is Driver.OTHER]
    left = [job for job in unfinished if job not in elsewhere]
    failed = [job for job in jobs if job.state in FINAL_STATES and job.state is not JobState.SUCCEEDED]
    for job in jobs:
        if job.state in (JobState.FAILED, JobState.INTERRUPTED) and job.error is not None:
            click.echo(f'{job.id} {job.state}: {job.error.message}', err=True)
            if job.error.hint:
                click.echo(f'  {job.error.hint}', err=True)
        elif job.state in FINAL_STATES and job.note:
            click.echo(f'{job.id} {job.state}: {job.note}', err=True)
    if elsewhere:
        click.echo(f'It goes on: {", ".join(job.id for job in elsewhere)}.', err=True)
    if left:
        click.echo(f'`hfmedia-tui resume` collects {", ".join(job.id for job in left)}.', err=True)
    if not as_json:
        paths = [output.path for job in jobs for output in job.outputs]
        linear = is_linear()
        if paths and not linear and all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
            _show(paths[:_MOST_SHOWN])
        linked = not linear and sys.stdout.isatty() and os.environ.get('TERM') not in (None, 'dumb', 'linux')
        for path in paths:
            shown = clean(path, 4096)
            click.echo(f'\x1b]8;;{file_link(path)}\x1b\\{shown}\x1b]8;;\x1b\\' if linked else shown)
        sys.stdout.flush()
    if cut_short is not None:
        return cut_short
    return EXIT_FAILED if failed else 0


def _show(paths: list[str]) -> None:
    """Draw results on the terminal, as talk: beside the data, not in it."""
    from hfmedia_tui.media.printing import print_picture
    from hfmedia_tui.media.terminal import probe

    terminal = probe()
    for path in paths:
        print_picture(Path(path), terminal, sys.stderr, columns=_SHOWN_COLUMNS)
