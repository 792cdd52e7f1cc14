"""fal: a queue for pictures and films.

Sources: https://docs.fal.ai/model-endpoints/queue for routes and states; huggingface_hub's `_providers/fal_ai.py` for
how the router is addressed: every path keeps `_subdomain=queue`, and only the path of a returned URL counts. The queue
serves both tasks here, as it does in @huggingface/inference, since a held request is cut off after about two minutes
and leaves nothing to ask for. With fal's own key the same paths lie at the queue's own host.
https://fal.ai/docs/inference-api/queue/cancel for what asking to stop is answered with; that the router passes it on is
documented nowhere, so it is tried.
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
    SendKind,
    Stage,
    Task,
)
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._failures import ended, reported
from hfmedia_tui.providers._replies import (
    UnreadableError,
    bar,
    flags,
    last_line,
    media,
    number,
    path_of,
    read,
    token,
    whole,
)
from hfmedia_tui.providers._requests import Field, hub_file, overridden, path_below, same_names, wire_parameters
from hfmedia_tui.providers._turns import ask, fetch, submit, take, wait

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin', 'cancel', 'cancelled']

NAME: Final = 'fal-ai'

DOORS: Final = doors(NAME, 'queue.fal.run', 'FAL_KEY', scheme='Key')

_BOTH: Final = same_names('negative_prompt', 'width', 'height', 'num_inference_steps', 'guidance_scale', 'seed')

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {
    Task.TEXT_TO_IMAGE: {
        **_BOTH,
        'width': Field(name='width', beside='height'),
        'height': Field(name='height', beside='width'),
    },
    Task.TEXT_TO_VIDEO: {**_BOTH, **same_names('resolution', 'num_frames')},
}

ADAPTERS: Final = frozenset(Task)

_PATH: Final = 'path'
"""In memory: where the prediction is asked for, below the router's fal."""

_REQUEST = re.compile(r'(/.+/requests/[^/]+)(?:/response)?')


class _Submitted(Struct):
    response_url: Any = None
    request_id: Any = None
    queue_position: Any = None


class _Status(Struct):
    status: str
    queue_position: Any = None
    logs: Any = None
    metrics: Any = None
    error: Any = None
    error_type: Any = None


class _Cancelled(Struct):
    status: str


class _Result(Struct):
    images: Any = None
    image: Any = None
    video: Any = None
    seed: Any = None
    has_nsfw_concepts: Any = None
    timings: Any = None


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step puts the prediction into the queue."""
    mapping = prediction.mapping
    body = {'prompt': prediction.prompt, **wire_parameters(prediction, PARAMETERS[prediction.task])}
    if prediction.task is Task.TEXT_TO_IMAGE and {'width', 'height'} <= body.keys():
        body['image_size'] = {'width': body.pop('width'), 'height': body.pop('height')}
    if mapping.adapter_weights_path is not None:
        body['loras'] = [{'path': hub_file(prediction.model, mapping.adapter_weights_path), 'scale': 1}]
        if mapping.provider_id == 'fal-ai/lora' and prediction.task is Task.TEXT_TO_IMAGE:
            # this one app takes adapters of any base model, and has to be told which (https://fal.ai/models/fal-ai/lora)
            body['model_name'] = 'stabilityai/stable-diffusion-xl-base-1.0'
    path = path_below('', mapping.provider_id)
    return submit(NAME, prediction, path, overridden(body, prediction.extra), query=_queue(prediction.access))


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    answers = {SendKind.SUBMIT: _submitted, SendKind.POLL: _polled, SendKind.RESULT: _resulted}
    return take(progress, reply, answers, _poll, _result)


def cancel(progress: Progress) -> Request:
    """Return the request that asks to stop an accepted prediction."""
    return Request(method='PUT', path=f'{progress.memory[_PATH]}/cancel', query=_queue(progress.access))


def cancelled(reply: Reply) -> Cancellation:
    """Return what asking to stop has done; the word counts, whatever the status."""
    try:
        word = read(reply, _Cancelled).status
    except UnreadableError:
        word = ''
    told = {
        'OK': Cancellation.REMOVED,
        'CANCELLATION_REQUESTED': Cancellation.REQUESTED,
        'ALREADY_COMPLETED': Cancellation.TOO_LATE,
    }
    return told.get(word, Cancellation.REQUESTED if 200 <= reply.status < 300 else Cancellation.UNHEARD)


def _queue(access: Access) -> dict[str, str]:
    """Return what tells the router that its path is one of the queue's."""
    return {'_subdomain': 'queue'} if access is Access.ROUTED else {}


def _poll(progress: Progress) -> Progress:
    return ask(progress, SendKind.POLL, f'{progress.memory[_PATH]}/status', {**_queue(progress.access), 'logs': '1'})


def _result(progress: Progress) -> Progress:
    return ask(progress, SendKind.RESULT, progress.memory[_PATH], _queue(progress.access))


def _submitted(progress: Progress, reply: Reply) -> Progress:
    submitted = read(reply, _Submitted)
    request_id = token(submitted.request_id)
    match = _REQUEST.fullmatch(path_of(submitted.response_url) or '')
    if match is None and request_id is None:
        raise UnreadableError('it has no usable `response_url`')
    progress = replace(progress, accepted=True, stage=Stage.QUEUED)
    if match is None:
        message = f'{NAME} accepted request {request_id}, but its `response_url` leads nowhere.'
        return ended(progress, FailureCode.BAD_REPLY, message, None, reply.status)
    handle = request_id or match[1].rpartition('/')[2]
    progress = replace(
        progress,
        handle=handle,
        memory={_PATH: match[1]},
        queue_position=whole(submitted.queue_position, 2**31),
    )
    return wait(progress, 1, 3)


def _polled(progress: Progress, reply: Reply) -> Progress:
    status = read(reply, _Status)
    logs = status.logs[-20:] if isinstance(status.logs, list) else []
    logged = [item.get('message') for item in logs if isinstance(item, dict)]
    progress = replace(
        progress,
        stage=Stage.QUEUED if status.status == 'IN_QUEUE' else Stage.RUNNING,
        queue_position=whole(status.queue_position, 2**31) if status.status == 'IN_QUEUE' else None,
        fraction=bar(*logged),
        log=last_line(*logged) or progress.log,
    )
    if status.error or (status.status == 'COMPLETED' and status.error_type):
        return reported(progress, {'error': status.error, 'error_type': status.error_type}, reply.status)
    if status.status != 'COMPLETED':
        return wait(progress, 1, 3)
    took = number(status.metrics, 'inference_time')
    return _result(replace(progress, facts=replace(progress.facts, inference_seconds=took)))


def _resulted(progress: Progress, reply: Reply) -> Progress:
    result = read(reply, _Result)
    found = media(result.images) + media(result.image) + media(result.video)
    facts = replace(
        progress.facts,
        seed=whole(result.seed),
        nsfw=flags(result.has_nsfw_concepts),
        inference_seconds=number(result.timings, 'inference') or progress.facts.inference_seconds,
    )
    return fetch(replace(progress, facts=facts), found, 'images` or `video')
