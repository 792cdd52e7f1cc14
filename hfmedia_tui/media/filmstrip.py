"""A film at a glance, where it cannot play: four of its frames side by side, or what they look like in words."""

import colorsys
from typing import TYPE_CHECKING, Final, NamedTuple

from hfmedia_tui.media.decode import shown_pixels
from hfmedia_tui.media.film import FilmReader

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ['Filmstrip', 'cut_filmstrip', 'tone']

_SIDE: Final = 2
"""Frames across, and down: so all of them together have the film's own shape."""
_HUES: Final = ('red', 'orange', 'yellow', 'green', 'green', 'cyan', 'cyan', 'blue', 'blue', 'purple', 'pink', 'pink')
"""Names around the circle of hues, a twelfth each, the first centred on pure red."""


class Filmstrip(NamedTuple):
    """Some frames of a film."""

    pixels: 'Image'
    """RGB, all of them: rows from left to right."""
    moments: tuple[float, ...]
    """Seconds from the film's start."""
    tones: tuple[str, ...]
    """What each looks like, such as `dark blue`."""


def cut_filmstrip(reader: FilmReader, width: int, height: int) -> Filmstrip:
    """Decode a few frames, evenly spread, into a picture of this size. Raises MediaError where there are none."""
    from PIL import Image

    count = _SIDE * _SIDE
    pixels = Image.new('RGB', (width, height))
    moments, tones = [], []
    for index in range(count):
        shot = reader.shot_at((reader.length or 0.0) * index / count)
        left, top = index % _SIDE * width // _SIDE, index // _SIDE * height // _SIDE
        still = shown_pixels(shot.frame, max(1, (width - 1) // _SIDE), max(1, (height - 1) // _SIDE))
        pixels.paste(still, (left, top))
        moments.append(shot.moment)
        red, green, blue = still.resize((1, 1), Image.Resampling.BOX).tobytes()
        tones.append(tone(red, green, blue))
    return Filmstrip(pixels, tuple(moments), tuple(tones))


def tone(red: int, green: int, blue: int) -> str:
    """Name a colour in one or two words."""
    hue, light, _ = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if max(red, green, blue) - min(red, green, blue) < 24:
        return 'black' if light < 0.12 else 'dark grey' if light < 0.35 else 'grey' if light < 0.65 else 'white'
    name = _HUES[round(hue * 12) % 12]
    return f'dark {name}' if light < 0.3 else f'light {name}' if light > 0.7 else name
