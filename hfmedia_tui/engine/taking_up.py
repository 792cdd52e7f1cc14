"""Taking a job up again that the ledger has: whether it is to be had, and where it goes on."""

from hfmedia_tui.domain import Driver, Job, JobState
from hfmedia_tui.engine.tools import Ledger
from hfmedia_tui.errors import UsageError

__all__ = ['take_up', 'was_sent']


async def take_up(ledger: Ledger, job_id: str, *, asked: bool, seen: Job | None, sent_only: bool) -> Job:
    """Make a job this process's own and queue it, see `Ledger.take_up`. Raises UsageError where it is not to be had."""
    queued = await ledger.take_up(job_id, asked=asked, seen=seen, sent_only=sent_only)
    if queued is not None:
        return queued
    job = await ledger.find(job_id)
    if job.state is JobState.SUCCEEDED:
        raise UsageError(f'Job {job.id} has succeeded.', 'Generate again for another result.')
    if sent_only and job.driver is not Driver.OTHER:
        raise UsageError(f"Job {job.id} is not in any provider's hands: there is nothing to collect.")
    raise UsageError(f'Job {job.id} is under way already, or was ended by another process.')


async def was_sent(ledger: Ledger, job: Job) -> bool:
    """Whether a provider was asked for a job: it has accepted it, or nobody heard its answer. Raises StoreError."""
    records = await ledger.attempts(job.id) if job.attempts else ()
    return bool(records) and records[-1].sent
