"""Asks a provider how a prediction stands, by the way that it was submitted."""

import asyncio
import logging

from hfmedia_tui.domain import FailureCode, Progress, Reply, Request, Send
from hfmedia_tui.engine import retry
from hfmedia_tui.engine.run import Run, Stuck
from hfmedia_tui.engine.transport import Lost, Unreached

__all__ = ['ask', 'send']

log = logging.getLogger(__name__)


async def ask(run: Run, progress: Progress, question: Send) -> Reply:
    """Ask how it stands, until there is an answer that the machine should see. Raises Stuck."""
    tries = 0
    while True:
        tries += 1
        try:
            reply = await send(run, progress, question.request)
        except (Unreached, Lost) as error:
            trouble = str(error)
            wait = retry.wait_after_trouble(
                question.kind, status=None, reached=not isinstance(error, Unreached), tries=tries
            )
            assert wait is not None, 'questions are repeated until the deadline'
        else:
            trouble = str(reply.status)
            wait = retry.wait_after_trouble(
                question.kind, status=reply.status, reached=True, tries=tries, retry_after=retry.told_to_wait(reply)
            )
            if wait is None:
                return reply
        log.info('job %s: %s: %s, again in %.1f s', run.job.id, progress.provider, trouble, wait)
        await asyncio.sleep(wait)


async def send(run: Run, progress: Progress, request: Request) -> Reply:
    """Send a request by the way that the prediction was submitted. Raises Unreached, Lost and Stuck."""
    doors = run.tools.machines[progress.provider].DOORS
    transport = run.tools.transport
    if progress.access not in doors or not transport.opens(progress.access, doors):
        run.submitting = False
        names = ' or '.join(doors[progress.access].variables if progress.access in doors else ())
        raise Stuck(
            FailureCode.UNAUTHORIZED,
            f'There is no key for {progress.provider}.' if names else 'There is no Hugging Face token.',
            f'Set {names}.' if names else 'Run `hf auth login`, or set HF_TOKEN.',
        )
    return await transport.send(doors[progress.access], request, access=progress.access, bill_to=run.job.order.bill_to)
