"""Replicate: through the router a request held for up to a minute; with its own key an id at once.

Sources: https://replicate.com/docs/topics/predictions/lifecycle for the states, https://replicate.com/docs/reference/http
for the routes; huggingface_hub's `_providers/replicate.py` for how the router is addressed. The output counts, not the
status: `Prefer: wait` answers as soon as the output is there, with the status still `processing`. Whether the router
lets a prediction be asked for is documented nowhere, so it is tried, and told plainly when it does not. With its own
key nothing is held (`Prefer: wait` is left out): the id is safe before the work begins, and logs, percent and
cancelling come with it. The line `Using seed: 7` in the logs is how many models say which seed they took.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hfmedia_tui.domain import (
    Access,
    Cancellation,
    FailureCode,
    Prediction,
    Progress,
    Reply,
    Request,
    Send,
    SendKind,
    Stage,
    Task,
)
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._failures import ended, reported, words
from hfmedia_tui.providers._replies import UnreadableError, bar, last_line, media, number, read, token, whole
from hfmedia_tui.providers._requests import Field, overridden, path_below, same_names, wire_parameters
from hfmedia_tui.providers._turns import ask, fetch, submit, take, wait

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin', 'cancel', 'cancelled']

NAME: Final = 'replicate'

DOORS: Final = doors(
    NAME,
    'api.replicate.com',
    'REPLICATE_API_TOKEN',
    caution=(
        'Through Hugging Face, replicate holds a request for a minute: what takes longer may be billed and lost. '
        'With REPLICATE_API_TOKEN it is collected.'
    ),
)

_BOTH: Final = same_names('negative_prompt', 'width', 'height', 'num_inference_steps', 'guidance_scale', 'seed')

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {
    Task.TEXT_TO_IMAGE: _BOTH,
    Task.TEXT_TO_VIDEO: {**_BOTH, **same_names('resolution', 'num_frames')},
}

ADAPTERS: Final = frozenset({Task.TEXT_TO_IMAGE})

_NOT_COLLECTED: Final = frozenset({401, 403, 404, 405})
"""How a router answers that has no route to a prediction."""

_ENDED_BADLY: Final = ('failed', 'canceled', 'aborted')

_SEED = re.compile(r'^Using seed: (\d{1,20})\s*$', re.ASCII | re.MULTILINE | re.IGNORECASE)


class _Prediction(Struct):
    id: Any = None
    status: Any = None
    output: Any = None
    error: Any = None
    logs: Any = None
    metrics: Any = None


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step creates the prediction and waits for it a while."""
    mapping = prediction.mapping
    inputs = {'prompt': prediction.prompt, **wire_parameters(prediction, PARAMETERS[prediction.task])}
    if mapping.adapter_weights_path is not None and prediction.task in ADAPTERS:
        inputs['lora_weights'] = f'https://huggingface.co/{prediction.model}'
    body: dict[str, Any] = {'input': overridden(inputs, prediction.extra)}
    model, _, version = mapping.provider_id.partition(':')
    path = path_below('/v1/models', model, '/predictions')
    if version:
        body['version'] = version
        path = '/v1/predictions'
    headers = {'Prefer': 'wait'} if prediction.access is Access.ROUTED else {}
    return submit(NAME, prediction, path, body, headers=headers)


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    match progress.step:
        case Send(kind=SendKind.POLL) if reply is not None and reply.status in _NOT_COLLECTED:
            if progress.access is Access.ROUTED:
                return _lost(progress, reply)
    answers = dict.fromkeys(SendKind, _answered)
    return take(progress, reply, answers, _poll, _result)


def cancel(progress: Progress) -> Request | None:
    """Return the request that asks to stop an accepted prediction; the router has no route for it."""
    if progress.access is Access.ROUTED:
        return None
    return Request(method='POST', path=f'/v1/predictions/{progress.handle}/cancel')


def cancelled(reply: Reply) -> Cancellation:
    """Return what asking to stop has done: the answer is the prediction as it stands then."""
    try:
        status = read(reply, _Prediction).status
    except UnreadableError:
        status = None
    if status == 'aborted':
        return Cancellation.REMOVED
    if status in ('succeeded', 'failed'):
        return Cancellation.TOO_LATE
    return Cancellation.REQUESTED if 200 <= reply.status < 300 else Cancellation.UNHEARD


def _poll(progress: Progress) -> Progress:
    return ask(progress, SendKind.POLL, f'/v1/predictions/{progress.handle}')


def _result(progress: Progress) -> Progress:
    return ask(progress, SendKind.RESULT, f'/v1/predictions/{progress.handle}')


def _answered(progress: Progress, reply: Reply) -> Progress:
    prediction = read(reply, _Prediction)
    handle = progress.handle or token(prediction.id)
    seed = _seed(prediction.logs)
    progress = replace(
        progress,
        accepted=progress.accepted or handle is not None,
        handle=handle,
        stage=Stage.QUEUED if prediction.status == 'starting' else Stage.RUNNING,
        log=last_line(prediction.logs) or progress.log,
        fraction=bar(prediction.logs),
        facts=replace(
            progress.facts,
            inference_seconds=number(prediction.metrics, 'predict_time'),
            seed=progress.facts.seed if seed is None else seed,
        ),
    )
    if prediction.error or prediction.status in _ENDED_BADLY:
        told = {'error': prediction.error or f'The prediction ended as {prediction.status}.', 'type': prediction.status}
        return reported(progress, told, reply.status)
    found = media(prediction.output)
    if found or prediction.status == 'succeeded':
        return fetch(progress, found, 'output')
    if handle is None:
        raise UnreadableError('it has no usable `id`')
    return wait(progress, 1, 5)


def _seed(logs: object) -> int | None:
    match = _SEED.search(logs[:4_000]) if isinstance(logs, str) else None
    return whole(int(match[1])) if match else None


def _lost(progress: Progress, reply: Reply) -> Progress:
    said = words(reply)
    message = (
        f"Replicate's longer jobs cannot be collected through Hugging Face: prediction {progress.handle} was still "
        f'running after a minute, and asking for it was refused with {reply.status}{f" ({said})" if said else ""}.'
    )
    hint = 'It may be billed. For long jobs choose a provider with a queue, such as fal-ai.'
    return ended(progress, FailureCode.PROVIDER, message, hint, reply.status)
