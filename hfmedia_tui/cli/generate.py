"""`hfmedia-tui generate`: the studio without its interface."""

from collections.abc import Iterable
from typing import Any, Final

import click
import msgspec

from hfmedia_tui.cli.driving import drive, finish, need_token, run
from hfmedia_tui.cli.streams import read_input
from hfmedia_tui.domain import Job, split_name
from hfmedia_tui.parameters import PARAMETERS, parse_extra
from hfmedia_tui.paths import find_paths, named_folder
from hfmedia_tui.services import Ask, Limits, open_services

__all__ = ['generate', 'run_generate']

_MOST_READ: Final = 100_000
"""Characters of standard input: more than any prompt may have."""


def run_generate(
    prompt: str,
    *,
    model: str | None,
    count: int,
    aspect_ratio: str | None,
    seed: int | None,
    extra: str | None,
    output: str | None,
    concurrency: int | None,
    timeout: float | None,
    proxy: str | None,
    bill_to: str | None,
    no_fallback: bool,
    template: bool,
    as_json: bool,
    sandbox: bool,
    **parameters: Any,
) -> int:
    """Generate and return the exit code."""
    model, provider = split_name(model or '')
    ask = Ask(
        model=model,
        provider=provider,
        prompt=read_input(_MOST_READ).strip() if prompt == '-' else prompt,
        parameters={name: parameters[name] for name in PARAMETERS if parameters.get(name) not in (None, '')},
        aspect_ratio=aspect_ratio,
        extra=parse_extra(extra) if extra else {},
        count=count,
        seed=seed,
        fallback=not no_fallback,
        timeout=timeout,
        bill_to=bill_to,
        output=str(named_folder(output)) if output else None,
    )
    limits = Limits(total=concurrency, per_provider=concurrency) if concurrency else None
    return run(generate(ask, limits=limits, proxy=proxy, template=template, as_json=as_json, sandbox=sandbox))


async def generate(
    ask: Ask,
    *,
    limits: Limits | None = None,
    proxy: str | None = None,
    template: bool = False,
    as_json: bool,
    sandbox: bool,
) -> int:
    """Generate what is asked for, with the usual model where none is named, and return the exit code.

    With `template` the prompt may stand for several, see `templates`.
    """
    async with open_services(find_paths(), sandbox=sandbox, limits=limits, proxy=proxy) as services:
        need_token(services, ask.provider)
        if not ask.model:
            ask = msgspec.structs.replace(ask, model=await services.usual_model())
            click.echo(f'Using {ask.model}.', err=True)

        async def start() -> Iterable[Job]:
            orders = await services.orders(await services.expand(ask) if template else (ask,))
            for caution in services.offers.cautions(orders[0]):  # the others differ by their prompts alone
                click.echo(caution.sentence, err=True)
            return await services.pool.submit(*orders)

        jobs, cut_short = await drive(services, start, as_json=as_json)
    # The house is closed: what was running has been left where it stands.
    return finish(jobs, as_json=as_json, cut_short=cut_short)
