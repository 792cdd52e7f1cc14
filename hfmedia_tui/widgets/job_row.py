"""One job in one line: what it is doing, how far it is, and how that compares with its like."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState, Stage
from hfmedia_tui.outlook import Outlook, PastRuns
from hfmedia_tui.widgets.plain import cells, duration, file_size, one_line, shortened
from hfmedia_tui.widgets.row_list import Part

__all__ = [
    'COLOURS',
    'draw_job',
    'expectation',
    'is_left',
    'is_paused',
    'is_silent',
    'standing_rank',
    'state_mark',
    'state_word',
]

COLOURS: Final = {
    '': '$foreground',
    'muted': '$foreground-muted',
    'accent': '$primary',
    'good': '$success',
    'bad': '$error',
    'odd': '$warning',
}
"""What the parts of a row wear outside a list."""
_MARKS: Final = {
    JobState.QUEUED: ('·', 'muted'),
    JobState.RUNNING: ('●', 'accent'),
    JobState.SUCCEEDED: ('✓', 'good'),
    JobState.FAILED: ('✗', 'bad'),
    JobState.CANCELLED: ('–', 'muted'),
    JobState.INTERRUPTED: ('!', 'odd'),
}
_LEFT: Final = ('○', 'muted')
_PAUSED: Final = ('‖', 'odd')
_SILENT: Final = ('◌', 'odd')
_BAR: Final = 8
"""Cells of the bar that a true fraction is drawn with."""
_SILENCE: Final = 30.0
"""Seconds without an answer that are worth a word, unless the like took longer."""
_FEW: Final = 3
"""Runs from which on something can be called usual."""
_STANDING: Final = 17
_LEAST: Final = 10
"""Cells that are left to a prompt at least."""
_REASON: Final = 40
"""Cells that are left to why a job failed at least, before anything else has a place beside it."""
_NOTHING: Final = Outlook()


def is_left(job: Job) -> bool:
    """Whether the job has not ended and no process drives it."""
    return job.driver is Driver.NOBODY and job.state not in FINAL_STATES


def is_paused(job: Job, *, line: bool) -> bool:
    """Whether the job waits for a word of the user's; `line` says whether the whole line of this process is paused.

    What a provider has accepted goes on when the line is paused.
    """
    held = job.paused or (line and job.driver is Driver.OURS and not job.attempt_stands)
    return job.state is JobState.QUEUED and held


def is_silent(outlook: Outlook) -> bool:
    """Whether a provider has not answered for longer than is to be expected."""
    patience = _SILENCE if outlook.past is None else max(_SILENCE, outlook.past.usual[1])
    return outlook.silence is not None and outlook.silence > patience


def state_mark(job: Job, outlook: Outlook = _NOTHING) -> Part:
    """Return the sign of the job's state, and the part of a row's style that it wears."""
    if is_paused(job, line=outlook.line_paused):
        return _PAUSED
    if is_left(job):
        return _LEFT
    return _SILENT if job.state is JobState.RUNNING and is_silent(outlook) else _MARKS[job.state]


def state_word(job: Job, outlook: Outlook = _NOTHING) -> str:
    """Return in one word what the job is doing: its stage while it runs, else its state."""
    if is_paused(job, line=outlook.line_paused):
        return 'paused'
    if is_left(job):
        return 'left'
    match job.state:
        case JobState.RUNNING:
            return str(job.progress.stage)
        case JobState.QUEUED:
            return str(Stage.WAITING) if job.sent_in is None else f'goes in {job.sent_in} s'
        case _:
            return str(job.state)


def standing_rank(job: Job) -> tuple[float, ...]:
    """Return what jobs are sorted by: those that run, those that wait as they go, those left, then the newest."""
    if job.state in FINAL_STATES:
        return (3, -job.sequence)
    if is_left(job):
        return (2, -job.sequence)
    if job.state is JobState.RUNNING:
        return (0, job.sequence)
    return (1, job.sequence - job.priority, job.sequence)


def expectation(past: PastRuns | None, elapsed: float) -> str:
    """Say how long the like of a job took, or how it compares once it takes longer; nothing where nothing is known."""
    if past is None:
        return ''
    low, high = past.usual
    if past.count < _FEW and (elapsed <= high or past.faster_than(elapsed) == past.count):
        return f'took {_span(low, high)} before'
    if elapsed <= high:
        return f'usually {_span(low, high)}'
    faster = past.faster_than(elapsed)
    if faster == past.count:
        return f'slower than all {faster} past runs'
    return f'slower than {100 * faster // past.count} % of past runs'


def _span(low: float, high: float) -> str:
    """Write a range of seconds in few cells: 8–14 s, 2–4 min."""
    if high < 10:
        first, last, unit = f'{low:.1f}', f'{high:.1f}', 's'
    elif high < 180:
        first, last, unit = f'{low:.0f}', f'{high:.0f}', 's'
    else:
        first, last, unit = f'{low / 60:.0f}', f'{high / 60:.0f}', 'min'
    return f'{last} {unit}' if first == last else f'{first}–{last} {unit}'


def _standing(job: Job) -> str:
    """Say how far a running job is, as far as its provider tells."""
    progress = job.progress
    if progress.fraction is not None:
        filled = round(max(0.0, min(1.0, progress.fraction)) * _BAR)
        return f'{"━" * filled}{"╌" * (_BAR - filled)} {progress.fraction:4.0%}'
    if progress.queue_position is not None:
        return 'next' if progress.queue_position == 0 else f'{progress.queue_position:,} ahead'
    if progress.bytes is not None:
        return file_size(progress.bytes)
    return ''


def _size(job: Job) -> str:
    output = next(iter(job.outputs), None)
    return f'{output.width}×{output.height}' if output and output.width and output.height else ''


def draw_job(job: Job, width: int, now: datetime, outlook: Outlook = _NOTHING) -> Iterator[Part]:
    """Yield the parts of a job's line, `width` cells in all."""
    mark, part = state_mark(job, outlook)
    yield f'{mark} ', part
    yield cells(state_word(job, outlook), 12), part if part in ('bad', 'odd') else ''
    width -= 14
    running = job.state is JobState.RUNNING and not is_left(job)
    elapsed = job.elapsed(now)
    model = one_line(job.order.model.rpartition('/')[2])
    has_column = width >= 101
    if width >= 46:
        told = _size(job) if has_column else shortened(model, _STANDING - 2)
        yield from _how_far(job, elapsed, outlook) if running else [(cells(told, _STANDING), 'muted')]
        width -= _STANDING
    if job.state is not JobState.FAILED or width >= _REASON + 24:
        text = duration(elapsed, exact=job.finished_at is not None) if job.started_at and not is_left(job) else ''
        yield cells(text, 9, right=True) + '  ', 'muted'
        width -= 11
        if width >= 34:
            yield cells(one_line(job.provider or ''), 13), 'muted'
            width -= 13
    if has_column:
        yield cells(model, 24) + '  ', 'muted'
        width -= 26
    besides = _besides(job, elapsed, outlook) if running else ['elsewhere'] if job.driver is Driver.OTHER else []
    yield from _what(job, width, besides)


def _how_far(job: Job, elapsed: float, outlook: Outlook) -> Iterable[Part]:
    if is_silent(outlook):
        return [(cells(f'no answer {outlook.silence:.0f} s', _STANDING), 'odd')]
    if standing := _standing(job):
        return [(cells(standing, _STANDING), 'accent')]
    told = expectation(outlook.past, elapsed)
    return [(cells(told.removesuffix(' of past runs').removesuffix(' past runs'), _STANDING), 'muted')]


def _besides(job: Job, elapsed: float, outlook: Outlook) -> list[str]:
    """What else is known of a running job, the most telling first."""
    told = []
    if job.driver is Driver.OTHER:
        told.append('elsewhere')
    if len(job.attempts) > 1:
        told.append(f'attempt {len(job.attempts)}')
    if job.progress.fraction is not None and job.progress.bytes is not None:
        told.append(file_size(job.progress.bytes))
    if _standing(job) or is_silent(outlook):
        told.append(expectation(outlook.past, elapsed))
    return [words for words in told if words]


def _what(job: Job, width: int, besides: Iterable[str]) -> Iterator[Part]:
    """Yield why it failed or what stands in its way, or else what was asked for after what else is known."""
    if job.state is JobState.FAILED and job.error:
        yield cells(one_line(job.error.message), width), 'bad'
        return
    if job.state is JobState.RUNNING and job.note:
        yield cells(one_line(job.note), width), 'odd'
        return
    for words in besides:
        prefix = f'{words} · '
        if width >= len(prefix) + _LEAST:
            yield prefix, 'muted'
            width -= len(prefix)
    yield cells(one_line(job.order.prompt[:400]), width), '' if job.state is not JobState.CANCELLED else 'muted'
