"""The results that fit a filter, newest first, of which only those near what is looked at are in memory."""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

from hfmedia_tui.domain import Job, Result
from hfmedia_tui.store.results import Results, Spot

__all__ = ['Collection']

_FIRST: Final = 200
"""Results whose places are read before anything is shown."""
_PIECE: Final = 5_000
"""Places that are read at once, in about 20 ms: the ledger's thread has other things to do too."""
_SEARCHED: Final = 250
"""Results that a search reads at once."""
_KEPT: Final = 1_000
"""Results that are kept in memory."""
_RANK: Final = attrgetter('rank')


class Collection:
    """What is found of the ledger's results; it grows while it is being gone through.

    Places count from 0, the newest. Only numbers are kept of every result; what it is, is read when it is looked at.
    """

    def __init__(self, results: Results, *, trash: bool = False) -> None:
        self._results = results
        self.trash = trash
        """Whether these are the results in the trash, instead of all the others."""
        self._all: list[Spot] = []
        self._found: list[Spot] = self._all
        self._fits: Callable[[Result], bool] | None = None
        self._read: OrderedDict[Spot, Result] = OrderedDict()
        self._last: Spot | None = None
        """How far the ledger was gone through."""
        self._listed = False
        self.complete = False
        """Whether the ledger was gone through to its end."""

    def __len__(self) -> int:
        return len(self._found)

    @property
    def total(self) -> int:
        """How many results there are, whether they fit or not, as far as it is known."""
        return len(self._all)

    @property
    def spots(self) -> Sequence[Spot]:
        """Where each result stands in the ledger, by its place here."""
        return self._found

    def peek(self, place: int) -> Result | None:
        """The result at a place, if it was read already."""
        return self._read.get(self._found[place]) if 0 <= place < len(self._found) else None

    def place_of(self, spot: Spot) -> int:
        """The place of a result, or of the next older one where it is not here."""
        return bisect_left(self._found, spot.rank, key=_RANK)

    async def load(self, places: Iterable[int]) -> bool:
        """Read the results at these places; false where all of them were read already."""
        spots = [self._found[place] for place in places if 0 <= place < len(self._found)]
        missing = [spot for spot in spots if spot not in self._read]
        for spot in spots:
            if spot in self._read:
                self._read.move_to_end(spot)
        if not missing:
            return False
        read = await self._results.read(missing)
        self._keep(read)
        for spot in missing:
            if spot not in read:  # gone meanwhile, or its row is damaged
                self._remove(self._found, spot)
                self._remove(self._all, spot)
        return True

    async def read(self, spots: Iterable[Spot]) -> list[Result]:
        """The results that stand there, in that order, read anew."""
        wanted = list(spots)
        found = await self._results.read(wanted)
        return [found[spot] for spot in wanted if spot in found]

    async def go_through(self, fits: Callable[[Result], bool] | None = None) -> AsyncIterator[None]:
        """Find the results that fit, or all; more is found at each step. It replaces what was found before.

        Raises StoreError.
        """
        self._fits = fits
        self.complete = False
        self._found = self._all if fits is None else []
        last: Spot | None = None
        while True:
            done = bisect_right(self._all, last.rank, key=_RANK) if last else 0
            if fits is None or (done == len(self._all) and not self._listed):
                await self._list_more()
            if fits is None:
                if self._listed:
                    break
            elif piece := self._all[done : done + _SEARCHED]:
                await self._search(piece, fits)
                last = piece[-1]
            elif self._listed:
                break
            yield
        self.complete = True
        yield

    async def _search(self, piece: Sequence[Spot], fits: Callable[[Result], bool]) -> None:
        read = await self._results.read(piece)
        fitting = {spot: result for spot, result in read.items() if fits(result)}
        for spot in fitting:
            self._insert(self._found, spot)
        self._keep(fitting)

    async def _list_more(self) -> None:
        """Find where the next results stand."""
        if self._listed:
            return
        limit = _PIECE if self._last else _FIRST
        piece = await self._results.spots(after=self._last, limit=limit, trash=self.trash)
        if not self._all or (piece and self._all[-1].rank < piece[0].rank):
            self._all += piece
        else:  # some came by themselves
            for spot in piece:
                self._insert(self._all, spot)
        self._last = piece[-1] if piece else self._last
        self._listed = len(piece) < limit

    async def renew(self, jobs: Iterable[Job]) -> bool:
        """Take on what became of some jobs; false where that changes nothing here. Raises StoreError."""
        sequences = {job.sequence for job in jobs}
        now = await self._results.of_jobs(sequences)
        here = {spot: result for spot, result in now.items() if (result.job.trashed_at is not None) is self.trash}
        before = self._of(self._all, sequences)
        if not before and not here:
            return False
        for spot in before:
            self._read.pop(spot, None)
        fits = self._fits
        fitting = {spot for spot, result in here.items() if fits is None or fits(result)}
        self._replace(self._all, sequences, here)
        if self._found is not self._all:
            self._replace(self._found, sequences, fitting)
        self._keep({spot: here[spot] for spot in fitting})
        return True

    def _of(self, spots: list[Spot], sequences: Iterable[int]) -> list[Spot]:
        """Those of `spots` that belong to these jobs."""
        found = []
        for sequence in sequences:
            place = bisect_left(spots, (-sequence, -1), key=_RANK)
            while place < len(spots) and spots[place].sequence == sequence:
                found.append(spots[place])
                place += 1
        return found

    def _replace(self, spots: list[Spot], sequences: Iterable[int], now: Iterable[Spot]) -> None:
        for spot in self._of(spots, sequences):
            self._remove(spots, spot)
        for spot in now:
            self._insert(spots, spot)

    @staticmethod
    def _insert(spots: list[Spot], spot: Spot) -> None:
        place = bisect_left(spots, spot.rank, key=_RANK)
        if spots[place : place + 1] != [spot]:
            spots.insert(place, spot)

    @staticmethod
    def _remove(spots: list[Spot], spot: Spot) -> None:
        place = bisect_left(spots, spot.rank, key=_RANK)
        if spots[place : place + 1] == [spot]:
            del spots[place]

    def _keep(self, read: Mapping[Spot, Result]) -> None:
        self._read.update(read)
        while len(self._read) > _KEPT:
            self._read.popitem(last=False)
