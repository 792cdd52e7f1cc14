"""Throwing jobs away, and taking back what was a slip: a throw, or an order that has not left the machine yet."""

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work

from hfmedia_tui.domain import Job
from hfmedia_tui.errors import AppError
from hfmedia_tui.screens.place import Place
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.plain import one_line, plural

if TYPE_CHECKING:
    from hfmedia_tui.store.trash import Moved

__all__ = ['Undoing']

Result = TypeVar('Result')

_SECONDS = 8
"""How long it is told that something can be taken back."""


class Undoing(Place):
    """A place where jobs go to the trash, and where that and a submit can be undone."""

    WAY_BACK: ClassVar[str] = '{compose.undo} brings it back.'
    """How to undo a throw here, in a sentence, each key as `keyed` takes it."""

    @property
    def held(self) -> Job | None:
        """A job of the newest order that can still be taken back."""
        held = (job for job in self.house.jobs.values() if job.sent_in is not None)
        return max(held, key=lambda job: job.sequence, default=None)

    @work(group='trash', exit_on_error=False)
    async def throw_away(self, jobs: Iterable[Job]) -> None:
        """Move jobs and their files to the trash, and say how to bring them back."""
        if self.services is not None:
            moved = await self.tell(self.services.trash.put([job.id for job in jobs]))
            self._say(moved, 'In the trash', keyed(self.WAY_BACK).plain)

    @work(group='trash', exit_on_error=False)
    async def restore(self, jobs: Iterable[Job]) -> None:
        """Bring jobs and their files back from the trash."""
        if self.services is not None:
            moved = await self.tell(self.services.trash.restore([job.id for job in jobs]))
            self._say(moved, 'Restored', '')

    @work(group='trash', exit_on_error=False)
    async def take_back(self, job: Job) -> None:
        """Cancel the order of `job` before it is sent."""
        if self.services is not None:
            taken = await self.tell(self.services.pool.take_back(job.order.id))
            if taken:
                self.notify('Nothing was sent.', title=f'Taken back: {plural(len(taken), "job")}', timeout=3)

    @work(group='trash', exit_on_error=False)
    async def undo_throwing_away(self) -> None:
        """Bring back what went to the trash last."""
        if self.services is not None:
            moved = await self.tell(self.services.trash.undo())
            if moved is not None and not (moved.jobs or moved.refused):
                self.notify('There is nothing to undo.', timeout=3)
            self._say(moved, 'Restored', '')

    def undo(self, job: Job | None) -> None:
        """Take back what can be: the order of `job`, or the last throw, or the newest order."""
        if job is not None and job.sent_in is not None:
            self.take_back(job)
        elif (self.services is None or not self.services.trash.can_undo) and self.held is not None:
            self.take_back(self.held)
        else:
            self.undo_throwing_away()

    async def tell(self, deed: Awaitable[Result]) -> Result | None:
        """Do it; say why, if it cannot be done."""
        try:
            return await deed
        except AppError as error:
            complain(self, error)
            return None

    def _say(self, moved: 'Moved | None', done: str, hint: str) -> None:
        """Say what became of jobs, and why some of them stayed."""
        if moved is None:
            return
        self.app.clear_notifications()  # what the last one offered to undo is no longer what u would undo
        if moved.jobs:
            what = one_line(moved.jobs[0].order.prompt[:60]) if len(moved.jobs) == 1 else plural(len(moved.jobs), 'job')
            self.notify('\n'.join((*moved.remarks, hint)), title=f'{done}: {what}', timeout=_SECONDS, markup=False)
        if moved.refused:
            self.notify('\n'.join(moved.refused[:3]), title='Left alone', severity='warning', markup=False)
