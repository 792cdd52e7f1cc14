"""Search over the catalogue: by the filter language, its words fuzzy and ranked."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cached_property, partial, reduce
from itertools import repeat
from math import ceil
from operator import contains, or_
from threading import Lock
from typing import Final

from rapidfuzz import fuzz, process

from hfmedia_tui.catalog.masks import Masks
from hfmedia_tui.domain import Model
from hfmedia_tui.filters import model_vocabulary, read_filter

__all__ = ['Index', 'search']

_BEGINS: Final = 5
_IN_NAME: Final = 20
_IN_TAG: Final = 12
"""Scores of a word as it stands, beside those up to 10 of what is like it; one that begins a part has both."""
_IS_NAME: Final = 1
"""What it is worth besides that the one word is all of a name, with its owner or without."""
_LIKE: Final = 0.1
"""What each percent of likeness is worth."""
_MOST_RANKED: Final = 10
"""Words whose scores fit in a byte together; the others have to be there, and do not count for the order."""
_GOOD_ENOUGH: Final = 75
"""Percent: a letter wrong in a word of four still matches; in one of three, neighbours that are swapped."""
_LEAST_LIKE: Final = 3
"""Characters of a word from which on it is also looked for as something like it."""
_MOST_SIFTED: Final = 16
"""Characters of a word up to which it is faster to look for pairs of them than to compare every name."""
_SKIPPED: Final = 2
"""Characters of a word that may be missing between those of a pair."""
_AT_ONCE: Final = 1_000
"""Names that are compared at a time: comparing them lets no other thread go on, for a millisecond."""
_MOST_REMEMBERED: Final = 128
"""Masks of what was searched for, each a byte for each model."""
_ASKED_FOR_TAGS: Final = 500
"""Models that tell, spread over all, which tags many have."""
_FEW: Final = 8
"""Many have a tag that one in so many has."""
_SIGNS: Final = '-./:_'
"""What parts a name."""


class Index:
    """Models, made ready with the first search to be searched again and again, from any thread.

    They are the rows of the masks, in the order in which they were given.
    A search for what is there word by word takes a few milliseconds among 20,000, and less where it has words of the
    search before; what is only like the words takes some more.
    """

    def __init__(self, models: Sequence[Model]) -> None:
        self.models: Final = models
        self._lock = Lock()
        self._masks = Masks(len(models), most=_MOST_REMEMBERED)
        self._favourites: Container[str] = ()
        """What the masks were made with."""

    @cached_property
    def _names(self) -> list[str]:
        return [model.id.lower() for model in self.models]

    @cached_property
    def _lines(self) -> str:
        """The names in one text, each with a slash before it and the end of its line behind, which no name has."""
        return ''.join(f'/{name}\n' for name in self._names)

    @cached_property
    def _parts(self) -> list[str]:
        """The names with a space before each part."""
        return _parted(self._lines).split('\n')[:-1]

    @cached_property
    def _tags(self) -> tuple[list[tuple[str, int]], list[str]]:
        """The tags that many models have, with the masks of those models, and for each model its others in one text."""
        some = self.models[:: len(self.models) // _ASKED_FOR_TAGS + 1]
        counts = Counter(tag for model in some for tag in model.tags)
        marks = {tag: bytearray(len(self.models)) for tag, count in counts.items() if count * _FEW >= len(some)}
        others = list[str]()
        for row, model in enumerate(self.models):
            rest = list[str]()
            for tag in model.tags:
                if tag in marks:
                    marks[tag][row] = 1
                else:
                    rest.append(tag)
            others.append('\n'.join(rest).lower())
        return [(tag.lower(), int.from_bytes(mark)) for tag, mark in marks.items()], others

    @cached_property
    def longest_name(self) -> int:
        """Characters of the longest name."""
        return max(map(len, self._names), default=0)

    def prepare(self) -> None:
        """Do now what the first search would do: some tens of milliseconds' work among 20,000."""
        with self._lock:
            _ = self._parts, self._tags

    def search(
        self,
        text: str,
        favourites: Container[str] = (),
        *,
        fuzzy: bool = True,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> list[Model]:
        """The models that fit the filter `text`, the best first; equals keep their order.

        Every word of it is in the id or in a tag: one found as it stands beats one that is only like it, which counts
        where the search is `fuzzy`. Without words, all that fit. `favourites` are ids of the models that the user
        marked. Once it is not wanted any more, it stops at what it has found: the next search waits for it. Raises
        UsageError for what is no filter.
        """
        wanted = read_filter(text, model_vocabulary(favourites), ranked=True)
        words = [part for word in wanted.words for part in word.lower().split()]
        with self._lock:
            if self._favourites is not favourites:
                self._favourites = favourites
                self._masks.forget()
            fitting = self._masks.all
            for term, test in zip(wanted.terms, wanted.tests, strict=True):
                question = 'terms', term
                fitting &= self._masks.ask(question, self.models, partial(map, test), self._masks.all)
            if not words:
                return list(self._masks.pick(fitting, self.models))
            return self._rank(words, fitting, is_wanted if fuzzy else None)

    def _rank(self, words: Sequence[str], fitting: int, is_wanted: Callable[[], bool] | None) -> list[Model]:
        """Return those that are `fitting` and have every word, the best first.

        Something like a word will do, and is looked for while it is wanted; where that is None, it will not.
        """
        exact = found = fitting
        scores = self._is_name(words[0]) * _IS_NAME if len(words) == 1 else 0
        likeness = dict[int, float]()
        for number, word in enumerate(words):
            begins, in_name, in_tag = self._begins(word), self._in_names(word), self._only_in_tags(word)
            there = in_name | in_tag
            if number < _MOST_RANKED:
                scores += in_name * _IN_NAME + begins * _BEGINS + in_tag * _IN_TAG
            exact &= there
            if is_wanted is not None and len(word) >= _LEAST_LIKE:
                like = self._like(word, found & ~there, is_wanted)
                likeness.update((row, likeness.get(row, 0.0) + percent) for row, percent in like.items())
                there |= self._masks.mark(like)
            found &= there
        ranked = self._ranked(scores & exact * 0xFF)
        if found == exact:
            return ranked
        if len(words) == 1:  # each of the others is behind all in which the word stands
            others = sorted(self._masks.places(found & ~exact), key=likeness.__getitem__, reverse=True)
            return ranked + [self.models[row] for row in others]
        score_of = self._masks.counts(scores)

        def score(row: int) -> float:
            return score_of[row] + likeness.get(row, 0.0) * _LIKE

        return [self.models[row] for row in sorted(self._masks.places(found), key=score, reverse=True)]

    def _ranked(self, scores: int) -> list[Model]:
        """Return those that have a score, the best first."""
        ranked = list[Model]()
        for score in sorted({*self._masks.counts(scores)} - {0}, reverse=True):
            ranked += self._masks.pick(self._masks.equal(score, scores), self.models)
        return ranked

    def _like(self, word: str, left: int, is_wanted: Callable[[], bool]) -> dict[int, float]:
        """Return those rows that are `left` and have something like the word in their name, and how like in percent."""
        rows = list(self._masks.places(left & self._perhaps_like(word)))
        like = dict[int, float]()
        for start in range(0, len(rows), _AT_ONCE):
            if not is_wanted():
                break
            some = rows[start : start + _AT_ONCE]
            names = [self._names[row] for row in some]
            alike = process.extract(word, names, scorer=fuzz.partial_ratio, score_cutoff=_GOOD_ENOUGH, limit=None)
            like.update((some[number], percent) for _, percent, number in alike)
        if len(word) == _LEAST_LIKE:  # too short for its likeness to tell letters swapped from a wrong one
            swapped = self._in_names(word[1] + word[0] + word[2]) | self._in_names(word[0] + word[2] + word[1])
            for row in self._masks.places(left & swapped):
                like.setdefault(row, _GOOD_ENOUGH)
        return like

    # ---------------------------------------------------------------------------------------------- masks of words

    def _in_names(self, part: str) -> int:
        self._note_if_in_none(part)
        # Where it begins a part is known of a word, and nothing of a pair of characters.
        begins = self._masks.known(('parts', part), 0) if part == _parted(part) else 0
        return self._ask('names', part, self._names, part, self._masks.known(('names', part[:-1])), sure=begins)

    def _note_if_in_none(self, part: str) -> None:
        """Remember that no name has something in it where one look at all of them tells: each is asked no more."""
        if self._masks.known(('names', part), -1) < 0 and part not in self._lines:
            self._masks.remember(('names', part), int)

    def _begins(self, word: str) -> int:
        """Those in whose name the word begins a part."""
        parted = _parted(word)
        self._note_if_in_none(word)
        known = self._masks.known(('names', word), self._masks.known(('names', word[:-1])))
        among = known if word == parted else self._in_names(word)
        return self._ask('parts', word, self._parts, f' {parted}', among & self._masks.known(('parts', word[:-1])))

    def _is_name(self, word: str) -> int:
        """Those whose name the word is, with its owner or without."""
        return self._masks.remember(('whole', word), lambda: self._masks.mark(self._named(word)))

    def _named(self, name: str) -> list[int]:
        """Return the rows of those that have the name, with an owner or without."""
        whole, rows = f'/{name}\n', list[int]()
        row = at = 0
        while (found := self._lines.find(whole, at)) >= 0:
            row += self._lines.count('\n', at, found)
            rows.append(row)
            at = found + 1
        return rows

    def _only_in_tags(self, word: str) -> int:
        """Those that have the word in a tag, and not in their name."""
        common, others = self._tags
        among = self._masks.known(('names', word[:-1])) | self._masks.known(('tags', word[:-1]))
        among &= ~self._in_names(word)
        sure = reduce(or_, (mask for tag, mask in common if word in tag), 0) & among
        return self._ask('tags', word, others, word, among, sure=sure)

    def _ask(self, kind: str, word: str, texts: Sequence[str], part: str, among: int, *, sure: int = 0) -> int:
        return self._masks.ask((kind, word), texts, lambda texts: map(contains, texts, repeat(part)), among, sure=sure)

    def _perhaps_like(self, word: str) -> int:
        """Those of which every one that is like the word is one: they have enough pairs of its characters."""
        length = len(word)
        if length > _MOST_SIFTED:
            return self._masks.all
        pairs = 0
        for start in range(length - 1):
            seconds = word[start + 1 : start + 2 + _SKIPPED]
            pairs += reduce(or_, (self._in_names(word[start] + second) for second in seconds))
        # A name that is not longer is looked for in the word, and not the word in it.
        shorter = self._masks.ask(('shorter', length), self._names, partial(_no_longer, length), self._masks.all)
        return self._masks.at_least(_least_pairs(length), pairs) | shorter


def _parted(text: str) -> str:
    """Return a text with a space for each sign that parts a name."""
    for sign in _SIGNS:
        text = text.replace(sign, ' ')
    return text


def _no_longer(length: int, names: Iterable[str]) -> Iterator[bool]:
    """Yield of each name whether it has at most so many characters."""
    return (len(name) <= length for name in names)


def _least_pairs(length: int) -> int:
    """Return how many pairs of a word's characters are in every name that is like it enough.

    The word is compared with as many or fewer characters of the name. What they have in common in the same order are
    at least as many characters as the percents tell, each but the last the first of a pair. A pair is not in the name
    as such where the name has another character between the two, or where the word has more than may be skipped.
    """
    return min(
        common - 1 - (window - common) - (length - common) // (_SKIPPED + 1)
        for window in range(1, length + 1)
        for common in range(ceil(_GOOD_ENOUGH * (length + window) / 200), window + 1)
    )


def search(models: Sequence[Model], text: str, favourites: Container[str] = ()) -> list[Model]:
    """The models that fit the filter `text`, as an `Index` of them finds them."""
    return Index(models).search(text, favourites)
