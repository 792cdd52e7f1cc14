"""A screen over another one that costs little while the other one is busy."""

from typing import ClassVar, Final, Generic, Self

from textual import events
from textual._time import get_time
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.screen import ModalScreen, ScreenResultType
from textual.timer import Timer

from hfmedia_tui.widgets.type_ahead import TypeAheadApp

__all__ = ['Popup']

_BEHIND: Final = 1.0
"""Seconds that what is seen behind a popup may be late; and more, while somebody types."""


class Popup(ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """A modal screen behind which the other one is drawn once a second at most, and never between two quick keys.

    Textual draws all of it whenever anything of it has changed: 20 ms or more, many times a second while jobs run.

    A click beside it leaves it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # No key of the app's reaches it through a modal screen; this one is pressed wherever the user is.
        Binding('ctrl+q', 'app.quit', 'Quit', show=False, id='popup.quit', tooltip='Leave the program from a popup'),
    ]

    VERTICAL_BREAKPOINTS = [(0, '-low'), (16, '-high')]

    _catching_up: Timer | None = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if not regions or layout or recompose:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        if self._catching_up is None:
            self._catching_up = self.set_timer(_BEHIND, self._catch_up)
        return self

    def on_click(self, event: events.Click) -> None:
        under, _ = self.get_widget_at(*event.screen_offset)
        if under is self:
            self.leave()

    def leave(self) -> None:
        """Go back without an answer."""
        self.dismiss(None)

    def _catch_up(self) -> None:
        quiet = get_time() - self.app.typed_at if isinstance(self.app, TypeAheadApp) else _BEHIND
        if quiet < _BEHIND:
            self._catching_up = self.set_timer(_BEHIND - quiet, self._catch_up)
            return
        self._catching_up = None
        super().refresh()
