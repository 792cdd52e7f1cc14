"""Pictures below a headless command's result.

Drawn by textual-image's renderables, but for Sixel: before 0.14 its images come out with wrong colours in xterm, and
newer ones need Python 3.12.
"""

import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from hfmedia_tui.media import sixel
from hfmedia_tui.media.aside import away_from_the_terminal
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.formats import recognise
from hfmedia_tui.media.scale import Scaled, scale
from hfmedia_tui.media.terminal import Colours, Graphics, Terminal

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ['print_picture']

log = logging.getLogger(__name__)


def print_picture(path: Path, terminal: Terminal, stream: TextIO, columns: int, rows: int = 24) -> None:
    """Print a picture, or a film's first frame, within `columns` by `rows` cells, to a `stream` that is a terminal.

    It goes out in one write. Where anything at all fails, nothing is printed: the result is on disk, and its path is
    told. Not for use while something else draws on the terminal.
    """
    if terminal.graphics is Graphics.NONE:
        return
    try:
        text = _render(path, terminal, columns, rows)
    except Exception as error:  # a decoration must not fail what it decorates
        log.debug('%s was not printed: %r', path, error)
        return
    # The cursor would leave a hole in what is drawn over it.
    stream.write(f'\x1b[?25l{text}\x1b[?25h')
    stream.flush()


def _render(path: Path, terminal: Terminal, columns: int, rows: int) -> str:
    scaled = scale(path, recognise(path), Area(terminal.fillable(columns, terminal.cell), rows, terminal.cell))
    if _drawn_in(terminal) is Graphics.SIXEL:
        return _below_each_other(sixel.encode(scaled.pixels, terminal.cell.height))
    from rich.console import Console

    text = io.StringIO()
    with away_from_the_terminal(text, terminal.cell):
        console = Console(
            file=text,
            force_terminal=True,
            color_system='truecolor' if terminal.colours is Colours.TRUECOLOR else '256',
            width=columns,
            height=rows + 1,
            legacy_windows=False,
            no_color=False,
        )
        console.print(_renderable(scaled, terminal), end='')
    return text.getvalue()


def _drawn_in(terminal: Terminal) -> Graphics:
    return terminal.found if terminal.graphics is Graphics.TEXTUAL_IMAGE else terminal.graphics


def _below_each_other(images: tuple[str, ...]) -> str:
    """Make room first, and then draw a row at a time: an image on the screen's last row would scroll it."""
    height = len(images)
    return '\n' * height + f'\x1b[{height}A' + ''.join(f'\x1b7{image}\x1b8\x1b[B' for image in images)


def _renderable(scaled: Scaled, terminal: Terminal) -> 'RenderableType':
    from textual_image import renderable

    # Before 0.14, Kitty's graphics do not pass through tmux.
    in_kitty = _drawn_in(terminal) is Graphics.KITTY and not terminal.tmux
    kind: Any = renderable.TGPImage if in_kitty else renderable.HalfcellImage
    image: RenderableType = kind(scaled.pixels, width=scaled.place.columns, height=scaled.place.rows)
    return image
