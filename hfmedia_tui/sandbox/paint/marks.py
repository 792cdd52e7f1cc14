"""The marks that pictures are made of: gradients, noise, glows, smooth outlines. All of it in Pillow's own C."""

import itertools
import math
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageOps

from hfmedia_tui.sandbox.paint.palettes import Colour

__all__ = [
    'Point',
    'Stroke',
    'Study',
    'fractal',
    'gradient',
    'light',
    'noise',
    'outline',
    'polygon',
    'ridge',
    'shine',
    'smooth',
    'spot',
    'table',
    'tinted',
]

Point: TypeAlias = tuple[float, float]

Stroke: TypeAlias = Callable[[Image.Image, float], None]
"""Paints one thing onto a canvas as it is at a time in seconds; what does not move is prepared beforehand."""

_BICUBIC = Image.Resampling.BICUBIC
_BILINEAR = Image.Resampling.BILINEAR


class Study:
    """The sheet that a picture is planned on: its size, its chance, and how long it moves."""

    def __init__(self, width: int, height: int, chance: Random, seconds: float) -> None:
        self.width = width
        self.height = height
        self.chance = chance
        self.seconds = seconds
        """0 for a still."""
        self.unit = math.sqrt(width * height) / 1_000
        """A length that grows with the sheet: 1 pixel on one of a million."""

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    def margin(self, speed: float) -> int:
        """How much wider than the sheet something must be that moves by `speed` pixels a second."""
        return math.ceil(abs(speed) * self.seconds)


def table(change: Callable[[float], float]) -> list[int]:
    """Return `change` from 0..1 to 0..1 as a lookup table for `Image.point`."""
    return [max(0, min(255, round(change(value / 255) * 255))) for value in range(256)]


def gradient(size: tuple[int, int], stops: Sequence[Colour]) -> Image.Image:
    """Return a vertical gradient through `stops`, evenly spaced."""
    strip = Image.new('RGB', (1, len(stops)))
    strip.putdata(list(stops))
    # The centres of the first and last pixel lie on the edges.
    whole = strip.resize((1, max(2, size[1])), _BILINEAR, box=(0, 0.5, 1, len(stops) - 0.5))
    return whole.resize(size, Image.Resampling.NEAREST)


def noise(chance: Random, size: tuple[int, int], cells: tuple[int, int], *, endless: bool = False) -> Image.Image:
    """Return smooth noise with this many cells across and down; `endless` noise continues at its opposite edge."""
    columns, rows = max(2, cells[0]), max(2, cells[1])
    grid = Image.frombytes('L', (columns, rows), chance.randbytes(columns * rows))
    if not endless:
        return grid.resize(size, _BICUBIC)
    around = Image.new('L', (columns + 4, rows + 4))
    for x in (2 - columns, 2, 2 + columns):
        for y in (2 - rows, 2, 2 + rows):
            around.paste(grid, (x, y))
    return around.resize(size, _BICUBIC, box=(2, 2, columns + 2, rows + 2))


def fractal(
    chance: Random, size: tuple[int, int], cells: tuple[int, int], octaves: int = 4, *, endless: bool = False
) -> Image.Image:
    """Return noise with detail at every scale, stretched to the whole range of grey."""
    whole = noise(chance, size, cells, endless=endless)
    for octave in range(1, octaves):
        finer = noise(chance, size, (cells[0] << octave, cells[1] << octave), endless=endless)
        whole = Image.blend(whole, finer, 0.42 * 0.62**octave + 0.07)
    return ImageOps.autocontrast(whole, cutoff=1)


def spot(diameter: int, power: float = 2.0) -> Image.Image:
    """Return a round light, white in the middle and black at its rim, falling off with `power`."""
    round_light = Image.radial_gradient('L').point(table(lambda far: max(0.0, 1 - far * 1.42) ** power))
    return round_light.resize((max(2, diameter), max(2, diameter)), _BILINEAR)


def shine(canvas: Image.Image, tint: Colour, centre: tuple[int, int], diameter: int, strength: float) -> None:
    """Brighten the canvas around a place, as light in the air does."""
    mask = spot(256, 2.2).point(table(lambda value: value * strength))
    place = centre[0] - diameter // 2, centre[1] - diameter // 2
    canvas.paste(tint, place, mask.resize((max(2, diameter), max(2, diameter)), _BILINEAR))


def tinted(mask: Image.Image, tint: Colour) -> Image.Image:
    """Return `mask` as light of a colour."""
    return Image.merge('RGB', [mask.point([value * part // 255 for value in range(256)]) for part in tint])


def light(canvas: Image.Image, lit: Image.Image, position: tuple[int, int]) -> None:
    """Add light to the canvas, with its upper left corner at `position`; what lies outside is cut off."""
    left, top = position
    box = (max(0, left), max(0, top), min(canvas.width, left + lit.width), min(canvas.height, top + lit.height))
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    part = lit.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    canvas.paste(ImageChops.screen(canvas.crop(box), part), box[:2])


def polygon(size: tuple[int, int], *shapes: Sequence[Point]) -> Image.Image:
    """Return a mask with these shapes filled, their edges smooth."""
    mask = Image.new('L', (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(mask)
    for points in shapes:
        draw.polygon([(x * 2, y * 2) for x, y in points], 255)
    return mask.reduce(2)


def outline(points: Sequence[Point], detail: int = 6) -> list[Point]:
    """Return a closed smooth curve through `points` (Catmull and Rom's spline)."""
    count = len(points)
    curve = []
    for index in range(count):
        before, start, end, after = (points[(index + step) % count] for step in (-1, 0, 1, 2))
        for part in range(detail):
            t = part / detail
            curve.append(
                (
                    _spline(before[0], start[0], end[0], after[0], t),
                    _spline(before[1], start[1], end[1], after[1], t),
                )
            )
    return curve


def _spline(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t * t
        + (3 * start - before - 3 * end + after) * t**3
    )


def ridge(chance: Random, count: int, roughness: float) -> list[float]:
    """Return a mountain's line, 0 to 1, by displacing midpoints; `roughness` from 0.4 (soft) to 0.7 (jagged)."""
    heights = [chance.random() for _ in range(5)]
    swing = roughness
    while len(heights) < count:
        finer = []
        for first, second in itertools.pairwise(heights):
            finer += [first, (first + second) / 2 + chance.uniform(-swing, swing) / 2]
        heights = [*finer, heights[-1]]
        swing *= roughness
    return _levelled(heights[:count] if len(heights) == count else _resampled(heights, count))


def smooth(chance: Random, count: int, waves: float) -> list[float]:
    """Return a rolling line, 0 to 1, with about this many hills."""
    parts = [(waves * scale, chance.uniform(0, 7), 1 / scale) for scale in (0.5, 1, 1.7, 3.1)]
    return _levelled(
        [
            sum(math.sin(step / count * frequency * math.tau + phase) * weight for frequency, phase, weight in parts)
            for step in range(count)
        ]
    )


def _resampled(values: list[float], count: int) -> list[float]:
    last = len(values) - 1
    return [values[round(step * last / (count - 1))] for step in range(count)]


def _levelled(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low or 1) for value in values]
