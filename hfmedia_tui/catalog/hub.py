"""What the Hub says about models, read with tolerance.

Sources: the Hub's API for Inference Providers
(https://huggingface.co/docs/inference-providers/hub-api) and huggingface_hub's `HfApi.list_models` and `ModelInfo`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from hfmedia_tui.domain import Model, ProviderMapping, Reply, Task, clean
from hfmedia_tui.errors import HubError

__all__ = ['Ask', 'fetch_model', 'fetch_models']

Ask = Callable[[str, Mapping[str, str | list[str]] | None], Awaitable[Reply]]
"""GET a path below the Hub (or a next page's URL) with a query; raises HubError when no answer comes."""

_PROPERTIES: Final = ['inferenceProviderMapping', 'gated', 'likes', 'downloads', 'tags', 'pipeline_tag']
_PAGE: Final = 500
"""Models a page, the most that Hugging Face's own clients ask for."""
_MOST_PAGES: Final = 200


async def fetch_models(ask: Ask, task: Task) -> tuple[Model, ...]:
    """Every model that a provider serves live for `task`, in the Hub's order of trend. Raises HubError."""
    query: dict[str, str | list[str]] = {
        'pipeline_tag': task,
        'inference_provider': 'all',
        'sort': 'trendingScore',
        'limit': str(_PAGE),
        'expand[]': _PROPERTIES,
    }
    models = dict[str, Model]()
    path, asked = '/api/models', query
    for _ in range(_MOST_PAGES):
        reply = await ask(path, asked)
        page = _decode(reply)
        if not isinstance(page, list):
            raise HubError('The Hub sent a list of models that is not a list.')
        for entry in page:
            model = _read_model(entry, task)
            if model is not None and any(mapping.serves(task) for mapping in model.mappings):
                models.setdefault(model.id, model)
        following = re.search(r'<([^<>]+)>\s*;\s*rel="?next"?', reply.headers.get('link', ''))
        if following is None:
            break
        path, asked = following[1], {}
    return tuple(models.values())


async def fetch_model(ask: Ask, model_id: str) -> tuple[Model, ...]:
    """One model with its mappings in the Hub's order, once for each of our tasks that it is mapped to.

    The task of the model's own card comes first. A model that nobody serves comes with no mappings; one that is for
    other tasks comes not at all. Raises HubError.
    """
    reply = await ask(f'/api/models/{quote(model_id, safe="/")}', {'expand[]': _PROPERTIES})
    entry = _decode(reply, model_id)
    if not isinstance(entry, dict):
        raise HubError(f'The Hub sent something that is no model for {model_id}.')
    tasks = sorted(Task, key=lambda task: task != entry.get('pipeline_tag'))
    found = [model for task in tasks if (model := _read_model(entry, task)) is not None]
    return tuple(model for model in found if model.mappings or model.task == entry.get('pipeline_tag'))


def _decode(reply: Reply, model_id: str | None = None) -> Any:
    if reply.status in (401, 404) and model_id is not None:
        raise HubError(
            f'There is no model {model_id!r} on the Hub, or it is private.',
            'See `hfmedia-tui models`.',
            status=reply.status,
        )
    try:
        value = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = None
    if reply.status != 200 or value is None:
        told = value.get('error') if isinstance(value, dict) else None
        reason = f': {clean(told, 300)}' if isinstance(told, str) else '.'
        hint = {
            401: 'The token is not valid: run `hf auth login` or check HF_TOKEN.',
            429: 'The Hub limits how often it may be asked: try again in a few minutes.',
        }.get(reply.status, 'Try again later.')
        raise HubError(f'The Hub answered {reply.status}{reason}', hint, status=reply.status)
    return value


def _read_model(entry: object, task: Task) -> Model | None:
    """Read one model for one task; None when it is none."""
    if not isinstance(entry, dict) or not (model_id := _text(entry.get('id'))):
        return None
    mappings = tuple(mapping for mapping in _read_mappings(entry) if mapping.task == task)
    gated = entry.get('gated')
    tags = entry.get('tags')
    return Model(
        id=model_id,
        task=task,
        mappings=mappings,
        likes=_count(entry.get('likes')),
        downloads=_count(entry.get('downloads')),
        gated=_text(gated) if isinstance(gated, str) else bool(gated),
        tags=tuple(text for tag in tags[:100] if (text := _text(tag))) if isinstance(tags, list) else (),
    )


def _read_mappings(entry: Mapping[str, Any]) -> list[ProviderMapping]:
    """Read `inferenceProviderMapping`: an array of entries in a listing, an object by provider for one model."""
    value = entry.get('inferenceProviderMapping')
    if isinstance(value, dict):
        offers = [{**offer, 'provider': provider} for provider, offer in value.items() if isinstance(offer, dict)]
    elif isinstance(value, list):
        offers = [offer for offer in value if isinstance(offer, dict)]
    else:
        offers = []
    mappings = []
    for offer in offers:
        provider, provider_id = _text(offer.get('provider')), _text(offer.get('providerId'))
        # A provider's name becomes a part of a path.
        if provider_id and re.fullmatch(r'[A-Za-z0-9][A-Za-z0-9._-]*', provider):
            mappings.append(
                ProviderMapping(
                    provider=provider,
                    provider_id=provider_id,
                    status=_text(offer.get('status')),
                    task=_text(offer.get('task')),
                    adapter=_text(offer.get('adapter')) or None,
                    adapter_weights_path=_text(offer.get('adapterWeightsPath')) or None,
                )
            )
    return mappings


def _text(value: object) -> str:
    return clean(value, 300) if isinstance(value, str) else ''


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
