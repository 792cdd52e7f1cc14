"""What the way to the terminal bears, measured while nothing else uses it."""

import os
import random
import re
import time
from typing import Final, NamedTuple

from hfmedia_tui.media.terminal import converse, may_ask

__all__ = ['Link', 'measure_link']

_FIRST: Final = 2 << 10
_MOST: Final = 512 << 10
_ENOUGH: Final = 0.15
"""Seconds beyond the round trip after which the rate is known well enough."""
_QUESTION: Final = b'\x1b[6n'
_ANSWER: Final = re.compile(rb'\x1b\[\d+;\d+R')


class Link(NamedTuple):
    """What was measured."""

    rate: float
    """Bytes a second."""
    round_trip: float
    """Seconds."""


def measure_link(timeout: float = 2.0, *, keyboard: int = 0, screen: int = 1) -> Link | None:
    """Send what changes nothing on the screen, ever more of it, and see how long the terminal takes to acknowledge it.

    None where there is no terminal, or it does not answer. Blocking.
    """
    if not may_ask(keyboard, screen, os.environ):
        return None
    deadline = time.monotonic() + timeout
    round_trip = _time(b'', deadline, keyboard, screen)
    if round_trip is None:
        return None
    size, rate = _FIRST, 0.0
    while size <= _MOST and time.monotonic() < deadline:
        took = _time(_colours(size), deadline, keyboard, screen)
        if took is None:
            break
        rate = size / max(1e-6, took - round_trip)
        if took - round_trip > _ENOUGH:
            break
        size *= 4
    return Link(rate, round_trip) if rate else None


def _time(told: bytes, deadline: float, keyboard: int, screen: int) -> float | None:
    started = time.monotonic()
    replies = converse(told + _QUESTION, lambda replies: bool(_ANSWER.search(replies)), deadline, keyboard, screen)
    return time.monotonic() - started if _ANSWER.search(replies) else None


def _colours(size: int) -> bytes:
    """Return about `size` bytes that choose colours and draw nothing, at random: no link can pack them well."""
    numbers = random.Random(size)
    parts = [b'\x1b[38;5;%dm' % numbers.randrange(256) for _ in range(size // 10)]
    return b''.join(parts) + b'\x1b[0m'
