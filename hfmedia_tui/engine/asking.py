"""Asks a provider how a prediction stands, by the way that it was submitted."""

import logging

from hfmedia_tui.domain import FailureCode, Progress, Reply, Request, Send
from hfmedia_tui.engine import retry
from hfmedia_tui.engine.run import Run, Stuck
from hfmedia_tui.engine.transport import Lost, Stalled, Unreached
from hfmedia_tui.pauses import asked_pause

__all__ = ['ask', 'send']

log = logging.getLogger(__name__)


async def ask(run: Run, progress: Progress, question: Send) -> Reply:
    """Ask how it stands, until there is an answer that the machine should see. Raises Stuck."""
    tries = stalls = 0
    provider = progress.provider
    while True:
        tries += 1
        try:
            reply = await send(run, progress, question.request)
        except (Unreached, Lost) as error:
            trouble = f'{provider} does not answer: {error}'
            stalls = stalls + 1 if isinstance(error, Stalled) else 0
            if retry.is_stalled(stalls):
                raise Stuck(FailureCode.TIMEOUT, f'Stalled: {trouble}.') from None
            wait = retry.wait_after_trouble(
                question.kind, status=None, reached=not isinstance(error, Unreached), tries=tries
            )
            assert wait is not None, 'questions are repeated until the deadline'
        else:
            stalls = 0
            trouble = f'{provider} answers {reply.status}'
            if reply.status == 429:
                run.places.allowances.throttled(provider)
            wait = retry.wait_after_trouble(
                question.kind, status=reply.status, reached=True, tries=tries, pause=asked_pause(reply)
            )
            if wait is None:
                run.untroubled()
                return reply
        log.info('job %s: %s, again in %.1f s', run.job.id, trouble, wait)
        await run.pause(trouble, wait)


async def send(run: Run, progress: Progress, request: Request) -> Reply:
    """Send a request by the way that the prediction was submitted. Raises Unreached, Lost and Stuck."""
    doors = run.tools.machines[progress.provider].DOORS
    transport = run.tools.transport
    if progress.access not in doors or not transport.opens(progress.access, doors):
        names = ' or '.join(doors[progress.access].variables if progress.access in doors else ())
        raise Stuck(
            FailureCode.UNAUTHORIZED,
            f'There is no key for {progress.provider}.' if names else 'There is no Hugging Face token.',
            f'Set {names}.' if names else 'Run `hf auth login`, or set HF_TOKEN.',
        )
    run.asks()
    door, payer = doors[progress.access], run.job.order.bill_to
    reply = await transport.send(door, request, access=progress.access, bill_to=payer)
    run.hears()
    return reply
