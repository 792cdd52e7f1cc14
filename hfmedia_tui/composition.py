"""What stands in Compose: a prompt that may stand for several, the models that it is for, and what the form says."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from hfmedia_tui.domain import Order, harmless
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import sized

__all__ = [
    'MOST_GENERATIONS',
    'Composition',
    'Entries',
    'Extent',
    'SavedTemplate',
    'check_total',
    'extent_of',
    'read_composition',
]

MOST_GENERATIONS: Final = 1000
"""That can be asked for at once."""


class Entries(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the form says, read and checked."""

    parameters: Mapping[str, Any] = {}
    """House names to values; only what was set."""
    aspect_ratio: str | None = None
    provider: str | None = None
    """The one provider to ask; None where that is left to the program, or every one is asked."""
    every_provider: bool = False
    """Whether each provider that serves a model is asked for it."""
    extra: Mapping[str, Any] = {}
    count: int = 1
    seed: int | None = None
    same_seed: bool = False
    """Whether the seed does not count up from one generation to the next."""
    drawn: bool = False
    """Whether `count` prompts are drawn from a template; else each of its combinations is made `count` times."""
    bill_to: str | None = None

    @property
    def sized(self) -> Mapping[str, Any]:
        """The parameters as they are sent: with the sides that the aspect ratio stands for."""
        return sized(self.parameters, self.aspect_ratio)

    @classmethod
    def of(cls, order: Order) -> 'Entries':
        """What the form said when `order` was asked for."""
        draw, seed = order.draw, order.seed
        every_provider = order.matrix is not None and order.matrix.every_provider
        if draw is not None and seed is not None and not order.same_seed:
            seed = max(0, seed - draw.place)  # it counted up from one prompt to the next
        return cls(
            parameters=order.parameters,
            provider=None if every_provider else order.provider,
            every_provider=every_provider,
            extra=order.extra,
            count=order.count if draw is None else draw.count,
            seed=seed,
            same_seed=order.same_seed,
            drawn=draw is not None,
            bill_to=order.bill_to,
        )


class Composition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything in Compose that makes what is sent."""

    models: tuple[str, ...]
    """Ids, at least one."""
    prompt: str
    """A template, see `templates`."""
    entries: Entries = Entries()

    def as_json(self, *, indent: int | None = None) -> str:
        # The standard library's JSON, because extra JSON may hold integers beyond 64 bits.
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=False, indent=indent)


def read_composition(text: str | bytes) -> Composition:
    """Read what `as_json` wrote, or somebody else; what is shown of it is harmless. Raises ValueError."""
    try:
        composition = msgspec.convert(_harmless(json.loads(text)), Composition)
    except RecursionError:
        raise ValueError('it is nested too deeply') from None
    if not composition.models:
        raise ValueError('it names no model')
    if not all(isinstance(value, str | int | float) for value in composition.entries.parameters.values()):
        raise ValueError('a parameter is neither text nor a number')
    return composition


def _harmless(value: Any) -> Any:
    match value:
        case str():
            return harmless(value)
        case dict():
            return {harmless(name): _harmless(one) for name, one in value.items()}
        case list():
            return [_harmless(one) for one in value]
        case _:
            return value


class SavedTemplate(NamedTuple):
    """What was composed, under the name that the user gave it."""

    name: str
    composition: Composition


class Extent(NamedTuple):
    """How much is asked for."""

    prompts: int
    models: int
    offers: int
    """Models with the provider that is asked for each, all in all: the same model counts once for each provider."""
    providers: int | None
    """Providers that are asked for each model; None where they are more for one than for another."""
    each: int
    """Generations of each prompt by each offer."""

    @property
    def requests(self) -> int:
        return self.prompts * self.offers * self.each

    @property
    def is_matrix(self) -> bool:
        """Whether more varies than the seed."""
        return self.prompts * self.offers > 1

    def __str__(self) -> str:
        """How the number comes about, such as `3 prompts × 2 models × 4`."""
        factors = [(self.prompts, 'prompts')]
        if self.providers is None:
            factors.append((self.offers, f'offers of {self.models} models'))
        else:
            factors += [(self.models, 'models'), (self.providers, 'providers')]
        words = [f'{count:,} {noun}' for count, noun in factors if count > 1]
        return ' × '.join([*words, *([f'{self.each:,}'] if self.each > 1 else [])])


def extent_of(entries: Entries, combinations: int, offers: Collection[int]) -> Extent:
    """How much `entries` ask for, of a template with so many combinations.

    `offers` has for each model how many providers serve it.
    """
    drawn = entries.drawn and combinations > 1
    asked = offers if entries.every_provider else [1] * len(offers)
    different = set(asked)
    return Extent(
        prompts=entries.count if drawn else combinations,
        models=len(offers),
        offers=sum(asked),
        providers=different.pop() if len(different) == 1 else None,
        each=1 if drawn else entries.count,
    )


def check_total(generations: int) -> None:
    """Raise UsageError for more generations than can be asked for at once."""
    if generations > MOST_GENERATIONS:
        told = f'{generations:,}' if generations < 10**12 else 'more than a million million'
        raise UsageError(
            f'That is {told} generations, and {MOST_GENERATIONS:,} can be asked for at once.',
            'Part them into several runs.',
        )
