"""Land: ridges into the distance, mist between them, dunes and meadows."""

import math
from random import Random

from PIL import Image, ImageDraw

from hfmedia_tui.sandbox.paint.marks import (
    Point,
    Stroke,
    Study,
    fractal,
    gradient,
    noise,
    polygon,
    ridge,
    smooth,
    table,
)
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['dunes', 'meadow', 'mist', 'ridges', 'sliding']


def ridges(
    study: Study, palette: Palette, top: int, bottom: int, layers: int, *, jagged: float, snowy: bool
) -> list[Stroke]:
    """Return mountains from `top` to `bottom`, the far ones pale, each with mist at its foot."""
    strokes: list[Stroke] = []
    for layer in range(layers):
        nearness = (layer + 1) / layers
        speed = -18 * nearness**2 * study.unit
        width = study.width + study.margin(speed)
        crest = top + (bottom - top) * layer / layers * 0.85
        rise = (bottom - top) * (0.62 - 0.3 * nearness) * study.chance.uniform(0.8, 1.25)
        start = max(0, round(crest - rise * 0.35))
        # Deeper than it shows: what comes before it may be rolling.
        height = max(8, bottom - start + study.height // 6)
        line = ridge(study.chance, 160, jagged - 0.12 * nearness)
        heights = [rise * (1 - value) for value in line]
        mask = _under(width, height, heights)
        tone = mix(palette.haze, palette.near, 0.2 + 0.72 * nearness**1.3)
        body = gradient((width, height), (tone, mix(tone, palette.haze, 0.62 - 0.3 * nearness)))
        _carve(study.chance, body, palette, 0.3 * (1 - nearness * 0.5))
        if snowy and layer < layers - 1:
            _cap_with_snow(study.chance, body, heights, rise, palette)
        strokes += [
            sliding(body, mask, (0, start), speed),
            mist(study, palette, round(crest + rise), 0.75 - 0.3 * nearness),
        ]
    return strokes


def mist(study: Study, palette: Palette, at: int, strength: float) -> Stroke:
    """Return a bank of mist around the height `at`."""
    height = max(8, round(study.height * study.chance.uniform(0.1, 0.2)))
    speed = study.chance.choice((-1, 1)) * 12 * study.unit
    width = study.width + study.margin(speed)
    small = (max(16, width // 8), max(8, height // 6))
    profile = (
        Image.linear_gradient('L')
        .resize(small, Image.Resampling.BILINEAR)
        .point(table(lambda down: math.sin(down * math.pi) ** 1.6 * strength))
    )
    mask = Image.composite(profile, Image.new('L', small), noise(study.chance, small, (6, 2)))
    mask = mask.resize((width, height), Image.Resampling.BILINEAR)
    colour = Image.new('RGB', mask.size, mix(palette.haze, palette.glow, 0.25))
    left = 0 if speed < 0 else study.width - width
    return sliding(colour, mask, (left, at - height // 2), speed)


def dunes(study: Study, palette: Palette, top: int) -> list[Stroke]:
    """Return dunes down to the lower edge: a lit side and a shadow side each, rippled by the wind."""
    strokes: list[Stroke] = []
    sand = mix(palette.accent, palette.haze, 0.55)
    for layer in range(4):
        nearness = (layer + 1) / 4
        speed = -16 * nearness**2 * study.unit
        width = study.width + study.margin(speed)
        start = round(top + (study.height - top) * layer * 0.2)
        height = study.height - start
        rise = height * (0.3 + 0.1 * nearness)
        heights = [rise * (1 - value) for value in smooth(study.chance, 120, 1.2 + 1.6 * (1 - nearness))]
        lit = mix(mix(sand, palette.glow, 0.35), palette.haze, 0.55 * (1 - nearness))
        dark = mix(mix(palette.near, sand, 0.35), palette.haze, 0.6 * (1 - nearness))
        body = gradient((width, height), (lit, mix(lit, dark, 0.45)))
        slope = [
            max(0.0, min(1.0, 0.5 + (heights[min(index + 3, 119)] - heights[max(index - 3, 0)]) / rise * 3.2))
            for index in range(120)
        ]
        strip = Image.new('L', (120, 1))
        strip.putdata([round(255 * share) for share in slope])
        shade = strip.resize((width, height), Image.Resampling.BILINEAR)
        fade = (
            Image.linear_gradient('L')
            .resize((width, height))
            .point(table(lambda down: max(0.0, 1 - down * 0.7) * 0.85))
        )
        shadow = Image.composite(shade, Image.new('L', shade.size), fade)
        body.paste(dark, (0, 0), shadow)
        ripples = noise(study.chance, (width, height), (24, max(8, round(70 * nearness)))).point(
            table(lambda value: value * 0.16)
        )
        body.paste(dark, (0, 0), ripples)
        strokes.append(sliding(body, _under(width, height, heights), (0, start), speed))
    return strokes


def meadow(study: Study, palette: Palette, top: int, *, flowers: bool) -> list[Stroke]:
    """Return rolling hills down to the lower edge, with grass, and with flowers where they are asked for."""
    strokes: list[Stroke] = []
    green = mix(palette.near, (96, 148, 62), 0.62 if not palette.dark else 0.2)
    if palette.moods & {'autumn', 'golden'}:
        green = mix(palette.near, (190, 140, 60), 0.55)
    if palette.moods & {'snow', 'winter'}:
        green = mix((236, 242, 250), palette.sky[1], 0.25)
    for layer in range(4):
        nearness = (layer + 1) / 4
        speed = -18 * nearness**2 * study.unit
        width = study.width + study.margin(speed)
        start = round(top + (study.height - top) * layer * 0.2)
        height = study.height - start
        rise = height * 0.26
        heights = [rise * (1 - value) for value in smooth(study.chance, 100, 1.1)]
        tone = mix(palette.haze, green, 0.4 + 0.6 * nearness)
        body = gradient((width, height), (mix(tone, palette.glow, 0.28), mix(tone, palette.near, 0.5 * nearness)))
        blades = noise(study.chance, (width, height), (width // 5, max(6, height // 14))).point(
            table(lambda value: value * 0.3)
        )
        body.paste(mix(tone, palette.near, 0.55), (0, 0), blades)
        if flowers and layer:
            _scatter(study, body, heights, nearness, palette)
        strokes.append(sliding(body, _under(width, height, heights), (0, start), speed))
    return strokes


def _under(width: int, height: int, heights: list[float]) -> Image.Image:
    last = len(heights) - 1
    return polygon(
        (width, height),
        [*((index * width / last, value) for index, value in enumerate(heights)), (width, height), (0, height)],
    )


def _carve(chance: Random, body: Image.Image, palette: Palette, strength: float) -> None:
    """Give rock its lit and its shadowed faces."""
    small = (max(16, body.width // 3), max(16, body.height // 3))
    faces = fractal(chance, small, (9, 5), 4)
    faces = faces.transform(
        small, Image.Transform.AFFINE, (1, 0.55, -0.28 * small[1], 0, 1, 0), Image.Resampling.BILINEAR
    )
    mask = faces.point(table(lambda value: max(0.0, value - 0.45) * 2 * strength)).resize(
        body.size, Image.Resampling.BICUBIC
    )
    body.paste(mix(palette.glow, palette.haze, 0.3), (0, 0), mask)


def _cap_with_snow(chance: Random, body: Image.Image, heights: list[float], rise: float, palette: Palette) -> None:
    """Cover the heights with snow that runs down the gullies."""
    last = len(heights) - 1
    limit = rise * 0.42
    line: list[Point] = []
    for index, height in enumerate(heights):
        depth = max(0.0, limit - height) * chance.uniform(0.35, 1.0)
        line.append((index * body.width / last, height + depth))
    shape = [*((index * body.width / last, height - 2) for index, height in enumerate(heights)), *reversed(line)]
    mask = polygon(body.size, shape)
    white = mix((250, 252, 255), palette.sky[1], 0.12 if not palette.dark else 0.45)
    body.paste(white, (0, 0), mask)


def _scatter(study: Study, body: Image.Image, heights: list[float], nearness: float, palette: Palette) -> None:
    """Strew flowers over a hill, small where it is far."""
    draw = ImageDraw.Draw(body)
    tones = (palette.accent, mix(palette.accent, (255, 255, 255), 0.45), (250, 214, 90), (176, 120, 220))
    for _ in range(round(420 * nearness)):
        x = study.chance.random() * body.width
        ground = heights[int(x / body.width * (len(heights) - 1))]
        y = ground + (body.height - ground) * study.chance.random()
        size = (0.8 + 4.2 * nearness * (y / body.height)) * study.unit
        draw.ellipse((x - size, y - size * 0.8, x + size, y + size * 0.8), study.chance.choice(tones))


def sliding(painted: Image.Image, mask: Image.Image, at: tuple[int, int], speed: float) -> Stroke:
    """Return a stroke that lays `painted` down through `mask`, and moves it sideways with time."""

    def stroke(canvas: Image.Image, time: float) -> None:
        canvas.paste(painted, (at[0] + round(speed * time), at[1]), mask)

    return stroke
