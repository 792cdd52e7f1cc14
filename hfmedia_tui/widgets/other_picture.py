"""A picture drawn by textual-image's own widget, for who prefers it."""

import io
from typing import TYPE_CHECKING, Any

from textual.widget import Widget

from hfmedia_tui.media.aside import away_from_the_terminal
from hfmedia_tui.media.terminal import CellSize, Graphics, Terminal

if TYPE_CHECKING:
    from hfmedia_tui.media.picture import Picture

__all__ = ['OtherPicture']


class OtherPicture(Widget):
    """Draws what `show` is given, by the best that textual-image has for the terminal; it blocks while it does."""

    DEFAULT_CSS = """
    OtherPicture { width: auto; height: auto; }
    """

    def __init__(self, terminal: Terminal, cell: CellSize) -> None:
        super().__init__()
        with away_from_the_terminal(io.StringIO(), cell):
            from textual_image import widget  # asks the terminal when it is imported, unless it is kept from it
        kinds: dict[Graphics, Any] = {Graphics.KITTY: widget.TGPImage, Graphics.SIXEL: widget.SixelImage}
        kind = widget.HalfcellImage if terminal.tmux else kinds.get(terminal.found, widget.HalfcellImage)
        self._image: Any = kind()

    def compose(self) -> Any:
        yield self._image

    def show(self, picture: 'Picture | None') -> None:
        """Draw `picture`, or nothing."""
        self._image.styles.width = picture.columns if picture else 0
        self._image.styles.height = picture.rows if picture else 0
        self._image.image = picture.pixels if picture else None
