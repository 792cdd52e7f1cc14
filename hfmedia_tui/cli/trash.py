"""`hfmedia-tui trash` and `restore`: ended jobs and their files, thrown away and brought back."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import click

from hfmedia_tui.cli.exits import EXIT_FAILED
from hfmedia_tui.domain import clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.paths import find_paths
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.trash import Moved

__all__ = ['bring_back', 'empty_trash', 'throw_away']


def throw_away(names: tuple[str, ...]) -> int:
    """Move the named jobs to the trash, and return the exit code: 1 when one of them stays."""
    return asyncio.run(_move(names, lambda ledger, job_ids: ledger.trash.put(job_ids), 'is in the trash'))


def bring_back(names: tuple[str, ...]) -> int:
    """Restore the named jobs, and return the exit code: 1 when one of them stays."""
    return asyncio.run(_move(names, lambda ledger, job_ids: ledger.trash.restore(job_ids), 'is restored'))


def empty_trash(*, sure: bool) -> int:
    """Delete what lies in the trash for good, asking first where there is a terminal, and return the exit code.

    Raises UsageError where nobody can be asked.
    """
    return asyncio.run(_empty(sure=sure))


async def _move(names: tuple[str, ...], deed: Callable[[Ledger, tuple[str, ...]], Awaitable[Moved]], done: str) -> int:
    async with Ledger(find_paths().ledger) as ledger:
        job_ids, unknown = list[str](), list[str]()
        for name in names:
            try:
                job_ids.append((await ledger.find(name)).id)
            except UsageError as error:
                unknown.append(str(error))
        moved = await deed(ledger, tuple(job_ids))
    for job in moved.jobs:
        paths = '  '.join(clean(output.path, 4096) for output in job.outputs)
        click.echo(f'{job.id}  {done}  {paths}'.rstrip(), err=True)
    return _finish(moved, unknown)


async def _empty(*, sure: bool) -> int:
    async with Ledger(find_paths().ledger) as ledger:
        lying = await ledger.trash.jobs()
        if not lying:
            click.echo('The trash is empty.', err=True)
            return 0
        size = sum(output.size for job in lying for output in job.outputs) / 1e6
        what = f'{len(lying)} job{"s" if len(lying) > 1 else ""} with {size:.1f} MB'
        if not sure:
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise UsageError(f'{what} would be deleted for good.', 'Add --yes to do it.')
            click.confirm(f'Delete {what} for good? What was asked and paid stays in the ledger.', abort=True, err=True)
        moved = await ledger.trash.delete([job.id for job in lying])
    click.echo(f'{len(moved.jobs)} of {len(lying)} deleted for good.', err=True)
    return _finish(moved, [])


def _finish(moved: Moved, unknown: list[str]) -> int:
    for sentence in (*moved.remarks, *moved.refused, *unknown):
        click.echo(clean(sentence), err=True)
    return EXIT_FAILED if moved.refused or unknown else 0
