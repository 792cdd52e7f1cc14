"""`hfmedia-tui generate`: the studio without its interface."""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from hfmedia_tui.cli.driving import drive, finish, need_token, run
from hfmedia_tui.domain import Job
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import Ask, Limits, Services, open_services

__all__ = ['run_generate']


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
    as_json: bool,
    sandbox: bool,
    **parameters: Any,
) -> int:
    """Generate and return the exit code."""
    model, provider = _split(model)
    ask = Ask(
        model=model,
        provider=provider,
        prompt=sys.stdin.read().strip() if prompt == '-' else prompt,
        parameters={name: parameters[name] for name in PARAMETERS if parameters.get(name) not in (None, '')},
        aspect_ratio=aspect_ratio,
        extra=_read_extra(extra),
        count=count,
        seed=seed,
        fallback=not no_fallback,
        timeout=timeout,
        bill_to=bill_to,
        output=output,
    )
    limits = Limits(total=concurrency, per_provider=concurrency) if concurrency else Limits()
    return run(_generate(ask, limits=limits, proxy=proxy, as_json=as_json, sandbox=sandbox))


async def _generate(ask: Ask, *, limits: Limits, proxy: str | None, as_json: bool, sandbox: bool) -> int:
    async with open_services(find_paths(), sandbox=sandbox, limits=limits, proxy=proxy) as services:
        need_token(services)
        if not ask.model:
            ask = _with_model(ask, await _usual_model(services))
            click.echo(f'Using {ask.model}.', err=True)

        async def start() -> Iterable[Job]:
            return await services.submit(ask)

        jobs, interrupted = await drive(services, start, as_json=as_json)
    # The house is closed: what was running has been left where it stands.
    return finish(jobs, as_json=as_json, interrupted=interrupted)


def _with_model(ask: Ask, model: str) -> Ask:
    import msgspec

    return msgspec.structs.replace(ask, model=model)


async def _usual_model(services: Services) -> str:
    """The model used last, or the first of the list."""
    last = await services.last_order()
    if last is not None:
        return last.model
    models = await services.catalog.models()
    if not models:
        raise UsageError('The Hub lists no model that can be used now.', 'Name one with --model.')
    return models[0].id


def _split(model: str | None) -> tuple[str, str | None]:
    name, _, provider = (model or '').strip().partition(':')
    return name, provider or None


def _read_extra(text: str | None) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        extra = json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        raise UsageError(f'--extra is no JSON: {error}.', 'Give an object, such as \'{"num_images": 1}\'.') from None
    if not isinstance(extra, dict):
        raise UsageError('--extra must be a JSON object.', 'Such as \'{"num_images": 1}\'.')
    return extra


def _refuse(constant: str) -> None:
    raise ValueError(f'{constant} has no place in it')
