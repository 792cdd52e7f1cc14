"""Where a film is, by the clock."""

from collections.abc import Callable
from time import monotonic

__all__ = ['Playhead']


class Playhead:
    """A place in a film that moves on while it plays, and begins again at the end."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.length: float | None = None
        """Seconds; None while nobody knows."""
        self.rounds = 0
        """How often the end was passed since the last jump."""
        self.jumps = 0
        """How often it was moved by hand."""
        self._clock = clock
        self._place = 0.0
        self._since: float | None = None

    @property
    def playing(self) -> bool:
        return self._since is not None

    @property
    def position(self) -> float:
        """Seconds from the film's start."""
        if self._since is None:
            return self._place
        now = self._clock()
        self._place += now - self._since
        self._since = now
        if self.length and self._place >= self.length:
            self.rounds += 1
            self._place %= self.length
        return self._place

    def play(self) -> None:
        self._since = self._since if self.playing else self._clock()

    def pause(self) -> None:
        self._place = self.position
        self._since = None

    def jump(self, position: float) -> None:
        """Go to a place within the film."""
        self.rounds = 0
        self.jumps += 1
        last = self.length if self.length is not None else position
        self._place = min(max(0.0, position), last)
        if self.playing:
            self._since = self._clock()
