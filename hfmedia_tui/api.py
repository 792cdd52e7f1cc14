"""For Python callers: the studio as an asynchronous iterator, over the same engine and ledger as everything else."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from hfmedia_tui.domain import FINAL_STATES, Event, Job, event_of, split_name
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.parameters import PARAMETERS, parse, parse_extra
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import Ask, Limits, open_services

__all__ = ['generate']


async def generate(
    prompt: str,
    *,
    model: str | None = None,
    provider: str | None = None,
    n: int = 1,
    aspect_ratio: str | None = None,
    width: int | None = None,
    height: int | None = None,
    negative_prompt: str | None = None,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    resolution: str | None = None,
    num_frames: int | None = None,
    seed: int | None = None,
    extra: Mapping[str, Any] | None = None,
    output: str | Path | None = None,
    name: str | None = None,
    template: bool = False,
    fallback: bool = True,
    timeout: float | None = None,  # noqa: ASYNC109 - of each generation, kept with it, and not of this call
    concurrency: int | None = None,
    proxy: str | None = None,
    bill_to: str | None = None,
    over_limit: bool = False,
    token: str | None = None,
    sandbox: bool = False,
) -> AsyncIterator[Event]:
    """Generate `n` pictures or films at once, and yield an event for each thing that happens until all have ended.

    `model` may be `owner/name:provider`; without one it is the model used last, or the first that the Hub lists. What
    is left out is not sent. With `template` the prompt stands for each of its `{red|blue}` alternatives and each line
    of its `__wildcards__`, `n` times each. Files are called by the fields of `name`, as with `generate --name`. With
    `over_limit` no ceiling of the settings counts. A generation that fails is an event and no exception. Left before
    its end, the iterator leaves what a provider has accepted to `hfmedia-tui resume`.

    Raises AppError: UsageError for what cannot be asked, OverLimit for more than the settings allow, HubError when the
    Hub cannot be asked, and where there is neither a token nor a key nor `sandbox`; nothing was sent then.
    """
    named, own = split_name(model or '')
    given = {
        'negative_prompt': negative_prompt,
        'width': width,
        'height': height,
        'num_inference_steps': num_inference_steps,
        'guidance_scale': guidance_scale,
        'resolution': resolution,
        'num_frames': num_frames,
    }
    limits = Limits(total=concurrency, per_provider=concurrency) if concurrency else None
    async with open_services(find_paths(), sandbox=sandbox, limits=limits, proxy=proxy, token=token) as services:
        if not services.offers.can_ask(provider or own):
            raise AppError('There is no Hugging Face token.', 'Pass one, set HF_TOKEN, or pass sandbox=True.')
        ask = Ask(
            model=named or await services.usual_model(),
            provider=provider or own,
            prompt=prompt,
            parameters={name: parse(name, str(given[name])) for name in PARAMETERS if given[name] is not None},
            aspect_ratio=aspect_ratio,
            extra=_as_json(extra or {}),
            count=n,
            seed=seed,
            fallback=fallback,
            timeout=timeout,
            bill_to=bill_to,
            output=None if output is None else str(output),
            name=name,
        )
        asks = await services.expand(ask) if template else (ask,)
        subscription = services.pool.subscribe()
        left = {job.id for job in await services.submit_all(asks, over_limit=over_limit)}
        seen = dict[str, Job]()
        async for job in subscription:
            yield event_of(job, seen.get(job.id))
            seen[job.id] = job
            if job.state in FINAL_STATES:
                left.discard(job.id)
            if not left:
                return


def _as_json(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return `extra` as a provider would get it. Raises UsageError for what is no JSON."""
    try:
        text = json.dumps(extra)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f'The extra JSON cannot be written: {error}.') from None
    return parse_extra(text)
