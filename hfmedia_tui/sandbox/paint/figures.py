"""Who and what stands on land: animals, people, houses, a tree."""

from typing import Final

from hfmedia_tui.sandbox.paint.cutouts import Cutout, by_word
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['GROUNDED']


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


GROUNDED: Final = by_word(
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
