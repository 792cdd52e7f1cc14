"""What the user does with the jobs that wait, and what of it a restart knows."""

from hfmedia_tui.domain import Job
from hfmedia_tui.engine.pool import Pool
from hfmedia_tui.errors import UsageError
from hfmedia_tui.store.ledger import Ledger

__all__ = ['Waiting']


class Waiting:
    """The line as the user arranges it. Every method that changes something raises StoreError."""

    def __init__(self, ledger: Ledger, pool: Pool) -> None:
        self._ledger = ledger
        self._pool = pool
        self._edited = list[Job]()
        """What is being written anew: one at most, but for what was given back."""

    @property
    def paused(self) -> bool:
        """Whether nothing new starts."""
        return self._pool.paused

    async def restore(self) -> None:
        """Go on as the last session ended: paused, if it was."""
        self._pool.paused = await self._ledger.is_paused()

    async def pause_all(self, paused: bool) -> None:
        """Start nothing new, or start again; what runs goes on."""
        self._pool.paused = paused
        await self._ledger.pause(paused)

    async def pause(self, job: Job) -> None:
        """Have a job wait for the user, or no longer. Raises UsageError when it does not wait any more."""
        self._insist(job, await self._pool.pause(job.id, paused=not job.paused))

    async def move(self, job: Job, step: int) -> None:
        """Move a job ahead in the line, by a negative `step`, or behind. Raises UsageError."""
        self._insist(job, await self._pool.move(job.id, step))

    async def start_now(self, job: Job) -> None:
        """Start a job past the limits and every pause. Raises UsageError when it does not wait any more."""
        self._insist(job, await self._pool.start_now(job.id))

    def _insist(self, job: Job, waited: bool) -> None:
        if not waited:
            raise UsageError(f'Job {job.id} does not wait here any more.')

    # ------------------------------------------------------------------------------------------ editing

    async def edit(self, job: Job) -> None:
        """Have a job wait while it is written anew. Raises UsageError when it does not wait any more."""
        await self.put_back()
        self._insist(job, await self._pool.pause(job.id))
        self._edited.append(job)

    async def put_back(self) -> None:
        """Let the job that was being written anew go on as it was; it keeps a pause of its own."""
        while self._edited:
            job = self._edited.pop()
            if not job.paused:
                await self._pool.pause(job.id, paused=False)

    def take(self) -> list[Job]:
        """Hand over what is being written anew, for as long as that is being sent: nobody puts it back meanwhile."""
        taken, self._edited = self._edited, []
        return taken

    def give_back(self, taken: list[Job]) -> None:
        """Take on again what `take` handed over, because nothing was sent."""
        self._edited += taken

    async def replace(self, taken: list[Job]) -> None:
        """Cancel what was written anew, now that what was written is asked for.

        Where the ledger cannot be told, it goes on waiting, paused.
        """
        for job in taken:
            await self._pool.cancel(job.id)
