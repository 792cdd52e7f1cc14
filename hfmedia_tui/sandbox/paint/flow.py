"""Abstract pictures: folded ribbons, coloured along a ramp, with fine contour lines."""

import math
from collections.abc import Sequence

from PIL import Image, ImageFilter

from hfmedia_tui.sandbox.paint.marks import Stroke, Study, fractal, table
from hfmedia_tui.sandbox.paint.palettes import Colour, Palette, mix

__all__ = ['flow']


def flow(study: Study, palette: Palette) -> list[Stroke]:
    """Return ribbons of colour, as silk or oil on water would lie."""
    chance = study.chance
    small = (max(64, study.width // 2), max(64, study.height // 2))
    ribbons = fractal(chance, small, (2, chance.choice((3, 4, 6))), 2)
    ribbons = ribbons.rotate(chance.uniform(0, 180), Image.Resampling.BICUBIC, fillcolor=128)
    for _ in range(2):
        ribbons = _warped(ribbons, study)
    folds = chance.uniform(1.5, 3.0)
    lines = chance.choice((0, 9, 14, 22))
    ramp = _ramp((palette.near, palette.sky[0], palette.accent, palette.glow, palette.sky[-1], palette.sky[1]))

    def stroke(canvas: Image.Image, time: float) -> None:
        wave = ribbons.point(table(lambda value: 0.5 - 0.5 * math.cos(value * math.tau * folds + time * 0.9)))
        wave = wave.resize(study.size, Image.Resampling.BICUBIC)
        picture = Image.merge('RGB', (wave, wave, wave)).point(ramp)
        if lines:
            contour = wave.point([110 if value % (256 // lines) < 2 else 0 for value in range(256)])
            picture.paste(palette.glow, (0, 0), contour.filter(ImageFilter.BoxBlur(0.8)))
        canvas.paste(picture)

    return [stroke]


def _warped(image: Image.Image, study: Study) -> Image.Image:
    """Return `image` pulled at the corners of a grid, as cloth is."""
    columns = rows = 5
    across, down = image.width / columns, image.height / rows
    pull = 0.85
    corners = {
        (column, row): (
            max(0.0, min(image.width, (column + study.chance.uniform(-pull, pull)) * across)),
            max(0.0, min(image.height, (row + study.chance.uniform(-pull, pull)) * down)),
        )
        for column in range(columns + 1)
        for row in range(rows + 1)
    }
    parts = []
    for column in range(columns):
        for row in range(rows):
            box = tuple(round(edge) for edge in (column * across, row * down, (column + 1) * across, (row + 1) * down))
            ring = ((column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row))
            parts.append((box, tuple(edge for corner in ring for edge in corners[corner])))
    warped = image.transform(image.size, Image.Transform.MESH, parts, Image.Resampling.BICUBIC)
    return warped.filter(ImageFilter.GaussianBlur(image.width / 60))


def _ramp(stops: Sequence[Colour]) -> list[int]:
    """Return a lookup table from grey to the colours of `stops`, for the three channels one after the other."""
    colours = []
    for value in range(256):
        place = value / 255 * (len(stops) - 1)
        index = min(int(place), len(stops) - 2)
        colours.append(mix(stops[index], stops[index + 1], place - index))
    return [tone[channel] for channel in range(3) for tone in colours]
