"""What is longer than its place, to be read with the keys too."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.geometry import Region
from textual.strip import Strip

__all__ = ['Reading']


class Reading(ScrollableContainer, inherit_bindings=False):
    """Scrolls what stands in it; where all of it is in sight, Tab passes it by."""

    BINDING_GROUP_TITLE = 'Details'
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('down,j', 'scroll_down', 'Down', show=False, id='reading.down'),
        Binding('up,k', 'scroll_up', 'Up', show=False, id='reading.up'),
        Binding('pagedown,ctrl+f', 'page_down', 'Page down', show=False, id='reading.page_down'),
        Binding('pageup,ctrl+u', 'page_up', 'Page up', show=False, id='reading.page_up'),
        Binding('home,g', 'scroll_home', 'First', show=False, id='reading.first'),
        Binding('end,G', 'scroll_end', 'Last', show=False, id='reading.last'),
    ]
    DEFAULT_CSS = """
    Reading {
        width: 1fr; height: 1fr; layout: vertical; overflow: hidden auto; scrollbar-size-vertical: 1;
        &:focus { scrollbar-color: $primary; scrollbar-color-hover: $primary; scrollbar-color-active: $primary; }
    }
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        # Nothing of it is seen but its background and its edge: beside an edge on the left, all lines are alike.
        if self.styles.border_top[0]:
            return super().render_lines(crop)
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height

    def allow_focus(self) -> bool:
        return super().allow_focus() and self.max_scroll_y > 0
