"""What is begun is finished: awaiting that a cancel does not cut in two."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ['whole']

Result = TypeVar('Result')


async def whole(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Await `coroutine` to its end however often this task is cancelled meanwhile; then the cancelling takes place."""
    task = asyncio.ensure_future(coroutine)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from (None if task.cancelled() else task.exception())
    return task.result()
