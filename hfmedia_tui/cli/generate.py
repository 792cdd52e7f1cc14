"""`hfmedia-tui generate`: the studio without its interface."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

import click
import msgspec

from hfmedia_tui.cli.driving import drive, finish, need_token
from hfmedia_tui.cli.foretelling import foretell
from hfmedia_tui.cli.prompts import read_prompts
from hfmedia_tui.cli.streams import read_input
from hfmedia_tui.domain import Job, Order, Task, split_name
from hfmedia_tui.parameters import PARAMETERS, parse_extra
from hfmedia_tui.paths import find_paths, named_folder
from hfmedia_tui.services import Ask, Limits, Services, open_services

__all__ = ['generate', 'run_generate']

_MOST_READ: Final = 100_000
"""Characters of standard input: more than any prompt may have."""


def run_generate(
    prompt: str | None,
    *,
    prompts: str | None,
    dry_run: bool,
    model: str | None,
    count: int,
    aspect_ratio: str | None,
    seed: int | None,
    extra: str | None,
    output: str | None,
    name: str | None,
    concurrency: int | None,
    timeout: float | None,
    proxy: str | None,
    bill_to: str | None,
    no_fallback: bool,
    template: bool,
    over_limit: bool,
    as_json: bool,
    sandbox: bool,
    **parameters: Any,
) -> int:
    """Generate and return the exit code."""
    model, provider = split_name(model or '')
    ask = Ask(
        model=model,
        provider=provider,
        prompt=read_input(_MOST_READ).strip() if prompt == '-' else prompt or '',
        parameters={name: parameters[name] for name in PARAMETERS if parameters.get(name) not in (None, '')},
        aspect_ratio=aspect_ratio,
        extra=parse_extra(extra) if extra else {},
        count=count,
        seed=seed,
        fallback=not no_fallback,
        timeout=timeout,
        bill_to=bill_to,
        output=str(named_folder(output)) if output else None,
        name=name,
    )
    limits = Limits(total=concurrency, per_provider=concurrency) if concurrency else None
    asks = (ask,) if prompts is None else read_prompts(prompts, ask)
    return asyncio.run(
        generate(
            *asks,
            limits=limits,
            proxy=proxy,
            template=template,
            dry_run=dry_run,
            over_limit=over_limit,
            as_json=as_json,
            sandbox=sandbox,
        )
    )


async def generate(
    *asks: Ask,
    task: Task | None = None,
    limits: Limits | None = None,
    proxy: str | None = None,
    template: bool = False,
    dry_run: bool = False,
    over_limit: bool = False,
    as_json: bool,
    sandbox: bool,
) -> int:
    """Generate what is asked for, where no model is named with the usual one, or that for `task`.

    Returns the exit code.

    With `template` a prompt may stand for several, see `templates`; with `dry_run` nothing is recorded or sent; with
    `over_limit` no ceiling counts.
    """
    async with open_services(find_paths(), sandbox=sandbox, limits=limits, proxy=proxy) as services:
        for provider in dict.fromkeys(ask.provider for ask in asks):
            need_token(services, provider)
        if not all(ask.model for ask in asks):
            usual = await services.usual_model(task)
            asks = tuple(ask if ask.model else msgspec.structs.replace(ask, model=usual) for ask in asks)
            click.echo(f'Using {usual}.', err=True)
        if dry_run:
            return foretell(services, await _orders(services, asks, template=template), as_json=as_json)

        async def start() -> Iterable[Job]:
            orders = await _orders(services, asks, template=template)
            return await services.submit_orders(orders, over_limit=over_limit)

        jobs, cut_short = await drive(services, start, as_json=as_json)
    # The house is closed: what was running has been left where it stands.
    return finish(jobs, as_json=as_json, cut_short=cut_short)


async def _orders(services: Services, asks: Sequence[Ask], *, template: bool) -> tuple[Order, ...]:
    """The orders for what is asked for, and a word about each thing that a provider would not do of them."""
    meant = [each for ask in asks for each in await services.expand(ask)] if template else asks
    orders = await services.orders(meant)
    for sentence in dict.fromkeys(caution.sentence for order in orders for caution in services.offers.cautions(order)):
        click.echo(sentence, err=True)
    return orders
