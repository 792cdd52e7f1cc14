"""Which of thousands of rows answer yes, as numbers that combine at a stroke.

A mask is a number with a byte for each row, 1 where the answer is yes: `&`, `|` and `^` work on all rows at once, and
masks that are added count for each row, up to 255, how many of them said yes. Python does each in some millionths of a
second for 20,000 rows.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import compress
from typing import Final, TypeVar

__all__ = ['Masks']

Row = TypeVar('Row')


class Masks:
    """The masks of one number of rows; those that were used last are remembered."""

    def __init__(self, count: int, *, most: int) -> None:
        """Make masks for `count` rows, of which the `most` used last are kept, each in as many bytes."""
        self._count = count
        self._most = most
        self._kept: dict[Hashable, int] = {}
        """By what was asked, those used last behind."""
        self.all: Final = int.from_bytes(b'\1' * count)
        """The mask of every row."""

    def ask(
        self,
        question: Hashable,
        rows: Sequence[Row],
        answer: Callable[[Iterable[Row]], Iterable[bool]],
        among: int,
        *,
        sure: int = 0,
    ) -> int:
        """Return the mask of the rows `among` those of a mask to which the `answer` is yes; those `sure` are not asked.

        It is remembered by the `question`, which has to tell all that the answer stands on, `among` included.
        """

        def make() -> int:
            left = among & ~sure
            if 2 * left.bit_count() > self._count:
                return int.from_bytes(bytes(answer(rows))) & left | sure
            places = list(self.places(left))
            return self.mark(compress(places, answer(map(rows.__getitem__, places)))) | sure

        return self.remember(question, make)

    def remember(self, question: Hashable, make: Callable[[], int]) -> int:
        """Return the mask that is remembered by a question; it is made where it is not."""
        mask = self._kept.pop(question, None)
        if mask is None:
            mask = make()
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
        self._kept[question] = mask
        return mask

    def known(self, question: Hashable, otherwise: int | None = None) -> int:
        """Return what is remembered of a question; every row, or `otherwise`, where that is nothing."""
        return self._kept.get(question, self.all if otherwise is None else otherwise)

    def forget(self) -> None:
        self._kept.clear()

    def mark(self, places: Iterable[int]) -> int:
        """Return the mask of the rows at these places."""
        marks = bytearray(self._count)
        for place in places:
            marks[place] = 1
        return int.from_bytes(marks)

    def counts(self, added: int) -> bytes:
        """Return what masks that were added come to, for each row."""
        return added.to_bytes(self._count)

    def pick(self, mask: int, rows: Sequence[Row]) -> Iterator[Row]:
        """Yield those of the `rows` that are in the mask, in their order."""
        return compress(rows, self.counts(mask))

    def places(self, mask: int) -> Iterator[int]:
        """Yield the places of the rows that are in the mask, in their order."""
        return self.pick(mask, range(self._count))

    def equal(self, count: int, added: int) -> int:
        """Return the mask of the rows for which what was `added` comes to `count`."""
        return int.from_bytes(self.counts(added).translate(bytes(count) + b'\1' + bytes(0xFF - count)))

    def at_least(self, count: int, added: int) -> int:
        """Return the mask of the rows for which what was `added` comes to `count` or more."""
        return int.from_bytes(self.counts(added).translate(bytes(count) + b'\1' * (0x100 - count)))
