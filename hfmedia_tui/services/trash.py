"""Throwing jobs away and bringing them back, told to whoever watches the pool."""

from collections.abc import Iterable

from hfmedia_tui.engine.pool import Pool
from hfmedia_tui.store.trash import Moved, Trash

__all__ = ['UndoableTrash']


class UndoableTrash:
    """The trash, and what went into it in this session. Every method that moves something raises StoreError."""

    def __init__(self, trash: Trash, pool: Pool) -> None:
        self._trash = trash
        self._pool = pool
        self._put: list[tuple[str, ...]] = []
        """Ids of the jobs that went there in this session, each time's together."""

    async def put(self, job_ids: Iterable[str]) -> Moved:
        """Move ended jobs and their files to the trash."""
        moved = self._told(await self._trash.put(job_ids))
        if moved.jobs:
            self._put.append(tuple(job.id for job in moved.jobs))
        return moved

    async def restore(self, job_ids: Iterable[str]) -> Moved:
        """Bring jobs back from the trash."""
        return self._told(await self._trash.restore(job_ids))

    @property
    def can_undo(self) -> bool:
        """Whether there is something that `undo` may bring back."""
        return bool(self._put)

    async def undo(self) -> Moved:
        """Bring back what was thrown away last in this session and still lies in the trash."""
        while self._put:
            moved = await self.restore(self._put.pop())
            if moved.jobs:
                return moved
        return Moved(())

    async def delete(self, job_ids: Iterable[str]) -> Moved:
        """Delete the files of jobs in the trash for good."""
        return self._told(await self._trash.delete(job_ids))

    def _told(self, moved: Moved) -> Moved:
        for job in moved.jobs:
            self._pool.tell(job)
        return moved
