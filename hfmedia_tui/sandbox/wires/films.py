"""How large and how long a film is that a submit asks for."""

from typing import Final

from hfmedia_tui.sandbox.wires.fields import Fields, Invalid, Wrong

__all__ = ['film_frames', 'film_size']

_HEIGHTS: Final = {'240p': 240, '360p': 360, '480p': 480, '540p': 540, '580p': 580, '720p': 720, '1080p': 1080}
_RATIOS: Final = {'16:9': 16 / 9, '9:16': 9 / 16, '1:1': 1.0, '4:3': 4 / 3, '3:4': 3 / 4, '21:9': 21 / 9}


def film_size(fields: Fields, default: tuple[int, int]) -> tuple[int, int]:
    """Read width and height, or else `resolution` and `aspect_ratio`; sides are even, as H.264 wants them."""
    resolution = fields.choice('resolution', _HEIGHTS)
    ratio = fields.choice('aspect_ratio', _RATIOS)
    if resolution or ratio:
        short = _HEIGHTS[resolution] if resolution else min(default)
        shape = _RATIOS[ratio] if ratio else default[0] / default[1]
        default = (round(short * shape), short) if shape >= 1 else (short, round(short / shape))
    width, height = fields.sides(default)
    return max(64, width // 2 * 2), max(64, height // 2 * 2)


def film_frames(fields: Fields, rate_name: str = 'frames_per_second') -> tuple[int, int]:
    """Read how many frames a film has, and how many of them a second; 3 seconds at 16 where nothing is asked."""
    rate = fields.whole(rate_name, 4, 30) or 16
    frames = fields.whole('num_frames', 9, 161)
    if frames is None:
        seconds = fields.given.get('duration', 3)
        if isinstance(seconds, str) and seconds.removesuffix('s').isdecimal():
            seconds = int(seconds.removesuffix('s'))
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 1 <= seconds <= 10:
            raise Invalid('duration', Wrong.TYPE, 'number of seconds from 1 to 10')
        frames = min(161, round(seconds * rate) + 1)
    return frames, rate
