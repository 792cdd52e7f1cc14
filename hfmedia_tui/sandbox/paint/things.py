"""Things that stand in a landscape: what a prompt names and the eye looks for."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from hfmedia_tui.sandbox.paint.marks import (
    Point,
    Stroke,
    Study,
    fractal,
    gradient,
    light,
    noise,
    outline,
    polygon,
    ridge,
    shine,
    spot,
    table,
    tinted,
)
from hfmedia_tui.sandbox.paint.palettes import Colour, Palette, mix

__all__ = ['AFLOAT', 'ALOFT', 'GROUNDED', 'Cutout', 'Maker', 'beam', 'birds', 'headland', 'lighthouse', 'standing']

_FINE = 3
"""Things are drawn this much larger, and reduced: their edges are what one looks at."""


class Cutout:
    """A small picture on nothing, drawn in parts of its own height (y from 0 above to 1 below, x from its middle)."""

    def __init__(self, height: int, aspect: float, base: Colour) -> None:
        self.height = max(6, height)
        self.width = max(6, round(height * aspect))
        self._image = Image.new('RGBA', (self.width * _FINE, self.height * _FINE), (*base, 0))
        self._draw = ImageDraw.Draw(self._image)

    def _at(self, point: Point) -> Point:
        scale = self.height * _FINE
        return self.width * _FINE / 2 + point[0] * scale, point[1] * scale

    def shape(self, tone: Colour, *points: Point) -> None:
        self._draw.polygon([self._at(point) for point in points], (*tone, 255))

    def curve(self, tone: Colour, *points: Point) -> None:
        self._draw.polygon([self._at(point) for point in outline(points)], (*tone, 255))

    def oval(self, tone: Colour, centre: Point, across: float, down: float) -> None:
        left, top = self._at((centre[0] - across / 2, centre[1] - down / 2))
        right, bottom = self._at((centre[0] + across / 2, centre[1] + down / 2))
        self._draw.ellipse((left, top, right, bottom), (*tone, 255))

    def line(self, tone: Colour, thick: float, *points: Point) -> None:
        width = max(1, round(thick * self.height * _FINE))
        self._draw.line([self._at(point) for point in points], (*tone, 255), width, joint='curve')

    def image(self) -> Image.Image:
        return self._image.reduce(_FINE)


def standing(study: Study, cutout: Cutout, x: float, foot: float, *, sway: float = 0, speed: float = 0) -> Stroke:
    """Return a stroke that stands `cutout` with its foot at a place; it may bob by `sway` and move by `speed`."""
    image = cutout.image()
    left, top = round(x - image.width / 2), round(foot - image.height)

    def stroke(canvas: Image.Image, time: float) -> None:
        bob = round(math.sin(time * 1.6) * sway)
        canvas.paste(image, (left + round(speed * time), top + bob), image)

    return stroke


# ---------------------------------------------------------------------------------------------- by the sea


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


# ---------------------------------------------------------------------------------------------- on the ground


def _fox(palette: Palette, height: int) -> Cutout:
    fur = mix((226, 112, 42), palette.near, 0.4 if palette.dark else 0.08)
    white = mix((252, 244, 232), palette.near, 0.35 if palette.dark else 0.05)
    dark = mix((52, 32, 30), palette.near, 0.4)
    fox = Cutout(height, 1.05, fur)
    fox.curve(fur, (-0.16, 0.95), (-0.42, 0.93), (-0.5, 0.76), (-0.44, 0.58), (-0.36, 0.68), (-0.26, 0.8))
    fox.curve(white, (-0.5, 0.74), (-0.44, 0.57), (-0.385, 0.66), (-0.43, 0.72))
    fox.curve(
        fur,
        (0.04, 0.34),
        (0.14, 0.5),
        (0.15, 0.72),
        (0.13, 0.97),
        (-0.2, 0.98),
        (-0.27, 0.84),
        (-0.22, 0.64),
        (-0.08, 0.42),
    )
    fox.curve(white, (0.1, 0.42), (0.17, 0.52), (0.14, 0.72), (0.07, 0.6))
    fox.shape(fur, (0.06, 0.66), (0.15, 0.6), (0.155, 0.97), (0.08, 0.97))
    fox.curve(dark, (0.075, 0.93), (0.16, 0.92), (0.2, 0.975), (0.08, 0.98))
    fox.shape(fur, (-0.04, 0.2), (-0.01, 0.0), (0.08, 0.14))
    fox.shape(fur, (0.08, 0.15), (0.16, 0.0), (0.2, 0.19))
    fox.shape(dark, (-0.01, 0.0), (0.006, 0.05), (-0.018, 0.055))
    fox.shape(dark, (0.16, 0.0), (0.172, 0.055), (0.138, 0.05))
    fox.curve(
        fur,
        (-0.06, 0.26),
        (0.02, 0.13),
        (0.16, 0.14),
        (0.25, 0.25),
        (0.38, 0.325),
        (0.3, 0.39),
        (0.14, 0.43),
        (0.0, 0.42),
    )
    fox.curve(white, (0.12, 0.33), (0.26, 0.31), (0.375, 0.335), (0.3, 0.392), (0.14, 0.43), (0.07, 0.4))
    fox.oval(dark, (0.375, 0.325), 0.04, 0.036)
    fox.oval(dark, (0.19, 0.245), 0.032, 0.036)
    return fox


def _cat(palette: Palette, height: int) -> Cutout:
    fur = mix(palette.near, (60, 54, 64), 0.3)
    cat = Cutout(height, 0.9, fur)
    cat.line(fur, 0.055, (0.1, 0.93), (0.34, 0.95), (0.42, 0.84), (0.36, 0.7), (0.4, 0.58))
    cat.curve(fur, (0, 0.3), (0.12, 0.42), (0.22, 0.72), (0.2, 0.96), (-0.2, 0.96), (-0.22, 0.72), (-0.12, 0.42))
    cat.oval(fur, (0, 0.24), 0.3, 0.27)
    cat.shape(fur, (-0.145, 0.22), (-0.13, 0.02), (-0.02, 0.13))
    cat.shape(fur, (0.145, 0.22), (0.13, 0.02), (0.02, 0.13))
    for x in (-0.065, 0.065):
        cat.oval((246, 214, 96), (x, 0.235), 0.055, 0.05)
        cat.oval((16, 14, 18), (x, 0.235), 0.018, 0.046)
    return cat


def _deer(palette: Palette, height: int) -> Cutout:
    fur = mix(mix(palette.near, (120, 76, 44), 0.35), palette.near, 0.4 if palette.dark else 0)
    deer = Cutout(height, 0.95, fur)
    for x, knee in ((-0.26, -0.28), (-0.17, -0.17), (0.1, 0.12), (0.17, 0.17)):
        deer.shape(
            fur,
            (x - 0.03, 0.6),
            (x + 0.035, 0.6),
            (knee + 0.014, 0.8),
            (x + 0.014, 0.99),
            (x - 0.012, 0.99),
            (knee - 0.014, 0.8),
        )
    deer.curve(
        fur,
        (-0.31, 0.5),
        (-0.2, 0.43),
        (0.1, 0.46),
        (0.22, 0.5),
        (0.2, 0.63),
        (0.02, 0.66),
        (-0.22, 0.66),
        (-0.31, 0.6),
    )
    deer.shape(fur, (0.1, 0.52), (0.19, 0.28), (0.28, 0.27), (0.24, 0.56))
    deer.curve(fur, (0.17, 0.25), (0.24, 0.21), (0.33, 0.25), (0.4, 0.31), (0.36, 0.34), (0.25, 0.33))
    deer.shape(fur, (0.16, 0.22), (0.1, 0.17), (0.2, 0.26))
    for lean in (-1, 1):
        root = 0.22 + lean * 0.012
        deer.line(fur, 0.018, (root, 0.22), (root + lean * 0.07, 0.12), (root + lean * 0.06, 0.01))
        deer.line(fur, 0.015, (root + lean * 0.065, 0.13), (root + lean * 0.14, 0.05))
        deer.line(fur, 0.015, (root + lean * 0.04, 0.17), (root + lean * 0.12, 0.14))
    return deer


def _wanderer(palette: Palette, height: int) -> Cutout:
    coat = mix(palette.near, palette.accent, 0.3)
    dark = palette.near
    figure = Cutout(height, 0.5, coat)
    figure.shape(dark, (-0.085, 0.6), (0.0, 0.6), (-0.02, 0.99), (-0.085, 0.99))
    figure.shape(dark, (0.0, 0.6), (0.085, 0.6), (0.1, 0.99), (0.03, 0.99))
    figure.curve(coat, (0, 0.15), (0.1, 0.2), (0.14, 0.42), (0.15, 0.7), (-0.15, 0.7), (-0.14, 0.42), (-0.1, 0.2))
    figure.oval(mix((222, 178, 140), palette.near, 0.3), (0, 0.09), 0.12, 0.14)
    figure.curve(dark, (-0.075, 0.1), (-0.05, 0.01), (0.05, 0.01), (0.075, 0.1), (0, 0.08))
    figure.line(dark, 0.016, (0.17, 0.4), (0.22, 0.99))
    return figure


def _astronaut(palette: Palette, height: int) -> Cutout:
    suit, shade = (236, 238, 244), (150, 156, 176)
    figure = Cutout(height, 0.62, suit)
    figure.curve(shade, (-0.17, 0.26), (0.17, 0.26), (0.18, 0.58), (-0.18, 0.58))
    figure.curve(suit, (-0.13, 0.58), (-0.01, 0.58), (-0.03, 0.98), (-0.16, 0.98))
    figure.curve(shade, (0.01, 0.58), (0.13, 0.58), (0.16, 0.98), (0.03, 0.98))
    figure.curve(suit, (-0.13, 0.29), (0.13, 0.29), (0.15, 0.62), (-0.15, 0.62))
    figure.line(suit, 0.09, (-0.13, 0.34), (-0.23, 0.5), (-0.2, 0.64))
    figure.line(shade, 0.09, (0.13, 0.34), (0.23, 0.5), (0.2, 0.64))
    figure.oval(suit, (0, 0.16), 0.3, 0.3)
    figure.oval((30, 34, 58), (0.015, 0.165), 0.22, 0.2)
    figure.oval(mix(palette.glow, (120, 170, 255), 0.4), (-0.035, 0.13), 0.07, 0.05)
    figure.shape(palette.accent, (-0.06, 0.42), (0.06, 0.42), (0.06, 0.47), (-0.06, 0.47))
    return figure


def _cabin(palette: Palette, height: int) -> Cutout:
    wall = mix((116, 78, 52), palette.near, 0.45)
    cabin = Cutout(height, 1.5, wall)
    snowy = bool(palette.moods & {'snow', 'winter'})
    roof = mix((244, 248, 255), palette.sky[1], 0.2) if snowy else mix(palette.near, palette.accent, 0.3)
    lamp = (255, 206, 112) if palette.dark or 'mist' in palette.moods or snowy else mix((255, 230, 170), wall, 0.5)
    cabin.shape(mix(wall, palette.near, 0.4), (0.26, 0.1), (0.36, 0.1), (0.36, 0.4), (0.26, 0.4))
    cabin.shape(wall, (-0.5, 0.52), (0.5, 0.52), (0.5, 1.0), (-0.5, 1.0))
    cabin.shape(mix(wall, palette.near, 0.35), (0.12, 0.52), (0.5, 0.52), (0.5, 1.0), (0.12, 1.0))
    cabin.shape(roof, (-0.62, 0.56), (-0.34, 0.2), (0.4, 0.2), (0.64, 0.56))
    cabin.shape(lamp, (-0.36, 0.64), (-0.14, 0.64), (-0.14, 0.82), (-0.36, 0.82))
    cabin.line(palette.near, 0.018, (-0.25, 0.64), (-0.25, 0.82))
    cabin.shape(mix(palette.near, lamp, 0.25), (0.2, 0.68), (0.36, 0.68), (0.36, 1.0), (0.2, 1.0))
    return cabin


def _castle(palette: Palette, height: int) -> Cutout:
    stone = mix(mix((150, 142, 140), palette.haze, 0.2), palette.near, 0.55 if palette.dark else 0.25)
    dark = mix(stone, palette.near, 0.45)
    castle = Cutout(height, 1.35, stone)
    roof = mix(palette.accent, palette.near, 0.3)
    lamp = (255, 210, 120) if palette.dark else mix(dark, palette.near, 0.5)
    castle.shape(stone, (-0.56, 0.6), (0.56, 0.6), (0.56, 1.0), (-0.56, 1.0))
    for x, top, half in ((-0.5, 0.42, 0.1), (-0.18, 0.22, 0.11), (0.14, 0.3, 0.1), (0.48, 0.46, 0.1)):
        castle.shape(stone, (x - half, top), (x + half, top), (x + half, 1.0), (x - half, 1.0))
        castle.shape(dark, (x + half * 0.3, top), (x + half, top), (x + half, 1.0), (x + half * 0.3, 1.0))
        castle.shape(roof, (x - half * 1.25, top), (x, top - 0.22), (x + half * 1.25, top))
        castle.shape(
            lamp, (x - 0.022, top + 0.1), (x + 0.022, top + 0.1), (x + 0.022, top + 0.17), (x - 0.022, top + 0.17)
        )
    castle.curve(mix(palette.near, dark, 0.3), (-0.08, 1.0), (-0.08, 0.82), (0, 0.76), (0.08, 0.82), (0.08, 1.0))
    return castle


def _tree(palette: Palette, height: int) -> Cutout:
    leaf = palette.accent if palette.moods & {'autumn', 'golden'} else mix((74, 132, 70), palette.near, 0.4)
    if 'spring' in palette.moods or 'pastel' in palette.moods:
        leaf = (242, 170, 190)
    trunk = mix(palette.near, (90, 62, 44), 0.3)
    tree = Cutout(height, 1.1, leaf)
    tree.shape(trunk, (-0.05, 0.5), (0.04, 0.5), (0.08, 1.0), (-0.09, 1.0))
    tree.line(trunk, 0.035, (0, 0.7), (-0.2, 0.48))
    tree.line(trunk, 0.035, (0.01, 0.66), (0.22, 0.42))
    for x, y, size, tone in (
        (-0.24, 0.44, 0.42, 0.3),
        (0.25, 0.4, 0.44, 0.34),
        (0.0, 0.26, 0.5, 0.14),
        (-0.12, 0.36, 0.44, 0.0),
        (0.15, 0.3, 0.36, -0.1),
        (-0.06, 0.2, 0.3, -0.16),
    ):
        tree.oval(
            mix(leaf, palette.near, tone) if tone >= 0 else mix(leaf, palette.glow, -tone * 2),
            (x, y),
            size,
            size * 0.86,
        )
    return tree


# ---------------------------------------------------------------------------------------------- in the air


def _balloon(palette: Palette, height: int) -> Cutout:
    balloon = Cutout(height, 0.75, palette.accent)
    tones = (palette.accent, mix(palette.glow, (255, 255, 255), 0.3), mix(palette.accent, palette.sky[0], 0.5))
    for stripe in range(5, 0, -1):
        balloon.oval(tones[stripe % 3], (0, 0.36), 0.68 * stripe / 5, 0.7)
    balloon.shape(tones[1], (-0.13, 0.66), (0.13, 0.66), (0.05, 0.8), (-0.05, 0.8))
    for x in (-0.045, 0.045):
        balloon.line(palette.near, 0.008, (x * 2, 0.7), (x, 0.88))
    balloon.shape(mix((120, 80, 50), palette.near, 0.3), (-0.06, 0.87), (0.06, 0.87), (0.05, 0.98), (-0.05, 0.98))
    return balloon


def _rocket(palette: Palette, height: int) -> Cutout:
    rocket = Cutout(height, 0.6, (240, 240, 244))
    rocket.curve((255, 170, 60), (-0.07, 0.74), (0.07, 0.74), (0.05, 0.88), (0, 1.0), (-0.05, 0.88))
    rocket.curve((255, 236, 160), (-0.035, 0.74), (0.035, 0.74), (0, 0.9))
    rocket.shape(palette.accent, (-0.1, 0.52), (-0.22, 0.76), (-0.08, 0.72))
    rocket.shape(palette.accent, (0.1, 0.52), (0.22, 0.76), (0.08, 0.72))
    rocket.curve(
        (240, 240, 244), (0, 0.0), (0.1, 0.2), (0.12, 0.46), (0.08, 0.74), (-0.08, 0.74), (-0.12, 0.46), (-0.1, 0.2)
    )
    rocket.curve((178, 184, 200), (0.02, 0.03), (0.1, 0.2), (0.12, 0.46), (0.08, 0.74), (0.04, 0.74), (0.06, 0.4))
    rocket.oval((40, 60, 96), (0, 0.3), 0.1, 0.1)
    rocket.oval((140, 200, 255), (-0.015, 0.285), 0.045, 0.04)
    return rocket


def birds(study: Study, palette: Palette, horizon: int) -> Stroke:
    """Return a flock far away."""
    chance = study.chance
    tone = mix(palette.near, palette.haze, 0.25)
    x0, y0 = chance.uniform(0.15, 0.6) * study.width, chance.uniform(0.15, 0.5) * horizon
    flock = [
        (chance.gauss(0, 70), chance.gauss(0, 26), chance.uniform(5, 11), chance.random() * 6)
        for _ in range(chance.randint(5, 11))
    ]

    def stroke(canvas: Image.Image, time: float) -> None:
        draw = ImageDraw.Draw(canvas)
        for dx, dy, wing, phase in flock:
            x = x0 + (dx + 26 * time) * study.unit
            y = y0 + dy * study.unit
            lift = wing * (0.35 + 0.3 * math.sin(time * 9 + phase)) * study.unit
            span = wing * study.unit
            points = [
                (x - span, y - lift),
                (x - span * 0.4, y - lift * 0.7),
                (x, y),
                (x + span * 0.4, y - lift * 0.7),
                (x + span, y - lift),
            ]
            draw.line(points, tone, max(1, round(1.6 * study.unit)), joint='curve')

    return stroke


Maker = Callable[[Palette, int], Cutout]


def _by_word(makers: Sequence[tuple[str, Maker]]) -> Mapping[str, Maker]:
    return {word: maker for words, maker in makers for word in words.split()}


GROUNDED: Final = _by_word(
    (
        ('fox foxes', _fox),
        ('cat cats kitten', _cat),
        ('deer stag elk reindeer moose', _deer),
        (
            'wanderer traveler traveller hiker knight samurai wizard monk explorer person man woman girl boy figure',
            _wanderer,
        ),
        ('astronaut cosmonaut', _astronaut),
        ('cabin house cottage hut home barn', _cabin),
        ('castle fortress palace temple', _castle),
        ('tree oak cherry blossom bonsai', _tree),
    )
)
"""What stands on land, by the words that name it."""

AFLOAT: Final = _by_word((('boat sailboat sail yacht canoe', _sailboat), ('ship galleon pirate pirates vessel', _ship)))
"""What swims."""

ALOFT: Final = _by_word((('balloon balloons', _balloon), ('rocket spaceship starship shuttle spacecraft', _rocket)))
"""What flies."""
