"""Search: what it finds, in which order, and that it is what comparing every model with every word finds."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import pytest
from rapidfuzz import fuzz

from hfmedia_tui.catalog.masks import Masks
from hfmedia_tui.catalog.search import Index, search
from hfmedia_tui.domain import Model, Task

_SPACES = str.maketrans(dict.fromkeys('-./:_', ' '))


def model(name: str, *tags: str) -> Model:
    return Model(id=name, task=Task.TEXT_TO_IMAGE, tags=tags)


def by_definition(models: Sequence[Model], text: str, *, fuzzy: bool) -> list[Model]:
    """Ask every model for every word."""
    scores = dict[int, float]()
    for place, asked in enumerate(models):
        name, tags = asked.id.lower(), '\n'.join(asked.tags).lower()
        total = 0.0
        for word in text.lower().split():
            if word in name:
                begins = f' {word.translate(_SPACES)}' in f' {name.translate(_SPACES)}'
                whole = text.lower().strip() == word and (name == word or name.endswith(f'/{word}'))
                score = 200.0 + 50 * begins + 10 * whole
            elif word in tags:
                score = 120.0
            else:
                score = likeness(word, name) if fuzzy and len(word) >= 3 else 0.0
            if not score:
                break
            total += score
        else:
            scores[place] = round(total, 6)
    return [models[place] for place in sorted(scores, key=scores.__getitem__, reverse=True)]


def likeness(word: str, name: str) -> float:
    score = fuzz.partial_ratio(word, name)
    swapped = len(word) == 3 and any(other in name for other in (word[1] + word[0] + word[2], word[0] + word[:0:-1]))
    return score if score >= 75 else 75 * swapped


def mistyped(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    other = chance.choice('aeinorst-1')
    before, behind = word[:place], word[place + 1 :]
    swapped = before + behind[:1] + word[place] + behind[1:]
    return chance.choice([word, swapped, before + behind, before + other + word[place:], before + other + behind])


@pytest.mark.parametrize('seed', range(4))
def test_it_finds_what_comparing_every_model_with_every_word_finds(seed: int) -> None:
    chance = random.Random(seed)
    stems = ['flux', 'schnell', 'dev', 'pixel-art', 'wan2.1', 'Qwen', 'image', 'lora', 'anime', 'v2', 'x', 'realism_xl']
    names = {'/'.join('-'.join(chance.choices(stems, k=chance.randint(1, 3))) for _ in range(2)) for _ in range(120)}
    models = [
        model(
            name, *chance.sample(stems, k=2), '-'.join(chance.sample(stems, k=2))
        )  # what many have, and what few have
        for name in sorted(names, key=lambda _: chance.random())
    ]
    index = Index(models)
    for _, fuzzy in product(range(60), (False, True)):
        words = ' '.join(chance.choice(models).id[chance.randrange(8) :] for _ in range(chance.randint(1, 3))).split()
        text = ' '.join(mistyped(word[: chance.randint(1, 20)], chance) for word in words) or 'x'
        assert index.search(text, fuzzy=fuzzy) == by_definition(models, text, fuzzy=fuzzy), text


def test_a_word_is_found_like_any_names_of_few_letters() -> None:
    chance = random.Random(5)
    names = {''.join(chance.choices('abc-/', k=chance.randint(3, 14))) for _ in range(300)}
    models = [model(name) for name in sorted(names)]
    index = Index(models)
    for _ in range(200):
        word = ''.join(chance.choices('abc', k=chance.randint(3, 16)))
        assert index.search(word) == by_definition(models, word, fuzzy=True), word


@pytest.mark.parametrize(
    'text', ['dve', 'flux dve', 'fulx dev', 'flxu edv', 'flux shcnell', 'shcnell flux', 'dve lora']
)
def test_several_words_with_letters_swapped_find_what_was_meant(text: str) -> None:
    meant = model('black-forest-labs/FLUX.1-dev-schnell', 'lora')
    assert search([model('other/SD-3.5'), meant, model('owner/pixel-art', 'lora')], text) == [meant]


def test_what_is_typed_letter_by_letter_and_taken_back_is_found_as_by_a_new_search() -> None:
    models = [model(f'owner-{number}/model-{number * 7}', 'lora' if number % 3 else 'style') for number in range(200)]
    index, whole = Index(models), 'model-77 lora'
    for length in (*range(len(whole) + 1), *range(len(whole), -1, -1)):
        assert index.search(whole[:length]) == search(models, whole[:length])


def test_models_that_are_named_by_the_word_are_before_those_that_only_begin_with_it() -> None:
    named = [model('a/flux'), model('flux'), model('flux/flux'), model('flux')]
    assert search([model('flux/dev'), *named[:2], model('b/flux-dev'), *named[2:]], 'flux')[:4] == named
    assert search([model('c/a/flux'), model('b/a/flux-dev'), *named], 'a/flux')[:2] == [model('c/a/flux'), named[0]]


def test_a_search_that_nobody_wants_any_more_looks_for_nothing_like_its_words() -> None:
    models = [model(f'a/flex-{number}') for number in range(2_500)]
    index, asked = Index(models), list[int]()

    def is_wanted() -> bool:
        asked.append(1)
        return len(asked) < 3

    assert 0 < len(index.search('flux', is_wanted=is_wanted)) < 2_500
    assert len(asked) == 3
    assert len(index.search('flux')) == 2_500


def test_marks_of_the_user_count_as_they_are_now() -> None:
    models = [model('a/flux'), model('b/flux')]
    index = Index(models)
    for favourites in (frozenset({'a/flux'}), frozenset({'b/flux'}), frozenset[str]()):
        assert {found.id for found in index.search('is:favourite flux', favourites)} == favourites


def test_more_words_than_count_for_the_order_have_to_be_there() -> None:
    words = [f'w{number:02}' for number in range(12)]
    models = [model('x/x', *words), model('x/y', *words[:-1]), model('-'.join(words), 'other')]
    assert search(models, ' '.join(words)) == [models[2], models[0]]


def test_masks_remember_what_was_asked_last() -> None:
    masks, asked = Masks(4, most=2), list[int]()

    def is_even(rows: Iterable[int]) -> Iterator[bool]:
        for row in rows:
            asked.append(row)
            yield row % 2 == 0

    some = masks.mark([0, 1])
    for question, among, places in (('a', masks.all, [0, 2]), ('b', some, [0]), ('a', masks.all, [0, 2])):
        assert list(masks.places(masks.ask(question, [0, 1, 2, 3], is_even, among))) == places
    assert asked == [0, 1, 2, 3, 0, 1]
    masks.ask('c', [0, 1, 2, 3], is_even, 0)
    assert masks.known('b') == masks.all
    assert masks.known('a') != masks.all


def test_masks_that_are_added_count() -> None:
    masks = Masks(3, most=1)
    added = masks.all + masks.mark([1]) * 0xFE
    assert masks.counts(added) == b'\x01\xff\x01'
    assert list(masks.places(masks.at_least(1, added))) == [0, 1, 2]
    assert list(masks.places(masks.at_least(2, added))) == [1]
    assert list(masks.places(masks.equal(1, added))) == [0, 2]
