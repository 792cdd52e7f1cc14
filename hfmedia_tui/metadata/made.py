"""How one file came to be, and what is told of it: in its own record, in A1111's words, and in XMP."""

import json
from datetime import datetime
from typing import Any, Final

import msgspec

from hfmedia_tui import __version__
from hfmedia_tui.domain import JSON, SANDBOX, Facts, Job, MediaFacts, ProviderMapping
from hfmedia_tui.metadata.dialects import a1111
from hfmedia_tui.metadata.dialects.ours import NAME, SCHEMA
from hfmedia_tui.metadata.formats import xmp
from hfmedia_tui.metadata.formats.carried import Notes
from hfmedia_tui.metadata.measured import Measured
from hfmedia_tui.metadata.public import public
from hfmedia_tui.parameters import LONGEST_PROMPT

__all__ = ['Made', 'notes_of', 'record_of']

_SOFTWARE: Final = f'{NAME} {__version__}'
_LARGEST_RECORD: Final = 256 * 1024
"""Characters of the record that a file carries; the one beside it has no bound."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """One result, as it came home."""

    job: Job
    ordinal: int
    """Which result of its job, from 0."""
    mapping: ProviderMapping
    facts: Facts
    handle: str | None
    """The provider's id of the prediction."""
    said: JSON
    """The provider's own words with the result, fit to be shown."""
    media: MediaFacts
    came: Measured
    """The file as it came."""
    at: datetime


def record_of(made: Made, *, prompts: bool) -> dict[str, Any]:
    """The whole recipe by the names of our own record; without `prompts` nothing that was written by a person."""
    job, order, facts, media = made.job, made.job.order, made.facts, made.media
    parameters = {name: value for name, value in order.parameters.items() if prompts or name != 'negative_prompt'}
    record = {
        'schema': SCHEMA,
        'software': _SOFTWARE,
        'job': job.id,
        'index': job.index,
        'count': order.count,
        'result': made.ordinal,
        'task': order.task,
        'model': order.model,
        'provider': made.mapping.provider,
        'provider_model': made.mapping.provider_id,
        'prompt': order.prompt if prompts else None,
        'template': order.template if prompts else None,
        'parameters': parameters,
        'extra': public(order.extra, LONGEST_PROMPT) if prompts else None,
        'seed': job.seed if facts.seed is None else facts.seed,
        'asked_seed': job.seed,
        'width': media.width,
        'height': media.height,
        'duration': media.duration,
        'request_id': facts.request_id,
        'prediction_id': made.handle,
        'inference_seconds': facts.inference_seconds,
        'cost_usd': facts.cost,
        'flagged': any(facts.nsfw) or None,
        'sandbox': order.router == SANDBOX,
        'ordered_at': order.created_at,
        'started_at': job.started_at,
        'made_at': made.at,
    }
    return {name: msgspec.to_builtins(value) for name, value in record.items() if value not in (None, {})}


def notes_of(made: Made, *, prompts: bool) -> Notes:
    """What is written into the file itself."""
    record = record_of(made, prompts=prompts)
    text = _json(record)
    if len(text) > _LARGEST_RECORD:
        text = _json({name: value for name, value in record.items() if name != 'extra'})
    media = made.media
    told = {
        'system': f'{record["model"]} ({record["provider"]})',
        'version': record['provider_model'],
        'software': _SOFTWARE,
        'created': made.at.isoformat(timespec='seconds'),
    }
    return Notes(
        parameters=a1111.write(
            prompt=record.get('prompt', ''),
            model=record['model'],
            provider=record['provider'],
            seed=record['seed'],
            parameters=record.get('parameters', {}),
            size=f'{media.width}x{media.height}' if media.width and media.height else '',
            software=_SOFTWARE,
        ),
        record=text,
        xmp=xmp.build(**told, prompt=record.get('prompt'), record=text),
        brief_xmp=xmp.build(**told, prompt=None, record=None),
        software=_SOFTWARE,
    )


def _json(value: object) -> str:
    # The standard library's, because a seed may be larger than 64 bits.
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))
