"""The results that the gallery shows, shared with what is opened from it, and news of them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.dom import DOMNode
from textual.signal import Signal

from hfmedia_tui.domain import Job
from hfmedia_tui.store.collection import Collection

if TYPE_CHECKING:
    from hfmedia_tui.store.results import Results, Spot

__all__ = ['Shelf']


class Shelf:
    """A collection, and a signal that tells when something in it is not as it was."""

    def __init__(self, owner: DOMNode, results: 'Results', *, trash: bool = False) -> None:
        self.results = results
        self.looked_at: Spot | None = None
        """The result that the user looks at."""
        self.collection = Collection(results, trash=trash)
        self.changed: Signal[None] = Signal(owner, 'results changed')

    @property
    def place(self) -> int:
        """The place of what is looked at, or of what follows where that is gone; 0 where there is nothing."""
        if self.looked_at is None:
            return 0
        return max(0, min(self.collection.place_of(self.looked_at), len(self.collection) - 1))

    def look_at(self, place: int) -> None:
        spots = self.collection.spots
        self.looked_at = spots[place] if 0 <= place < len(spots) else None

    async def renew(self, jobs: Iterable[Job]) -> None:
        """Take on what became of some jobs. Raises StoreError."""
        if await self.collection.renew(jobs):
            self.changed.publish(None)
