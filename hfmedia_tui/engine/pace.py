"""Whether what arrives arrives at a useful pace: the one meaning of a stalled connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

__all__ = ['USEFUL', 'TooSlow', 'at_pace']

USEFUL: Final = 64 * 1024
"""Bytes that make the wait for more worth its while."""


class TooSlow(Exception):  # noqa: N818 - says what is known, not that something is wrong
    """A connection is open, and brings too little to go on waiting."""


async def at_pace(pieces: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    """Pass `pieces` on; raises TooSlow when `seconds` bring neither 64 KiB nor the end."""
    clock = asyncio.get_running_loop().time
    until, gained = clock() + seconds, 0
    while True:
        try:
            async with asyncio.timeout_at(until):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise TooSlow from None
        gained += len(piece)
        if gained >= USEFUL:
            until, gained = clock() + seconds, 0
        yield piece
