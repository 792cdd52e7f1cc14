"""Portraits: a bust in profile that holds a landscape, before a plain ground and a disc of light."""

from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from hfmedia_tui.sandbox.paint.marks import Point, Stroke, Study, gradient, outline, polygon, table
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['bust']


def bust(study: Study, palette: Palette, inside: list[Stroke], facing: int) -> Stroke:
    """Return a bust that looks to the right (`facing` 1) or to the left (-1), filled with what `inside` paints."""
    pale = mix(palette.glow, palette.sky[-1], 0.35)
    ground = gradient(study.size, (mix(pale, palette.sky[1], 0.55), pale))
    radius = min(study.size) * 0.36
    scale, middle, top = min(study.size) * 0.92, study.width / 2, study.height - min(study.size) * 0.94
    disc = Image.new('L', study.size)
    x, y = middle + facing * radius * 0.2, top + scale * 0.42
    ImageDraw.Draw(disc).ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    ground.paste(mix(palette.accent, pale, 0.35), (0, 0), disc.filter(ImageFilter.BoxBlur(1)))

    def cut(points: Sequence[Point]) -> Image.Image:
        return polygon(study.size, outline([(middle + facing * (x - 0.5) * scale, top + y * scale) for x, y in points]))

    hair = cut(_HAIR)
    mask = ImageChops.lighter(cut(_PROFILE), hair)
    shade = hair.point(table(lambda value: value * 0.3))
    rim = ImageChops.subtract(mask, ImageChops.offset(mask, -facing * round(5 * study.unit), round(3 * study.unit)))
    rim = rim.filter(ImageFilter.BoxBlur(1.2 * study.unit)).point(table(lambda value: value * 0.8))

    def stroke(canvas: Image.Image, time: float) -> None:
        filled = Image.new('RGB', study.size, palette.near)
        for inner_stroke in inside:
            inner_stroke(filled, time)
        canvas.paste(ground)
        canvas.paste(filled, (0, 0), mask)
        canvas.paste(palette.near, (0, 0), shade)
        canvas.paste(palette.glow, (0, 0), rim)

    return stroke


_PROFILE: Final = (
    (0.3, 0.34),
    (0.34, 0.2),
    (0.46, 0.12),
    (0.6, 0.13),
    (0.69, 0.22),
    (0.705, 0.33),
    (0.715, 0.39),
    (0.765, 0.48),
    (0.725, 0.505),
    (0.735, 0.54),
    (0.74, 0.565),
    (0.722, 0.582),
    (0.735, 0.61),
    (0.72, 0.635),
    (0.715, 0.68),
    (0.66, 0.715),
    (0.585, 0.715),
    (0.57, 0.78),
    (0.62, 0.86),
    (0.8, 0.93),
    (0.9, 1.06),
    (0.1, 1.06),
    (0.16, 0.93),
    (0.33, 0.85),
    (0.385, 0.76),
    (0.355, 0.6),
    (0.31, 0.48),
)
_HAIR: Final = (
    (0.27, 0.36),
    (0.31, 0.18),
    (0.46, 0.085),
    (0.63, 0.11),
    (0.7, 0.235),
    (0.62, 0.245),
    (0.55, 0.33),
    (0.525, 0.44),
    (0.47, 0.5),
    (0.455, 0.62),
    (0.42, 0.72),
    (0.33, 0.74),
    (0.27, 0.6),
)
