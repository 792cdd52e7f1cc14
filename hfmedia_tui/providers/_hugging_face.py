"""Hugging Face's own inference, by whichever name: one held request, answered with the picture's bytes.

Sources: https://huggingface.co/docs/inference-providers/tasks/text-to-image for the body; @huggingface/inference's
`providers/hf-inference.ts` for the JSON that models served elsewhere answer with. A cold model answers 503 with
`estimated_time`, in seconds; it has not started anything, so the same request may be sent again.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hfmedia_tui.domain import Media, Prediction, Progress, Reply, Request, Send, SendKind, Stage, Task, Wait, clean
from hfmedia_tui.providers._failures import words
from hfmedia_tui.providers._replies import UnreadableError, media, number, read
from hfmedia_tui.providers._requests import Field, overridden, path_below, same_names, wire_parameters
from hfmedia_tui.providers._turns import fetch, submit, take

__all__ = ['PARAMETERS', 'advance', 'begin']

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {
    Task.TEXT_TO_IMAGE: same_names(
        'negative_prompt', 'width', 'height', 'num_inference_steps', 'guidance_scale', 'seed'
    ),
}

_SUBMIT: Final = 'submit'
"""In memory: the request, while a cold model warms up."""

_MOST_SUBMITS: Final = 6
_LONGEST_WAIT: Final = 60.0
"""Seconds: an estimate beyond this is asked about earlier."""


class _Cold(Struct):
    estimated_time: Any = None


class _Result(Struct):
    data: Any = None
    output: Any = None


def begin(name: str, prediction: Prediction) -> Progress:
    """Return the first progress of the provider `name`; its step asks for the picture."""
    parameters = wire_parameters(prediction, PARAMETERS[prediction.task])
    body = {'inputs': prediction.prompt, 'parameters': overridden(parameters, prediction.extra)}
    return submit(name, prediction, path_below('/models', prediction.model), body)


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    match progress.step:
        case Send(request=request) if reply is not None and reply.status == 503 and progress.polls < _MOST_SUBMITS - 1:
            pause = _warm_up(reply)
            if pause is not None:
                return replace(
                    progress,
                    step=Wait(seconds=min(max(pause, 1.0), _LONGEST_WAIT)),
                    stage=Stage.QUEUED,
                    log=words(reply) or progress.log,
                    polls=progress.polls + 1,
                    memory={_SUBMIT: msgspec.json.encode(request).decode()},
                )
        case Wait():
            request = msgspec.json.decode(progress.memory[_SUBMIT], type=Request)
            return replace(progress, step=Send(request=request, kind=SendKind.SUBMIT), stage=Stage.SUBMITTING)
    return take(progress, reply, {SendKind.SUBMIT: _answered})


def _warm_up(reply: Reply) -> float | None:
    try:
        return number(read(reply, _Cold).estimated_time)
    except UnreadableError:
        return None


def _answered(progress: Progress, reply: Reply) -> Progress:
    took = number(_number(reply.headers.get('x-compute-time')))
    progress = replace(progress, facts=replace(progress.facts, inference_seconds=took), memory={})
    label = reply.headers.get('content-type', '').partition(';')[0].strip().lower()
    if label.startswith(('image/', 'video/')) or label == 'application/octet-stream':
        found = (Media(data=reply.body, media_type=clean(label, 100)),) if reply.body else ()
        return fetch(progress, found, 'body')
    result = read(reply, _Result)
    return fetch(progress, media(result.data) + media(result.output), 'data` or `output')


def _number(text: str | None) -> float | None:
    try:
        return float(text or '')
    except ValueError:
        return None
