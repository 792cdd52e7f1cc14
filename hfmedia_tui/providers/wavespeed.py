"""WaveSpeed: jobs to ask for, pictures and films alike.

Sources: https://wavespeed.ai/docs/what-are-predictions for the states, https://wavespeed.ai/docs/get-result for how
often to ask, https://wavespeed.ai/docs/error-codes for the codes; huggingface_hub's `_providers/wavespeed.py` for the
router's paths; @huggingface/inference's `providers/wavespeed.ts` for adapters, which huggingface_hub leaves out. Every
reply is wrapped in `{code, message, data}`: a failure may arrive with status 200, told by the outer code or by
`data.status`. How a size is spelt differs from model to model; width and height go as they are, as in both clients.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, convert
from msgspec.structs import replace

from hfmedia_tui.domain import FailureCode, Prediction, Progress, Reply, SendKind, Stage, Task
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._failures import refused, reported
from hfmedia_tui.providers._replies import UnreadableError, flags, media, number, path_of, read, token, whole
from hfmedia_tui.providers._requests import Field, overridden, path_below, same_names, wire_parameters
from hfmedia_tui.providers._turns import ask, fetch, submit, take, wait

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'wavespeed'

DOORS: Final = doors(NAME, 'api.wavespeed.ai', 'WAVESPEED_API_KEY')

_BOTH: Final = {
    **same_names('negative_prompt', 'width', 'height', 'num_inference_steps', 'guidance_scale'),
    'seed': Field(name='seed', minimum=-1, maximum=2**31 - 1),
}

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {
    Task.TEXT_TO_IMAGE: _BOTH,
    Task.TEXT_TO_VIDEO: {**_BOTH, **same_names('resolution', 'num_frames')},
}

ADAPTERS: Final = frozenset(Task)

_PATH: Final = 'path'
"""In memory: where the prediction is asked for."""
_LEAST_PAUSE: Final = 'least_pause'
"""In memory: seconds between two questions that WaveSpeed asks for."""
_LEAST_PAUSES: Final = {Task.TEXT_TO_IMAGE: 2, Task.TEXT_TO_VIDEO: 5}

_RESULT = re.compile(r'/api/v\d/predictions/[^/]+(?:/result)?')

_CODES: Final = {
    '1200': FailureCode.MODERATED,
    '1400': FailureCode.INVALID,
    '1401': FailureCode.INVALID,
    '1402': FailureCode.INVALID,
    '5003': FailureCode.UNAVAILABLE,
    '5004': FailureCode.TIMEOUT,
}


class _Envelope(Struct):
    data: Any = None
    code: Any = None
    message: Any = None


class _Task(Struct):
    id: Any = None
    status: Any = None
    outputs: Any = None
    urls: Any = None
    has_nsfw_contents: Any = None
    timings: Any = None
    error: Any = None
    code: Any = None


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step creates the job."""
    body = {'prompt': prediction.prompt, **wire_parameters(prediction, PARAMETERS[prediction.task])}
    if prediction.mapping.adapter == 'lora':
        body['loras'] = [{'path': prediction.model, 'scale': 1}]
    path = path_below('/api/v3', prediction.mapping.provider_id)
    progress = submit(NAME, prediction, path, overridden(body, prediction.extra))
    return replace(progress, memory={_LEAST_PAUSE: str(_LEAST_PAUSES[prediction.task])})


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    return take(progress, reply, dict.fromkeys(SendKind, _answered), _poll, _result, codes=_CODES)


def _poll(progress: Progress) -> Progress:
    return ask(progress, SendKind.POLL, progress.memory[_PATH])


def _result(progress: Progress) -> Progress:
    return ask(progress, SendKind.RESULT, progress.memory[_PATH])


def _answered(progress: Progress, reply: Reply) -> Progress:
    envelope = read(reply, _Envelope)
    code = whole(envelope.code) or 0
    if progress.handle is not None and (code == 429 or 500 <= code < 600 or code >= 5_000):
        return _pause(progress)
    if 400 <= code < 600:
        return refused(progress, replace(reply, status=code), _CODES)
    if code >= 1_000:
        return reported(progress, {'message': envelope.message, 'code': code}, reply.status, _CODES)
    if not isinstance(envelope.data, dict):
        raise UnreadableError('it has no usable `data`')
    task = convert(envelope.data, _Task)
    progress = _named(progress, task)
    if task.error or task.status in ('failed', 'cancelled', 'timeout', 'deleted'):
        told = {
            'error': task.error or f'The task ended as {task.status}.',
            'code': task.code or envelope.code,
            'type': task.status,
        }
        return reported(progress, told, reply.status, _CODES)
    if task.status == 'completed':
        milliseconds = number(task.timings, 'inference')
        facts = replace(
            progress.facts,
            nsfw=flags(task.has_nsfw_contents),
            inference_seconds=None if milliseconds is None else milliseconds / 1_000,
        )
        return fetch(replace(progress, facts=facts), media(task.outputs), 'data.outputs')
    if progress.handle is None:
        raise UnreadableError('it has no usable `data.id`')
    return _pause(progress)


def _pause(progress: Progress) -> Progress:
    least = float(progress.memory[_LEAST_PAUSE])
    return wait(progress, least, 2 * least)


def _named(progress: Progress, task: _Task) -> Progress:
    """Return `progress` with what the first reply says of where to ask."""
    stage = Stage.QUEUED if task.status == 'created' else Stage.RUNNING
    handle = progress.handle or token(task.id)
    if progress.handle is not None or handle is None:
        return replace(progress, stage=stage)
    path = path_of(task.urls.get('get')) if isinstance(task.urls, dict) else None
    if path is None or not _RESULT.fullmatch(path):
        path = f'/api/v3/predictions/{handle}/result'
    return replace(progress, accepted=True, handle=handle, stage=stage, memory={**progress.memory, _PATH: path})
