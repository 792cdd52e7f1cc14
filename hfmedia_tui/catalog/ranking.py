"""The order of the catalogue, kept while models come in."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final

from hfmedia_tui.domain import Model, Task

__all__ = ['FAILS_ON_PURPOSE', 'Ranking', 'setbacks']

FAILS_ON_PURPOSE: Final = 'fails-on-purpose'
"""The tag of a model that is there to show how failures look."""


def setbacks(model: Model, speaks: Callable[[str, Task], bool]) -> tuple[bool, bool]:
    """What puts a model behind others in any order: that it fails on purpose, and that it cannot be used yet."""
    usable = any(mapping.serves(model.task) and speaks(mapping.provider, model.task) for mapping in model.mappings)
    return FAILS_ON_PURPOSE in model.tags, not usable


class Ranking:
    """Models, films first, what cannot be used yet behind what can, what fails on purpose last.

    Within a rank they stay in the order in which they came, and each stands there once for each of its tasks.
    """

    def __init__(self, speaks: Callable[[str, Task], bool]) -> None:
        self._speaks = speaks
        self._ranks: dict[tuple[bool, bool, bool], list[Model]] = {}
        self._known = set[tuple[str, Task]]()

    def put(self, models: Iterable[Model]) -> None:
        for model in models:
            name = model.id, model.task
            if name not in self._known:
                self._known.add(name)
                rank = (*setbacks(model, self._speaks), model.task is not Task.TEXT_TO_VIDEO)
                self._ranks.setdefault(rank, []).append(model)

    def models(self) -> tuple[Model, ...]:
        return tuple(chain.from_iterable(self._ranks[rank] for rank in sorted(self._ranks)))
