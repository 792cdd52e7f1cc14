"""Together: a held request for pictures, jobs to ask for with films.

Sources: https://docs.together.ai/reference/post-images-generations, https://docs.together.ai/reference/create-videos;
huggingface_hub's `_providers/together.py` for the router's paths. A film's status may be absent, which means that it is
not done yet. Its cost, in dollars, comes with the result.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hfmedia_tui.domain import Prediction, Progress, Reply, Send, SendKind, Stage, Task
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._failures import reported
from hfmedia_tui.providers._replies import UnreadableError, media, number, read, token
from hfmedia_tui.providers._requests import Field, overridden, same_names, wire_parameters
from hfmedia_tui.providers._turns import ask, fetch, submit, take, wait

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'together'

DOORS: Final = doors(NAME, 'api.together.xyz', 'TOGETHER_API_KEY')

_BOTH: Final = same_names('negative_prompt', 'width', 'height', 'guidance_scale', 'seed')

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {
    Task.TEXT_TO_IMAGE: {**_BOTH, 'num_inference_steps': Field(name='steps')},
    Task.TEXT_TO_VIDEO: {
        **_BOTH,
        **same_names('resolution'),
        'num_inference_steps': Field(name='steps', minimum=10, maximum=50),
    },
}

ADAPTERS: Final = frozenset[Task]()

_IMAGES: Final = '/v1/images/generations'
_VIDEOS: Final = '/v2/videos'


class _Images(Struct):
    data: list[Any]
    id: Any = None


class _Film(Struct):
    id: Any = None
    status: Any = None
    outputs: Any = None
    error: Any = None


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step asks for the picture, or creates the film's job."""
    body: dict[str, Any] = {'model': prediction.mapping.provider_id, 'prompt': prediction.prompt}
    path = _VIDEOS
    if prediction.task is Task.TEXT_TO_IMAGE:
        body['response_format'] = 'base64'
        path = _IMAGES
    body |= wire_parameters(prediction, PARAMETERS[prediction.task])
    return submit(NAME, prediction, path, overridden(body, prediction.extra))


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    match progress.step:
        case Send(request=request) if request.path == _IMAGES:
            return take(progress, reply, {SendKind.SUBMIT: _pictures})
    return take(progress, reply, dict.fromkeys(SendKind, _film), _poll, _result)


def _poll(progress: Progress) -> Progress:
    return ask(progress, SendKind.POLL, f'{_VIDEOS}/{progress.handle}')


def _result(progress: Progress) -> Progress:
    return ask(progress, SendKind.RESULT, f'{_VIDEOS}/{progress.handle}')


def _pictures(progress: Progress, reply: Reply) -> Progress:
    images = read(reply, _Images)
    data = images.data
    took = [number(item.get('timings'), 'inference') for item in data[:1] if isinstance(item, dict)]
    facts = replace(
        progress.facts,
        inference_seconds=took[0] if took else None,
        request_id=progress.facts.request_id or token(images.id),
    )
    return fetch(replace(progress, facts=facts), media(data), 'data[].b64_json')


def _film(progress: Progress, reply: Reply) -> Progress:
    film = read(reply, _Film)
    handle = progress.handle or token(film.id)
    progress = replace(
        progress,
        accepted=progress.accepted or handle is not None,
        handle=handle,
        stage=Stage.QUEUED if film.status == 'queued' else Stage.RUNNING,
    )
    if film.error or film.status in ('failed', 'cancelled'):
        told = film.error or {'error': f'The job ended as {film.status}.', 'type': film.status}
        return reported(progress, told, reply.status)
    if film.status == 'completed':
        url = film.outputs.get('video_url') if isinstance(film.outputs, dict) else None
        facts = replace(progress.facts, cost=number(film.outputs, 'cost'))
        return fetch(replace(progress, facts=facts), media(url), 'outputs.video_url')
    if handle is None:
        raise UnreadableError('it has no usable `id`')
    return wait(progress, 2, 5)
