"""From a file to its pixels at exactly the size that they are shown; the full size lives only while it is scaled."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from hfmedia_tui.media.decode import film_duration, first_frame, open_film, open_picture, shown_pixels, shown_size
from hfmedia_tui.media.fit import ALL, WHOLE, Area, Crop, Fit, Lens, fit
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
    crop: Crop
    """What of it is seen."""
    duration: float | None = None
    """Seconds, for a film."""


def scale(path: Path, form: Format, area: Area, lens: Lens = WHOLE) -> Scaled:
    """Decode a file and scale what `lens` shows of it into `area`. Raises MediaError where it cannot be decoded."""
    return _scale_film(path, form, area, lens) if form.is_film else _scale_picture(path, form, area, lens)


def _scale_film(path: Path, form: Format, area: Area, lens: Lens) -> Scaled:
    with open_film(path, form) as film:
        frame = first_frame(film)
        width, height = shown_size(film, frame)
        crop = lens.crop(width, height, area)
        place = fit(*_seen(width, height, crop), area)
        if crop == ALL:
            pixels = shown_pixels(frame, place.width, place.height)
        else:
            whole = shown_pixels(frame, width, height)
            pixels = whole.resize((place.width, place.height), box=crop.box(width, height))
        return Scaled(pixels, place, width, height, crop, film_duration(film))


def _seen(width: int, height: int, crop: Crop) -> tuple[int, int]:
    """Return how many pixels are seen each way."""
    return max(1, round(width * crop.width)), max(1, round(height * crop.height))


def _scale_picture(path: Path, form: Format, area: Area, lens: Lens) -> Scaled:
    from PIL import Image, ImageOps

    with open_picture(path, form) as picture:
        width, height = picture.size
        if sideways := picture.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8):
            width, height = height, width
        crop = lens.crop(width, height, area)
        place = fit(*_seen(width, height, crop), area)
        size = place.width, place.height
        whole = round(place.width / crop.width), round(place.height / crop.height)
        # JPEG decodes straight to an eighth, where that will do.
        picture.draft('RGB', whole[::-1] if sideways else whole)
        image = ImageOps.exif_transpose(picture)
        box = crop.box(*image.size)
        if image.has_transparency_data:
            layer = image.convert('RGBA').resize(size, Image.Resampling.HAMMING, box, reducing_gap=2.0)
            pixels = Image.alpha_composite(Image.new('RGBA', size, _BACKDROP), layer).convert('RGB')
        else:
            plain = image if image.mode in ('RGB', 'L') else image.convert('RGB')
            pixels = plain.resize(size, Image.Resampling.HAMMING, box, reducing_gap=2.0).convert('RGB')
        return Scaled(pixels, place, width, height, crop)
