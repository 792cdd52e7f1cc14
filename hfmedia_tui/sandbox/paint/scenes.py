"""From the words of a prompt to the strokes of a picture: what is seen, in which light, from where."""

import re
from collections.abc import Mapping
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from hfmedia_tui.sandbox.paint import city, flow, land, space, things
from hfmedia_tui.sandbox.paint.marks import Stroke, Study, gradient, outline, polygon, table
from hfmedia_tui.sandbox.paint.palettes import Palette, choose_palette, mix
from hfmedia_tui.sandbox.paint.sky import place_light, rain, sky, snow
from hfmedia_tui.sandbox.paint.water import water

__all__ = ['compose']

_PLACES: Final[Mapping[str, str]] = {
    word: place
    for place, words in {
        'coast': 'sea ocean coast beach shore island harbor harbour wave waves boat sailboat sail yacht canoe ship '
        'galleon pirate pirates vessel lighthouse bay cliff whale surf',
        'city': 'city town street streets skyline skyscraper skyscrapers cyberpunk neon tokyo york london paris '
        'metropolis downtown building buildings urban car robot',
        'woods': 'forest woods wood jungle fox foxes deer stag elk trees pine pines woodland wolf bear',
        'mountains': 'mountain mountains alps peak peaks valley lake fjord cabin glacier hiker knight dragon castle '
        'wanderer monk samurai volcano',
        'desert': 'desert dune dunes sahara canyon camel sand mars pyramid pyramids',
        'meadow': 'meadow field fields flower flowers garden spring hill hills balloon balloons village farm cottage '
        'house cat cats kitten dog horse tree cherry blossom countryside vineyard lavender tulip tulips',
        'space': 'space planet planets galaxy nebula cosmos cosmic star stars astronaut cosmonaut universe rocket '
        'spaceship starship shuttle spacecraft alien saturn jupiter orbit moonbase',
        'abstract': 'abstract pattern fractal marble texture psychedelic surreal geometric swirl swirls liquid '
        'gradient wallpaper waveform',
        'portrait': 'portrait face woman man girl boy queen king princess model selfie headshot lady bride',
    }.items()
    for word in words.split()
}
_LANDSCAPES = ('coast', 'mountains', 'woods', 'meadow', 'city', 'desert')

_SYNONYMS: Final = {
    'stormy': 'storm',
    'thunderstorm': 'thunder storm',
    'tempest': 'storm',
    'lightning': 'thunder storm',
    'raining': 'rain',
    'rainy': 'rain',
    'snowy': 'snow',
    'snowing': 'snow',
    'wintry': 'winter',
    'foggy': 'mist',
    'misty': 'mist',
    'fog': 'mist',
    'sunrise': 'dawn',
    'daybreak': 'dawn',
    'midnight': 'night',
    'moon': 'moonlight night',
    'moonlit': 'moonlight night',
    'starry': 'night',
    'fall': 'autumn',
    'autumnal': 'autumn',
    'cyberpunk': 'neon cyberpunk night',
    'sunny': 'day',
    'daylight': 'day',
    'dreamy': 'dream',
    'northern': 'aurora',
    'borealis': 'aurora',
}


_IMPLIED: Final = {'desert': frozenset({'desert'})}
"""Moods that a place brings along."""


def compose(prompt: str, model: str, seed: int, size: tuple[int, int], seconds: float) -> list[Stroke]:
    """Return the strokes of a picture, from the farthest to the nearest.

    Prompt and model choose what is seen; the seed chooses the light, the place of things and every detail.
    """
    words = _words(prompt)
    # Seeds that follow one another take turns, so that a handful of pictures of one prompt are never alike.
    order = Random(f'{prompt}\0{model}')
    study = Study(*size, Random(f'{prompt}\0{model}\0{seed}'), seconds)
    places = [place for word in sorted(words) if (place := _PLACES.get(word))]
    place = _chief(places) or _LANDSCAPES[(order.randrange(len(_LANDSCAPES)) + seed) % len(_LANDSCAPES)]
    palette = choose_palette(words | _IMPLIED.get(place, frozenset()), order, seed)
    strokes = {
        'coast': _coast,
        'city': _city,
        'woods': _woods,
        'mountains': _mountains,
        'desert': _desert,
        'meadow': _meadow,
        'space': _space,
        'abstract': lambda study, palette, words, seed: flow.flow(study, palette),
        'portrait': _portrait,
    }[place](study, palette, words, seed)
    if words & {'snow', 'snowfall', 'blizzard'} and place not in ('space', 'abstract'):
        strokes.append(snow(study))
    elif 'storm' in palette.moods and words & {'storm', 'rain', 'thunder'} and place != 'abstract':
        strokes.append(rain(study, 0.5 if 'sunset' in palette.moods else 1.0))
    return [*strokes, _vignette(study)]


def _words(prompt: str) -> frozenset[str]:
    found = re.findall(r'[a-z]+', prompt.lower()[:2_000])
    return frozenset(found) | frozenset(' '.join(_SYNONYMS.get(word, '') for word in found).split())


def _chief(places: list[str]) -> str | None:
    """Return the place that most words speak of; the rarer kind wins a tie."""
    rank = ('portrait', 'abstract', 'coast', 'city', 'space', 'desert', 'woods', 'mountains', 'meadow')
    return max(places, key=lambda place: (places.count(place), -rank.index(place)), default=None)


def _named(study: Study, words: frozenset[str], makers: Mapping[str, things.Maker]) -> things.Maker | None:
    return next((makers[word] for word in sorted(words) if word in makers), None)


def _coast(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    chance = study.chance
    horizon = round(study.height * chance.uniform(0.52, 0.66))
    light_at = place_light(study, palette, horizon)
    rough = (
        0.95
        if words & {'storm', 'tempest', 'thunder'}
        else 0.75
        if 'storm' in palette.moods
        else chance.uniform(0.1, 0.5)
    )
    strokes = sky(study, palette, horizon, light_at)
    if chance.random() < 0.55:
        strokes += land.ridges(study, palette, round(horizon * 0.82), horizon, 2, jagged=0.5, snowy=False)
    tower = 'lighthouse' in words
    side = -1 if seed % 2 else 1
    stand_x = study.width * (0.5 + side * chance.uniform(0.14, 0.32))
    rock_top = horizon - study.height * chance.uniform(0.02, 0.1)
    if tower:
        tall = round(study.height * chance.uniform(0.3, 0.46))
        lamp = round(stand_x), round(rock_top + study.height * 0.04 - tall * 0.863)
    strokes.append(water(study, palette, horizon, light_at[0], rough=rough))
    if tower or chance.random() < 0.3:
        foot = horizon + study.height * chance.uniform(0.08, 0.16)
        strokes.append(things.headland(study, palette, stand_x, rock_top, foot))
    if tower:
        strokes += [
            things.beam(study, palette, lamp),
            things.standing(study, things.lighthouse(palette, tall), stand_x, rock_top + study.height * 0.04),
        ]
    if maker := _named(study, words, things.AFLOAT):
        tall = round(study.height * chance.uniform(0.2, 0.36))
        foot = horizon + study.height * chance.uniform(0.08, 0.2)
        x = study.width * (0.5 - side * chance.uniform(0.05, 0.28))
        strokes.append(
            things.standing(study, maker(palette, tall), x, foot, sway=5 * study.unit, speed=-side * 7 * study.unit)
        )
    elif not tower and chance.random() < 0.5:
        small = things.AFLOAT['sailboat'](palette, round(study.height * 0.08))
        strokes.append(
            things.standing(
                study,
                small,
                study.width * chance.uniform(0.2, 0.8),
                horizon + study.height * 0.03,
                speed=6 * study.unit,
            )
        )
    if not palette.dark and rough < 0.9:
        strokes.append(things.birds(study, palette, horizon))
    return strokes


def _city(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    ground = round(study.height * study.chance.uniform(0.7, 0.82))
    light_at = place_light(study, palette, ground)
    strokes = sky(study, palette, ground, light_at)
    strokes += city.skyline(study, palette, ground)
    strokes.append(water(study, palette, ground, light_at[0], rough=0.12))
    return strokes


def _woods(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    chance = study.chance
    horizon = round(study.height * 0.62)
    light_at = place_light(study, palette, horizon)
    strokes = sky(study, palette, study.height, light_at)
    inside = seed % 2 == 0
    if inside:
        strokes += land.trunks(study, palette)
    else:
        strokes += land.conifers(
            study, palette, round(study.height * chance.uniform(0.38, 0.5)), round(study.height * 0.98), 5
        )
    if not inside:
        strokes += land.meadow(study, palette, round(study.height * 0.84), flowers=False)[:1]
    return [*strokes, *_subject(study, palette, words, study.height * 0.96, 0.36)]


def _mountains(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    chance = study.chance
    lake = 'lake' in words or 'fjord' in words or seed % 3 == 0
    base = round(study.height * (chance.uniform(0.6, 0.7) if lake else chance.uniform(0.8, 0.95)))
    light_at = place_light(study, palette, round(base * 0.8))
    strokes = sky(study, palette, base, light_at)
    snowy = not palette.moods & {'desert', 'tropical'}
    strokes += land.ridges(study, palette, round(base * chance.uniform(0.34, 0.46)), base, 4, jagged=0.66, snowy=snowy)
    if lake:
        strokes.append(water(study, palette, base, light_at[0], rough=0.08))
        return [*strokes, *_shore(study, palette, words)]
    strokes += land.conifers(study, palette, round(base * 0.9), round(study.height * 1.02), 2)
    return [*strokes, *_subject(study, palette, words, study.height * 0.95, 0.3)]


def _shore(study: Study, palette: Palette, words: frozenset[str]) -> list[Stroke]:
    """Return the near bank of a lake, with what the prompt names on it."""
    top = study.height * 0.88
    return [
        *land.meadow(study, palette, round(top), flowers=False)[-2:],
        *_subject(study, palette, words, study.height * 0.95, 0.3),
    ]


def _desert(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    horizon = round(study.height * study.chance.uniform(0.48, 0.6))
    light_at = place_light(study, palette, horizon)
    strokes = sky(study, palette, round(horizon * 1.15), light_at)
    strokes += land.ridges(study, palette, round(horizon * 0.86), round(horizon * 1.1), 2, jagged=0.45, snowy=False)
    strokes += land.dunes(study, palette, horizon)
    return [*strokes, *_subject(study, palette, words, study.height * 0.9, 0.26)]


def _meadow(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    chance = study.chance
    horizon = round(study.height * chance.uniform(0.5, 0.62))
    light_at = place_light(study, palette, horizon)
    strokes = sky(study, palette, round(horizon * 1.1), light_at)
    strokes += land.ridges(study, palette, round(horizon * 0.78), round(horizon * 1.05), 2, jagged=0.56, snowy=False)
    strokes += land.meadow(study, palette, horizon, flowers=not palette.moods & {'snow', 'winter'})
    aloft = _aloft(study, palette, words, horizon)
    if not aloft and not _named(study, words, things.GROUNDED):
        tall = round(study.height * chance.uniform(0.22, 0.38))
        x = study.width * chance.uniform(0.18, 0.82)
        strokes.append(things.standing(study, things.GROUNDED['tree'](palette, tall), x, study.height * 0.8))
    if not palette.dark:
        strokes.append(things.birds(study, palette, horizon))
    return [*strokes, *aloft, *_subject(study, palette, words, study.height * 0.9, 0.34)]


def _space(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    strokes = space.deep_space(study, seed)
    grounded = _named(study, words, things.GROUNDED)
    if grounded or study.chance.random() < 0.3:
        bare = choose_palette(frozenset({'night'}), study.chance, seed)
        strokes += land.ridges(
            study, bare, round(study.height * 0.74), round(study.height * 1.05), 3, jagged=0.56, snowy=False
        )[::2]
    if grounded:
        tall = round(study.height * study.chance.uniform(0.34, 0.46))
        x = study.width * study.chance.uniform(0.3, 0.7)
        strokes.append(things.standing(study, grounded(palette, tall), x, study.height * 0.93, sway=3 * study.unit))
    return [*strokes, *_aloft(study, palette, words, round(study.height * 0.8))]


def _portrait(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    """Return a bust in profile that holds a landscape, before a plain ground and a disc of light."""
    chance = study.chance
    inner = Study(study.width, study.height, chance, study.seconds)
    paint = (_mountains, _coast, _woods, _city)[seed % 4]
    inside = paint(inner, palette, frozenset(), seed)
    pale = mix(palette.glow, palette.sky[-1], 0.35)
    ground = gradient(study.size, (mix(pale, palette.sky[1], 0.55), pale))
    radius = min(study.size) * 0.36
    facing = 1 if seed % 2 else -1
    scale, middle, top = min(study.size) * 0.92, study.width / 2, study.height - min(study.size) * 0.94
    disc = Image.new('L', study.size)
    x, y = middle + facing * radius * 0.2, top + scale * 0.42
    ImageDraw.Draw(disc).ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    ground.paste(mix(palette.accent, pale, 0.35), (0, 0), disc.filter(ImageFilter.BoxBlur(1)))
    profile = [(middle + facing * (px - 0.5) * scale, top + py * scale) for px, py in _PROFILE]
    mask = polygon(study.size, outline(profile, 5))
    hair = polygon(
        study.size, outline([(middle + facing * (px - 0.5) * scale, top + py * scale) for px, py in _HAIR], 6)
    )
    mask = ImageChops.lighter(mask, hair)
    shade = hair.point(table(lambda value: value * 0.3))
    rim = ImageChops.subtract(mask, ImageChops.offset(mask, -facing * round(5 * study.unit), round(3 * study.unit)))
    rim = rim.filter(ImageFilter.BoxBlur(1.2 * study.unit)).point(table(lambda value: value * 0.8))

    def stroke(canvas: Image.Image, time: float) -> None:
        filled = Image.new('RGB', study.size, palette.near)
        for inner_stroke in inside:
            inner_stroke(filled, time)
        canvas.paste(ground)
        canvas.paste(filled, (0, 0), mask)
        canvas.paste(palette.near, (0, 0), shade)
        canvas.paste(palette.glow, (0, 0), rim)

    return [stroke]


_PROFILE: Final = (
    (0.3, 0.34),
    (0.34, 0.2),
    (0.46, 0.12),
    (0.6, 0.13),
    (0.69, 0.22),
    (0.705, 0.33),
    (0.715, 0.39),
    (0.765, 0.48),
    (0.725, 0.505),
    (0.735, 0.54),
    (0.74, 0.565),
    (0.722, 0.582),
    (0.735, 0.61),
    (0.72, 0.635),
    (0.715, 0.68),
    (0.66, 0.715),
    (0.585, 0.715),
    (0.57, 0.78),
    (0.62, 0.86),
    (0.8, 0.93),
    (0.9, 1.06),
    (0.1, 1.06),
    (0.16, 0.93),
    (0.33, 0.85),
    (0.385, 0.76),
    (0.355, 0.6),
    (0.31, 0.48),
)
_HAIR: Final = (
    (0.27, 0.36),
    (0.31, 0.18),
    (0.46, 0.085),
    (0.63, 0.11),
    (0.7, 0.235),
    (0.62, 0.245),
    (0.55, 0.33),
    (0.525, 0.44),
    (0.47, 0.5),
    (0.455, 0.62),
    (0.42, 0.72),
    (0.33, 0.74),
    (0.27, 0.6),
)


def _subject(study: Study, palette: Palette, words: frozenset[str], foot: float, share: float) -> list[Stroke]:
    """Return what the prompt names and what stands on the ground, with its shadow."""
    maker = _named(study, words, things.GROUNDED)
    if maker is None:
        return []
    tall = round(study.height * share * study.chance.uniform(0.85, 1.2))
    x = study.width * study.chance.choice((study.chance.uniform(0.24, 0.4), study.chance.uniform(0.6, 0.76)))
    shadow = Image.new('L', (round(tall * 1.5), max(4, round(tall * 0.16))))
    ImageDraw.Draw(shadow).ellipse((0, 0, shadow.width - 1, shadow.height - 1), 130)
    shadow = shadow.filter(ImageFilter.GaussianBlur(shadow.height / 7))
    at = round(x - shadow.width / 2), round(foot - shadow.height * 0.6)
    return [
        lambda canvas, _: canvas.paste(palette.near, at, shadow),
        things.standing(study, maker(palette, tall), x, foot),
    ]


def _aloft(study: Study, palette: Palette, words: frozenset[str], horizon: int) -> list[Stroke]:
    maker = _named(study, words, things.ALOFT)
    if maker is None:
        return []
    strokes = []
    for share in (
        study.chance.uniform(0.3, 0.42),
        *(study.chance.uniform(0.06, 0.16) for _ in range(study.chance.randint(0, 3))),
    ):
        tall = round(study.height * share)
        x, foot = study.width * study.chance.uniform(0.15, 0.85), max(tall, horizon * study.chance.uniform(0.45, 0.95))
        strokes.append(things.standing(study, maker(palette, tall), x, foot, sway=6 * study.unit, speed=4 * study.unit))
    return strokes[::-1]


def _vignette(study: Study) -> Stroke:
    dark = Image.radial_gradient('L').point([max(0, round((value - 110) * 0.5)) for value in range(256)])
    mask = dark.resize(study.size, Image.Resampling.BILINEAR)
    return lambda canvas, _: canvas.paste((0, 0, 0), (0, 0), mask)
