"""Drives jobs to their end in front of a terminal or a script: what generate, resume and retry share."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import click

from hfmedia_tui.cli.exits import EXIT_FAILED, EXIT_INTERRUPTED
from hfmedia_tui.cli.report import Report, report_for
from hfmedia_tui.domain import FINAL_STATES, Job, JobState, clean
from hfmedia_tui.errors import AppError
from hfmedia_tui.services import Services

__all__ = ['NO_TOKEN', 'drive', 'finish', 'need_token', 'run']

_MOST_SHOWN: Final = 4
"""Pictures drawn at the end of a run on a terminal."""
_SHOWN_COLUMNS: Final = 40


NO_TOKEN: Final = AppError(
    'There is no Hugging Face token.',
    'Log in with `hf auth login`, set HF_TOKEN, or try it without an account: add --sandbox.',
)


def run(main: Coroutine[Any, Any, int]) -> int:
    """Run a command's coroutine to its exit code."""
    return asyncio.run(main)


def need_token(services: Services, provider: str | None = None) -> None:
    """Raise AppError where nothing opens the way to `provider`: no headless command uses the sandbox unasked."""
    if not services.can_ask(provider) and not services.can_ask():
        raise NO_TOKEN


async def drive(
    services: Services, start: Callable[[], Coroutine[Any, Any, Iterable[Job]]], *, as_json: bool
) -> tuple[tuple[Job, ...], bool]:
    """Start jobs, tell about them until they have ended, and return them with whether Ctrl+C cut it short.

    After Ctrl+C what was not sent is cancelled, the providers are asked nothing, and what runs is left to `resume`.
    """
    subscription = services.pool.subscribe()
    ours = dict[str, Job]()
    async with _interrupt() as interrupted:
        with report_for(as_json=as_json) as report:
            stop = asyncio.create_task(interrupted.wait())
            starting = asyncio.create_task(_started(start))
            await asyncio.wait({starting, stop}, return_when=asyncio.FIRST_COMPLETED)
            if interrupted.is_set():
                services.pool.stop_starting()
                starting.cancel()
                await asyncio.wait({starting})
            ours.update(
                (job.id, job) for job in (services.pool.jobs.values() if starting.cancelled() else await starting)
            )
            telling = asyncio.create_task(_tell(subscription, ours, report))
            idle = asyncio.create_task(services.pool.idle())
            await asyncio.wait({idle, stop}, return_when=asyncio.FIRST_COMPLETED)
            if interrupted.is_set():
                services.pool.stop_starting()
                await services.pool.cancel_unsent()
            # Left before the telling ends, so that nothing that leaving does goes untold.
            await services.pool.leave()
            subscription.close()
            await telling
            for task in (idle, stop):
                task.cancel()
    return tuple(services.pool.jobs[job_id] for job_id in ours), interrupted.is_set()


async def _started(start: Callable[[], Coroutine[Any, Any, Iterable[Job]]]) -> tuple[Job, ...]:
    return tuple(await start())


async def _tell(subscription: Any, ours: dict[str, Job], report: Report) -> None:
    seen = dict[str, Job]()
    async for job in subscription:
        if job.id in ours:
            report.show(job, seen.get(job.id))
            seen[job.id] = job


@asynccontextmanager
async def _interrupt() -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl+C sets, where the system lets a loop hear of it."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt there
        loop.add_signal_handler(signal.SIGINT, event.set)
    try:
        yield event
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)


def finish(jobs: tuple[Job, ...], *, as_json: bool, interrupted: bool) -> int:
    """Say how it ended, write the paths of the results last, and return the exit code."""
    left = [job for job in jobs if job.state not in FINAL_STATES]
    failed = [job for job in jobs if job.state in FINAL_STATES and job.state is not JobState.SUCCEEDED]
    for job in jobs:
        if job.state in (JobState.FAILED, JobState.INTERRUPTED) and job.error is not None:
            click.echo(f'{job.id} {job.state}: {job.error.message}', err=True)
            if job.error.hint:
                click.echo(f'  {job.error.hint}', err=True)
        elif job.state in FINAL_STATES and job.note:
            click.echo(f'{job.id} {job.state}: {job.note}', err=True)
    if left:
        click.echo(f'`hfmedia-tui resume` collects {", ".join(job.id for job in left)}.', err=True)
    if not as_json:
        paths = [output.path for job in jobs for output in job.outputs]
        if paths and all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
            _show(paths[:_MOST_SHOWN])
        for path in paths:
            click.echo(clean(path, 4096))
        sys.stdout.flush()
    if interrupted:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if failed else 0


def _show(paths: list[str]) -> None:
    """Draw results on the terminal, as talk: beside the data, not in it."""
    from hfmedia_tui.media.printing import print_picture
    from hfmedia_tui.media.terminal import probe

    terminal = probe()
    for path in paths:
        print_picture(Path(path), terminal, sys.stderr, columns=_SHOWN_COLUMNS)
