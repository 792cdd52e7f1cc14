"""A link of a known width."""

import time
from typing import Final

__all__ = ['Link']

_BURST: Final = 0.01
"""Seconds of its width that a link carries at once after it was idle."""


class Link:
    """Says when bytes may go on, as a bucket of tokens does: `bits` a second, or without a limit for 0."""

    def __init__(self, bits: float = 0) -> None:
        self._rate = bits / 8
        self._free = time.monotonic()

    @property
    def most(self) -> int:
        """Bytes to take at a time, so that none waits for a long neighbour."""
        return 65536 if not self._rate else max(256, round(self._rate * _BURST / 4))

    def carry(self, size: int) -> float:
        """Take `size` bytes, and return the seconds until the link has carried them."""
        if not self._rate:
            return 0
        now = time.monotonic()
        self._free = max(self._free, now - _BURST) + size / self._rate
        return max(0.0, self._free - now)
