"""From the words of a prompt to the strokes of a picture: what is seen, in which light, from where."""

from collections.abc import Mapping
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from hfmedia_tui.sandbox.paint import city, flow, land, space
from hfmedia_tui.sandbox.paint.aloft import ALOFT, birds
from hfmedia_tui.sandbox.paint.cutouts import Maker, standing
from hfmedia_tui.sandbox.paint.figures import GROUNDED
from hfmedia_tui.sandbox.paint.marks import Stroke, Study
from hfmedia_tui.sandbox.paint.palettes import Palette, choose_palette
from hfmedia_tui.sandbox.paint.portrait import bust
from hfmedia_tui.sandbox.paint.reading import IMPLIED, LANDSCAPES, place_of, read
from hfmedia_tui.sandbox.paint.seaside import AFLOAT, beam, headland, lighthouse
from hfmedia_tui.sandbox.paint.sky import place_light, rain, sky, snow
from hfmedia_tui.sandbox.paint.water import water
from hfmedia_tui.sandbox.paint.woods import conifers, trunks

__all__ = ['compose']

_WITH_GROUND: Final = ('mountains', 'woods', 'meadow', 'desert')
"""Landscapes where somebody can stand."""


def compose(prompt: str, model: str, seed: int, size: tuple[int, int], seconds: float) -> list[Stroke]:
    """Return the strokes of a picture, from the farthest to the nearest.

    Prompt and model choose what is seen; the seed chooses the light, the place of things and every detail.
    """
    words = read(prompt)
    # Seeds that follow one another take turns, so that a handful of pictures of one prompt are never alike.
    order = Random(f'{prompt}\0{model}')
    study = Study(*size, Random(f'{prompt}\0{model}\0{seed}'), seconds)
    place = place_of(words)
    if place is None:
        open_land = _WITH_GROUND if _named(words, GROUNDED) else LANDSCAPES
        place = open_land[(order.randrange(len(open_land)) + seed) % len(open_land)]
    palette = choose_palette(words | IMPLIED.get(place, frozenset()), order, seed)
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


def _named(words: frozenset[str], makers: Mapping[str, Maker]) -> Maker | None:
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
        strokes.append(headland(study, palette, stand_x, rock_top, foot))
    if tower:
        strokes += [
            beam(study, palette, lamp),
            standing(study, lighthouse(palette, tall), stand_x, rock_top + study.height * 0.04),
        ]
    if maker := _named(words, AFLOAT):
        tall = round(study.height * chance.uniform(0.2, 0.36))
        foot = horizon + study.height * chance.uniform(0.08, 0.2)
        x = study.width * (0.5 - side * chance.uniform(0.05, 0.28))
        strokes.append(
            standing(study, maker(palette, tall), x, foot, sway=5 * study.unit, speed=-side * 7 * study.unit)
        )
    elif not tower and chance.random() < 0.5:
        small = AFLOAT['sailboat'](palette, round(study.height * 0.08))
        strokes.append(
            standing(
                study,
                small,
                study.width * chance.uniform(0.2, 0.8),
                horizon + study.height * 0.03,
                speed=6 * study.unit,
            )
        )
    if not palette.dark and rough < 0.9:
        strokes.append(birds(study, palette, horizon))
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
        strokes += trunks(study, palette)
    else:
        strokes += conifers(
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
    strokes += conifers(study, palette, round(base * 0.9), round(study.height * 1.02), 2)
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
    if not aloft and not _named(words, GROUNDED):
        tall = round(study.height * chance.uniform(0.22, 0.38))
        x = study.width * chance.uniform(0.18, 0.82)
        strokes.append(standing(study, GROUNDED['tree'](palette, tall), x, study.height * 0.8))
    if not palette.dark:
        strokes.append(birds(study, palette, horizon))
    return [*strokes, *aloft, *_subject(study, palette, words, study.height * 0.9, 0.34)]


def _space(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    strokes = space.deep_space(study, seed)
    grounded = _named(words, GROUNDED)
    if grounded or study.chance.random() < 0.3:
        bare = choose_palette(frozenset({'night'}), study.chance, seed)
        strokes += land.ridges(
            study, bare, round(study.height * 0.74), round(study.height * 1.05), 3, jagged=0.56, snowy=False
        )[::2]
    if grounded:
        tall = round(study.height * study.chance.uniform(0.34, 0.46))
        x = study.width * study.chance.uniform(0.3, 0.7)
        strokes.append(standing(study, grounded(palette, tall), x, study.height * 0.93, sway=3 * study.unit))
    return [*strokes, *_aloft(study, palette, words, round(study.height * 0.8))]


def _portrait(study: Study, palette: Palette, words: frozenset[str], seed: int) -> list[Stroke]:
    landscape = (_mountains, _coast, _woods, _city)[seed % 4]
    return [bust(study, palette, landscape(study, palette, frozenset(), seed), 1 if seed % 2 else -1)]


def _subject(study: Study, palette: Palette, words: frozenset[str], foot: float, share: float) -> list[Stroke]:
    """Return what the prompt names and what stands on the ground, with its shadow."""
    maker = _named(words, GROUNDED)
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
        standing(study, maker(palette, tall), x, foot),
    ]


def _aloft(study: Study, palette: Palette, words: frozenset[str], horizon: int) -> list[Stroke]:
    maker = _named(words, ALOFT)
    if maker is None:
        return []
    strokes = []
    for share in (
        study.chance.uniform(0.3, 0.42),
        *(study.chance.uniform(0.06, 0.16) for _ in range(study.chance.randint(0, 3))),
    ):
        tall = round(study.height * share)
        x, foot = study.width * study.chance.uniform(0.15, 0.85), max(tall, horizon * study.chance.uniform(0.45, 0.95))
        strokes.append(standing(study, maker(palette, tall), x, foot, sway=6 * study.unit, speed=4 * study.unit))
    return strokes[::-1]


def _vignette(study: Study) -> Stroke:
    dark = Image.radial_gradient('L').point([max(0, round((value - 110) * 0.5)) for value in range(256)])
    mask = dark.resize(study.size, Image.Resampling.BILINEAR)
    return lambda canvas, _: canvas.paste((0, 0, 0), (0, 0), mask)
