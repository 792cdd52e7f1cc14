"""A letter and what it finds, painted in one frame.

A screen paints nothing while it handles a message. A frame for the letter alone would come some milliseconds earlier,
and what was found would have to wait for the next one: 17 to 33 ms. A list asks to be painted when it has handled its
messages: what is to be told after that is told through one of them.
"""

import asyncio
from contextlib import suppress
from typing import Final

__all__ = ['within_a_frame']

_FRAME: Final = 1 / 60
"""Seconds."""


async def within_a_frame(event: asyncio.Event) -> None:
    """Wait for an event, no longer than people take for at once."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_FRAME):
            await event.wait()
