"""What the user's own past says: how long a running job may take, and how well a provider has served.

And beside it what a snapshot of a job does not tell: how long its provider is silent, and whether the line is paused.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, NamedTuple

from hfmedia_tui.domain import Job

__all__ = ['Outlook', 'PastRuns', 'TrackRecord', 'no_outlook']

_TAIL: Final = 10
"""Of a hundred runs so many at either end are not usual."""


class PastRuns:
    """How long runs took of one model at one provider, as this user had them: at least one."""

    def __init__(self, seconds: Iterable[float]) -> None:
        self._seconds = sorted(seconds)

    @property
    def count(self) -> int:
        return len(self._seconds)

    @property
    def median(self) -> float:
        """The run in the middle, in seconds."""
        return self._seconds[len(self._seconds) // 2]

    @property
    def usual(self) -> tuple[float, float]:
        """From which to which second all but a tenth at either end were done; of fewer than ten runs, all of them."""
        tail = len(self._seconds) * _TAIL // 100
        return self._seconds[tail], self._seconds[-1 - tail]

    def faster_than(self, seconds: float) -> int:
        """How many of them took less than `seconds`."""
        return bisect_left(self._seconds, seconds)


class Outlook(NamedTuple):
    """What is known of one job that has not ended."""

    past: PastRuns | None = None
    """None where there are none, or where they tell nothing about this run."""
    silence: float | None = None
    """Seconds for which its provider has not answered what it was asked; None while nothing is asked."""
    line_paused: bool = False
    """Whether nothing new starts in this process."""


def no_outlook(_: Job) -> Outlook:
    """What is known of a job before anything is."""
    return Outlook()


class TrackRecord(NamedTuple):
    """How well one provider has served this user with one model, as far back as is looked."""

    finished: int
    """Predictions that it finished."""
    failed: int
    """Predictions that it refused or could not finish; not those that failed on this side or were cancelled."""
    unheard: int
    """Predictions that were sent and of which nobody knows what became: the answer did not come."""
    median: float | None
    """Seconds of the run in the middle, of those that finished in one go; None where there is none."""
    last_failure: str
    """What was said of the newest that failed, on one line; empty where none did."""
