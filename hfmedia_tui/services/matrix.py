"""Turns what was composed into asks: prompts × models × providers, each with its seeds."""

import random
from collections.abc import Sequence

from msgspec.structs import replace

from hfmedia_tui.composition import Entries, check_total, extent_of
from hfmedia_tui.domain import Draw, Matrix, Model
from hfmedia_tui.errors import UsageError
from hfmedia_tui.services.offers import Offers
from hfmedia_tui.services.ordering import Ask
from hfmedia_tui.templates import Template

__all__ = ['expand', 'plan']


def plan(template: Template, models: Sequence[Model], entries: Entries, offers: Offers) -> tuple[Ask, ...]:
    """An ask for each prompt, model and provider: prompts first, so that what differs in the rest comes together.

    Prompts are drawn with the seed that was set, so that they come again with it. Raises UsageError where it is too
    much, or where nobody serves a model.
    """
    providers = [_providers(model, entries, offers) for model in models]
    extent = extent_of(entries, template.combinations, [len(names) for names in providers])
    check_total(extent.requests)
    drawn = entries.drawn and template.combinations > 1
    seed = entries.seed if entries.seed is not None else random.randrange(2**31)
    prompts = template.draw(entries.count, seed) if drawn else tuple(template.every())
    step = 1 if drawn and not entries.same_seed else 0
    matrix = None
    if len(models) > 1 or entries.every_provider:
        matrix = Matrix(models=tuple(model.id for model in models), every_provider=entries.every_provider)
    return tuple(
        Ask(
            model=model.id,
            prompt=prompt,
            template=None if template.is_plain else template.text,
            draw=Draw(count=len(prompts), place=place) if drawn else None,
            matrix=matrix,
            provider=provider,
            parameters=entries.parameters,
            aspect_ratio=entries.aspect_ratio,
            extra=entries.extra,
            count=extent.each,
            seed=None if entries.seed is None else entries.seed + place * step,
            same_seed=entries.same_seed,
            bill_to=entries.bill_to,
        )
        for place, prompt in enumerate(prompts)
        for model, names in zip(models, providers, strict=True)
        for provider in names
    )


def expand(template: Template, ask: Ask) -> tuple[Ask, ...]:
    """`ask` for each prompt that a template stands for. Raises UsageError where they are too many."""
    check_total(template.combinations * ask.count)
    return tuple(
        replace(ask, prompt=prompt, template=None if template.is_plain else template.text)
        for prompt in template.every()
    )


def _providers(model: Model, entries: Entries, offers: Offers) -> Sequence[str | None]:
    if not entries.every_provider:
        return [entries.provider]
    usable = offers.choose(model, None)[0]
    if not usable:
        raise UsageError(f'No provider that can be asked serves {model.id} now.')
    return [mapping.provider for mapping in usable]
