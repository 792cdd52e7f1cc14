"""Pictures as Sixel graphics, one image for each row of cells.

Rows of their own can be scrolled, cut and covered without being made again. The format is that of the VT340
(https://vt100.net/docs/vt3xx-gp/chapter14.html): six pixels high a band, one pass of run-length coded bits for each
colour, `$` back to the band's start, `-` on to the next band.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from hfmedia_tui.media.palette import reduce_colours

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ['COLOURS', 'FEW_COLOURS', 'encode', 'encode_indexed']

COLOURS: Final = 256
"""As many as a terminal is sure to have; not spread, which would double the bytes."""
FEW_COLOURS: Final = 64
"""For a draft: half the bytes."""
_BITS_TO_CHARACTER: Final = bytes(range(63, 127)) + bytes(192)
_RUN: Final = re.compile(rb'(.)\1{3,}', re.DOTALL)


def encode(picture: 'Image', cell_height: int, colours: int = COLOURS) -> tuple[str, ...]:
    """Return one Sixel image for each row of cells; `picture` is RGB."""
    return encode_indexed(reduce_colours(picture, colours, spread=False), cell_height)


def encode_indexed(indexed: 'Image', cell_height: int) -> tuple[str, ...]:
    """Return one Sixel image for each row of cells of a picture that has a palette; each image brings its colours.

    Pixels below the picture's end are left as they are (P2 = 1). There is no graphics newline at an image's end: it
    would scroll the screen at its last row.
    """
    width, pixels = indexed.width, indexed.tobytes()
    levels = [round(value * 100 / 255) for value in indexed.getpalette('RGB') or ()]
    definitions = [b'#%d;2;%d;%d;%d' % (index, *levels[3 * index : 3 * index + 3]) for index in range(len(levels) // 3)]
    row = width * cell_height
    return tuple(
        _image(pixels[start : start + row], width, definitions).decode('ascii') for start in range(0, len(pixels), row)
    )


def _image(pixels: bytes, width: int, definitions: list[bytes]) -> bytes:
    band = 6 * width
    return b'\x1bP0;1;0q"1;1;%d;%d%s%s\x1b\\' % (
        width,
        len(pixels) // width,
        b''.join(definitions[colour] for colour in sorted(set(pixels))),
        b'-'.join(_band(pixels[start : start + band], width) for start in range(0, len(pixels), band)),
    )


def _band(pixels: bytes, width: int) -> bytes:
    """Code up to six rows of pixels: colours side by side share a pass, so that there are few passes.

    Where each colour is, is found a line at a time by `translate` and summed as one long number, both of them in C.
    """
    sums: dict[int, int] = {}
    for y in range(len(pixels) // width):
        line = pixels[y * width : (y + 1) * width]
        for colour in set(line):
            sums[colour] = sums.get(colour, 0) | int.from_bytes(line.translate(_bit_table(colour, y)))
    columns = {colour: bits.to_bytes(width) for colour, bits in sums.items()}
    spans = sorted(
        (width - len(bits.lstrip(b'\0')), len(bits.rstrip(b'\0')), colour) for colour, bits in columns.items()
    )
    passes = []
    while spans:
        later, coded, reached = [], [], 0
        for span in spans:
            start, end, colour = span
            if start < reached:
                later.append(span)
                continue
            bits = bytes(start - reached) + columns[colour][start:end]
            coded.append(b'#%d' % colour + _RUN.sub(_shorten, bits.translate(_BITS_TO_CHARACTER)))
            reached = end
        passes.append(b''.join(coded))
        spans = later
    return b'$'.join(passes)


@cache
def _bit_table(colour: int, y: int) -> bytes:
    """Translate pixels of `colour` to the bit of their row in the band, and others to nothing."""
    return bytes(colour) + bytes([1 << y]) + bytes(255 - colour)


def _shorten(run: re.Match[bytes]) -> bytes:
    return b'!%d%s' % (len(run[0]), run[1])
