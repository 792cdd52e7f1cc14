"""Search over the catalogue: by the filter language, its words fuzzy and ranked."""

from collections.abc import Container, Sequence
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz, process

from hfmedia_tui.domain import Model
from hfmedia_tui.filters import model_vocabulary, read_filter

__all__ = ['Index', 'search']

_GOOD_ENOUGH: Final = 75
"""Of 100: a letter wrong in a short word still matches."""
_IN_NAME: Final = 200.0
_BEGINS: Final = 50.0
_IN_TAG: Final = 120.0
"""Scores of a word as it stands, beside those up to 100 of what is like it."""
_LEAST_LIKE: Final = 3
"""Characters of a word from which on it is also looked for as something like it."""
_AT_ONCE: Final = 1_000
"""Names that are compared at a time: comparing them lets no other thread go on, for a millisecond."""
_SPACES: Final = str.maketrans(dict.fromkeys('-./:_', ' '))


class Index:
    """Models, made ready with the first search to be searched again and again.

    A search for what is there word by word takes some milliseconds among 20,000; for what is only like it, ten times as
    much.
    """

    def __init__(self, models: Sequence[Model]) -> None:
        self.models: Final = models

    @cached_property
    def _names(self) -> list[str]:
        return [model.id.lower() for model in self.models]

    @cached_property
    def _parts(self) -> list[str]:
        """The names with a space before each part."""
        return [' ' + name.translate(_SPACES) for name in self._names]

    @cached_property
    def _tags(self) -> list[str]:
        return ['\n'.join(model.tags).lower() for model in self.models]

    @cached_property
    def _worth(self) -> list[float]:
        """The score of a word that is found in each name: the shorter, the more of it is what was meant."""
        return [_IN_NAME - len(name) / 100 for name in self._names]

    def search(self, text: str, favourites: Container[str] = (), *, fuzzy: bool = True) -> list[Model]:
        """The models that fit the filter `text`, the best first; equals keep their order.

        Every word of it is in the id or in a tag: one found as it stands beats one that is only like it, which counts
        where the search is `fuzzy`. Without words, all that fit. `favourites` are ids of the models that the user
        marked. Raises UsageError for what is no filter.
        """
        wanted = read_filter(text, model_vocabulary(favourites), ranked=True)
        models = self.models
        left: Sequence[int] = range(len(models))
        for test in wanted.tests:
            left = [index for index in left if test(models[index])]
        words = [part for word in wanted.words for part in word.lower().split()]
        if not words:
            return [models[index] for index in left]
        scores = dict[int, float]()
        for word in words:
            found = self._find(word, left)
            if fuzzy and len(word) >= _LEAST_LIKE:
                self._find_like(word, [index for index in left if index not in found], found)
            left = sorted(found)
            scores = {index: scores[index] + found[index] for index in left} if scores else found
        return [models[index] for index in sorted(left, key=scores.__getitem__, reverse=True)]

    def _find(self, word: str, left: Sequence[int]) -> dict[int, float]:
        """Return what each of the models is worth that has a word in its name, or else in a tag."""
        names, parts, tags, worth = self._names, self._parts, self._tags, self._worth
        begins = f' {word.translate(_SPACES)}'
        within = [index for index in left if word in names[index]]
        found = {index: worth[index] for index in within}
        found.update({index: worth[index] + _BEGINS for index in within if begins in parts[index]})
        if len(found) < len(left):
            found.update(
                dict.fromkeys([index for index in left if word in tags[index] and index not in found], _IN_TAG)
            )
        return found

    def _find_like(self, word: str, left: Sequence[int], found: dict[int, float]) -> None:
        """Add those to what was `found` that have something like a word in their name."""
        for start in range(0, len(left), _AT_ONCE):
            some = left[start : start + _AT_ONCE]
            names = [self._names[index] for index in some]
            like = process.extract(word, names, scorer=fuzz.partial_ratio, score_cutoff=_GOOD_ENOUGH, limit=None)
            found.update((some[place], score) for _, score, place in like)


def search(models: Sequence[Model], text: str, favourites: Container[str] = ()) -> list[Model]:
    """The models that fit the filter `text`, as an `Index` of them finds them."""
    return Index(models).search(text, favourites)
