"""What a prompt's words ask to see: places, moods and the rest, as far as this room knows the words."""

import re
from collections.abc import Mapping
from typing import Final

__all__ = ['IMPLIED', 'LANDSCAPES', 'place_of', 'read']

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
LANDSCAPES: Final = ('coast', 'mountains', 'woods', 'meadow', 'city', 'desert')
"""Where a prompt may take place that names no place."""

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


IMPLIED: Final = {'desert': frozenset({'desert'})}
"""Moods that a place brings along."""


def read(prompt: str) -> frozenset[str]:
    """Return the words of a prompt, and those that they stand for."""
    found = re.findall(r'[a-z]+', prompt.lower()[:2_000])
    return frozenset(found) | frozenset(' '.join(_SYNONYMS.get(word, '') for word in found).split())


def place_of(words: frozenset[str]) -> str | None:
    """Return the place that most words speak of; in a tie the one that is named more rarely."""
    rank = ('abstract', 'coast', 'city', 'space', 'desert', 'woods', 'mountains', 'meadow', 'portrait')
    places = [place for word in sorted(words) if (place := _PLACES.get(word))]
    return max(places, key=lambda place: (places.count(place), -rank.index(place)), default=None)
