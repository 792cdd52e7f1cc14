"""Space: nebulae, stars, and a planet with its night side."""

from PIL import Image, ImageChops, ImageDraw

from hfmedia_tui.sandbox.paint.marks import Stroke, Study, fractal, light, noise, spot, table, tinted
from hfmedia_tui.sandbox.paint.palettes import Colour, colour, mix
from hfmedia_tui.sandbox.paint.sky import starfield

__all__ = ['deep_space']

_NEBULAE = (
    ('04030f', 'c2356f', '3d5bd9', 'ffb199'),
    ('020810', '1fa3a8', '6a3fc2', 'b8fff0'),
    ('070310', 'e0703a', '7a2a8a', 'ffe1a8'),
    ('030612', '3f6fe0', 'b04ad0', 'cfe0ff'),
    ('050a08', '4fae6a', '2a6fa8', 'eaffc8'),
)
_WORLDS = (
    ('e8c49a', 'b0673f', '7a3f2e'),
    ('8fd0e8', '3f78b8', 'f2f7ff'),
    ('d9b8e8', '7a5ab0', '3f3478'),
    ('f2d98a', 'c98a4a', '8a5230'),
    ('a8e0c0', '3f9a86', '1f5a5e'),
    ('e88a6a', 'a8413f', '5e2430'),
)


def deep_space(study: Study, turn: int) -> list[Stroke]:
    """Return a nebula and its stars, mostly with a planet before it."""
    chance = study.chance
    dark, first, second, bright = (colour(text) for text in _NEBULAE[turn % len(_NEBULAE)])
    small = (max(32, study.width // 4), max(32, study.height // 4))
    nebula = Image.new('RGB', small, dark)
    for tint, cells, floor in ((first, (3, 3), 0.35), (second, (4, 3), 0.4), (bright, (6, 5), 0.62)):
        gas = ImageChops.multiply(fractal(chance, small, cells, 5), noise(chance, small, (3, 3)))
        gas = gas.point([max(0, round((value - floor * 140) * 1.25)) for value in range(256)])
        light(nebula, tinted(gas, tint), (0, 0))
    base = nebula.resize(study.size, Image.Resampling.BILINEAR)
    near_stars = starfield(chance, study.size, 0.00018, study.unit)
    light(base, starfield(chance, study.size, 0.0011, study.unit), (0, 0))
    for _ in range(chance.randint(2, 5)):
        _flare(base, study, mix(bright, (255, 255, 255), 0.6))

    def stars(canvas: Image.Image, time: float) -> None:
        canvas.paste(base)
        light(canvas, ImageChops.offset(near_stars, round(-9 * time * study.unit), 0), (0, 0))

    strokes: list[Stroke] = [stars]
    if chance.random() < 0.85:
        strokes.append(
            _planet(study, turn, chance.uniform(0.15, 0.32), (chance.uniform(0.2, 0.8), chance.uniform(0.3, 0.75)))
        )
    if chance.random() < 0.6:
        strokes.append(
            _planet(study, turn + 2, chance.uniform(0.03, 0.08), (chance.uniform(0.1, 0.9), chance.uniform(0.1, 0.45)))
        )
    return strokes


def _planet(study: Study, turn: int, share: float, at: tuple[float, float]) -> Stroke:
    chance = study.chance
    radius = max(6, round(min(study.size) * share))
    side = radius * 2
    tones = [colour(text) for text in _WORLDS[(turn + chance.randrange(len(_WORLDS))) % len(_WORLDS)]]
    gaseous = chance.random() < 0.55
    cells = (2, 9) if gaseous else (5, 5)
    speed = 5 * study.unit * (0.4 + share)
    skin = fractal(chance, (side + study.margin(speed) + 4, side), cells, 5)
    lit = ImageChops.invert(spot(round(side * 1.9), 0.8))
    # The night side is the rim of a light that stands beside the planet.
    offset = (round(side * (0.45 + chance.uniform(-0.2, -0.08))), round(side * (0.45 + chance.uniform(-0.16, 0.05))))
    night = lit.crop((offset[0], offset[1], offset[0] + side, offset[1] + side)).point(
        table(lambda value: min(1.0, max(0.0, value - 0.25) * 1.9))
    )
    disc = Image.new('L', (side * 2, side * 2))
    ImageDraw.Draw(disc).ellipse((1, 1, side * 2 - 2, side * 2 - 2), 255)
    disc = disc.reduce(2)
    halo = tinted(spot(round(side * 1.5), 2.4), mix((0, 0, 0), tones[0], 0.55))
    left, top = round(at[0] * study.width - radius), round(at[1] * study.height - radius)
    ring = _ring(study, radius, tones) if gaseous and share > 0.1 and chance.random() < 0.7 else None
    tilt = chance.uniform(-28, 28)
    ramp: list[int] = []
    for channel in range(3):
        ramp += [round(_three(tones, value / 255)[channel]) for value in range(256)]

    def stroke(canvas: Image.Image, time: float) -> None:
        light(canvas, halo, (left + radius - halo.width // 2, top + radius - halo.height // 2))
        shift = round(speed * time)
        grey = skin.crop((shift, 0, shift + side, side)).rotate(tilt, Image.Resampling.BICUBIC, fillcolor=128)
        world = Image.merge('RGB', (grey, grey, grey)).point(ramp)
        world.paste((4, 4, 12), (0, 0), night)
        canvas.paste(world, (left, top), disc)
        if ring:
            image, mask = ring
            canvas.paste(image, (left + radius - mask.width // 2, top + radius - mask.height // 2), mask)

    return stroke


def _three(tones: list[Colour], share: float) -> Colour:
    return mix(tones[2], tones[1], share * 2) if share < 0.5 else mix(tones[1], tones[0], share * 2 - 1)


def _ring(study: Study, radius: int, tones: list[Colour]) -> tuple[Image.Image, Image.Image]:
    """Return a tilted ring whose far half the planet hides."""
    side = round(radius * 4.6)
    mask = Image.new('L', (side, side))
    draw = ImageDraw.Draw(mask)
    middle = side / 2
    for band in range(26):
        reach = radius * (2.25 - band * 0.036)
        draw.ellipse((middle - reach, middle - reach, middle + reach, middle + reach), study.chance.randint(20, 190))
    hole = radius * 1.3
    draw.ellipse((middle - hole, middle - hole, middle + hole, middle + hole), 0)
    flat = mask.resize((side, max(4, round(side * study.chance.uniform(0.16, 0.3)))), Image.Resampling.BICUBIC)
    mask = Image.new('L', (side, side))
    mask.paste(flat, (0, (side - flat.height) // 2))
    behind = Image.new('L', (side, side), 255)
    cut = ImageDraw.Draw(behind)
    cut.pieslice((middle - radius, middle - radius, middle + radius, middle + radius), 180, 360, 0)
    mask = ImageChops.multiply(mask, behind).rotate(study.chance.uniform(-24, 24), Image.Resampling.BICUBIC)
    return Image.new('RGB', (side, side), mix(tones[0], (255, 255, 255), 0.35)), mask


def _flare(base: Image.Image, study: Study, tint: Colour) -> None:
    """Draw a bright star with its four rays."""
    x, y = round(study.chance.random() * study.width), round(study.chance.random() * study.height)
    length = round(study.chance.uniform(40, 110) * study.unit)
    rays = spot(64, 2.2)
    thin = max(3, round(3 * study.unit))
    for size in ((length, thin), (thin, length), (length // 3, length // 3)):
        ray = rays.resize((max(2, size[0]), max(2, size[1])), Image.Resampling.BILINEAR)
        light(base, tinted(ray, tint), (x - ray.width // 2, y - ray.height // 2))
