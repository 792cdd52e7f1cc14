"""Novita: films by polling, and an older route that holds until the film is there.

Source: https://novita.ai/docs/api-reference/model-apis-task-result. It is the one provider that tells a percentage.
"""

import math
import time
import uuid
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import JSON, Task
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.predictions import Ask, Prediction, Stage, Standing
from hfmedia_tui.sandbox.replies import Refusal, answer, read_object
from hfmedia_tui.sandbox.wires.fields import Fields, Invalid
from hfmedia_tui.sandbox.wires.films import film_frames, film_size
from hfmedia_tui.sandbox.wires.submits import accepted, in_words_of, predictions_of, random_seed, served, submit

__all__ = ['ROUTES']

_NAME: Final = 'novita'


def _refusal(status: int, reason: str, message: str) -> Refusal:
    return Refusal(status, {'code': status, 'reason': reason, 'message': message, 'metadata': {}})


def _invalid(problem: Invalid) -> Refusal:
    return _refusal(400, 'INVALID_REQUEST_BODY', f'{problem.field}: {problem}')


@in_words_of(_invalid)
async def _submit(request: Request) -> Response:
    prediction = await _take_on(request)
    return accepted(prediction, {'task_id': prediction.id})


@in_words_of(_invalid)
async def _submit_and_wait(request: Request) -> Response:
    prediction = await _take_on(request)
    predictions = predictions_of(request)
    await predictions.finish(prediction)
    if prediction.failure:
        moderated = prediction.ask.fault is Fault.MODERATED
        raise _refusal(400 if moderated else 500, 'TASK_FAILED', prediction.failure)
    return accepted(prediction, {'video': {'video_url': predictions.media_url(prediction)}})


async def _task_result(request: Request) -> Response:
    predictions = predictions_of(request)
    prediction = await predictions.find(_NAME, request.query_params.get('task_id', ''))
    if prediction is None:
        raise _refusal(404, 'TASK_NOT_FOUND', 'task not found')
    standing = predictions.standing(prediction)
    status = {
        Stage.QUEUED: 'TASK_STATUS_QUEUED',
        Stage.RUNNING: 'TASK_STATUS_PROCESSING',
        Stage.SUCCEEDED: 'TASK_STATUS_SUCCEED',
        Stage.FAILED: 'TASK_STATUS_FAILED',
        Stage.CANCELLED: 'TASK_STATUS_FAILED',
    }[standing.stage]
    films: list[JSON] = []
    if standing.stage is Stage.SUCCEEDED:
        url = predictions.media_url(prediction)
        films.append({'video_url': url, 'video_url_ttl': '3600', 'video_type': 'mp4'})
    return answer(
        {
            'extra': {'seed': str(prediction.ask.seed)},
            'task': {
                'task_id': prediction.id,
                'status': status,
                'reason': (prediction.failure or '') if standing.stage is Stage.FAILED else '',
                'task_type': 'TXT_TO_VIDEO',
                'eta': _seconds_left(prediction, standing),
                'progress_percent': int(standing.fraction * 100),
            },
            'images': [],
            'videos': films,
        }
    )


async def _take_on(request: Request) -> Prediction:
    provider_id = request.path_params['provider_id']
    model = served(request, _NAME, provider_id, Task.TEXT_TO_VIDEO)
    fields = Fields(await read_object(request))
    prompt = fields.prompt()
    fields.text('negative_prompt')
    fields.number('guidance_scale', 0, 50)
    steps = fields.steps('steps') or fields.steps('num_inference_steps') or 20
    seed = fields.seed()
    width, height = film_size(fields, model.size)
    frames, rate = film_frames(fields, 'fps')
    ask = Ask(
        provider=_NAME,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=prompt,
        seed=random_seed() % 2**32 if seed is None else seed,
        width=width,
        height=height,
        format='mp4',
        frames=frames,
        rate=rate,
        steps=steps,
        fault=model.fault_for(_NAME),
    )
    return await submit(request, ask, str(uuid.uuid4()))


def _seconds_left(prediction: Prediction, standing: Standing) -> int:
    if standing.ended:
        return 0
    end = prediction.created_at + prediction.queue_seconds + prediction.run_seconds
    return max(0, math.ceil(end - time.time()))


ROUTES = [
    Route('/v3/async/task-result', _task_result),
    Route('/v3/async/{provider_id:path}', _submit, methods=['POST']),
    Route('/v3/hf/{provider_id:path}', _submit_and_wait, methods=['POST']),
]
