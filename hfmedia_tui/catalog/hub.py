"""What the Hub says about models, read with tolerance.

Sources: the Hub's API for Inference Providers
(https://huggingface.co/docs/inference-providers/hub-api) and huggingface_hub's `HfApi.list_models` and `ModelInfo`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from hfmedia_tui.domain import Model, ProviderMapping, Reply, Task, clean, masked
from hfmedia_tui.errors import HubError
from hfmedia_tui.pauses import asked_pause

__all__ = ['PROPERTIES', 'Page', 'read_one', 'read_page']

PROPERTIES = ('inferenceProviderMapping', 'gated', 'likes', 'downloads', 'tags', 'pipeline_tag')
"""What is to be told of each model."""


_ELSEWHERE: Final = 'Try again later, and check the proxy and HF_ENDPOINT: something else may have answered.'


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a listing, as it is kept."""

    key: str
    """The task for its first page, else the URL that the page before led to."""
    etag: str | None = None
    """What the Hub calls this version of the page."""
    following: str | None = None
    """The URL of the next page; None on the last."""
    models: tuple[Model, ...] = ()
    """Those that a provider serves live, once for each task, in the Hub's order."""


def read_page(reply: Reply, key: str) -> Page:
    """Read one page of a listing. Raises HubError."""
    entries = _decode(reply)
    if not isinstance(entries, list) or (entries and not any(isinstance(entry, dict) for entry in entries)):
        raise HubError('The Hub sent a list of models that is none.', _ELSEWHERE)
    following = re.search(r'<([^<>]+)>\s*;\s*rel="?next"?', reply.headers.get('link', ''))
    return Page(
        key=key,
        etag=_header(reply.headers.get('etag')),
        following=following[1] if following else None,
        models=tuple(
            model
            for entry in entries
            for model in _read_models(entry)
            if any(mapping.serves(model.task) for mapping in model.mappings)
        ),
    )


def read_one(reply: Reply, model_id: str) -> tuple[Model, ...]:
    """Read one model with its mappings in the Hub's order, once for each of our tasks that it is mapped to.

    The task of the model's own card comes first. A model that nobody serves comes with no mappings; one that is for
    other tasks comes not at all. Raises HubError.
    """
    entry = _decode(reply, model_id)
    if not isinstance(entry, dict):
        raise HubError(f'The Hub sent something that is no model for {model_id}.', _ELSEWHERE)
    own = entry.get('pipeline_tag')
    found = sorted(_read_models(entry), key=lambda model: model.task != own)
    return tuple(model for model in found if model.mappings or model.task == own)


def _decode(reply: Reply, model_id: str | None = None) -> Any:
    if reply.status in (401, 404) and model_id is not None:
        raise HubError(
            f'There is no model {model_id!r} on the Hub, or it is private.',
            'See `hfmedia-tui models`.',
            status=reply.status,
        )
    try:
        value = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    if reply.status != 200 or value is None:
        told = value.get('error') if isinstance(value, dict) else None
        reason = f': {_line(masked(told))}' if isinstance(told, str) else '.'
        raise HubError(f'The Hub answered {reply.status}{reason}', _hint(reply), status=reply.status)
    return value


def _hint(reply: Reply) -> str:
    if reply.status == 401:
        return 'The token is not valid: run `hf auth login` or check HF_TOKEN.'
    if reply.status == 429:
        seconds = asked_pause(reply)
        when = 'in a few minutes' if seconds is None else f'in {seconds:.0f} s'
        return f'The Hub limits how often it may be asked: try again {when}.'
    return 'Try again later.'


def _read_models(entry: object) -> list[Model]:
    """Read one model, once for each of our tasks; nothing where it is none."""
    if not isinstance(entry, dict) or not (model_id := _text(entry.get('id'))):
        return []
    mappings = _read_mappings(entry)
    gated = entry.get('gated')
    tags = entry.get('tags')
    model = Model(
        id=model_id,
        task=Task.TEXT_TO_IMAGE,
        likes=_count(entry.get('likes')),
        downloads=_count(entry.get('downloads')),
        gated=_text(gated) if isinstance(gated, str) else bool(gated),
        tags=tuple(text for tag in tags[:100] if (text := _text(tag))) if isinstance(tags, list) else (),
    )
    return [
        msgspec.structs.replace(
            model, task=task, mappings=tuple(mapping for mapping in mappings if mapping.task == task)
        )
        for task in Task
    ]


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


def _header(value: str | None) -> str | None:
    """What may be sent back in a header; None for what no header can carry."""
    return value if value and value.isascii() and value.isprintable() else None


def _text(value: object) -> str:
    return _line(value) if isinstance(value, str) else ''


def _line(text: str) -> str:
    """One line: names and reasons are listed below each other."""
    return ' '.join(clean(text, 300).split())


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
