"""What is begun is finished: awaiting that a cancel does not cut in two."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ['whole']

Result = TypeVar('Result')


async def whole(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Await `coroutine` to its end even when this task is cancelled meanwhile; then the cancelling takes place."""
    task = asyncio.ensure_future(coroutine)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
