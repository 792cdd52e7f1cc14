"""Search over the catalogue: by the filter language, its words fuzzy and ranked."""

from collections.abc import Container, Sequence

from rapidfuzz import fuzz, process

from hfmedia_tui.domain import Model
from hfmedia_tui.filters import model_vocabulary, read_filter

__all__ = ['search']

_GOOD_ENOUGH = 75
"""Of 100: a letter wrong in a short word still matches."""


def search(models: Sequence[Model], text: str, favourites: Container[str] = ()) -> list[Model]:
    """The models that fit the filter `text`, the best first; equals keep their order.

    Every word of it is in the id or in a tag: one found as it stands beats one that is only like it. Without words,
    all that fit. `favourites` are ids of the models that the user marked. Raises UsageError for what is no filter.
    """
    wanted = read_filter(text, model_vocabulary(favourites), ranked=True)
    models = [model for model in models if wanted.fits(model)]
    words = [part for word in wanted.words for part in word.lower().split()]
    if not words:
        return models
    scores = [0.0] * len(models)
    left = list(range(len(models)))
    names = [model.id.lower() for model in models]
    for word in words:
        kept = []
        unsure = []
        for index in left:
            name = names[index]
            if (place := name.find(word)) >= 0:
                starts = place == 0 or not name[place - 1].isalnum()
                scores[index] += 200 + 50 * starts - len(name) / 100
                kept.append(index)
            elif any(word in tag.lower() for tag in models[index].tags):
                scores[index] += 120
                kept.append(index)
            else:
                unsure.append(index)
        if len(word) > 2:
            for _, score, place in process.extract_iter(
                word, [names[index] for index in unsure], scorer=fuzz.partial_ratio, score_cutoff=_GOOD_ENOUGH
            ):
                scores[unsure[place]] += score
                kept.append(unsure[place])
        left = kept
    return [models[index] for index in sorted(left, key=lambda index: (-scores[index], index))]
