"""Drives one prediction: submits it, asks how it stands, fetches what it made, and records each progress.

A submit is sent once, and again only after it was surely turned away: an answer that does not come is ambiguous.
"""

import asyncio
import logging
import re
from functools import partial
from typing import Final, assert_never

import msgspec

from hfmedia_tui.domain import (
    Access,
    Done,
    Failed,
    Failure,
    FailureCode,
    Fetch,
    Output,
    Progress,
    Reply,
    Send,
    SendKind,
    Stage,
    Wait,
)
from hfmedia_tui.engine import retry
from hfmedia_tui.engine.asking import ask, send
from hfmedia_tui.engine.collecting import Collector
from hfmedia_tui.engine.endings import succeed
from hfmedia_tui.engine.results import prepare
from hfmedia_tui.engine.run import Ambiguous, Run, Stuck, is_submit, shown
from hfmedia_tui.engine.transport import Lost, Unreached
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.engine.writing import DownloadError
from hfmedia_tui.metadata.public import provider_words
from hfmedia_tui.pauses import asked_pause

__all__ = ['predict']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

_LARGE_BODY: Final = 64 * 1024
"""Bytes from which on JSON is decoded in a thread, so that nothing stutters."""
_JSON: Final = re.compile(rb'[ \t\n\r]*[{["0-9tfn-]')
"""How a JSON text begins (RFC 8259, 2 and 3), and no picture or film does."""


async def predict(run: Run, progress: Progress) -> Failure | None:
    """Drive the attempt under way from `progress`; None when the job succeeded, else why the provider could not.

    Raises Ambiguous and Stuck, which end the job.
    """
    return await _Driver(run).drive(progress)


class _Driver:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._collector = Collector(run)

    async def drive(self, progress: Progress) -> Failure | None:
        run = self._run
        advance = run.tools.machines[progress.provider].advance
        self._collector.may_be_home = isinstance(progress.step, Fetch)
        if not is_submit(progress):
            progress = await self._record(progress)
        while True:
            match progress.step:
                case Send(kind=SendKind.SUBMIT) as submit:
                    progress = await self._submit(progress, submit)
                case Send() as question:
                    progress = await self._absorb(progress, await ask(run, progress, question))
                case Wait(seconds=seconds):
                    await asyncio.sleep(seconds * run.tools.patience)
                    advanced = advance(progress, None)
                    # A submit is recorded where it is sent: until then nothing is in flight.
                    progress = advanced if is_submit(advanced) else await self._record(advanced)
                case Fetch() as fetch:
                    progress = await self._collector.fetch(fetch, partial(self._take_home, progress))
                case Done():
                    return None
                case Failed(failure=failure, collectable=True):
                    raise Stuck(failure.code, failure.message, failure.hint, status=failure.status)
                case Failed(failure=failure):
                    await whole(run.end_attempt(failure.status, failure.message))
                    log.info('job %s: %s could not: %s', run.job.id, progress.provider, failure.message)
                    return failure
                case _:
                    assert_never(progress.step)

    async def _submit(self, progress: Progress, submit: Send) -> Progress:
        """Send a submit once it can be answered for, again only after it was surely turned away.

        Raises Ambiguous when its answer did not come, and Stuck when nothing can be sent.
        """
        run, provider = self._run, progress.provider
        try:
            await prepare(run.job, shelter=run.tools.shelter)
        except DownloadError as error:
            raise Stuck(error.code, error.message, f'{error.hint} Or choose another with --output.') from None
        tries = 0
        while True:
            tries += 1
            await self._record(progress)
            try:
                reply = await send(run, progress, submit.request)
            except Unreached as error:
                trouble = f'{provider} could not be reached: {error}'
                wait = retry.wait_after_trouble(submit.kind, status=None, reached=False, tries=tries)
                if wait is None:
                    await self._hold_back()
                    raise Stuck(FailureCode.NETWORK, f'{trouble}.', 'Check the connection, then retry.') from None
            except Stuck:
                await self._hold_back()
                raise
            except Lost as error:
                raise Ambiguous(str(error)) from None
            else:
                advanced = await whole(self._absorb(progress, reply))
                if advanced.accepted or not isinstance(advanced.step, Failed):
                    run.places.allowances.accepted(provider)
                    return advanced
                failure = advanced.step.failure
                if retry.is_ambiguous(reply.status, garbled=failure.code is FailureCode.BAD_REPLY):
                    run.submitting = True
                    raise Ambiguous(failure.message.rstrip('.'))
                trouble = f'{provider} is busy ({reply.status})'
                if reply.status == 429:
                    run.places.allowances.throttled(provider)
                    trouble += f', at most {run.places.allowances.of(provider)} at once for now'
                wait = retry.wait_after_refusal(reply.status, tries, asked_pause(reply))
                if wait is None:
                    return advanced
            log.info('job %s: %s, again in %.1f s', run.job.id, trouble, wait)
            await self._hold_back()
            await run.pause(trouble, wait)
            run.untroubled()

    async def _hold_back(self) -> None:
        """Record that nothing of a submit is on its way: it was turned away, or never left."""
        run = self._run
        run.submitting = False
        await run.save_attempt(run.job, None)
        run.progress = None

    async def _take_home(self, progress: Progress, status: int, outputs: tuple[Output, ...]) -> Progress:
        """Go on from a fetch that was answered `status`: where all is at home, the job has succeeded."""
        run = self._run
        run.job = replace(run.job, outputs=outputs)
        progress = await self._absorb(progress, Reply(status=status))
        if isinstance(progress.step, Done):
            await succeed(run, progress)
        return progress

    async def _absorb(self, progress: Progress, reply: Reply) -> Progress:
        """Let the provider's machine read a reply, and record where that leads. Not to be cancelled half-way."""
        advance = self._run.tools.machines[progress.provider].advance

        def read() -> Progress:
            advanced = advance(progress, reply)
            if isinstance(advanced.step, Fetch) and reply.body:
                return replace(advanced, said=provider_words(reply.body))
            return advanced

        large = len(reply.body) > _LARGE_BODY and _JSON.match(reply.body)
        advanced = await asyncio.to_thread(read) if large else read()
        return await self._record(await self._kept_for_its_account(advanced))

    async def _kept_for_its_account(self, progress: Progress) -> Progress:
        """Keep what a provider no longer knows to be collected, where it was asked for by another account."""
        whose = self._run.job.order.account
        match progress:
            case Progress(step=Failed(failure=Failure(code=FailureCode.EXPIRED) as failure), access=Access.ROUTED):
                now = await self._run.tools.account() if whose and progress.handle else None
                if now not in (None, whose):
                    hint = f'It was asked for by {whose}, and this token is of {now}: go on with the other one.'
                    return replace(progress, step=Failed(failure=replace(failure, hint=hint), collectable=True))
        return progress

    async def _record(self, progress: Progress) -> Progress:
        """Save a progress before its step is performed; what came inside the reply is saved as files first."""
        run, saved = self._run, progress
        if isinstance(progress.step, Fetch):
            if all(item.data is not None for item in progress.step.media):
                run.places.give_back(run.job.id)  # the reply was all of it: nobody is asked for anything any more
            media = await self._collector.keep(progress.step)
            saved = progress = replace(progress, step=Fetch(media=media), stage=Stage.DOWNLOADING)
        elif isinstance(progress.step, Failed) and progress.step.collectable:
            # A question was refused, and the prediction goes on: asked again, it is where it was.
            saved = replace(progress, step=Wait(seconds=0))
        if not isinstance(saved.step, Done | Failed):
            # First on disk, then told: what anyone has seen is never forgotten.
            changed = replace(run.job, progress=shown(saved))
            await run.save_attempt(changed, saved)
            run.change(progress=changed.progress)
        run.progress = saved
        run.submitting = is_submit(saved)
        return progress
