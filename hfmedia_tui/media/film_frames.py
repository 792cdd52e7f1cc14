"""Frames of a film as a terminal draws them: few colours, and for what did not change the very same text.

A frame is a picture for an area of cells like any other, only cheaper: it is seen for a tenth of a second.
"""

import io
import math
from time import thread_time
from typing import TYPE_CHECKING, Final, NamedTuple

from hfmedia_tui.media import halfcells, kitty, sixel
from hfmedia_tui.media.fit import Area, fit
from hfmedia_tui.media.palette import reduce_colours
from hfmedia_tui.media.picture import Picture
from hfmedia_tui.media.terminal import Graphics, Terminal

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ['FRAME_BYTES', 'Frames']

FRAME_BYTES: Final = 70_000
"""Bytes of a frame that are aimed at: eight a second are 4.5 Mbit/s."""
_SLOW: Final = 0.15
"""Seconds of work that a frame may cost."""
_SIXEL_PIXELS: Final = 600_000
"""Most pixels of a film in Sixel: in a larger area it is shown smaller, because each pixel costs time and bytes."""
_STEADY: Final = 6
"""How far a colour may be from the one that is shown before it is drawn again; below is the noise of codecs."""
_CHANGED: Final = [255 * (value > _STEADY) for value in range(256)]


class _Quality(NamedTuple):
    """How much of a frame is kept."""

    colours: int = 64
    """Most colours of a frame, for Kitty and Sixel."""
    coarse: int = 1
    """Pixels that become one, in each direction, for Sixel."""
    bits: int = 0xF8
    """What is kept of each channel in half-cells: equal neighbours need no colour of their own."""
    pixels: int = 130_000
    """Most pixels of a frame for Kitty, which scales it to its cells."""


_QUALITIES: Final = (
    _Quality(),
    _Quality(colours=32, bits=0xF0, pixels=90_000),
    _Quality(colours=16, bits=0xF0, pixels=60_000),
    _Quality(colours=16, coarse=2, bits=0xF0, pixels=40_000),
    _Quality(colours=16, coarse=4, bits=0xF0, pixels=25_000),
    _Quality(colours=8, coarse=4, bits=0xF0, pixels=25_000),
)
"""From the best on; the next one is taken where a frame is too large, or takes too long."""


class Frames:
    """Makes the frames of one film for one area, each as good as the ones before it have shown to be affordable."""

    def __init__(self, terminal: Terminal, area: Area, width: int, height: int) -> None:
        """Make frames of a film of `width` by `height` pixels for `area`."""
        self._graphics = terminal.graphics
        self._colours = terminal.colours
        self._cell = area.cell
        self._film = width, height
        if self._graphics is Graphics.SIXEL:
            area = _within(area, _SIXEL_PIXELS)
        self._place = fit(width, height, area)
        if self._graphics is Graphics.KITTY and max(self._place.columns, self._place.rows) > kitty.LARGEST_SIDE:
            self._graphics = Graphics.HALF_CELLS
        self.settled = False
        """Whether all frames to come are as good as the last one, and of its size."""
        self._level = 1 if self._graphics is Graphics.SIXEL else 0  # its best is seldom affordable
        self._shown: Image | None = None
        """What half-cells show."""
        self._likenesses: list[Image] = []
        """What each row of Sixel shows, small."""
        self._sixels: list[str] = []

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels, of what `make` takes."""
        width, height = self._place.width, self._place.height
        if self._graphics is Graphics.KITTY:
            share = min(1.0, math.sqrt(self._quality.pixels / (width * height)))
        elif self._graphics is Graphics.SIXEL:
            share = 1 / self._quality.coarse
        else:
            return self._place.columns, 2 * self._place.rows
        return max(1, round(width * share)), max(1, round(height * share))

    @property
    def _quality(self) -> _Quality:
        return _QUALITIES[self._level]

    def make(self, pixels: 'Image') -> Picture:
        """Make a frame ready from its pixels, which are RGB and of `size`."""
        started = thread_time()
        lines: tuple[str, ...] = ()
        sixels: tuple[str, ...] = ()
        upload: tuple[str, ...] = ()
        match self._graphics:
            case Graphics.KITTY:
                upload = self._png(pixels)
            case Graphics.SIXEL:
                sixels = self._rows(pixels)
            case _:
                pixels = self._steadied(pixels)
                lines = halfcells.encode(pixels, self._colours)
        picture = self._picture(pixels, lines=lines, sixels=sixels, upload=upload)
        self._judge(sum(map(len, (*lines, *sixels, *upload))), thread_time() - started)
        return picture

    @property
    def has_sharper(self) -> bool:
        """Whether a frame that stands can be better than those that pass."""
        return self._graphics in (Graphics.KITTY, Graphics.SIXEL)

    @property
    def full_size(self) -> tuple[int, int]:
        """Width and height, in pixels, of what `sharpen` takes."""
        return self._place.width, self._place.height

    def sharpen(self, pixels: 'Image') -> Picture:
        """Make a frame that stands ready, as good as a picture; its pixels are RGB and of `full_size`."""
        if self._graphics is Graphics.KITTY:
            return self._picture(pixels, upload=kitty.encode(pixels))
        return self._picture(pixels, sixels=sixel.encode(pixels, self._cell.height))

    def _judge(self, size: int, seconds: float) -> None:
        excess = max(size / (1.05 * FRAME_BYTES), seconds / _SLOW)
        if excess > 1 and not self.settled:
            self._level = min(len(_QUALITIES) - 1, self._level + (2 if excess > 2 else 1))
            self._likenesses = []

    def _picture(
        self,
        pixels: 'Image',
        *,
        lines: tuple[str, ...] = (),
        sixels: tuple[str, ...] = (),
        upload: tuple[str, ...] = (),
    ) -> Picture:
        from PIL import Image

        columns, rows = self._place.columns, self._place.rows
        halves = pixels.resize((columns, 2 * rows), Image.Resampling.BOX)
        mosaic = halves.resize(((columns + 1) // 2, rows), Image.Resampling.BOX)
        return Picture(
            columns=columns,
            rows=rows,
            width=self._film[0],
            height=self._film[1],
            is_film=True,
            halves=halves.tobytes(),
            mosaic=mosaic.point([value & 0xF0 for value in range(256)] * 3).tobytes(),
            lines=lines or halfcells.encode(halves, self._colours),
            sixels=sixels,
            upload=upload,
        )

    def _png(self, pixels: 'Image') -> tuple[str, ...]:
        file = io.BytesIO()
        reduce_colours(pixels, self._quality.colours, spread=False, quick=True).save(file, 'PNG', compress_level=6)
        return kitty.pieces(file.getvalue())

    def _rows(self, pixels: 'Image') -> tuple[str, ...]:
        """Return the rows' Sixel images: the ones before where nothing changed, since each brings its own colours."""
        from PIL import Image, ImageChops

        width, height = self._place.width, self._place.height
        indexed = reduce_colours(pixels, self._quality.colours, spread=False, quick=True)
        likenesses, sixels = [], []
        for row in range(self._place.rows):
            top, bottom = row * self._cell.height, min(height, (row + 1) * self._cell.height)
            box = (0, top * pixels.height / height, pixels.width, bottom * pixels.height / height)
            likeness = pixels.resize((2 * self._place.columns, 4), Image.Resampling.BOX, box=box)
            if self._likenesses and _is_like(ImageChops.difference(likeness, self._likenesses[row])):
                likeness, text = self._likenesses[row], self._sixels[row]
            else:
                strip = indexed.resize((width, bottom - top), Image.Resampling.NEAREST, box=box)
                (text,) = sixel.encode_indexed(strip, self._cell.height)
            likenesses.append(likeness)
            sixels.append(text)
        self._likenesses, self._sixels = likenesses, sixels
        return tuple(sixels)

    def _steadied(self, pixels: 'Image') -> 'Image':
        """Return half-cells with what is shown already in place of what differs from it by noise alone."""
        from PIL import Image, ImageChops

        if self._shown is not None:
            red, green, blue = ImageChops.difference(pixels, self._shown).split()
            furthest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
            pixels = Image.composite(pixels, self._shown, furthest.point(_CHANGED))
        self._shown = pixels
        bits = self._quality.bits
        return pixels.point([value & bits for value in range(256)] * 3)


def _is_like(difference: 'Image') -> bool:
    return difference.point(3 * _CHANGED).getbbox() is None


def _within(area: Area, pixels: int) -> Area:
    share = min(1.0, math.sqrt(pixels / (area.columns * area.cell.width * area.rows * area.cell.height)))
    return area._replace(columns=max(1, int(area.columns * share)), rows=max(1, int(area.rows * share)))
