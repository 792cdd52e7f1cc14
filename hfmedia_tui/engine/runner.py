"""Drives one job from where the ledger says it stands to its end: its providers in turn, within its deadline."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from hfmedia_tui.domain import (
    FINAL_STATES,
    Attempt,
    AttemptRecord,
    Failure,
    FailureCode,
    Fetch,
    Job,
    JobState,
    Media,
    Progress,
    ProviderMapping,
    Stage,
    Task,
    clean,
)
from hfmedia_tui.engine import endings, retry
from hfmedia_tui.engine.beginning import begin
from hfmedia_tui.engine.places import Places
from hfmedia_tui.engine.prediction import predict
from hfmedia_tui.engine.results import clear_away, find_kept, put_away
from hfmedia_tui.engine.run import Ambiguous, Run, Stuck, is_submit, shown
from hfmedia_tui.engine.tools import Tools
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.engine.writing import DownloadError
from hfmedia_tui.errors import StoreError, TakenOver, UsageError

__all__ = ['DEADLINES', 'Runner']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

DEADLINES: Final = {Task.TEXT_TO_IMAGE: 600.0, Task.TEXT_TO_VIDEO: 3600.0}
"""Seconds that a job may take as a whole where the order does not say."""


class Runner:
    """One job on its way. `run` never raises; how it ended is in `job`."""

    def __init__(self, job: Job, tools: Tools, publish: Callable[[Job], None], places: Places) -> None:
        self.left = False
        """Set before the task is cancelled: the job is left to be resumed, where cancelling would give it up."""
        self.unsaved = False
        """Whether the ledger could not be told how it ended."""
        self._run = Run(job, tools, publish, places)

    @property
    def job(self) -> Job:
        return self._run.job

    @property
    def accepted(self) -> bool:
        """Whether a provider has taken it on: it can be left and collected."""
        return self._run.accepted

    @property
    def submitting(self) -> bool:
        """Whether a provider is being asked, and what it answers decides whether this is billed."""
        return self._run.submitting

    @property
    def silence(self) -> float | None:
        """Seconds for which its provider has not answered; None while it is not being asked."""
        return self._run.silence

    async def run(self) -> None:
        """Drive the job until it ends, is cancelled or is left; or until another process does, whose word it takes."""
        run = self._run
        try:
            try:
                await self._drive_in_time()
            except TakenOver as error:
                log.warning('job %s: %s', run.job.id, error.message)
                run.job = await run.tools.ledger.find(run.job.id)
                run.publish(run.job)
            except StoreError:
                raise
            except Exception:
                log.exception('job %s: a mistake of this program', run.job.id)
                await whole(endings.be_mistaken(run))
        except (StoreError, UsageError) as error:
            log.error('job %s: %s', run.job.id, error.message)
            self.unsaved = True
            await clear_away(run.job, shelter=run.tools.shelter, keep=run.accepted)
            run.end(JobState.FAILED, run.failure(FailureCode.STORAGE, error.message, error.hint))
            run.publish(run.job)

    async def give_up(self, *, reachable: bool) -> None:
        """End a job that waits, as `be_cancelled` does: another process may have sent it. Raises StoreError."""
        run = self._run
        try:
            await self._remember()
        except Stuck as stuck:
            raise StoreError(stuck.message, stuck.hint) from None
        await endings.be_cancelled(run, reachable=reachable)
        await clear_away(run.job, shelter=run.tools.shelter)

    async def save_again(self) -> None:
        """Record what was accepted and could not be recorded, if there is any: then it can be gone on with."""
        run = self._run
        if run.unsaved is not None:
            assert run.ordinal is not None
            assert run.mapping is not None
            await run.tools.ledger.save_attempt(run.job, run.ordinal, run.mapping, run.unsaved)

    async def _drive_in_time(self) -> None:
        run = self._run
        order = run.job.order
        seconds = order.timeout if order.timeout is not None else DEADLINES[order.task]
        try:
            async with asyncio.timeout(seconds) as run.deadline:
                await self._drive()
        except TimeoutError:
            if run.deadline is None or not run.deadline.expired():
                raise
            await whole(endings.run_out_of_time(run, seconds))
        except Ambiguous as error:
            message = f'{run.job.provider} was asked, and what became of it is unknown: {error}.'
            await whole(endings.interrupt(run, message))
        except Stuck as stuck:
            await whole(endings.give_way(run, stuck))
        except asyncio.CancelledError:
            await whole(endings.be_left(run) if self.left else endings.be_cancelled(run))
        if run.job.state in FINAL_STATES and run.job.state is not JobState.SUCCEEDED:  # which cleared away itself
            failed = run.job.state is JobState.FAILED
            await clear_away(run.job, shelter=run.tools.shelter, keep=failed and run.accepted)

    async def _drive(self) -> None:
        run = self._run
        order = run.job.order
        records = await whole(self._remember()) if run.job.attempts else ()
        run.begin(run.job.next_provider)
        if run.submitting:
            raise Ambiguous('this program ended before the answer came')
        turns: list[tuple[int, ProviderMapping, Progress | None]] = []
        behind = 0
        if records and not records[-1].finished:
            last = records[-1]
            turns.append((last.ordinal, last.mapping, run.progress))
            behind = order.mappings.index(last.mapping) + 1 if last.mapping in order.mappings else 0
        turns += [
            (ordinal, mapping, None) for ordinal, mapping in enumerate(order.mappings[behind:], start=len(records))
        ]
        refusals = list[Failure]()
        for ordinal, mapping, progress in turns:
            failure = await self._attempt(ordinal, mapping, progress)
            if failure is None:
                return
            refusals.append(failure)
            if not self._may_go_on(failure):
                break
        await whole(self._fail(_summary(refusals) if refusals else _no_provider(run.job)))

    async def _fail(self, failure: Failure) -> None:
        """Fail for what providers said; what has come of a result that is no longer to be had is kept, and named."""
        run = self._run
        if failure.code is FailureCode.EXPIRED:
            with suppress(DownloadError):
                kept = await put_away(run.job, shelter=run.tools.shelter)
                told = ', '.join(f'{path} ({size:,} bytes)' for path, size in kept)
                if told:
                    failure = replace(failure, message=f'{failure.message} What had come is kept as {told}.')
        await endings.fail(run, failure)

    async def _remember(self) -> tuple[AttemptRecord, ...]:
        """Read the attempts that were made. Whatever ends the job from here on knows what was asked and accepted."""
        run = self._run
        try:
            records = await run.tools.ledger.attempts(run.job.id)
        except StoreError as error:
            raise Stuck(FailureCode.STORAGE, error.message, error.hint, lost=True) from None
        if records and not records[-1].finished:
            last = records[-1]
            run.ordinal, run.mapping, run.progress = last.ordinal, last.mapping, last.progress
            if last.progress is not None and is_submit(last.progress):
                await self._find_answer(last.progress)
        return records

    async def _find_answer(self, progress: Progress) -> None:
        """Go on from an answer that was written to files before the program ended, though never recorded."""
        run = self._run
        kept = tuple[Media, ...]()
        with suppress(DownloadError):
            kept = await find_kept(run.job, inspect=run.tools.inspect, shelter=run.tools.shelter)
        run.submitting = not kept
        if kept:
            run.progress = replace(progress, step=Fetch(media=kept), stage=Stage.DOWNLOADING, accepted=True)

    async def _attempt(self, ordinal: int, mapping: ProviderMapping, progress: Progress | None) -> Failure | None:
        """Ask one provider, or go on with `progress`; None when the job succeeded, else why the provider could not."""
        run = self._run
        if mapping.provider not in run.tools.machines:  # a newer version recorded it
            message = f'This version of the program does not speak {clean(mapping.provider, 40)}.'
            raise Stuck(FailureCode.NOT_SUPPORTED, message, 'Upgrade it to go on.')
        await run.places.change(run.job.id, mapping.provider)
        run.ordinal, run.mapping, run.progress = ordinal, mapping, progress
        if progress is None:
            progress = begin(run.job, mapping, run.tools)
        run.change(
            provider=mapping.provider,
            attempts=(*run.job.attempts[:ordinal], Attempt(provider=mapping.provider)),
            progress=shown(progress),
        )
        return await predict(run, progress)

    def _may_go_on(self, failure: Failure) -> bool:
        """Whether the next provider may be asked: never when this one has accepted."""
        progress = self._run.progress
        accepted = progress is not None and progress.accepted
        unsent = failure.status is None and failure.code is FailureCode.NOT_SUPPORTED
        return self.job.order.fallback and not accepted and (unsent or retry.may_go_on(failure.status))


def _no_provider(job: Job) -> Failure:
    order = job.order
    others = ', '.join(order.passed_over)
    return Failure(
        code=FailureCode.NO_PROVIDER,
        message=f'{order.model} is served only by whom this program does not speak, or has no key for: {others}.'
        if others
        else f'No provider serves {order.model} for {order.task} now.',
        hint='Choose another model: see `hfmedia-tui models`.',
    )


def _summary(refusals: list[Failure]) -> Failure:
    """The last refusal, with every reason told when there was more than one: once, where they differ by a name only."""
    last = refusals[-1]
    if len(refusals) == 1:
        return last
    alike = dict[str, tuple[list[str], str]]()
    for failure in refusals:
        provider = str(failure.provider)
        names, _ = alike.setdefault(failure.message.replace(provider, ''), ([], failure.message))
        names.append(f'{provider} ({failure.status})' if failure.status else provider)
    reasons = '; '.join(f'{", ".join(names)}: {message}' for names, message in alike.values())
    return replace(last, message=f'Every provider refused. {reasons}')
