"""From a file to its pixels at exactly the size that they are shown; the full size lives only while it is scaled."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from hfmedia_tui.media.decode import film_duration, first_frame, open_film, open_picture, shown_pixels, shown_size
from hfmedia_tui.media.fit import Area, Fit, fit
from hfmedia_tui.media.formats import Format

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ['Scaled', 'scale']

_ORIENTATION: Final = 0x0112
"""The Exif tag that says how a camera was held (Exif 2.32, 4.6.4)."""
_BACKDROP: Final = (24, 24, 24, 255)
"""What is seen through transparent pixels: near black, as in most viewers."""


class Scaled(NamedTuple):
    """A picture, or a film's first frame, as it is shown."""

    pixels: 'Image'
    """RGB, of `place`'s size."""
    place: Fit
    width: int
    """Of the file, in pixels."""
    height: int
    duration: float | None = None
    """Seconds, for a film."""


def scale(path: Path, form: Format, area: Area) -> Scaled:
    """Decode a file and scale it into `area`. Raises MediaError where it cannot be decoded."""
    return _scale_film(path, form, area) if form.is_film else _scale_picture(path, form, area)


def _scale_film(path: Path, form: Format, area: Area) -> Scaled:
    with open_film(path, form) as film:
        frame = first_frame(film)
        width, height = shown_size(film, frame)
        place = fit(width, height, area)
        return Scaled(shown_pixels(frame, place.width, place.height), place, width, height, film_duration(film))


def _scale_picture(path: Path, form: Format, area: Area) -> Scaled:
    from PIL import Image, ImageOps

    with open_picture(path, form) as picture:
        width, height = picture.size
        if sideways := picture.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8):
            width, height = height, width
        place = fit(width, height, area)
        size = place.width, place.height
        picture.draft('RGB', size[::-1] if sideways else size)  # JPEG decodes straight to an eighth, where that will do
        image = ImageOps.exif_transpose(picture)
        if image.has_transparency_data:
            layer = image.convert('RGBA').resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)
            pixels = Image.alpha_composite(Image.new('RGBA', size, _BACKDROP), layer).convert('RGB')
        else:
            plain = image if image.mode in ('RGB', 'L') else image.convert('RGB')
            pixels = plain.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0).convert('RGB')
        return Scaled(pixels, place, width, height)
