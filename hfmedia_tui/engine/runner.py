"""Drives one job from where the ledger says it stands to its end.

Rules
- A progress is saved before its step is performed.
- A submit is sent once. When its answer does not come, the job is interrupted, and only the user sends it again.
- What the provider has accepted is never given up: a job that fails on our side keeps its progress to be collected.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, TypeVar, assert_never

import msgspec

from hfmedia_tui.domain import (
    FINAL_STATES,
    Attempt,
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
    Send,
    SendKind,
    Stage,
    Task,
    Wait,
)
from hfmedia_tui.engine import retry
from hfmedia_tui.engine.download import DownloadError, bring_home, forget, keep
from hfmedia_tui.engine.tools import Tools
from hfmedia_tui.engine.transport import Lost, Unreached
from hfmedia_tui.errors import StoreError

__all__ = ['DEADLINES', 'Runner', 'first_provider']

log = logging.getLogger(__name__)

Result = TypeVar('Result')

replace = msgspec.structs.replace

DEADLINES: Final = {Task.TEXT_TO_IMAGE: 600.0, Task.TEXT_TO_VIDEO: 3600.0}
"""Seconds that a job may take as a whole where the order does not say."""
COLLECTABLE: Final = 'It is paid for: retry collects it without a new request.'
_LARGE_BODY: Final = 64 * 1024
"""Bytes from which on a reply is decoded in a thread, so that nothing stutters."""
_REPORT_SECONDS: Final = 0.1
"""Between two snapshots of one download."""


class Ambiguous(Exception):  # noqa: N818 - what is known
    """A submit was sent and its answer did not come."""


class Refused(Exception):  # noqa: N818 - what is known
    """Ours to say: the job cannot go on, though nothing is lost by it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


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
        self._tools = tools
        self._publish = publish
        self._take_place = take_place
        self._ordinal: int | None = None
        """The attempt that is under way."""
        self._progress: Progress | None = None
        self._submitting = False
        self._reported = 0.0

    async def run(self) -> None:
        """Drive the job until it ends, is cancelled or is left."""
        order = self.job.order
        seconds = order.timeout if order.timeout is not None else DEADLINES[order.task]
        try:
            try:
                async with asyncio.timeout(seconds) as deadline:
                    await self._drive()
            except TimeoutError:
                if not deadline.expired():
                    raise
                if self.job.state not in FINAL_STATES:
                    await self._out_of_time(seconds)
            except Ambiguous as error:
                await self._interrupted(f'{self.job.provider} was asked, and what became of it is unknown: {error}.')
            except Refused as error:
                await self._fail(error.failure)
            except asyncio.CancelledError:
                if self.job.state not in FINAL_STATES:
                    await self._stopped()
        except StoreError as error:
            log.error('job %s: %s', self.job.id, error.message)
            self._end(JobState.FAILED, Failure(code=FailureCode.STORAGE, message=error.message, hint=error.hint))
        except Exception:
            log.exception('job %s: a mistake of this program', self.job.id)
            failure = Failure(
                code=FailureCode.INTERNAL,
                message='This program made a mistake; the log tells more.',
                hint='See `hfmedia-tui locate` for the log.',
                provider=self.job.provider,
            )
            self._end(JobState.FAILED, failure)
            await self._save_end()

    # ------------------------------------------------------------------------------------------ providers in turn

    async def _drive(self) -> None:
        order = self.job.order
        remaining = list(order.mappings)
        records = await self._tools.ledger.attempts(self.job.id)
        refusals = list[Failure]()
        self._change(
            state=JobState.RUNNING, provider=first_provider(self.job), started_at=self._tools.now(), finished_at=None
        )
        if records and not records[-1].finished and (progress := records[-1].progress) is not None:
            record = records[-1]
            self._ordinal, self._progress = record.ordinal, progress
            if isinstance(progress.step, Send) and progress.step.kind is SendKind.SUBMIT:
                await self._interrupted(f'This program ended while {record.mapping.provider} was being asked.')
                return
            await self._take_place(record.mapping.provider)
            self._change(provider=record.mapping.provider)
            failure = await self._predict(record.ordinal, record.mapping, progress)
            if failure is None:
                return
            refusals.append(failure)
            if not self._may_go_on(failure):
                await self._fail(failure)
                return
            remaining = remaining[remaining.index(record.mapping) + 1 :] if record.mapping in remaining else []
        for ordinal, mapping in enumerate(remaining, start=len(records)):
            await self._take_place(mapping.provider)
            self._ordinal = ordinal
            progress = self._tools.machines[mapping.provider].begin(self._prediction(mapping))
            self._change(
                provider=mapping.provider,
                attempts=(*self.job.attempts, Attempt(provider=mapping.provider)),
                progress=_shown(progress),
            )
            failure = await self._predict(ordinal, mapping, progress)
            if failure is None:
                return
            refusals.append(failure)
            if not self._may_go_on(failure):
                break
        await self._fail(_summary(refusals) if refusals else _no_provider(self.job))

    def _may_go_on(self, failure: Failure) -> bool:
        """Whether the next provider may be asked: never when this one has accepted."""
        accepted = self._progress is not None and self._progress.accepted
        unsent = failure.status is None and failure.code is FailureCode.NOT_SUPPORTED
        return self.job.order.fallback and not accepted and (unsent or failure.status in retry.FALLBACK_STATUSES)

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
        )

    # ------------------------------------------------------------------------------------------ one prediction

    async def _predict(self, ordinal: int, mapping: ProviderMapping, progress: Progress) -> Failure | None:
        """Drive one prediction; None when the job succeeded, else why the provider could not."""
        refusals = 0
        progress = await self._record(ordinal, mapping, progress)
        while True:
            match progress.step:
                case Send() as send:
                    reply = await self._send(mapping.provider, send)
                    advanced = await _whole(self._absorb(ordinal, mapping, progress, reply))
                    if send.kind is SendKind.SUBMIT and isinstance(advanced.step, Failed) and not advanced.accepted:
                        refusals += 1
                        wait = retry.wait_after_refusal(reply.status, refusals, _retry_after(reply))
                        if reply.status in retry.AMBIGUOUS_STATUSES:
                            raise Ambiguous(advanced.step.failure.message)
                        if wait is not None:
                            log.info('job %s: %s answered %d', self.job.id, mapping.provider, reply.status)
                            self._change(
                                note=f'{mapping.provider} is busy ({reply.status}): asked again in {wait:.0f} s'
                            )
                            await asyncio.sleep(wait)
                            self._change(note=None)
                            continue
                    progress = advanced
                case Wait(seconds=seconds):
                    await asyncio.sleep(seconds * self._tools.patience)
                    progress = await self._absorb(ordinal, mapping, progress, None)
                case Fetch() as fetch:
                    status, outputs = await self._fetch(fetch)
                    if outputs:
                        self.job = replace(self.job, outputs=outputs)
                    progress = await _whole(self._absorb(ordinal, mapping, progress, Reply(status=status)))
                case Done():
                    await _whole(self._succeed(ordinal, mapping, progress))
                    return None
                case Failed(failure=failure, collectable=True):
                    raise Refused(replace(failure, hint=' '.join(filter(None, (failure.hint, COLLECTABLE)))))
                case Failed(failure=failure):
                    self._change(attempts=self._attempts(failure.status, failure.message))
                    await self._tools.ledger.end_attempt(self.job, ordinal, self.job.attempts[-1])
                    log.info('job %s: %s could not: %s', self.job.id, mapping.provider, failure.message)
                    return failure
                case _:
                    assert_never(progress.step)

    async def _absorb(
        self, ordinal: int, mapping: ProviderMapping, progress: Progress, reply: Reply | None
    ) -> Progress:
        """Let the provider's machine read a reply, and record where that leads. Not to be cancelled half-way."""
        return await self._record(ordinal, mapping, await self._advance(mapping.provider, progress, reply))

    async def _record(self, ordinal: int, mapping: ProviderMapping, progress: Progress) -> Progress:
        """Save a progress before its step is performed; what came inside the reply is saved as files first."""
        if isinstance(progress.step, Fetch):
            media = await self._keep(progress.step)
            progress = replace(progress, step=Fetch(media=media), stage=Stage.DOWNLOADING)
        if isinstance(progress.step, Failed) and progress.step.collectable:
            # A question was refused, and the prediction goes on: asked again, it is where it was.
            saved = replace(progress, step=Wait(seconds=0))
            await self._tools.ledger.save_attempt(self.job, ordinal, mapping, saved)
            self._progress = saved
            return progress
        self._progress = progress
        if not isinstance(progress.step, Done | Failed):
            # First on disk, then told: what anyone has seen is never forgotten.
            changed = replace(self.job, progress=_shown(progress))
            await self._tools.ledger.save_attempt(changed, ordinal, mapping, progress)
            self._change(progress=changed.progress)
        self._submitting = False
        return progress

    async def _advance(self, provider: str, progress: Progress, reply: Reply | None) -> Progress:
        advance = self._tools.machines[provider].advance
        if reply is not None and len(reply.body) > _LARGE_BODY:
            return await asyncio.to_thread(advance, progress, reply)
        return advance(progress, reply)

    async def _send(self, provider: str, send: Send) -> Reply:
        """Send until there is an answer that the machine should see. Raises Ambiguous and Refused."""
        tries = 0
        while True:
            tries += 1
            status: int | None = None
            trouble = ''
            after: float | None = None
            reply: Reply | None = None
            reached = True
            self._submitting = send.kind is SendKind.SUBMIT
            try:
                reply = await self._tools.transport.send(provider, send.request, bill_to=self.job.order.bill_to)
                status, after = reply.status, _retry_after(reply)
            except Unreached as error:
                trouble, reached = str(error), False
            except Lost as error:
                trouble = str(error)
            if not reached:
                self._submitting = False
            wait = retry.wait_after_trouble(send.kind, status=status, reached=reached, tries=tries, retry_after=after)
            if wait is None:
                if reply is not None:
                    return reply
                if reached:
                    raise Ambiguous(trouble)
                raise Refused(
                    Failure(
                        code=FailureCode.NETWORK,
                        message=f'{provider} could not be reached: {trouble}.',
                        hint='Check the connection, then retry: nothing was sent.',
                        provider=provider,
                    )
                )
            log.info('job %s: %s: %s, again in %.1f s', self.job.id, provider, trouble or status, wait)
            await asyncio.sleep(wait)

    # ------------------------------------------------------------------------------------------ media

    async def _keep(self, fetch: Fetch) -> tuple[Media, ...]:
        try:
            return await keep(self.job, fetch.media)
        except DownloadError as error:
            raise Refused(self._download_failure(error)) from None

    async def _fetch(self, fetch: Fetch) -> tuple[int, tuple[Output, ...]]:
        """Bring every item home: the status to tell the machine, and the files. Raises Refused."""
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
                        quarantine=self._tools.quarantine,
                        report=self._report_bytes,
                    )
                except DownloadError as error:
                    tries += 1
                    if media.url is not None:
                        await asyncio.to_thread(forget, self.job, ordinal)
                    wait = retry.wait_after_download(tries, again=error.again)
                    if wait is not None:
                        log.info('job %s: %s Again in %.1f s', self.job.id, error.message, wait)
                        await asyncio.sleep(wait)
                        continue
                    if error.code is FailureCode.EXPIRED and error.status is not None:
                        return error.status, ()
                    raise Refused(self._download_failure(error)) from None
                outputs.append(output)
                break
        return 200, tuple(outputs)

    def _download_failure(self, error: DownloadError) -> Failure:
        return Failure(
            code=error.code,
            message=error.message,
            hint=COLLECTABLE,
            provider=self.job.provider,
            status=error.status,
        )

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

    async def _succeed(self, ordinal: int, mapping: ProviderMapping, progress: Progress) -> None:
        flagged = any(progress.facts.nsfw)
        self.job = replace(
            self.job,
            attempts=self._attempts(200, None),
            note=f'{mapping.provider} flagged this as not safe for work.' if flagged else None,
        )
        self._end(JobState.SUCCEEDED, None, publish=False)
        await self._tools.ledger.end_attempt(self.job, ordinal, self.job.attempts[-1])
        log.info('job %s: succeeded at %s', self.job.id, mapping.provider)
        self._publish(self.job)

    async def _fail(self, failure: Failure) -> None:
        log.info('job %s: failed: %s', self.job.id, failure.message)
        self._end(JobState.FAILED, failure, publish=False)
        await self._save_end()

    async def _interrupted(self, message: str) -> None:
        self._end(
            JobState.INTERRUPTED,
            Failure(
                code=FailureCode.INTERRUPTED,
                message=f'{message} It may have been billed.',
                hint='It is sent again only when you say so, with retry.',
                provider=self.job.provider,
            ),
            publish=False,
        )
        await self._give_up_attempt('interrupted: may have been billed')
        await self._save_end()

    async def _out_of_time(self, seconds: float) -> None:
        if self._submitting:
            await self._interrupted(f'{self.job.provider} did not answer within {seconds:g} s.')
            return
        accepted = self._accepted
        await self._fail(
            Failure(
                code=FailureCode.TIMEOUT,
                message=f'Not finished within {seconds:g} s.',
                hint='It is paid for and goes on at the provider: retry or `hfmedia-tui resume` collects it.'
                if accepted
                else 'Nothing was accepted by a provider yet: retry sends it again.',
                provider=self.job.provider,
            )
        )

    async def _stopped(self) -> None:
        """The task was cancelled: by the user, or because the program ends."""
        if self.left:
            if self._submitting:
                await self._interrupted(f'This program ended while {self.job.provider} was being asked.')
            return
        if self._submitting:
            note = 'Cancelled while the provider was being asked: it may have been billed.'
        elif self._accepted:
            note = 'Stopped watching; the provider may finish and bill it. Retry collects it.'
        else:
            note = 'Cancelled before any provider accepted it.'
        self._change(note=note)
        self._end(
            JobState.CANCELLED,
            Failure(code=FailureCode.CANCELLED, message='Cancelled.', hint=note, provider=self.job.provider),
            publish=False,
        )
        if not self._accepted:
            await self._give_up_attempt('cancelled')
        await self._save_end()

    @property
    def _accepted(self) -> bool:
        """Whether a provider took the prediction on, and it did not fail there."""
        return (
            self._progress is not None
            and self._progress.accepted
            and not isinstance(self._progress.step, Failed)
            and bool(self.job.attempts)
            and self.job.attempts[-1].error is None
        )

    async def _give_up_attempt(self, why: str) -> None:
        """End the attempt under way, so that a retry begins a new one."""
        if self._ordinal is None or not self.job.attempts:
            return
        self.job = replace(self.job, attempts=self._attempts(None, why))
        await self._tools.ledger.end_attempt(self.job, self._ordinal, self.job.attempts[-1])

    async def _save_end(self) -> None:
        await self._tools.ledger.save(self.job, collectable=self._accepted)
        self._publish(self.job)

    # ------------------------------------------------------------------------------------------ snapshots

    def _attempts(self, status: int | None, error: str | None) -> tuple[Attempt, ...]:
        """The job's attempts, with the last one ended."""
        ended = Attempt(provider=self.job.attempts[-1].provider, status=status, error=error)
        return (*self.job.attempts[:-1], ended)

    def _change(self, **fields: object) -> None:
        changed = replace(self.job, **fields)
        if changed != self.job:
            self.job = changed
            self._publish(changed)

    def _end(self, state: JobState, failure: Failure | None, *, publish: bool = True) -> None:
        self.job = replace(
            self.job,
            state=state,
            error=failure,
            finished_at=self._tools.now(),
            progress=replace(self.job.progress, queue_position=None),
        )
        if publish:
            self._publish(self.job)


def first_provider(job: Job) -> str | None:
    """The provider that a job asks next: where it is, or the first of its mappings."""
    if job.provider is not None and job.attempts and job.attempts[-1].error is None:
        return job.provider
    return job.order.mappings[0].provider if job.order.mappings else None


async def _whole(coroutine: Coroutine[None, None, Result]) -> Result:
    """Await `coroutine` to its end even when this task is cancelled meanwhile; then the cancelling takes place."""
    task = asyncio.ensure_future(coroutine)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


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
