"""What flies: balloons, rockets and flocks of birds."""

import math
from typing import Final

from PIL import Image, ImageDraw

from hfmedia_tui.sandbox.paint.cutouts import Cutout, by_word
from hfmedia_tui.sandbox.paint.marks import Stroke, Study
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['ALOFT', 'birds']


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


ALOFT: Final = by_word((('balloon balloons', _balloon), ('rocket spaceship starship shuttle spacecraft', _rocket)))
"""What flies."""
