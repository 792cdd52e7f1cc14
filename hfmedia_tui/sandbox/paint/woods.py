"""Woods: slopes of firs seen from afar, and trunks seen from within."""

from random import Random

from PIL import Image

from hfmedia_tui.sandbox.paint.land import mist, sliding
from hfmedia_tui.sandbox.paint.marks import Point, Stroke, Study, fractal, gradient, noise, polygon, smooth, table
from hfmedia_tui.sandbox.paint.palettes import Colour, Palette, mix

__all__ = ['conifers', 'trunks']


def conifers(study: Study, palette: Palette, top: int, bottom: int, layers: int) -> list[Stroke]:
    """Return slopes of firs into the distance, with mist between them."""
    strokes: list[Stroke] = []
    autumn = bool(palette.moods & {'autumn', 'golden'})
    for layer in range(layers):
        nearness = (layer + 1) / layers
        speed = -22 * nearness**2 * study.unit
        width = study.width + study.margin(speed)
        base = top + (bottom - top) * nearness**1.1
        tall = study.height * (0.05 + 0.2 * nearness**1.5)
        sweep = study.height * 0.1
        line = [base - sweep * value for value in smooth(study.chance, 60, 1.0)]
        start = max(0, round(min(line) - tall * 1.3))
        height = max(8, min(study.height, round(base + study.height * 0.3)) - start)
        trees = []
        x = -tall * 0.2
        while x < width + tall * 0.2:
            ground = line[max(0, min(59, int(x / width * 60)))] - start
            trees.append(_fir(study.chance, x, ground + tall * 0.1, tall * study.chance.uniform(0.55, 1.15)))
            x += tall * study.chance.uniform(0.13, 0.34)
        ground_shape: list[Point] = [(index * width / 59, value - start) for index, value in enumerate(line)]
        mask = polygon((width, height), [*ground_shape, (width, height), (0, height)], *trees)
        tone = mix(palette.haze, palette.near, 0.18 + 0.8 * nearness**1.4)
        if autumn:
            tone = mix(tone, palette.accent, 0.28 * nearness)
        elif not palette.dark:
            tone = mix(tone, (40, 92, 66), 0.3 * nearness)
        body = gradient((width, height), (tone, mix(tone, palette.haze, 0.5 * (1.15 - nearness))))
        strokes += [sliding(body, mask, (0, start), speed), mist(study, palette, round(base), 0.8 * (1.1 - nearness))]
    return strokes


def trunks(study: Study, palette: Palette) -> list[Stroke]:
    """Return the inside of a wood: trunks behind trunks, and leaves overhead and on the ground."""
    strokes: list[Stroke] = []
    leaf = palette.accent if palette.moods & {'autumn', 'golden', 'sunset'} else mix((70, 140, 70), palette.near, 0.35)
    for layer in range(4):
        nearness = (layer + 1) / 4
        speed = -26 * nearness**2 * study.unit
        width = study.width + study.margin(speed)
        thick = study.width * 0.012 + study.width * 0.045 * nearness**2
        shapes: list[list[Point]] = []
        x = study.chance.uniform(0, thick * 3)
        foot = study.height * (0.72 + 0.3 * nearness)
        while x < width:
            lean, girth = study.chance.uniform(-0.03, 0.03) * study.height, thick * study.chance.uniform(0.5, 1.2)
            shapes.append(
                [
                    (x + lean, 0),
                    (x + lean + girth * 0.7, 0),
                    (x + girth, foot),
                    (x + girth * 1.5, foot + girth),
                    (x - girth * 0.5, foot + girth),
                    (x, foot),
                ]
            )
            x += thick * study.chance.uniform(2.2, 6.5) + study.width * 0.02
        mask = polygon((width, study.height), *shapes)
        tone = mix(palette.haze, palette.near, 0.25 + 0.75 * nearness)
        body = gradient((width, study.height), (tone, mix(tone, palette.haze, 0.35 * (1 - nearness))))
        bark = noise(study.chance, body.size, (width // 6, 9)).point(table(lambda value: value * 0.3))
        body.paste(mix(tone, palette.glow, 0.3), (0, 0), bark)
        ground = gradient(
            (width, max(4, study.height - round(foot * 0.94))), (mix(tone, leaf, 0.5), mix(palette.near, leaf, 0.25))
        )
        strokes += [
            mist(study, palette, round(foot * 0.9), 0.6 * (1.2 - nearness)),
            sliding(ground, _soft_top(ground.size), (0, round(foot * 0.94)), speed),
            sliding(body, mask, (0, 0), speed),
            _canopy(
                study,
                mix(mix(palette.haze, leaf, 0.35 + 0.5 * nearness), palette.near, 0.35 * nearness),
                nearness,
                speed,
            ),
        ]
    return strokes


def _canopy(study: Study, tone: Colour, nearness: float, speed: float) -> Stroke:
    width, height = study.width + study.margin(speed), round(study.height * (0.5 - 0.1 * nearness))
    small = (max(16, width // 2), max(16, height // 2))
    leaves = fractal(study.chance, small, (10, 6), 4)
    fall = Image.linear_gradient('L').resize(small, Image.Resampling.BILINEAR)
    mask = Image.composite(Image.new('L', small), leaves, fall).point(
        table(lambda value: min(1.0, max(0.0, value - 0.32) * 7))
    )
    body = gradient((width, height), (mix(tone, (0, 0, 0), 0.35), tone))
    return sliding(body, mask.resize((width, height), Image.Resampling.BILINEAR), (0, 0), speed)


def _soft_top(size: tuple[int, int]) -> Image.Image:
    return Image.linear_gradient('L').resize(size).point(table(lambda down: min(1.0, down * 5)))


def _fir(chance: Random, x: float, ground: float, tall: float) -> list[Point]:
    """Return the outline of a fir that stands at `x` on `ground`."""
    half = tall * chance.uniform(0.14, 0.21)
    tiers = 6
    left: list[Point] = []
    right: list[Point] = []
    for tier in range(1, tiers + 1):
        y = ground - tall + tall * 0.92 * tier / tiers
        reach = half * tier / tiers
        left += [(x - reach * chance.uniform(0.85, 1.1), y), (x - reach * 0.5, y - tall * 0.02)]
        right += [(x + reach * chance.uniform(0.85, 1.1), y), (x + reach * 0.5, y - tall * 0.02)]
    trunk = tall * 0.02
    return [(x, ground - tall), *right, (x + trunk, ground), (x - trunk, ground), *reversed(left)]
