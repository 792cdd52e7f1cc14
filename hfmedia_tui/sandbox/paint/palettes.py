"""The light of a picture: sky from top to horizon, what shines, and how land and haze are coloured in it."""

from random import Random
from typing import Final

from msgspec import Struct

__all__ = ['Colour', 'Palette', 'choose_palette', 'colour', 'mix']

Colour = tuple[int, int, int]


def colour(text: str) -> Colour:
    """Return the colour that six hexadecimal digits stand for."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour `share` of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Palette(Struct, frozen=True, kw_only=True):
    """One light."""

    moods: frozenset[str]
    """The words of a prompt that ask for it."""
    sky: tuple[Colour, ...]
    """From the top to the horizon, evenly."""
    glow: Colour
    """Of the sun or moon, and of what it touches."""
    cloud: Colour
    near: Colour
    """The land at our feet."""
    accent: Colour
    """Roofs, flowers, sails: what draws the eye."""
    moon: bool = False
    stars: float = 0.0
    """0 none to 1 as many as there are."""
    clouds: float = 0.4
    """How much of the sky is covered, 0 to 1."""

    @property
    def haze(self) -> Colour:
        """What far things fade into."""
        return self.sky[-1]

    @property
    def dark(self) -> bool:
        return self.stars > 0.2 or sum(self.sky[0]) + sum(self.sky[-1]) < 330


def _palette(moods: str, sky: str, single: str, **more: float) -> Palette:
    glow, cloud, near, accent = (colour(text) for text in single.split())
    return Palette(
        moods=frozenset(moods.split()),
        sky=tuple(colour(stop) for stop in sky.split()),
        glow=glow,
        cloud=cloud,
        near=near,
        accent=accent,
        moon=bool(more.get('moon', 0)),
        stars=more.get('stars', 0.0),
        clouds=more.get('clouds', 0.4),
    )


PALETTES: Final = (
    _palette('sunset evening warm', '2b2f66 7a3f7c e2635a ffb35c', 'ffe6a3 ff9a7a 1d1a33 e8473f'),
    _palette('day morning spring calm', '2f7fc8 6fb5e6 bfe3f2 f3f0dc', 'fff7d6 ffffff 254a3a e4572e', clouds=0.35),
    _palette(
        'night moonlight calm',
        '060b1f 10204a 24406e 4a6a92',
        'eef3ff 6f8bb5 04070f ffc66b',
        moon=1,
        stars=0.8,
        clouds=0.25,
    ),
    _palette('dawn morning mist pastel', '6d86c2 b7a3cf f3b8b5 ffe3c4', 'fff3d9 ffd9d6 2f3550 d9576a', clouds=0.3),
    _palette('sunset golden warm autumn', '2f6d86 86a88f f0c36a ffdf94', 'fff1b8 ffe2a6 3a2a1e d1495b', clouds=0.45),
    _palette(
        'dusk evening twilight',
        '171a3d 3d2f66 8d4a78 f08a6c',
        'ffd0a6 b0607f 0e0d1f ffb347',
        moon=1,
        stars=0.35,
        clouds=0.35,
    ),
    _palette('storm rain dramatic', '1b222c 36424e 66747a a9a99a', 'f2e6c0 2a323b 0f1417 d84a3a', clouds=0.95),
    _palette(
        'night neon cyberpunk',
        '0a0620 2a0e4a 6a1b6d d43f8d',
        'ff8ad1 4a2a78 08040f 35e0e6',
        moon=1,
        stars=0.4,
        clouds=0.3,
    ),
    _palette('day summer tropical bright', '0a6fb0 2aa6cf 84dbe0 e8f7ea', 'fffbe0 ffffff 0f4a46 ff7a3d', clouds=0.3),
    _palette(
        'storm thunder night dramatic',
        '070a14 141c33 2c3a5a 5a6a86',
        'cfd8ff 1a2238 04060b ffd166',
        moon=1,
        stars=0.0,
        clouds=0.9,
    ),
    _palette(
        'sunset crimson dramatic fire',
        '1a0f2e 5a1a3e b8323c ff8c42',
        'ffd27a e85d4c 12080f ffcf56',
        clouds=0.5,
    ),
    _palette(
        'night aurora winter',
        '04101f 0a2a3a 115a55 3aa88a',
        'd8fff0 2a6a6a 03080d 8cffd0',
        moon=1,
        stars=0.9,
        clouds=0.1,
    ),
    _palette('snow winter cold day', '7fa6c9 b4cfe2 dde9f0 f8f4ee', 'ffffff ffffff 3a5068 c8553d', clouds=0.5),
    _palette('storm sunset rain dramatic', '20242f 4a4552 8f6a5f f0a868', 'ffe0a8 3a3640 100f14 e0533d', clouds=0.85),
    _palette('autumn day mist', '8aa4ad bcc4b4 e6d9b0 f6e6c2', 'fff4d2 f5ead0 4a2f1b d96c2c', clouds=0.4),
    _palette('desert day golden', '3a86b4 8cc0cc f0dcae fbe7b8', 'fff6d0 fff0d6 7a4526 b5432a', clouds=0.12),
    _palette('storm rain sea dramatic', '18303a 2f5560 5d8a88 b6cdb8', 'eef7d8 23404a 0a1a1f e4572e', clouds=0.9),
    _palette(
        'dusk twilight dream pastel',
        '27306b 5b5fa8 b48ac0 f7c1c6',
        'fff0e6 d9a9cf 1a1c40 ff8fa3',
        moon=1,
        stars=0.3,
        clouds=0.35,
    ),
    _palette(
        'snow winter night moonlight',
        '0a1630 1f3a66 4f7aa6 a9c6dc',
        'f4faff 7fa0c4 16263d ffca7a',
        moon=1,
        stars=0.7,
        clouds=0.3,
    ),
    _palette('day mist calm green', '5f8f9a 9dbfb4 cfdcc4 eef0dc', 'fffbe6 f4f7ee 1f3d33 c8553d', clouds=0.5),
    _palette('night teal calm', '03121c 0b2c3c 1f5560 6f9a94', 'f2ffe8 4a7a80 03090d ffb27a', moon=1, stars=0.7),
    _palette(
        'night purple dream',
        '0a0620 241248 4f2a78 a0648f',
        'ffe9f4 5a3a80 07040f ffd07a',
        moon=1,
        stars=1.0,
        clouds=0.2,
    ),
    _palette('night warm evening', '0a0d1c 221d35 57354a b0684f', 'ffe0b0 4f3a4f 07060c ffbf5e', moon=1, stars=0.6),
    _palette('storm autumn mist rain', '3f464a 6a6a62 a08f70 d0b48a', 'fff0cc 4a4a46 1f1812 d9702c', clouds=0.85),
    _palette('autumn sunset evening', '3a2a4a 8a4a58 dd7f4a ffc877', 'fff0b8 f0a07a 24140f e8642c', clouds=0.4),
    _palette(
        'autumn night moonlight',
        '0c1024 27284a 5a4a62 a67a68',
        'fff2d8 5a5470 0d0810 e88a3a',
        moon=1,
        stars=0.6,
        clouds=0.3,
    ),
    _palette('autumn dawn mist golden', '8f9fb0 c9b8a8 f0cfa0 fbe6bd', 'fffae0 fbe8cf 3f2718 cf5f2a', clouds=0.25),
    _palette('snow winter dawn sunrise', '6f8fc0 b0a8d0 f0c0c8 ffe6d8', 'fff4ea ffe4e4 3f4668 d8584a', clouds=0.35),
    _palette(
        'snow winter dusk evening',
        '1f2a58 4a4a88 a07aa0 f0b8a8',
        'fff0e0 b090b8 1f2444 ffb86a',
        stars=0.25,
        clouds=0.35,
    ),
    _palette('desert sunset evening warm', '3a2058 a03f6a f0784a ffc45c', 'fff0b0 ff9a70 3a1420 ffd060', clouds=0.25),
    _palette(
        'desert night moonlight',
        '050a20 16224a 3f4a78 8a7a90',
        'f4f4ff 4a5580 0c0a18 d8a860',
        moon=1,
        stars=1.0,
        clouds=0.05,
    ),
    _palette('desert dawn morning', '5a80b8 a8a8c8 f0c0a8 ffe0b8', 'fff6e0 ffdcd0 5a3038 d06840', clouds=0.2),
    _palette(
        'neon cyberpunk night rain',
        '061220 0c2f4a 125a78 30b0b8',
        'b8fff4 2a5a70 03070c ff4f9a',
        moon=1,
        stars=0.2,
        clouds=0.5,
    ),
    _palette(
        'neon cyberpunk night dusk',
        '12081f 3a1038 8a2040 ff6a4a',
        'ffd0a0 6a2a4a 0a0408 40d8ff',
        moon=1,
        stars=0.25,
        clouds=0.4,
    ),
    _palette(
        'neon cyberpunk night',
        '04060f 101a3a 2a3a7a 6a6ac8',
        'e0e4ff 3a4078 04050c ff3fb0',
        moon=1,
        stars=0.5,
        clouds=0.3,
    ),
    _palette('dawn morning sunrise calm', '3a5a90 7a8fb8 d8a8a0 ffd0a0', 'fff0d0 f0b8a8 1f2840 e86a4a', clouds=0.3),
    _palette('dawn morning mist sunrise', '4a8090 90b8b0 d8d8b8 fff0c8', 'fffce8 f8f0dc 1f3a38 d8703f', clouds=0.25),
    _palette('dawn sunrise golden dramatic', '2a2850 704a70 e08a60 ffd890', 'fff4c0 e89878 18142c ff9a4a', clouds=0.45),
    _palette('mist calm dusk', '4a5068 7a8098 b0a8b0 e0c8b8', 'fff0e0 c0b8c0 20242f c86a50', clouds=0.4),
    _palette(
        'night aurora winter purple',
        '08061f 1c1848 3a3a80 6a7ab8',
        'e8f0ff 3f4a80 05040f ffc878',
        moon=1,
        stars=0.9,
        clouds=0.1,
    ),
    _palette(
        'night aurora snow',
        '030c1c 0c2444 1f4a70 7aa8c0',
        'f0fbff 4a6a8a 122030 ffc070',
        moon=1,
        stars=0.9,
        clouds=0.08,
    ),
    _palette('night aurora dusk', '0a1024 1c2a48 3f4a68 c08070', 'fff0e0 4a4a68 080a14 ffb060', stars=0.7, clouds=0.12),
)

_SPECIAL: Final = frozenset({'storm', 'neon', 'snow', 'autumn', 'aurora', 'desert'})
"""Moods that nobody wants who did not ask for them."""

_VARIETY: Final = 4
"""How many lights a prompt should have, even where fewer fit all of its words."""


def choose_palette(words: frozenset[str], chance: Random, turn: int) -> Palette:
    """Return a light for a prompt: one that its words ask for, and with each `turn` another one."""
    ordinary = [palette for palette in PALETTES if not (palette.moods & _SPECIAL) - words]
    chance.shuffle(ordinary)
    ordinary.sort(key=lambda palette: -len(palette.moods & words))
    best = len(ordinary[0].moods & words)
    fitting = [palette for palette in ordinary if len(palette.moods & words) == best]
    if best and len(fitting) < _VARIETY:
        fitting = [palette for palette in ordinary[:_VARIETY] if palette.moods & words]
    return fitting[turn % len(fitting)]
