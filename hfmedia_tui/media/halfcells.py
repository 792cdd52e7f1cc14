"""Pictures as upper half blocks: two pixels a cell, the upper one in the foreground's colour."""

from typing import TYPE_CHECKING

from hfmedia_tui.media.terminal import Colours

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ['encode']


def encode(picture: 'Image', colours: Colours) -> tuple[str, ...]:
    """Return finished text for each row of cells; `picture` is RGB, one pixel a column and two a row.

    A colour is only said where it changes (SGR 38 and 48, ITU T.416).
    """
    width = picture.width
    if colours is Colours.TRUECOLOR:
        pixels = picture.tobytes()
        colour = [f'2;{r};{g};{b}' for r, g, b in zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)]
    else:
        colour = [f'5;{index + 16}' for index in _indexed(picture).tobytes()]
    return tuple(
        _row(colour[start : start + width], colour[start + width : start + 2 * width])
        for start in range(0, len(colour), 2 * width)
    )


def _row(upper: list[str], lower: list[str]) -> str:
    parts = []
    foreground = background = ''
    for above, below in zip(upper, lower, strict=True):
        if above != foreground:
            foreground = above
            if below != background:
                background = below
                parts.append(f'\x1b[38;{above};48;{below}m▀')
            else:
                parts.append(f'\x1b[38;{above}m▀')
        elif below != background:
            background = below
            parts.append(f'\x1b[48;{below}m▀')
        else:
            parts.append('▀')
    parts.append('\x1b[0m')
    return ''.join(parts)


def _indexed(picture: 'Image') -> 'Image':
    """Reduce to xterm's colours 16 to 255: a cube of 6 by 6 by 6, and 24 greys."""
    from PIL import Image

    steps = (0, 95, 135, 175, 215, 255)
    cube = [value for r in steps for g in steps for b in steps for value in (r, g, b)]
    greys = [value for step in range(24) for value in [8 + 10 * step] * 3]
    palette = Image.new('P', (1, 1))
    palette.putpalette(cube + greys)
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)  # pixels of this size show any pattern
