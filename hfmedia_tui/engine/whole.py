"""What is begun is finished: awaiting that a cancel does not cut in two."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

__all__ = ['whole']

Result = TypeVar('Result')


async def whole(awaitable: Awaitable[Result]) -> Result:
    """Await it to its end however often this task is cancelled meanwhile; then the cancelling takes place."""
    task = asyncio.ensure_future(awaitable)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from (None if task.cancelled() else task.exception())
    return task.result()
