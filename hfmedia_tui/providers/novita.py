"""Novita: films, as tasks to ask for.

Sources: https://novita.ai/docs/api-reference/model-apis-task-result; @huggingface/inference's `providers/novita.ts` for
the route. huggingface_hub 2.4 still holds one request at `/v3/hf/…`, which is cut off after about two minutes and
leaves nothing to ask for. It is the one provider that tells a percentage; 0 is what it says of a task that has not
begun as well as of a model that does not count, so that 0 is not shown.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hfmedia_tui.domain import FailureCode, Prediction, Progress, Reply, SendKind, Stage, Task
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._failures import reported
from hfmedia_tui.providers._replies import UnreadableError, media, number, read, token, whole
from hfmedia_tui.providers._requests import Field, overridden, path_below, same_names, wire_parameters
from hfmedia_tui.providers._turns import ask, fetch, submit, take, wait

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'novita'

DOORS: Final = doors(NAME, 'api.novita.ai', 'NOVITA_API_KEY')

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {
    Task.TEXT_TO_VIDEO: {
        **same_names('negative_prompt', 'width', 'height', 'guidance_scale', 'resolution', 'num_frames', 'seed'),
        'num_inference_steps': Field(name='steps'),
    },
}

ADAPTERS: Final = frozenset[Task]()

_CODES: Final = {
    'invalid_api_key': FailureCode.UNAUTHORIZED,
    'not_enough_balance': FailureCode.OUT_OF_CREDIT,
    'rate_limit_exceeded': FailureCode.THROTTLED,
}


class _Submitted(Struct):
    task_id: Any = None


class _Task(Struct):
    status: str
    reason: Any = None
    progress_percent: Any = None


class _Result(Struct):
    task: _Task
    videos: Any = None
    extra: Any = None


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step creates the task."""
    body = {'prompt': prediction.prompt, **wire_parameters(prediction, PARAMETERS[prediction.task])}
    path = path_below('/v3/async', prediction.mapping.provider_id)
    return submit(NAME, prediction, path, overridden(body, prediction.extra))


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    answers = {SendKind.SUBMIT: _submitted, SendKind.POLL: _polled, SendKind.RESULT: _polled}
    return take(progress, reply, answers, _poll, _result, codes=_CODES)


def _poll(progress: Progress) -> Progress:
    return ask(progress, SendKind.POLL, '/v3/async/task-result', {'task_id': str(progress.handle)})


def _result(progress: Progress) -> Progress:
    return ask(progress, SendKind.RESULT, '/v3/async/task-result', {'task_id': str(progress.handle)})


def _submitted(progress: Progress, reply: Reply) -> Progress:
    handle = token(read(reply, _Submitted).task_id)
    if handle is None:
        raise UnreadableError('it has no usable `task_id`')
    return wait(replace(progress, accepted=True, handle=handle, stage=Stage.QUEUED), 2, 5)


def _polled(progress: Progress, reply: Reply) -> Progress:
    result = read(reply, _Result)
    task = result.task
    percent = number(task.progress_percent)
    progress = replace(
        progress,
        stage=Stage.QUEUED if task.status == 'TASK_STATUS_QUEUED' else Stage.RUNNING,
        fraction=percent / 100 if percent and percent <= 100 else None,
        facts=replace(progress.facts, seed=_seed(result.extra)),
    )
    if task.status == 'TASK_STATUS_FAILED':
        return reported(progress, {'error': task.reason, 'reason': task.reason}, reply.status, _CODES)
    if task.status != 'TASK_STATUS_SUCCEED':
        return wait(progress, 2, 5)
    films = result.videos if isinstance(result.videos, list) else []
    urls = [film.get('video_url') for film in films if isinstance(film, dict)]
    return fetch(progress, media(urls), 'videos[].video_url')


def _seed(extra: object) -> int | None:
    """Return the seed, which comes as text."""
    seed = extra.get('seed') if isinstance(extra, dict) else None
    return whole(int(seed) if isinstance(seed, str) and seed.isascii() and seed.isdigit() and len(seed) < 21 else seed)
