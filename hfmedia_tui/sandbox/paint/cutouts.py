"""Small pictures on nothing, that are stood into a landscape."""

import math
from collections.abc import Callable, Mapping, Sequence

from PIL import Image, ImageDraw

from hfmedia_tui.sandbox.paint.marks import Point, Stroke, Study, outline
from hfmedia_tui.sandbox.paint.palettes import Colour, Palette

__all__ = ['Cutout', 'Maker', 'by_word', 'standing']

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


Maker = Callable[[Palette, int], Cutout]


def by_word(makers: Sequence[tuple[str, Maker]]) -> Mapping[str, Maker]:
    """Return makers by each of the words that ask for them."""
    return {word: maker for words, maker in makers for word in words.split()}
