"""Coming back: an application that keeps where the user was, for its next start."""

import asyncio
from collections.abc import Mapping
from typing import Final

from textual import messages, work
from textual.app import App

from hfmedia_tui.screens.place import Place
from hfmedia_tui.store.session import Session

__all__ = ['ReturningApp']

_SECONDS: Final = 0.4
"""Between two looks at what is to be kept, which take 0.2 ms: what a kill takes is younger."""


class ReturningApp(App[None]):
    """An app whose places tell what to bring back."""

    session: Session
    """What an earlier session left; set and read before the app runs."""

    def __init__(self) -> None:
        super().__init__()
        self._returned: tuple[str, Mapping[str, Mapping[str, str]]] | None = None
        """What was to be kept when it was looked at last."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The places that have been entered."""
        first = (stack[0] for stack in self._screen_stacks.values() if stack)
        return tuple(screen for screen in first if isinstance(screen, Place) and screen.is_mounted)

    async def on_mount(self) -> None:
        self._keep_session()

    @work(group='session', exit_on_error=False)
    async def _keep_session(self) -> None:
        """Write what is to be kept soon after it has changed, and at most once at a time."""
        while True:
            await asyncio.sleep(_SECONDS)
            before = self._returned
            self._look_at_places()
            if self._returned != before:
                await self._write_session()

    def _look_at_places(self) -> None:
        if any(self.current_mode == place.NAME for place in self.places):
            self._returned = (self.current_mode, {place.NAME: place.kept() for place in self.places})

    async def _write_session(self) -> None:
        if self._returned is not None:
            await asyncio.to_thread(self.session.write, *self._returned)

    def on_exit_app(self, _: messages.ExitApp) -> None:
        self._look_at_places()  # while they are still there

    async def on_unmount(self) -> None:
        await self._write_session()
