"""How jobs are told: as JSON lines for scripts, live on a terminal, as plain lines elsewhere."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self

import click
import msgspec
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState, Model, Stage, clean, event_of
from hfmedia_tui.errors import UsageError
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services.told import job_object
from hfmedia_tui.settings import read_settings

__all__ = [
    'Report',
    'describe',
    'is_linear',
    'job_object',
    'model_object',
    'report_for',
    'tell_unreadable',
    'write_object',
]


def model_object(model: Model) -> dict[str, Any]:
    """A model as scripts read it."""
    return {
        'id': model.id,
        'task': model.task,
        'providers': [
            {
                'provider': mapping.provider,
                'provider_id': mapping.provider_id,
                'status': mapping.status,
                'task': mapping.task,
            }
            for mapping in model.mappings
        ],
        'likes': model.likes,
        'downloads': model.downloads,
        'gated': model.gated,
        'tags': model.tags,
    }


def write_object(value: object) -> None:
    """Write one JSON object as one line on standard output, at once."""
    import json

    # The standard library's JSON, because a seed may be larger than 64 bits; in ASCII, which any stream takes.
    sys.stdout.write(json.dumps(msgspec.to_builtins(value)) + '\n')
    sys.stdout.flush()


def tell_unreadable(job_ids: Iterable[str]) -> None:
    """Say on standard error which jobs the ledger holds and nobody can read."""
    if names := ', '.join(sorted(clean(name, 40) for name in job_ids)):
        click.echo(f'Cannot be read from the ledger: {names}. The log tells more.', err=True)


class Report(Protocol):
    """Is told every snapshot of the jobs of one run."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def show(self, job: Job, before: Job | None) -> None:
        """Tell a new snapshot; `before` is the last one."""


def is_linear() -> bool:
    """Whether everything is to be told in plain lines: as the command line says, or else the settings. Blocking."""
    context = click.get_current_context(silent=True)
    if context is not None and context.find_root().params.get('linear'):
        return True
    with suppress(UsageError):  # what is wrong with the file is told where the rooms are opened
        return read_settings(find_paths().settings).interface.linear
    return False


def report_for(*, as_json: bool) -> Report:
    """The report that fits where this program's output goes; line by line, none changes what was told. Blocking."""
    if as_json:
        return JsonReport()
    return LiveReport() if sys.stderr.isatty() and not is_linear() else PlainReport()


class JsonReport:
    """One event a line on standard output."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, job: Job, before: Job | None) -> None:
        write_object({'event': event_of(job, before).event, 'job': job_object(job)})


class PlainReport:
    """One line for each thing that happens, on standard error."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, job: Job, before: Job | None) -> None:
        if before is None or _step(before) != _step(job):
            click.echo(f'{job.id}  {describe(job)}', err=True)


def _step(job: Job) -> tuple[JobState, str | None, Stage]:
    return job.state, job.provider, job.progress.stage


class LiveReport:
    """A line for each job on standard error, kept up to date."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._live = Live(
            self, console=Console(stderr=True), refresh_per_second=8, vertical_overflow='ellipsis', transient=False
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, job: Job, before: Job | None) -> None:
        self._jobs[job.id] = job

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for job in tuple(self._jobs.values()):
            line = Text(no_wrap=True, overflow='ellipsis')
            line.append(f'{_MARKS[job.state]} ', style=_STYLES[job.state])
            line.append(f'{job.id}  ', style='dim')
            line.append(describe(job))
            yield line


_MARKS = {
    JobState.QUEUED: '·',
    JobState.RUNNING: '▸',
    JobState.SUCCEEDED: '✓',
    JobState.FAILED: '✗',
    JobState.CANCELLED: '-',
    JobState.INTERRUPTED: '!',
}
_STYLES = {
    JobState.QUEUED: 'dim',
    JobState.RUNNING: 'cyan',
    JobState.SUCCEEDED: 'green',
    JobState.FAILED: 'red',
    JobState.CANCELLED: 'dim',
    JobState.INTERRUPTED: 'yellow',
}


def describe(job: Job) -> str:
    """Where a job stands, in one line."""
    where = f' at {job.provider}' if job.provider else ''
    seconds = f'  {job.elapsed(datetime.now(UTC)):.1f} s'
    if job.driver is Driver.NOBODY:
        if job.state is JobState.QUEUED:
            return 'left waiting: resume sends it'
        return f'left {"while asking" if job.progress.stage is Stage.SUBMITTING else "running"}{where}: see resume'
    if job.state is JobState.QUEUED:
        return 'waiting'
    if job.state is JobState.SUCCEEDED:
        return f'succeeded{where}{seconds}  {clean(job.outputs[0].path) if job.outputs else ""}'
    if job.state in FINAL_STATES:
        why = job.note if job.state is JobState.CANCELLED else None
        return f'{job.state}{where}{seconds}  {why or (job.error.message if job.error else "")}'.replace('\n', ' ')
    progress = job.progress
    text = str(progress.stage) if progress.stage is Stage.SAVING else f'{progress.stage}{where}'
    if progress.stage is Stage.QUEUED and progress.queue_position is not None:
        text += f', {progress.queue_position} ahead' if progress.queue_position else ', next'
    if progress.fraction is not None:
        text += f', {progress.fraction:.0%}'
    return '  '.join(filter(None, (text + seconds, job.note, progress.log)))
