"""A screen that may come while somebody types for another one."""

import math
from typing import Final, Generic

from textual import events
from textual._time import get_time
from textual.screen import Screen, ScreenResultType

__all__ = ['Unexpected']

_PAUSE: Final = 0.3
"""Seconds without a key, from when the screen is painted, after which keys are meant for it. Who types a text leaves
shorter pauses, and who reads a question longer ones."""


class Unexpected(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen to which no key is given that was pressed before it could be read, save Escape, which says no."""

    _heard_from = math.inf

    def on_mount(self) -> None:
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._heard_from = get_time() + _PAUSE

    @property
    def listens(self) -> bool:
        """Whether the next key is taken as meant."""
        return get_time() >= self._heard_from

    def hears(self, event: events.Key) -> bool:
        """Whether `event` is meant for this screen; one that is not puts off the moment from which keys are."""
        if event.key == 'escape' or event.time >= self._heard_from:
            return True
        self._heard_from = max(self._heard_from, event.time + _PAUSE)
        return False
