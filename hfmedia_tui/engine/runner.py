"""Drives one job from where the ledger says it stands to its end.

Rules
- A progress is saved before its step is performed. A submit that is saved is in flight: while it is held back, after a
  refusal or without a connection, no progress is saved for the attempt.
- A submit is sent once. When its answer does not come, the job is interrupted, and only the user sends it again.
- What the provider has accepted is never given up: a job that fails on our side keeps its progress to be collected.
- Whatever ends, an attempt that no provider accepted ends with it, so that a retry begins a new one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Final, assert_never

import msgspec

from hfmedia_tui.domain import (
    FINAL_STATES,
    Attempt,
    AttemptRecord,
    Cancellation,
    Done,
    Failed,
    Failure,
    FailureCode,
    Fetch,
    Job,
    JobProgress,
    JobState,
    Media,
    Output,
    Prediction,
    Progress,
    ProviderMapping,
    Reply,
    Request,
    Send,
    SendKind,
    Stage,
    Task,
    Wait,
)
from hfmedia_tui.engine import retry
from hfmedia_tui.engine.download import DownloadError, bring_home, find_kept, keep, prepare
from hfmedia_tui.engine.tools import Tools
from hfmedia_tui.engine.transport import Lost, Unreached
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.errors import StoreError
from hfmedia_tui.providers import cancel, cancelled

__all__ = ['DEADLINES', 'Runner', 'first_provider']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

DEADLINES: Final = {Task.TEXT_TO_IMAGE: 600.0, Task.TEXT_TO_VIDEO: 3600.0}
"""Seconds that a job may take as a whole where the order does not say."""
_COLLECTABLE: Final = 'It is paid for: retry collects it without a new request.'
_UNSENT: Final = 'Nothing was sent that could be billed.'
_SAVING_SECONDS: Final = 30.0
"""How long the ledger is tried for what a provider has just accepted."""
_LARGE_BODY: Final = 64 * 1024
"""Bytes from which on a reply is decoded in a thread, so that nothing stutters."""
_SAVING_STEP: Final = 2.0
_CANCEL_SECONDS: Final = 5.0
"""How long a provider is given to answer that it stops."""
_REPORT_SECONDS: Final = 0.1
"""Between two snapshots of one download."""


class Ambiguous(Exception):  # noqa: N818 - what is known
    """A submit was sent and its answer did not come."""


class Stuck(Exception):  # noqa: N818 - what is known
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
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        """What to do, where there is more to say than whether it can be collected."""
        self.lost = lost
        """Whether what the provider gave cannot be had again."""


class Runner:
    """One job on its way. `run` never raises; how it ended is in `job`."""

    def __init__(
        self,
        job: Job,
        tools: Tools,
        publish: Callable[[Job], None],
        take_place: Callable[[str], Awaitable[None]],
    ) -> None:
        self.job = job
        self.left = False
        """Set before the task is cancelled: the job is left to be resumed, where cancelling would give it up."""
        self.unsaved = False
        """Whether the ledger could not be told how it ended."""
        self._tools = tools
        self._publish = publish
        self._take_place = take_place
        self._ordinal: int | None = None
        self._mapping: ProviderMapping | None = None
        """The attempt that is under way, and whom it asks."""
        self._progress: Progress | None = None
        """Where it stands, as saved."""
        self._submitting = False
        """Whether a submit may be on its way, unanswered."""
        self._renewed = False
        """Whether a fresh link was asked for because the first one led nowhere."""
        self._reported = 0.0

    async def run(self) -> None:
        """Drive the job until it ends, is cancelled or is left."""
        try:
            try:
                await self._run()
            except StoreError:
                raise
            except Exception:
                log.exception('job %s: a mistake of this program', self.job.id)
                await whole(self._mistaken())
        except StoreError as error:
            log.error('job %s: %s', self.job.id, error.message)
            self.unsaved = True
            self._end(JobState.FAILED, self._failure(FailureCode.STORAGE, error.message, error.hint))
            self._publish(self.job)

    async def _run(self) -> None:
        order = self.job.order
        seconds = order.timeout if order.timeout is not None else DEADLINES[order.task]
        try:
            async with asyncio.timeout(seconds) as deadline:
                await self._drive()
        except TimeoutError:
            if not deadline.expired():
                raise
            await whole(self._out_of_time(seconds))
        except Ambiguous as error:
            await whole(self._interrupt(f'{self.job.provider} was asked, and what became of it is unknown: {error}.'))
        except Stuck as stuck:
            await whole(self._give_way(stuck))
        except asyncio.CancelledError:
            await whole(self._stopped())

    # ------------------------------------------------------------------------------------------ providers in turn

    async def _drive(self) -> None:
        order = self.job.order
        records = await whole(self._remember())
        self._change(
            state=JobState.RUNNING, provider=first_provider(self.job), started_at=self._tools.now(), finished_at=None
        )
        if self._submitting:
            raise Ambiguous('this program ended before the answer came')
        turns: list[tuple[int, ProviderMapping, Progress | None]] = []
        behind = 0
        if records and not records[-1].finished:
            last = records[-1]
            turns.append((last.ordinal, last.mapping, self._progress))
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
        await whole(self._fail(_summary(refusals) if refusals else _no_provider(self.job)))

    async def _remember(self) -> tuple[AttemptRecord, ...]:
        """Read the attempts that were made. Whatever ends the job from here on knows what was asked and accepted."""
        try:
            records = await self._tools.ledger.attempts(self.job.id)
        except StoreError as error:
            raise Stuck(FailureCode.STORAGE, error.message, error.hint, lost=True) from None
        if records and not records[-1].finished:
            last = records[-1]
            self._ordinal, self._mapping, self._progress = last.ordinal, last.mapping, last.progress
            if last.progress is not None and _is_submit(last.progress):
                await self._find_answer(last.progress)
        return records

    async def _find_answer(self, progress: Progress) -> None:
        """Go on from an answer that was written to files before the program ended, though never recorded."""
        kept = tuple[Media, ...]()
        with suppress(DownloadError):
            kept = await find_kept(self.job, inspect=self._tools.inspect, shelter=self._tools.shelter)
        self._submitting = not kept
        if kept:
            self._progress = replace(progress, step=Fetch(media=kept), stage=Stage.DOWNLOADING, accepted=True)

    async def _attempt(self, ordinal: int, mapping: ProviderMapping, progress: Progress | None) -> Failure | None:
        """Ask one provider, or go on with `progress`; None when the job succeeded, else why the provider could not."""
        await self._take_place(mapping.provider)
        self._ordinal, self._mapping, self._progress = ordinal, mapping, progress
        if progress is None:
            progress = self._tools.machines[mapping.provider].begin(self._prediction(mapping))
        attempts = self.job.attempts[:ordinal]
        self._change(
            provider=mapping.provider,
            attempts=(*attempts, Attempt(provider=mapping.provider)),
            progress=_shown(progress),
        )
        await self._save_attempt(self.job, self._progress)
        return await self._predict(mapping.provider, progress)

    def _may_go_on(self, failure: Failure) -> bool:
        """Whether the next provider may be asked: never when this one has accepted."""
        accepted = self._progress is not None and self._progress.accepted
        unsent = failure.status is None and failure.code is FailureCode.NOT_SUPPORTED
        return self.job.order.fallback and not accepted and (unsent or retry.may_go_on(failure.status))

    def _prediction(self, mapping: ProviderMapping) -> Prediction:
        order = self.job.order
        return Prediction(
            task=order.task,
            model=order.model,
            mapping=mapping,
            prompt=order.prompt,
            seed=self.job.seed,
            parameters=order.parameters,
            extra=order.extra,
            access=self._tools.transport.access(self._tools.machines[mapping.provider].DOORS),
        )

    # ------------------------------------------------------------------------------------------ one prediction

    async def _predict(self, provider: str, progress: Progress) -> Failure | None:
        """Drive one prediction; None when the job succeeded, else why the provider could not."""
        if not _is_submit(progress):
            progress = await self._record(progress)
        while True:
            match progress.step:
                case Send(kind=SendKind.SUBMIT) as send:
                    progress = await self._submit(provider, progress, send)
                case Send() as send:
                    progress = await self._absorb(progress, await self._ask(progress, send))
                case Wait(seconds=seconds):
                    await asyncio.sleep(seconds * self._tools.patience)
                    advanced = self._tools.machines[progress.provider].advance(progress, None)
                    # A submit is recorded where it is sent: until then nothing is in flight.
                    progress = advanced if _is_submit(advanced) else await self._record(advanced)
                case Fetch() as fetch:
                    status, outputs = await self._fetch(fetch)
                    self.job = replace(self.job, outputs=outputs)
                    progress = await whole(self._absorb(progress, Reply(status=status)))
                case Done():
                    await whole(self._succeed(progress))
                    return None
                case Failed(failure=failure, collectable=True):
                    raise Stuck(failure.code, failure.message, failure.hint, status=failure.status)
                case Failed(failure=failure):
                    await whole(self._end_attempt(failure.status, failure.message))
                    log.info('job %s: %s could not: %s', self.job.id, provider, failure.message)
                    return failure
                case _:
                    assert_never(progress.step)

    async def _absorb(self, progress: Progress, reply: Reply) -> Progress:
        """Let the provider's machine read a reply, and record where that leads. Not to be cancelled half-way."""
        advance = self._tools.machines[progress.provider].advance
        if len(reply.body) > _LARGE_BODY:
            return await self._record(await asyncio.to_thread(advance, progress, reply))
        return await self._record(advance(progress, reply))

    async def _record(self, progress: Progress) -> Progress:
        """Save a progress before its step is performed; what came inside the reply is saved as files first."""
        saved = progress
        if isinstance(progress.step, Fetch):
            media = await self._keep(progress.step)
            saved = progress = replace(progress, step=Fetch(media=media), stage=Stage.DOWNLOADING)
        elif isinstance(progress.step, Failed) and progress.step.collectable:
            # A question was refused, and the prediction goes on: asked again, it is where it was.
            saved = replace(progress, step=Wait(seconds=0))
        if not isinstance(saved.step, Done | Failed):
            # First on disk, then told: what anyone has seen is never forgotten.
            changed = replace(self.job, progress=_shown(saved))
            await self._save_attempt(changed, saved)
            self._change(progress=changed.progress)
        self._progress = saved
        self._submitting = _is_submit(saved)
        return progress

    async def _save_attempt(self, job: Job, progress: Progress | None) -> None:
        """Save where the attempt stands; what a provider has just accepted is tried for a while on a failing disk."""
        assert self._ordinal is not None
        assert self._mapping is not None
        tries = 0
        while True:
            try:
                await self._tools.ledger.save_attempt(job, self._ordinal, self._mapping, progress)
                if tries:
                    self._change(note=None)
                return
            except StoreError as error:
                tries += 1
                if progress is None or not progress.accepted or tries * _SAVING_STEP > _SAVING_SECONDS:
                    if progress is not None and progress.accepted:
                        log.error('job %s: accepted by %s as %s', job.id, progress.provider, progress.handle)
                        message = f'{progress.provider} accepted it as {progress.handle}, and it may be billed.'
                        raise StoreError(f'{error.message} {message}', error.hint) from None
                    raise
                self._change(note=f'Waiting for the ledger: {error.message}')
                await asyncio.sleep(_SAVING_STEP)

    # ------------------------------------------------------------------------------------------ asking

    async def _submit(self, provider: str, progress: Progress, send: Send) -> Progress:
        """Send a submit once it can be answered for, again only after it was surely turned away.

        Raises Ambiguous when its answer did not come, and Stuck when nothing can be sent.
        """
        try:
            await prepare(self.job)
        except DownloadError as error:
            raise Stuck(error.code, error.message, 'Choose another folder with --output.') from None
        tries = 0
        while True:
            tries += 1
            await self._record(progress)
            try:
                reply = await self._send(progress, send.request)
            except Unreached as error:
                trouble = f'{provider} could not be reached: {error}'
                wait = retry.wait_after_trouble(send.kind, status=None, reached=False, tries=tries)
                if wait is None:
                    self._submitting = False
                    raise Stuck(FailureCode.NETWORK, f'{trouble}.', 'Check the connection, then retry.') from None
            except Lost as error:
                raise Ambiguous(str(error)) from None
            else:
                advanced = await whole(self._absorb(progress, reply))
                if advanced.accepted or not isinstance(advanced.step, Failed):
                    return advanced
                failure = advanced.step.failure
                if retry.is_ambiguous(reply.status, garbled=failure.code is FailureCode.BAD_REPLY):
                    self._submitting = True
                    raise Ambiguous(failure.message.rstrip('.'))
                trouble = f'{provider} is busy ({reply.status})'
                wait = retry.wait_after_refusal(reply.status, tries, _retry_after(reply))
                if wait is None:
                    return advanced
            log.info('job %s: %s, again in %.1f s', self.job.id, trouble, wait)
            self._submitting = False
            held = replace(self.job, note=f'{trouble}: asked again in {wait:.0f} s')
            await self._save_attempt(held, None)
            self._progress = None
            self._change(note=held.note)
            await asyncio.sleep(wait)
            self._change(note=None)

    async def _ask(self, progress: Progress, send: Send) -> Reply:
        """Ask how it stands, until there is an answer that the machine should see."""
        tries = 0
        while True:
            tries += 1
            try:
                reply = await self._send(progress, send.request)
            except (Unreached, Lost) as error:
                trouble = str(error)
                wait = retry.wait_after_trouble(
                    send.kind, status=None, reached=not isinstance(error, Unreached), tries=tries
                )
                assert wait is not None, 'questions are repeated until the deadline'
            else:
                trouble = str(reply.status)
                wait = retry.wait_after_trouble(
                    send.kind, status=reply.status, reached=True, tries=tries, retry_after=_retry_after(reply)
                )
                if wait is None:
                    return reply
            log.info('job %s: %s: %s, again in %.1f s', self.job.id, progress.provider, trouble, wait)
            await asyncio.sleep(wait)

    async def _send(self, progress: Progress, request: Request) -> Reply:
        """Send a request by the way that the prediction was submitted. Raises Unreached, Lost and Stuck."""
        doors = self._tools.machines[progress.provider].DOORS
        transport = self._tools.transport
        if progress.access not in doors or not transport.opens(progress.access, doors):
            self._submitting = False
            names = ' or '.join(doors[progress.access].variables if progress.access in doors else ())
            raise Stuck(
                FailureCode.UNAUTHORIZED,
                f'There is no key for {progress.provider}.' if names else 'There is no Hugging Face token.',
                f'Set {names}.' if names else 'Run `hf auth login`, or set HF_TOKEN.',
            )
        return await transport.send(
            doors[progress.access], request, access=progress.access, bill_to=self.job.order.bill_to
        )

    # ------------------------------------------------------------------------------------------ media

    async def _keep(self, fetch: Fetch) -> tuple[Media, ...]:
        try:
            return await keep(self.job, fetch.media, shelter=self._tools.shelter)
        except DownloadError as error:
            raise Stuck(error.code, error.message, 'It was paid for, and could not be kept.', lost=True) from None

    async def _fetch(self, fetch: Fetch) -> tuple[int, tuple[Output, ...]]:
        """Bring every item home: the status to tell the machine, and the files. Raises Stuck."""
        outputs = []
        for ordinal, media in enumerate(fetch.media):
            tries = 0
            while True:
                try:
                    output = await bring_home(
                        self.job,
                        ordinal,
                        media,
                        transport=self._tools.transport,
                        inspect=self._tools.inspect,
                        shelter=self._tools.shelter,
                        report=self._report_bytes,
                    )
                except DownloadError as error:
                    tries += 1
                    wait = retry.wait_after_download(tries, again=error.again)
                    if wait is not None:
                        log.info('job %s: %s Again in %.1f s', self.job.id, error.message, wait)
                        await asyncio.sleep(wait)
                        continue
                    if error.code is FailureCode.EXPIRED and error.status is not None:
                        return error.status, ()
                    if error.code is FailureCode.NETWORK and not self._renewed and self._has_handle:
                        # The host may be gone for good: a fresh link may lead to another.
                        self._renewed = True
                        return 0, ()
                    lost = error.code is FailureCode.BAD_MEDIA and media.url is None
                    raise Stuck(error.code, error.message, lost=lost) from None
                outputs.append(output)
                break
        return 200, tuple(outputs)

    @property
    def _has_handle(self) -> bool:
        return self._progress is not None and self._progress.handle is not None

    def _report_bytes(self, arrived: int, expected: int | None) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._reported < _REPORT_SECONDS and arrived != expected:
            return
        self._reported = now
        self._change(
            progress=JobProgress(
                stage=Stage.DOWNLOADING, fraction=min(1.0, arrived / expected) if expected else None, bytes=arrived
            )
        )

    # ------------------------------------------------------------------------------------------ endings

    async def _succeed(self, progress: Progress) -> None:
        self.job = replace(self.job, facts=progress.facts, note=' '.join(_remarks(self.job, progress)) or None)
        self._end(JobState.SUCCEEDED, None)
        await self._end_attempt(200, None)
        log.info('job %s: succeeded at %s', self.job.id, progress.provider)
        self._publish(self.job)

    async def _fail(self, failure: Failure) -> None:
        """Fail, when every provider that was asked has ended its attempt."""
        log.info('job %s: failed: %s', self.job.id, failure.message)
        self._end(JobState.FAILED, failure)
        await self._save_end()

    async def _give_way(self, stuck: Stuck) -> None:
        """Fail for a reason on our side: what was accepted stays to be collected."""
        if stuck.lost:
            self._progress = None
        what = _COLLECTABLE if self._accepted else None if stuck.lost or self._submitting else _UNSENT
        hint = ' '.join(filter(None, (stuck.hint, what)))
        await self._fail(replace(self._failure(stuck.code, stuck.message, hint or None), status=stuck.status))

    async def _mistaken(self) -> None:
        """Fail by a mistake of this program, which says nothing about what a provider does."""
        if self._submitting:
            await self._interrupt(f'This program made a mistake while {self.job.provider} was being asked.')
        else:
            hint = 'See `hfmedia-tui locate` for the log, which tells more.'
            await self._give_way(Stuck(FailureCode.INTERNAL, 'This program made a mistake.', hint))

    async def _interrupt(self, message: str) -> None:
        """A submit is out, and nobody knows what became of it."""
        hint = 'It is sent again only when you say so, with retry.'
        self._submitting = True
        self._end(
            JobState.INTERRUPTED,
            self._failure(FailureCode.INTERRUPTED, f'{message} It may have been billed.', hint),
        )
        await self._save_end()

    async def _out_of_time(self, seconds: float) -> None:
        if self.job.state in FINAL_STATES:
            return
        if self._submitting:
            await self._interrupt(f'{self.job.provider} did not answer within {seconds:g} s.')
            return
        await self._give_way(Stuck(FailureCode.TIMEOUT, f'Not finished within {seconds:g} s.'))

    async def _stopped(self) -> None:
        """The task was cancelled: by the user, or because the program ends."""
        if self.job.state in FINAL_STATES:
            return
        if self.left:
            if self._submitting:
                await self._interrupt(f'This program ended while {self.job.provider} was being asked.')
            elif not self._accepted:
                self.job = replace(self.job, state=JobState.QUEUED, started_at=None, progress=JobProgress(), note=None)
                await self._save_end()
            return
        if self._submitting:
            note = 'Cancelled while the provider was being asked: it may have been billed.'
        elif self._accepted and self._progress is not None:
            note = await self._ask_to_stop(self._progress)
        else:
            note = f'Cancelled. {_UNSENT}'
        self._change(note=note)
        self._end(JobState.CANCELLED, self._failure(FailureCode.CANCELLED, 'Cancelled.', note))
        await self._save_end()

    async def _ask_to_stop(self, progress: Progress) -> str:
        """Ask the provider to stop, where it can be asked, and return what that did in a sentence."""
        reply = None
        if (request := cancel(progress)) is not None:
            with suppress(Unreached, Lost, Stuck, TimeoutError):
                async with asyncio.timeout(_CANCEL_SECONDS):
                    reply = await self._send(progress, request)
        done = cancelled(progress, reply)
        if done is Cancellation.REMOVED:
            self._progress = None  # there is nothing to collect
        return done.sentence(progress.provider)

    async def _save_end(self) -> None:
        """Save how it ended; an attempt that no provider accepted ends with it."""
        if not self._accepted and self._ordinal is not None and self.job.attempts[-1:] == (self._open_attempt,):
            await self._end_attempt(None, self.job.error.message if self.job.error else 'Not sent.')
        await self._tools.ledger.save(self.job, collectable=self._accepted)
        self._publish(self.job)

    @property
    def _accepted(self) -> bool:
        """Whether a provider took the prediction on, and it did not fail there."""
        return (
            self._progress is not None
            and self._progress.accepted
            and not isinstance(self._progress.step, Failed)
            and self.job.attempts[-1:] == (self._open_attempt,)
        )

    @property
    def _open_attempt(self) -> Attempt | None:
        """What the attempt under way looks like."""
        return None if self._mapping is None else Attempt(provider=self._mapping.provider)

    async def _end_attempt(self, status: int | None, error: str | None) -> None:
        """End the attempt under way: there is nothing to go on with."""
        assert self._ordinal is not None
        ended = Attempt(provider=self.job.attempts[-1].provider, status=status, error=error)
        self.job = replace(self.job, attempts=(*self.job.attempts[:-1], ended))
        await self._tools.ledger.end_attempt(self.job, self._ordinal, ended)

    def _failure(self, code: FailureCode, message: str, hint: str | None) -> Failure:
        return Failure(code=code, message=message, hint=hint, provider=self.job.provider)

    # ------------------------------------------------------------------------------------------ snapshots

    def _change(self, **fields: object) -> None:
        changed = replace(self.job, **fields)
        if changed != self.job:
            self.job = changed
            self._publish(changed)

    def _end(self, state: JobState, failure: Failure | None) -> None:
        self.job = replace(
            self.job,
            state=state,
            error=failure,
            finished_at=self._tools.now(),
            progress=replace(self.job.progress, queue_position=None),
        )


def first_provider(job: Job) -> str | None:
    """The provider that a job asks next: where it is, or the first of its mappings."""
    if job.provider is not None and job.attempts and job.attempts[-1].error is None:
        return job.provider
    return job.order.mappings[0].provider if job.order.mappings else None


def _remarks(job: Job, progress: Progress) -> Iterator[str]:
    """What is true about a result and not what was asked for, in sentences."""
    if any(progress.facts.nsfw):
        yield f'{progress.provider} flagged this as not safe for work.'
    asked = job.order.parameters.get('width'), job.order.parameters.get('height')
    for output in job.outputs:
        came = output.width, output.height
        if any(wanted is not None and wanted != side for wanted, side in zip(asked, came, strict=True)):
            width, height = (wanted or 'any' for wanted in asked)
            yield f'{width}x{height} was asked for, and {came[0]}x{came[1]} came.'
            return


def _is_submit(progress: Progress | None) -> bool:
    return progress is not None and isinstance(progress.step, Send) and progress.step.kind is SendKind.SUBMIT


def _shown(progress: Progress) -> JobProgress:
    return JobProgress(stage=progress.stage, queue_position=progress.queue_position, fraction=progress.fraction)


def _retry_after(reply: Reply) -> float | None:
    """Seconds that the answer asks to wait, where it tells a number."""
    try:
        return float(reply.headers.get('retry-after', ''))
    except ValueError:
        return None


def _no_provider(job: Job) -> Failure:
    order = job.order
    others = ', '.join(order.passed_over)
    return Failure(
        code=FailureCode.NO_PROVIDER,
        message=f'{order.model} is served only by providers that this program does not speak yet: {others}.'
        if others
        else f'No provider serves {order.model} for {order.task} now.',
        hint='Choose another model: see `hfmedia-tui models`.',
    )


def _summary(refusals: list[Failure]) -> Failure:
    """The last refusal, with every reason told when there was more than one."""
    last = refusals[-1]
    if len(refusals) == 1:
        return last
    providers = dict[str, list[str]]()
    for failure in refusals:
        named = f'{failure.provider} ({failure.status})' if failure.status else str(failure.provider)
        providers.setdefault(failure.message, []).append(named)
    reasons = '; '.join(f'{", ".join(names)}: {message}' for message, names in providers.items())
    return replace(last, message=f'Every provider refused. {reasons}')
