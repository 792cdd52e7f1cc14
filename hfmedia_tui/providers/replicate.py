"""Replicate: a request held for up to a minute, then an id.

Sources: https://replicate.com/docs/topics/predictions/lifecycle for the states, https://replicate.com/docs/reference/http
for the routes; huggingface_hub's `_providers/replicate.py` for how the router is addressed. The output counts, not the
status: `Prefer: wait` answers as soon as the output is there, with the status still `processing`. Whether the router
lets a prediction be asked for is documented nowhere, so it is tried, and told plainly when it does not.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hfmedia_tui.domain import FailureCode, Prediction, Progress, Reply, Send, SendKind, Stage, Task
from hfmedia_tui.providers._failures import ended, reported, words
from hfmedia_tui.providers._replies import UnreadableError, bar, last_line, media, read, seconds, token
from hfmedia_tui.providers._requests import overridden, path_below, same_names, wire_parameters
from hfmedia_tui.providers._turns import ask, fetch, submit, take, wait

__all__ = ['NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'replicate'

_BOTH: Final = same_names('negative_prompt', 'width', 'height', 'num_inference_steps', 'guidance_scale')

PARAMETERS: Final[Mapping[Task, Mapping[str, str]]] = {
    Task.TEXT_TO_IMAGE: _BOTH,
    Task.TEXT_TO_VIDEO: {**_BOTH, **same_names('resolution', 'num_frames')},
}

_NOT_COLLECTED: Final = frozenset({401, 403, 404, 405})
"""How a router answers that has no route to a prediction."""


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
    if mapping.adapter_weights_path is not None:
        inputs['lora_weights'] = f'https://huggingface.co/{prediction.model}'
    body: dict[str, Any] = {'input': overridden(inputs, prediction.extra)}
    model, _, version = mapping.provider_id.partition(':')
    path = path_below('/v1/models', model, '/predictions')
    if version:
        body['version'] = version
        path = '/v1/predictions'
    return submit(NAME, path, body, headers={'Prefer': 'wait'})


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    match progress.step:
        case Send(kind=SendKind.POLL) if reply is not None and reply.status in _NOT_COLLECTED:
            return _lost(progress, reply)
    answers = dict.fromkeys(SendKind, _answered)
    return take(progress, reply, answers, _poll, _result)


def _poll(progress: Progress) -> Progress:
    return ask(progress, SendKind.POLL, f'/v1/predictions/{progress.handle}')


def _result(progress: Progress) -> Progress:
    return ask(progress, SendKind.RESULT, f'/v1/predictions/{progress.handle}')


def _answered(progress: Progress, reply: Reply) -> Progress:
    prediction = read(reply, _Prediction)
    handle = progress.handle or token(prediction.id)
    progress = replace(
        progress,
        accepted=progress.accepted or handle is not None,
        handle=handle,
        stage=Stage.QUEUED if prediction.status == 'starting' else Stage.RUNNING,
        log=last_line(prediction.logs) or progress.log,
        fraction=bar(prediction.logs),
        facts=replace(progress.facts, inference_seconds=seconds(prediction.metrics, 'predict_time')),
    )
    if prediction.error or prediction.status in ('failed', 'canceled', 'aborted'):
        told = prediction.error or f'The prediction ended as {prediction.status}.'
        return reported(progress, told, reply.status)
    found = media(prediction.output)
    if found or prediction.status == 'succeeded':
        return fetch(progress, found, 'output')
    if handle is None:
        raise UnreadableError('it has no usable `id`')
    return wait(progress, 1, 5)


def _lost(progress: Progress, reply: Reply) -> Progress:
    said = words(reply)
    message = (
        f"Replicate's longer jobs cannot be collected through Hugging Face: prediction {progress.handle} was still "
        f'running after a minute, and asking for it was refused with {reply.status}{f" ({said})" if said else ""}.'
    )
    hint = 'It may be billed. For long jobs choose a provider with a queue, such as fal-ai.'
    return ended(progress, FailureCode.PROVIDER, message, hint, reply.status)
