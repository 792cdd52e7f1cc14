"""How a job ends: what is recorded and told of it, which is only what is known."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Final

import msgspec

from hfmedia_tui.domain import (
    FINAL_STATES,
    Cancellation,
    Failure,
    FailureCode,
    Job,
    JobProgress,
    JobState,
    Progress,
)
from hfmedia_tui.engine.asking import send
from hfmedia_tui.engine.run import Run, Stuck
from hfmedia_tui.engine.transport import Lost, Unreached
from hfmedia_tui.providers import cancel, cancelled

__all__ = [
    'be_cancelled',
    'be_left',
    'be_mistaken',
    'cancelled_unsent',
    'fail',
    'give_way',
    'interrupt',
    'run_out_of_time',
    'succeed',
]

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

_COLLECTABLE: Final = 'It is paid for: retry collects it without a new request.'
_UNSENT: Final = 'Nothing was sent that could be billed.'
_CANCELLED_UNSENT: Final = f'Cancelled. {_UNSENT}'
_GIVEN_UP: Final = 'Given up; the provider may finish and bill it. Retry collects it.'
_CANCEL_SECONDS: Final = 5.0
"""How long a provider is given to answer that it stops."""


async def succeed(run: Run, progress: Progress) -> None:
    """Succeed, with what is true of the result and was not asked for as a note."""
    run.job = replace(run.job, facts=progress.facts, note=' '.join(_remarks(run.job, progress)) or None)
    run.end(JobState.SUCCEEDED, None)
    await run.end_attempt(200, None)
    log.info('job %s: succeeded at %s', run.job.id, progress.provider)
    run.publish(run.job)


async def fail(run: Run, failure: Failure) -> None:
    """Fail, when every provider that was asked has ended its attempt."""
    log.info('job %s: failed: %s', run.job.id, failure.message)
    run.untroubled()  # nothing is tried again
    run.end(JobState.FAILED, failure)
    await run.save_end()


async def give_way(run: Run, stuck: Stuck) -> None:
    """Fail for a reason on our side: what was accepted stays to be collected."""
    if stuck.lost:
        run.progress = None
    what = _COLLECTABLE if run.accepted else None if stuck.lost or run.submitting else _UNSENT
    hint = ' '.join(filter(None, (stuck.hint, what)))
    await fail(run, replace(run.failure(stuck.code, stuck.message, hint or None), status=stuck.status))


async def be_mistaken(run: Run) -> None:
    """Fail by a mistake of this program, which says nothing about what a provider does."""
    if run.submitting:
        await interrupt(run, f'This program made a mistake while {run.job.provider} was being asked.')
    else:
        hint = 'See `hfmedia-tui locate` for the log, which tells more.'
        await give_way(run, Stuck(FailureCode.INTERNAL, 'This program made a mistake.', hint))


async def interrupt(run: Run, message: str) -> None:
    """End with a submit that is out, and nobody knows what became of it."""
    hint = 'It is sent again only when you say so, with retry.'
    run.submitting = True
    run.untroubled()
    run.end(
        JobState.INTERRUPTED,
        run.failure(FailureCode.INTERRUPTED, f'{message} It may have been billed.', hint),
    )
    await run.save_end()


async def run_out_of_time(run: Run, seconds: float) -> None:
    """End at the deadline, `seconds` after the start, unless it has ended just so."""
    if run.job.state in FINAL_STATES:
        return
    if run.submitting:
        await interrupt(run, f'{run.job.provider} did not answer within {seconds:g} s.')
        return
    trouble = f' What stood in the way: {run.trouble}.' if run.trouble else ''
    await give_way(run, Stuck(FailureCode.TIMEOUT, f'Not finished within {seconds:g} s.{trouble}'))


async def be_left(run: Run) -> None:
    """Leave a job to be resumed, because the program ends; a submit without an answer is interrupted."""
    if run.job.state in FINAL_STATES:
        return
    if run.submitting:
        await interrupt(run, f'This program ended while {run.job.provider} was being asked.')
    elif not run.accepted:
        run.job = replace(run.job, state=JobState.QUEUED, started_at=None, progress=JobProgress(), note=None)
        await run.save_end()


async def be_cancelled(run: Run, *, reachable: bool = True) -> None:
    """End because the user says so; the note tells what that did.

    What a provider has accepted it is asked to stop, where it is `reachable` from here.
    """
    if run.job.state in FINAL_STATES:
        return
    code = FailureCode.CANCELLED
    if run.submitting:
        code = FailureCode.INTERRUPTED
        note = 'Cancelled while the provider was being asked: it may have been billed.'
    elif run.accepted and run.progress is not None:
        note = await _ask_to_stop(run, run.progress) if reachable else _GIVEN_UP
    else:
        note = _CANCELLED_UNSENT
    run.change(note=note)
    run.end(JobState.CANCELLED, run.failure(code, 'Cancelled.', note))
    await run.save_end()


def cancelled_unsent(job: Job, now: datetime, note: str = _CANCELLED_UNSENT) -> Job:
    """A job as it ends that waits and that no provider was asked for."""
    return replace(
        job,
        state=JobState.CANCELLED,
        finished_at=now,
        sent_in=None,
        note=note,
        error=Failure(code=FailureCode.CANCELLED, message='Cancelled.', hint=note, provider=job.provider),
    )


async def _ask_to_stop(run: Run, progress: Progress) -> str:
    """Ask the provider to stop, where it can be asked, and return what that did in a sentence."""
    reply = None
    if (request := cancel(progress)) is not None:
        with suppress(Unreached, Lost, Stuck, TimeoutError):
            async with asyncio.timeout(_CANCEL_SECONDS):
                reply = await send(run, progress, request)
    done = cancelled(progress, reply)
    if done is Cancellation.REMOVED:
        run.progress = None  # there is nothing to collect
    return done.sentence(progress.provider)


def _remarks(job: Job, progress: Progress) -> Iterator[str]:
    """What is true about a result and not what was asked for, in sentences."""
    if any(progress.facts.nsfw):
        yield f'{progress.provider} flagged this as not safe for work.'
    if progress.facts.seed is not None and progress.facts.seed != job.seed:
        yield f'{progress.provider} used seed {progress.facts.seed}.'
    parameters = job.order.parameters
    asked = {side: wanted for side in ('width', 'height') if (wanted := parameters.get(side)) is not None}
    for output in job.outputs:
        if any(getattr(output, side) != wanted for side, wanted in asked.items()):
            yield f'{_size(**asked)} was asked for, and {output.width}x{output.height} came.'
            return


def _size(width: int | None = None, height: int | None = None) -> str:
    """A size that was asked for, as a sentence begins with it; of which a side may have been left open."""
    if width is None or height is None:
        return f'A height of {height}' if width is None else f'A width of {width}'
    return f'{width}x{height}'
