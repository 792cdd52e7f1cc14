"""One run of a job: what is known of it, on disk first and then told.

Rules
- A progress is saved before its step is performed. A submit that is saved is in flight: while it is held back, after a
  refusal or without a connection, no progress is saved for the attempt.
- What the provider has accepted is never given up: a job that fails on our side keeps its progress to be collected.
- Whatever ends, an attempt that no provider accepted ends with it, so that a retry begins a new one.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from hfmedia_tui.domain import (
    Attempt,
    Failed,
    Failure,
    FailureCode,
    Fetch,
    Job,
    JobProgress,
    JobState,
    Progress,
    ProviderMapping,
    Send,
    SendKind,
    Stage,
)
from hfmedia_tui.engine.places import Places
from hfmedia_tui.engine.tools import Tools
from hfmedia_tui.engine.trouble import Trouble
from hfmedia_tui.errors import StoreError, TakenOver

__all__ = ['Ambiguous', 'Run', 'Stuck', 'is_submit', 'shown']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

_SAVING_SECONDS: Final = 30.0
"""How long the ledger is tried for what a provider has just accepted."""
_SAVING_STEP: Final = 2.0


class Ambiguous(Exception):  # noqa: N818 - what is known
    """A submit was sent and its answer did not come."""


class Stuck(Trouble):
    """The job cannot go on, for a reason on our side."""

    def __init__(
        self,
        code: FailureCode,
        message: str,
        hint: str | None = None,
        *,
        status: int | None = None,
        lost: bool = False,
    ) -> None:
        super().__init__(code, message, hint, status=status)
        self.lost = lost
        """Whether what the provider gave cannot be had again."""


class Run:
    """A job under way, and the attempt that is."""

    def __init__(self, job: Job, tools: Tools, publish: Callable[[Job], None], places: Places) -> None:
        self.job = job
        self.tools = tools
        self.publish = publish
        self.places = places
        self.trouble: str | None = None
        """What stands in the way at the moment, which passes or does not."""
        self.ordinal: int | None = None
        self.mapping: ProviderMapping | None = None
        """The attempt that is under way, and whom it asks."""
        self.progress: Progress | None = None
        """Where it stands, as saved."""
        self.submitting = False
        """Whether a submit may be on its way, unanswered."""
        self.deadline: asyncio.Timeout | None = None
        """When it ends whatever it waits for, while it is driven."""
        self.unsaved: Progress | None = None
        """What was accepted, and could not be recorded."""
        self._began = _steady()
        self._asked: float | None = None
        """Since when the provider has not answered."""

    @property
    def silence(self) -> float | None:
        """Seconds for which the provider has not answered; None while it is not being asked."""
        return None if self._asked is None else _steady() - self._asked

    def asks(self) -> None:
        """Take note that the provider is asked something, perhaps once more."""
        if self._asked is None:
            self._asked = _steady()

    def hears(self) -> None:
        """Take note that the provider has answered."""
        self._asked = None

    @property
    def accepted(self) -> bool:
        """Whether a provider took the prediction on, and it did not fail there."""
        return (
            self.progress is not None
            and self.progress.accepted
            and not isinstance(self.progress.step, Failed)
            and self.job.attempts[-1:] == (self.open_attempt,)
        )

    @property
    def open_attempt(self) -> Attempt | None:
        """What the attempt under way looks like."""
        return None if self.mapping is None else Attempt(provider=self.mapping.provider)

    def change(self, **fields: object) -> None:
        changed = replace(self.job, **fields)
        if changed != self.job:
            self.job = changed
            self.publish(changed)

    def end(self, state: JobState, failure: Failure | None) -> None:
        started = self.job.started_at
        self.job = replace(
            self.job,
            state=state,
            error=failure,
            facts=self.job.facts if self.progress is None else self.progress.facts,
            # A clock that is set meanwhile changes nothing about how long it took.
            finished_at=self.tools.now() if started is None else started + timedelta(seconds=_steady() - self._began),
            progress=replace(self.job.progress, queue_position=None),
        )

    def begin(self, provider: str | None) -> None:
        """Start the job's time, and tell that it runs."""
        self._began = _steady()
        self.change(state=JobState.RUNNING, provider=provider, started_at=self.tools.now(), finished_at=None)

    def all_arrived(self) -> None:
        """Take note that nobody is waited for any more: its place goes to the next one, and no time runs out."""
        self.change(progress=replace(self.job.progress, stage=Stage.SAVING))
        self.places.give_back(self.job.id)
        if self.deadline is not None:
            self.deadline.reschedule(None)

    async def pause(self, trouble: str, seconds: float) -> None:
        """Wait because of `trouble`, and say so."""
        self.trouble = trouble
        self.change(note=f'{trouble}: again in {seconds:.0f} s.')
        await asyncio.sleep(seconds * self.tools.patience)

    def untroubled(self) -> None:
        """Take note that the trouble has passed."""
        if self.trouble is not None:
            self.trouble = None
            self.change(note=None)

    def failure(self, code: FailureCode, message: str, hint: str | None) -> Failure:
        return Failure(code=code, message=message, hint=hint, provider=self.job.provider)

    async def save_attempt(self, job: Job, progress: Progress | None) -> None:
        """Save where the attempt stands; what a provider has just accepted is tried for a while on a failing disk."""
        assert self.ordinal is not None
        assert self.mapping is not None
        tries = 0
        while True:
            try:
                await self.tools.ledger.save_attempt(job, self.ordinal, self.mapping, progress)
                if tries:
                    self.change(note=None)
                return
            except TakenOver:
                if progress is not None and progress.accepted:
                    log.error('job %s: accepted by %s as %s', job.id, progress.provider, progress.handle)
                raise
            except StoreError as error:
                tries += 1
                if progress is None or not progress.accepted or tries * _SAVING_STEP > _SAVING_SECONDS:
                    if progress is not None and progress.accepted:
                        self.unsaved = progress
                        log.error('job %s: accepted by %s as %s', job.id, progress.provider, progress.handle)
                        raise StoreError(f'{error.message} {_what_is_left(progress)}', error.hint) from None
                    raise
                self.change(note=f'Waiting for the ledger: {error.message}')
                await asyncio.sleep(_SAVING_STEP * self.tools.patience)

    async def save_end(self) -> None:
        """Save how it ended; an attempt that no provider accepted ends with it."""
        if not self.accepted and self.ordinal is not None and self.job.attempts[-1:] == (self.open_attempt,):
            await self.end_attempt(None, self.job.error.message if self.job.error else 'Not sent.')
        else:
            await self.tools.ledger.save(self.job, collectable=self.accepted)
        self.publish(self.job)

    async def end_attempt(self, status: int | None, error: str | None) -> None:
        """End the attempt under way: there is nothing to go on with."""
        assert self.ordinal is not None
        assert self.mapping is not None
        ended = Attempt(provider=self.job.attempts[-1].provider, status=status, error=error)
        self.job = replace(self.job, attempts=(*self.job.attempts[:-1], ended))
        await self.tools.ledger.end_attempt(self.job, self.ordinal, self.mapping, ended)


def _steady() -> float:
    """Seconds on a clock that nobody sets; a sleep of the machine counts, where the system has such a clock."""
    return time.clock_gettime(getattr(time, 'CLOCK_BOOTTIME', time.CLOCK_MONOTONIC))


def _what_is_left(progress: Progress) -> str:
    """What a person needs to know of a prediction that the ledger could not be told of."""
    named = f' as {progress.handle}' if progress.handle else ''
    media = progress.step.media if isinstance(progress.step, Fetch) else ()
    files = ', '.join(item.file for item in media if item.file is not None)
    kept = f' What came is kept as {files}.' if files else ''
    return f'{progress.provider} accepted it{named}, and it may be billed.{kept}'


def is_submit(progress: Progress | None) -> bool:
    return progress is not None and isinstance(progress.step, Send) and progress.step.kind is SendKind.SUBMIT


def shown(progress: Progress) -> JobProgress:
    return JobProgress(
        stage=progress.stage, queue_position=progress.queue_position, fraction=progress.fraction, log=progress.log
    )
