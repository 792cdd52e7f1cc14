"""Cities: rows of towers into the distance, with windows that are lit when it is dark."""

from PIL import Image, ImageDraw, ImageFilter

from hfmedia_tui.sandbox.paint.marks import Stroke, Study, gradient, light
from hfmedia_tui.sandbox.paint.palettes import Colour, Palette, mix

__all__ = ['skyline']

_LAMPS = ((255, 214, 140), (255, 190, 110), (255, 236, 196), (190, 220, 255))
_HALO = 8
"""How much smaller the light around windows is painted."""


def skyline(study: Study, palette: Palette, ground: int) -> list[Stroke]:
    """Return towers that stand on `ground`."""
    return [_Row(study, palette, ground, (layer + 1) / 4).stroke() for layer in range(4)]


class _Row:
    """One row of towers while it is built; `nearness` is 1 for the nearest row, and less for those in the haze."""

    def __init__(self, study: Study, palette: Palette, ground: int, nearness: float) -> None:
        self.chance = study.chance
        self.palette = palette
        self.ground = ground
        self.nearness = nearness
        self.unit = study.unit
        self.speed = -14 * nearness**2 * study.unit
        self.width = study.width + study.margin(self.speed)
        self.tone = mix(palette.haze, palette.near, 0.22 + 0.68 * nearness)
        self.pane = max(1.0, (1.2 + 3.4 * nearness) * study.unit)
        self.neon = 'neon' in palette.moods
        self.share_lit = (0.55 if self.neon else 0.42 if palette.dark else 0.05) * self.chance.uniform(0.7, 1.2)
        top, foot = mix(self.tone, palette.near, 0.25), mix(self.tone, palette.haze, 0.45 - 0.3 * nearness)
        self.body = gradient((self.width, ground), (top, foot))
        self.mask = Image.new('L', (self.width, ground))
        self.halo = Image.new('RGB', (max(4, self.width // _HALO), max(4, ground // _HALO)))
        self._body = ImageDraw.Draw(self.body)
        self._mask = ImageDraw.Draw(self.mask)
        self._halo = ImageDraw.Draw(self.halo)

    def stroke(self) -> Stroke:
        """Build the row from left to right, and return what paints it."""
        lamps = (*_LAMPS, self.palette.accent, self.palette.glow) if self.neon else _LAMPS
        tallest = self.ground * (0.8 - 0.34 * self.nearness)
        x = -self.chance.random() * 30 * self.unit
        while x < self.width:
            across = (34 + 62 * self.nearness) * self.unit * self.chance.uniform(0.6, 1.5)
            from_middle = abs((x + across / 2) / self.width - 0.5) * 2
            tall = tallest * self.chance.uniform(0.35, 1.0) * (1.12 - 0.4 * from_middle)
            self._tower(x, across, tall, self.chance.choice(lamps))
            x += across * self.chance.uniform(0.92, 1.35)
        body, mask, speed = self.body, self.mask, self.speed
        # The far rows are so dim that their glow is not seen, only paid for.
        glow: Image.Image | None = None
        if self.palette.dark and self.nearness > 0.6:
            glow = self.halo.filter(ImageFilter.GaussianBlur(1.2)).resize(body.size, Image.Resampling.BILINEAR)

        def stroke(canvas: Image.Image, time: float) -> None:
            shift = round(speed * time)
            canvas.paste(body, (shift, 0), mask)
            if glow:
                light(canvas, glow, (shift, 0))

        return stroke

    def _tower(self, x: float, across: float, tall: float, lamp: Colour) -> None:
        top = self.ground - tall
        self._mask.rectangle((x, top, x + across, self.ground), 255)
        if self.chance.random() < 0.45:
            inset, step = across * 0.18, tall * self.chance.uniform(0.05, 0.12)
            self._mask.rectangle((x + inset, top - step, x + across - inset, self.ground), 255)
        if self.chance.random() < 0.4:
            middle, mast, pane = x + across / 2, tall * self.chance.uniform(0.1, 0.22), self.pane
            self._mask.rectangle((middle - pane / 3, top - mast, middle + pane / 3, top), 255)
            self._light((middle - pane, top - mast - pane, middle + pane, top - mast + pane), (255, 70, 60))
        # One side catches what light there is.
        edge = mix(mix(self.tone, self.palette.glow, 0.3), self.tone, 0.4)
        self._body.rectangle((x, top, x + across * 0.14, self.ground), edge)
        self._windows((x + self.pane * 1.5, top + self.pane * 2, x + across - self.pane * 2), lamp)
        if self.neon and self.nearness > 0.4 and self.chance.random() < 0.6:
            self._sign(
                x + across * self.chance.uniform(0.15, 0.8), top + tall * self.chance.uniform(0.1, 0.4), tall * 0.3
            )

    def _windows(self, area: tuple[float, float, float], lamp: Colour) -> None:
        """Fill a front, given as left, top and right, with windows, some of them lit by `lamp`."""
        left, row, right = area
        pane, chance = self.pane, self.chance
        strength = (0.45 + 0.55 * self.nearness) * (1.0 if self.palette.dark else 0.5)
        lit = [mix(self.tone, lamp, strength * (0.5 + level / 8)) for level in range(5)]
        unlit = mix(self.tone, self.palette.sky[0] if self.palette.dark else self.palette.cloud, 0.28)
        while row < self.ground - pane * 2:
            column = left
            while column < right:
                box = (column, row, column + pane * 0.9, row + pane * 1.25)
                if chance.random() < self.share_lit:
                    self._light(box, chance.choice(lit))
                elif self.nearness > 0.4:
                    self._body.rectangle(box, unlit)
                column += pane * 2.1
            row += pane * 2.6

    def _sign(self, x: float, top: float, tall: float) -> None:
        tone = self.chance.choice((self.palette.accent, self.palette.glow, (255, 90, 160), (90, 220, 255)))
        y = top
        while y < top + tall:
            self._light((x, y, x + self.pane * 2.2, y + self.pane * 2), tone)
            y += self.pane * 3

    def _light(self, box: tuple[float, float, float, float], tone: Colour) -> None:
        self._body.rectangle(box, tone)
        place = int(box[0] / _HALO), int(box[1] / _HALO)
        self._halo.point((place, (place[0] + 1, place[1])), mix((0, 0, 0), tone, 0.5 if self.neon else 0.3))
