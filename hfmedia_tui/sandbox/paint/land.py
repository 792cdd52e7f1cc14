"""Land: ridges into the distance, mist between them, dunes, meadows, and the trees that grow there."""

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
from hfmedia_tui.sandbox.paint.palettes import Colour, Palette, mix

__all__ = ['conifers', 'dunes', 'meadow', 'mist', 'ridges', 'trunks']


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
            _sliding(body, mask, (0, start), speed),
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
    return _sliding(colour, mask, (left, at - height // 2), speed)


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
        strokes.append(_sliding(body, _under(width, height, heights), (0, start), speed))
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
        strokes.append(_sliding(body, _under(width, height, heights), (0, start), speed))
    return strokes


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
        strokes += [_sliding(body, mask, (0, start), speed), mist(study, palette, round(base), 0.8 * (1.1 - nearness))]
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
            _sliding(ground, _soft_top(ground.size), (0, round(foot * 0.94)), speed),
            _sliding(body, mask, (0, 0), speed),
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
    return _sliding(body, mask.resize((width, height), Image.Resampling.BILINEAR), (0, 0), speed)


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


def _sliding(painted: Image.Image, mask: Image.Image, at: tuple[int, int], speed: float) -> Stroke:
    """Return a stroke that lays `painted` down through `mask`, and moves it sideways with time."""

    def stroke(canvas: Image.Image, time: float) -> None:
        canvas.paste(painted, (at[0] + round(speed * time), at[1]), mask)

    return stroke
