"""Abstract pictures: folded noise, coloured along a ramp, with fine contour lines."""

import math

from PIL import Image, ImageChops, ImageFilter

from hfmedia_tui.sandbox.paint.marks import Stroke, Study, fractal, noise, table
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['flow']


def flow(study: Study, palette: Palette) -> list[Stroke]:
    """Return currents of colour."""
    chance = study.chance
    small = (max(64, study.width // 2), max(64, study.height // 2))
    field = fractal(chance, small, (3, 3), 4)
    bend = noise(chance, small, (3, 3))
    folds = chance.uniform(1.4, 3.2)
    lines = chance.choice((0, 18, 30, 44))
    stops = (palette.near, palette.sky[0], palette.accent, palette.glow, palette.sky[-1], palette.sky[1], palette.near)

    def stroke(canvas: Image.Image, time: float) -> None:
        turned = ImageChops.add_modulo(
            field.point(table(lambda value: value * 0.5 * folds / 2)),
            bend.point([round(value * 0.5 + time * 9) % 256 for value in range(256)]),
        )
        wave = turned.point(table(lambda value: 0.5 + 0.5 * math.sin(value * math.tau * folds + time * 0.5)))
        wave = wave.filter(ImageFilter.GaussianBlur(1.5)).resize(study.size, Image.Resampling.BILINEAR)
        ramp: list[int] = []
        for channel in range(3):
            for value in range(256):
                place = value / 255 * (len(stops) - 1)
                index = min(int(place), len(stops) - 2)
                ramp.append(mix(stops[index], stops[index + 1], place - index)[channel])
        picture = Image.merge('RGB', (wave, wave, wave)).point(ramp)
        if lines:
            contour = wave.point([60 if (value * lines // 256) % 2 else 0 for value in range(256)])
            picture.paste(palette.glow, (0, 0), contour.filter(ImageFilter.FIND_EDGES).filter(ImageFilter.BoxBlur(0.7)))
        canvas.paste(picture)

    return [stroke]
