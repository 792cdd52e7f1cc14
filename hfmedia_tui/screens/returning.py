"""Coming back: an application that keeps where the user was, for its next start."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from textual import messages, work
from textual.app import App

from hfmedia_tui.store.session import Session

if TYPE_CHECKING:
    from hfmedia_tui.screens.place import Place

__all__ = ['ReturningApp']

_SECONDS: Final = 3.0
"""Between two looks at what is to be kept: what a kill takes is younger."""


class ReturningApp(App[None]):
    """An app whose places tell what to bring back."""

    session: Session
    """What an earlier session left; set and read before the app runs."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Place] = {}
        """The places that have been entered, by name."""
        self._returned: tuple[str, Mapping[str, Mapping[str, str]]] | None = None
        """What was to be kept when it was looked at last."""

    async def on_mount(self) -> None:
        self.set_interval(_SECONDS, self._keep_session)

    @work(group='session', exclusive=True, exit_on_error=False)
    async def _keep_session(self) -> None:
        self._look_at_places()
        await self._write_session()

    def _look_at_places(self) -> None:
        if self.current_mode in self.places:
            kept = {name: place.kept() for name, place in self.places.items() if place.is_mounted}
            self._returned = (self.current_mode, kept)

    async def _write_session(self) -> None:
        if self._returned is not None:
            await asyncio.to_thread(self.session.write, *self._returned)

    def on_exit_app(self, _: messages.ExitApp) -> None:
        self._look_at_places()  # while they are still there

    async def on_unmount(self) -> None:
        await self._write_session()
