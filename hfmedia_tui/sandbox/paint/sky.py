"""Skies: their colours, what shines in them, clouds, stars, northern lights and lightning."""

import math
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from hfmedia_tui.sandbox.paint.marks import Stroke, Study, fractal, gradient, light, noise, shine, table, tinted
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['clouds', 'place_light', 'rain', 'sky', 'snow', 'starfield']


def place_light(study: Study, palette: Palette, horizon: int) -> tuple[int, int]:
    """Choose where the sun or the moon stands."""
    low = bool(palette.moods & {'sunset', 'dawn', 'golden'}) and not palette.moon
    height = study.chance.uniform(0.02, 0.22) if low else study.chance.uniform(0.35, 0.72)
    return round(study.width * study.chance.uniform(0.16, 0.84)), round(horizon * (1 - height))


def sky(study: Study, palette: Palette, horizon: int, light_at: tuple[int, int]) -> list[Stroke]:
    """Return the sky down to `horizon`, with its sun or moon at `light_at`, and its clouds."""
    base = gradient((study.width, horizon), palette.sky)
    chance = study.chance
    reach = round(max(study.width, horizon) * chance.uniform(1.0, 1.5))
    shine(base, palette.glow, light_at, reach, 0.4 if palette.moon else 0.72)
    if palette.stars:
        light(base, starfield(chance, base.size, palette.stars * 0.0009, study.unit), (0, 0))
    if palette.clouds < 0.8:
        _shine(base, study, palette, light_at)
    below = (0, horizon, study.width, study.height)

    def stroke(canvas: Image.Image, time: float) -> None:
        canvas.paste(base)
        canvas.paste(palette.haze, below)

    strokes: list[Stroke] = [stroke]
    if 'aurora' in palette.moods:
        strokes.append(_aurora(study, palette, horizon))
    strokes.append(clouds(study, palette, horizon))
    if 'thunder' in palette.moods:
        strokes.append(_lightning(study, horizon))
    return strokes


def starfield(chance: Random, size: tuple[int, int], density: float, unit: float) -> Image.Image:
    """Return stars on black, `density` of them for each pixel of a sheet of a million; few are bright."""
    stars = Image.new('RGB', size)
    draw = ImageDraw.Draw(stars)
    count = round(size[0] * size[1] * density / max(0.25, unit**2))
    for _ in range(min(count, 1_500)):
        x, y = chance.random() * size[0], chance.random() * size[1]
        brightness = chance.random() ** 3
        tint = mix((150, 170, 255), (255, 235, 200), chance.random())
        value = mix((0, 0, 0), tint, 0.25 + 0.75 * brightness)
        radius = (0.5 + brightness) * max(0.6, unit * 0.8)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), value)
    return stars


def clouds(study: Study, palette: Palette, horizon: int) -> Stroke:
    """Return clouds that drift, lit from above, or from below when the sun is low."""
    chance = study.chance
    speed = (10 + 14 * chance.random()) * study.unit * chance.choice((-1, 1))
    width = study.width + study.margin(speed)
    small = (max(32, width // 3), max(24, horizon // 3))
    across = max(3, round(5 * width / max(horizon, 1) / 2))
    shape = fractal(chance, small, (max(2, across - 1), 3), 5)
    covered = 1 - palette.clouds
    opacity = shape.point(table(lambda value: min(1.0, max(0.0, (value - covered * 0.92) * 2.1)) * 0.94))
    low = bool(palette.moods & {'sunset', 'dawn', 'golden', 'dusk'})
    rise = max(1, small[1] // 24) * (-1 if low else 1)
    lit = ImageChops.subtract(shape, ImageChops.offset(shape, 0, rise), 0.35, 150)
    fade = Image.linear_gradient('L').resize(small, Image.Resampling.BILINEAR)
    opacity = ImageChops.multiply(
        opacity, fade.point(table(lambda down: min(1, 0.45 + down * 1.2) * min(1, (1 - down) * 6)))
    )
    shadow = mix(palette.cloud, palette.sky[len(palette.sky) // 2], 0.75)
    bright = mix(palette.cloud, palette.glow, 0.5)
    size = (width, horizon)
    tinted_clouds = Image.composite(Image.new('RGB', small, bright), Image.new('RGB', small, shadow), lit)
    painted, mask = (
        tinted_clouds.resize(size, Image.Resampling.BILINEAR),
        opacity.resize(size, Image.Resampling.BILINEAR),
    )
    start = 0 if speed < 0 else study.width - width

    def stroke(canvas: Image.Image, time: float) -> None:
        canvas.paste(painted, (start + round(speed * time), 0), mask)

    return stroke


def rain(study: Study, strength: float) -> Stroke:
    """Return slanting rain."""
    width, height = study.width, study.height
    slant = study.chance.uniform(-0.35, 0.35)
    drops = Image.new('L', (width, height))
    draw = ImageDraw.Draw(drops)
    for _ in range(round(650 * strength)):
        x, y = study.chance.random() * width, study.chance.random() * height
        length = study.chance.uniform(14, 46) * study.unit
        draw.line((x, y, x + slant * length, y + length), study.chance.randint(30, 95), max(1, round(study.unit)))
    veil = Image.new('RGB', study.size, (205, 215, 225))

    def stroke(canvas: Image.Image, time: float) -> None:
        fall = round(time * height * 1.1)
        canvas.paste(veil, (0, 0), ImageChops.offset(drops, round(slant * fall), fall) if time else drops)

    return stroke


def snow(study: Study) -> Stroke:
    """Return falling snow, near flakes large and soft."""
    flakes = []
    for radius, count in ((1.3, 260), (2.6, 70), (5.5, 16)):
        layer = Image.new('L', study.size)
        draw = ImageDraw.Draw(layer)
        for _ in range(count):
            x, y = study.chance.random() * study.width, study.chance.random() * study.height
            size = radius * study.unit * study.chance.uniform(0.6, 1.2)
            draw.ellipse((x - size, y - size, x + size, y + size), 215)
        flakes.append((layer.filter(ImageFilter.GaussianBlur(radius * study.unit * 0.35)), radius))
    white = Image.new('RGB', study.size, (252, 253, 255))

    def stroke(canvas: Image.Image, time: float) -> None:
        for layer, radius in flakes:
            fall, sway = round(time * 26 * radius * study.unit), round(math.sin(time + radius) * 9 * study.unit)
            canvas.paste(white, (0, 0), ImageChops.offset(layer, sway, fall) if time else layer)

    return stroke


def _shine(base: Image.Image, study: Study, palette: Palette, light_at: tuple[int, int]) -> None:
    """Draw the disc of the sun or moon and the halo close around it."""
    radius = round(study.unit * study.chance.uniform(26, 58) * (0.8 if palette.moon else 1.0))
    x, y = light_at
    shine(base, mix(palette.glow, (255, 255, 255), 0.2), light_at, radius * 7, 0.75)
    side = radius * 2
    disc = Image.new('L', (side * 2, side * 2))
    ImageDraw.Draw(disc).ellipse((0, 0, side * 2 - 1, side * 2 - 1), 255)
    disc = disc.reduce(2)
    face = Image.new('RGB', (side, side), mix(palette.glow, (255, 255, 255), 0.55))
    if palette.moon:
        seas = fractal(study.chance, (side, side), (4, 4), 3).point(table(lambda value: max(0.0, value - 0.45) * 0.5))
        face.paste(mix(palette.glow, palette.sky[0], 0.45), (0, 0), seas)
    base.paste(face, (x - radius, y - radius), disc)


def _aurora(study: Study, palette: Palette, horizon: int) -> Stroke:
    """Return northern lights: curtains that sway."""
    size = (round(study.width * 1.1), horizon)
    small = (max(32, size[0] // 6), max(24, horizon // 6))
    fall = Image.linear_gradient('L').resize(small, Image.Resampling.BILINEAR)
    fall = fall.point(table(lambda down: math.sin(min(1.0, down * 1.1) * math.pi)))
    sheets = []
    for tint in ((150, 90, 255), (60, 255, 170)):
        folds = noise(study.chance, small, (26, 2)).point(table(lambda value: 0.35 + 0.65 * value))
        arc = noise(study.chance, small, (5, 3)).point(table(lambda value: max(0.0, 1 - abs(value - 0.5) * 4.5)))
        curtain = ImageChops.multiply(ImageChops.multiply(folds, arc), fall).filter(ImageFilter.GaussianBlur(2))
        curtain = curtain.point(table(lambda value: min(1.0, value * 2.2)))
        sheets.append(tinted(curtain, tint).resize(size, Image.Resampling.BILINEAR))

    def stroke(canvas: Image.Image, time: float) -> None:
        for index, sheet in enumerate(sheets):
            sway = math.sin(time * 0.8 + index * 2) * 0.04 - 0.05
            light(canvas, sheet, (round(sway * study.width), 0))

    return stroke


def _lightning(study: Study, horizon: int) -> Stroke:
    """Return a bolt, and the flash around it; in a film it comes and goes."""
    chance = study.chance
    x, y = study.width * chance.uniform(0.2, 0.8), 0.0
    points = [(x, y)]
    while y < horizon * 0.96:
        x += chance.uniform(-1, 1) * 34 * study.unit
        y += chance.uniform(0.3, 1) * 42 * study.unit
        points.append((x, y))
    bolt = Image.new('L', (study.width, horizon))
    draw = ImageDraw.Draw(bolt)
    draw.line(points, 255, max(1, round(3 * study.unit)), joint='curve')
    for start in chance.sample(points[1:-1], k=min(3, max(0, len(points) - 2))):
        branch, (x, y) = [start], start
        for _ in range(5):
            x, y = x + chance.uniform(-1, 1) * 30 * study.unit, y + 26 * study.unit
            branch.append((x, y))
        draw.line(branch, 190, max(1, round(1.6 * study.unit)), joint='curve')
    halo = bolt.filter(ImageFilter.BoxBlur(16 * study.unit)).point(table(lambda value: min(1.0, value * 3)))
    lit = ImageChops.add(tinted(halo, (120, 140, 230)), tinted(bolt, (240, 244, 255)))
    first = chance.uniform(0.2, 0.6)

    def stroke(canvas: Image.Image, time: float) -> None:
        if not study.seconds or (time - first) % 1.7 < 0.18:
            light(canvas, lit, (0, 0))

    return stroke
