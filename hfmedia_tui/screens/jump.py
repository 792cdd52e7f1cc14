"""Jumping: a letter on everything that can have the focus, and the letter goes there."""

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.errors import NoWidget
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from hfmedia_tui.widgets.popup import Popup

__all__ = ['JumpScreen']

_LETTERS: Final = 'asdfghjkl' + ''.join(letter for letter in ascii_lowercase if letter not in 'asdfghjkl')
"""The letters under the fingers first."""


class JumpScreen(Popup[Widget | None]):
    """Lays letters over the screen below; dismissed with the widget whose letter was pressed or clicked, or None."""

    DEFAULT_CSS = """
    JumpScreen {
        background: transparent;
        Static {
            position: absolute;
            width: 3;
            height: 1;
            background: $primary;
            color: $button-color-foreground;
            text-style: bold;
        }
        &:ansi Static { background: ansi_default; color: $primary; text-style: bold reverse; }
    }
    """

    def __init__(self, widgets: Sequence[Widget]) -> None:
        super().__init__()
        regions = {widget: _visible_region(widget) for widget in widgets}
        in_sight = ((widget, region) for widget, region in regions.items() if region.area)
        self._targets: Mapping[str, tuple[Widget, Region]] = dict(zip(_LETTERS, in_sight, strict=False))

    def compose(self) -> ComposeResult:
        for letter, (_, region) in self._targets.items():
            label = Static(f' {letter} ', name=letter)
            label.styles.offset = region.offset
            yield label

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self._jump(event.key)

    def on_click(self, event: events.Click) -> None:
        under, _ = self.get_widget_at(*event.screen_offset)
        if under is not self:
            self._jump(under.name)

    def _jump(self, letter: str | None) -> None:
        widget, _ = self._targets.get(letter or '', (None, None))
        self.dismiss(widget)


def _visible_region(widget: Widget) -> Region:
    """Where a widget is on the screen, as far as it is in sight."""
    try:
        return widget.screen.find_widget(widget).visible_region
    except NoWidget:
        return Region()
