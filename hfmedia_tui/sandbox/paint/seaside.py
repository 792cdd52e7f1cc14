"""What stands by the sea and what swims in it."""

import math
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageOps

from hfmedia_tui.sandbox.paint.cutouts import Cutout, by_word
from hfmedia_tui.sandbox.paint.marks import (
    Stroke,
    Study,
    fractal,
    gradient,
    light,
    noise,
    polygon,
    ridge,
    shine,
    spot,
    table,
    tinted,
)
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['AFLOAT', 'beam', 'headland', 'lighthouse']


def headland(study: Study, palette: Palette, x: float, top: float, foot: float) -> Stroke:
    """Return a rock that stands out of the sea, with foam where it meets the water."""
    chance = study.chance
    width, height = round(study.width * chance.uniform(0.46, 0.74)), max(8, round(foot - top))
    line = ridge(chance, 48, 0.5)
    skirt = round(study.height * 0.03)
    crest = [
        (index * width / 47, height * (1 - math.sin(index / 47 * math.pi) ** 0.75 * (0.7 + 0.3 * value)))
        for index, value in enumerate(line)
    ]
    shore = [(index * width / 15, height + skirt * chance.uniform(0.0, 1.0)) for index in range(15, -1, -1)]
    size = (width, height + skirt)
    mask = polygon(size, [*crest, *shore])
    rock = gradient(size, (mix(palette.near, palette.haze, 0.22), mix(palette.near, palette.haze, 0.04)))
    faces = fractal(chance, (width // 3, size[1] // 3), (14, 7), 4).point(table(lambda value: max(0.0, value - 0.5)))
    rock.paste(mix(palette.near, palette.glow, 0.6), (0, 0), faces.resize(size, Image.Resampling.BILINEAR))
    foam = noise(chance, (width, skirt * 2), (40, 3)).point(table(lambda value: max(0.0, value - 0.35) * 1.5))
    foam = ImageChops.multiply(foam, spot(256, 0.7).resize(foam.size))
    white = mix(palette.cloud, (255, 255, 255), 0.4)
    at = round(x - width / 2), round(top)

    def stroke(canvas: Image.Image, time: float) -> None:
        canvas.paste(rock, at, mask)
        wash = round(math.sin(time * 1.7) * 3 * study.unit)
        canvas.paste(white, (at[0], at[1] + height - skirt // 2 + wash), foam)

    return stroke


def lighthouse(palette: Palette, height: int) -> Cutout:
    """Return a lighthouse; its lamp is 0.13 of its height below the top."""
    shade = 0.5 if palette.dark else 0.16
    white = mix((246, 242, 232), palette.sky[1], shade)
    red = mix((196, 52, 44), palette.near, shade * 0.7)
    dark = mix((40, 42, 52), palette.near, 0.5)
    tower = Cutout(height, 0.42, white)

    def half(y: float) -> float:
        return 0.065 + 0.06 * (y - 0.2) / 0.8

    for band in range(6):
        top, bottom = 0.2 + band * 0.8 / 6, 0.2 + (band + 1) * 0.8 / 6
        tone = red if band % 2 else white
        tower.shape(tone, (-half(top), top), (half(top), top), (half(bottom), bottom), (-half(bottom), bottom))
        # The side away from the light.
        tower.shape(
            mix(tone, palette.near, 0.42),
            (half(top) * 0.35, top),
            (half(top), top),
            (half(bottom), bottom),
            (half(bottom) * 0.35, bottom),
        )
    tower.shape(dark, (-0.1, 0.185), (0.1, 0.185), (0.1, 0.208), (-0.1, 0.208))
    tower.shape((255, 240, 190), (-0.05, 0.09), (0.05, 0.09), (0.05, 0.185), (-0.05, 0.185))
    for x in (-0.05, -0.017, 0.017, 0.05):
        tower.line(dark, 0.006, (x, 0.09), (x, 0.185))
    tower.line(dark, 0.006, (-0.1, 0.155), (0.1, 0.155))
    tower.curve(red, (-0.068, 0.092), (-0.03, 0.04), (0, 0.022), (0.03, 0.04), (0.068, 0.092), (0, 0.1))
    tower.line(dark, 0.01, (0, 0.0), (0, 0.03))
    tower.shape(dark, (-0.025, 0.93), (0.02, 0.93), (0.02, 1.0), (-0.025, 1.0))
    for y in (0.4, 0.65):
        tower.shape(dark, (-0.02, y), (0.008, y), (0.008, y + 0.05), (-0.02, y + 0.05))
    return tower


def beam(study: Study, palette: Palette, lamp: tuple[int, int]) -> Stroke:
    """Return the light of a lighthouse and its two beams; in a film they turn."""
    strength = 0.9 if palette.dark or 'storm' in palette.moods else 0.45
    tint = mix((0, 0, 0), mix(palette.glow, (255, 244, 204), 0.6), strength)
    size = (128, 96)
    cone = polygon(size, [(0, 47), (size[0], 28), (size[0], 56), (0, 49)]).filter(ImageFilter.GaussianBlur(1.5))
    fade = Image.linear_gradient('L').rotate(-90).resize(size).point(table(lambda near: near**1.4))
    ray = tinted(ImageChops.multiply(cone, fade), tint)
    reach, tall = study.width, round(study.height * 0.75)
    lamp_glow = mix(palette.glow, (255, 240, 190), 0.7)
    phase = study.chance.random()

    def stroke(canvas: Image.Image, time: float) -> None:
        swing = math.cos(time * 1.5 + phase) if study.seconds else 1.0
        length = round(reach * abs(swing))
        if length > 8:
            sheet = ray.resize((length, tall), Image.Resampling.BILINEAR)
            light(canvas, sheet, (lamp[0], lamp[1] - tall // 2))
            light(canvas, ImageOps.mirror(sheet), (lamp[0] - length, lamp[1] - tall // 2))
        shine(canvas, lamp_glow, lamp, round(study.unit * (150 + 90 * (1 - abs(swing)))), strength)

    return stroke


def _sailboat(palette: Palette, height: int) -> Cutout:
    boat = Cutout(height, 1.0, palette.near)
    sail = mix((250, 244, 230), palette.glow, 0.3)
    boat.shape(mix(sail, palette.near, 0.15), (0.0, 0.02), (0.34, 0.7), (0.0, 0.74))
    boat.shape(mix(sail, palette.near, 0.3), (-0.03, 0.12), (-0.03, 0.72), (-0.3, 0.72))
    boat.line(palette.near, 0.014, (-0.012, 0.0), (-0.012, 0.82))
    boat.shape(mix(palette.accent, palette.near, 0.35), (-0.38, 0.8), (0.42, 0.8), (0.3, 0.94), (-0.28, 0.94))
    boat.line(sail, 0.012, (-0.37, 0.815), (0.41, 0.815))
    return boat


def _ship(palette: Palette, height: int) -> Cutout:
    ship = Cutout(height, 1.5, palette.near)
    hull = mix(palette.near, palette.accent, 0.12)
    sail = mix((238, 226, 200), palette.sky[1], 0.25)
    for x, top, size in ((-0.36, 0.2, 0.8), (0.0, 0.04, 1.0), (0.34, 0.22, 0.76)):
        ship.line(hull, 0.014, (x, top), (x, 0.8))
        for step in range(3):
            y, half = top + 0.05 + step * 0.2 * size, (0.1 + 0.035 * step) * size
            ship.curve(
                sail,
                (x - half, y),
                (x + half, y),
                (x + half * 1.25, y + 0.16 * size),
                (x, y + 0.13 * size),
                (x - half * 0.9, y + 0.16 * size),
            )
    ship.shape(hull, (-0.62, 0.74), (-0.5, 0.8), (0.5, 0.8), (0.68, 0.7), (0.5, 0.97), (-0.46, 0.97))
    return ship


AFLOAT: Final = by_word((('boat sailboat sail yacht canoe', _sailboat), ('ship galleon pirate pirates vessel', _ship)))
"""What swims."""
