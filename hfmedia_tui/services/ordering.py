"""Turns what a person asks for into an order."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hfmedia_tui.catalog.catalog import Catalog
from hfmedia_tui.composition import MOST_GENERATIONS, check_total
from hfmedia_tui.domain import Draw, Matrix, Model, Order, clean
from hfmedia_tui.engine.generations import new_order_id
from hfmedia_tui.engine.naming import check_name
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import LONGEST_PROMPT, is_text, sized
from hfmedia_tui.paths import named_folder
from hfmedia_tui.services.account import Account
from hfmedia_tui.services.offers import Offers
from hfmedia_tui.settings import Settings

__all__ = ['Ask', 'Ordering']


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for, before the Hub was asked who can do it."""

    model: str
    prompt: str
    template: str | None = None
    """What the prompt was made from, where that had alternatives or wildcards: kept with it, and not read."""
    draw: Draw | None = None
    """How the prompt was drawn from it; None where it was not."""
    matrix: Matrix | None = None
    """What it is asked for together with; None where that is one model of one provider."""
    provider: str | None = None
    parameters: Mapping[str, Any] = {}
    aspect_ratio: str | None = None
    extra: Mapping[str, Any] = {}
    count: int = 1
    seed: int | None = None
    same_seed: bool = False
    fallback: bool = True
    timeout: float | None = None
    bill_to: str | None = None
    output: str | None = None
    """The folder for results; None for the usual one."""
    name: str | None = None
    """What results are called; None for what the settings say."""


class Ordering:
    """Knows what an order says besides what is asked for: who can be asked, who pays, and where its results lie.

    `hub` and `router` are what an order says of them; `output` is the folder where neither ask nor settings name one.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        offers: Offers,
        account: Account,
        hub: str,
        router: str,
        output: Path,
    ) -> None:
        self._catalog = catalog
        self._offers = offers
        self._account = account
        self._hub = hub
        self._router = router
        self._output = output

    async def orders(self, asks: Sequence[Ask], settings: Settings) -> tuple[Order, ...]:
        """Orders that nobody was asked for yet, one for each ask.

        Raises UsageError for what cannot be asked, and HubError when the Hub does not tell who serves a model.
        """
        for ask in asks:
            _check(ask)
        check_total(sum(ask.count for ask in asks))
        names = tuple(dict.fromkeys(ask.model for ask in asks))
        account, found = await asyncio.gather(
            self._account.find_soon(), asyncio.gather(*map(self._catalog.model, names))
        )
        models = dict(zip(names, found, strict=True))
        return tuple(self._order(ask, models[ask.model], account, settings) for ask in asks)

    def _order(self, ask: Ask, models: tuple[Model, ...], account: str | None, settings: Settings) -> Order:
        bill_to = ask.bill_to or settings.network.bill_to
        if bill_to and not re.fullmatch(r'[\w.-]+', bill_to, re.ASCII):
            raise UsageError('The organisation to bill is no name of an organisation.', 'It is what its page is named.')
        parameters = {
            name: clean(value, LONGEST_PROMPT) if isinstance(value, str) else value
            for name, value in sized(ask.parameters, ask.aspect_ratio).items()
        }
        if not models:
            raise UsageError(
                f'{ask.model} makes neither pictures nor films.', 'See `hfmedia-tui models` for those that do.'
            )
        model = _best(models, ask.provider)
        folder = ask.output or settings.output.folder
        name = ask.name or settings.output.name or ''
        check_name(name)
        mappings, passed_over = self._offers.choose(model, ask.provider)
        return Order(
            id=new_order_id(),
            task=model.task,
            model=model.id,
            prompt=clean(ask.prompt, LONGEST_PROMPT),
            template=ask.template,
            draw=ask.draw,
            matrix=ask.matrix,
            mappings=mappings,
            passed_over=passed_over,
            provider=ask.provider,
            parameters=parameters,
            extra=ask.extra,
            count=ask.count,
            seed=ask.seed,
            same_seed=ask.same_seed,
            fallback=ask.fallback and ask.provider is None,
            timeout=ask.timeout,
            bill_to=bill_to,
            output=str(named_folder(folder) if folder else self._output),
            name=name,
            hub=self._hub,
            router=self._router,
            account=account,
            created_at=datetime.now(UTC),
        )


def _check(ask: Ask) -> None:
    """Raise UsageError for what could be asked of nobody."""
    if not clean(ask.prompt, LONGEST_PROMPT):
        raise UsageError('The prompt is empty.', 'Say what you would like to see.')
    if len(ask.prompt) > LONGEST_PROMPT or not is_text(ask.prompt):
        raise UsageError(f'The prompt must be text of at most {LONGEST_PROMPT:,} characters.')
    if not 1 <= ask.count <= MOST_GENERATIONS:
        raise UsageError(f'The number of generations must be from 1 to {MOST_GENERATIONS}, not {ask.count}.')
    if ask.seed is not None and ask.seed < 0:
        raise UsageError(f'The seed must not be negative, and {ask.seed} is.')
    if ask.timeout is not None and not ask.timeout > 0:
        raise UsageError(f'The timeout must be more than 0 seconds, not {ask.timeout:g}.')
    if not re.fullmatch(r'(?:[\w-][\w.-]*/)?[\w-][\w.-]*', ask.model):
        raise UsageError(f'{ask.model[:80]!r} is no name of a model.', 'Name it as owner/name.')


def _best(models: tuple[Model, ...], provider: str | None) -> Model:
    """The first task of a model that can be done now: by `provider`, or by any that this program speaks."""

    def rank(model: Model) -> bool:
        return any(
            mapping.serves(model.task)
            and (mapping.provider == provider if provider else Offers.speaks(mapping.provider, model.task))
            for mapping in model.mappings
        )

    return max(models, key=rank)
