"""The rooms below, held open for the screens, and longer than them where jobs go on without any."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from hfmedia_tui.paths import Paths

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['Opening', 'Rooms']

Opening: TypeAlias = 'Callable[[Paths, bool], AbstractAsyncContextManager[Services]]'
"""Opens the rooms, on the sandbox or not."""


class Rooms:
    """What is open, if anything is."""

    def __init__(self, paths: Paths, opening: 'Opening | None' = None) -> None:
        self.services: Services | None = None
        self._paths = paths
        self._opening = opening or _open_as_usual
        self._open = AsyncExitStack()

    async def open(self, *, sandbox: bool) -> 'Services':
        """Open them. Raises AppError: then nothing is open."""
        self.services = await self._open.enter_async_context(self._opening(self._paths, sandbox))
        return self.services

    async def close(self) -> None:
        """Leave every job where it stands, and close what is open."""
        self.services = None
        await self._open.aclose()


@asynccontextmanager
async def _open_as_usual(paths: Paths, sandbox: bool) -> 'AsyncIterator[Services]':
    # The engine and its HTTP client: not before the first paint, and keys are answered meanwhile.
    await asyncio.to_thread(import_module, 'hfmedia_tui.services')
    from hfmedia_tui.services import open_services

    async with open_services(paths, sandbox=sandbox, read_at_once=True) as services:
        yield services
