"""Together: pictures at once, films by polling.

Sources: https://docs.together.ai/reference/post-images-generations, https://docs.together.ai/reference/create-videos
and the types of the `together` package.
"""

import base64
import uuid
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import JSON, Task
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.predictions import Ask, Prediction, Stage, Standing
from hfmedia_tui.sandbox.replies import Refusal, answer, read_object
from hfmedia_tui.sandbox.wires.fields import Fields, Invalid, Wrong
from hfmedia_tui.sandbox.wires.films import film_size
from hfmedia_tui.sandbox.wires.pictures import picture
from hfmedia_tui.sandbox.wires.submits import accepted, in_words_of, predictions_of, random_seed, served, submit

__all__ = ['ROUTES']

_NAME: Final = 'together'

_IMAGE_FIELDS = (
    'model',
    'prompt',
    'negative_prompt',
    'response_format',
    'output_format',
    'steps',
    'width',
    'height',
    'seed',
    'n',
    'guidance_scale',
    'image_loras',
    'disable_safety_checker',
)
_VIDEO_FIELDS = (
    'model',
    'prompt',
    'negative_prompt',
    'width',
    'height',
    'resolution',
    'ratio',
    'seconds',
    'fps',
    'steps',
    'seed',
    'guidance_scale',
    'output_format',
    'output_quality',
    'generate_audio',
)


def _error(status: int, message: str, kind: str = 'invalid_request_error', field: str | None = None) -> Refusal:
    error: JSON = {'message': message, 'type': kind, 'param': field, 'code': None}
    return Refusal(status, {'id': f'o{uuid.uuid4().hex[:12]}', 'error': error})


def _invalid(problem: Invalid) -> Refusal:
    words = f'Unrecognized key: "{problem.field}"' if problem.wrong is Wrong.UNKNOWN else f'{problem.field}: {problem}'
    return _error(400, words, field=problem.field)


@in_words_of(_invalid)
async def _images(request: Request) -> Response:
    fields = Fields(await read_object(request))
    provider_id = _model_id(fields)
    model = served(request, _NAME, provider_id, Task.TEXT_TO_IMAGE)
    fields.only(_IMAGE_FIELDS)
    inline = fields.choice('response_format', ('base64', 'b64_json', 'url')) != 'url'
    ask = picture(
        fields,
        _NAME,
        provider_id,
        model,
        size=fields.sides(model.size),
        steps=fields.steps('steps') or 20,
        format=fields.choice('output_format', ('jpeg', 'png')) or 'jpeg',
    )
    prediction = await submit(request, ask)
    predictions = predictions_of(request)
    await predictions.finish(prediction)
    if prediction.failure:
        moderated = ask.fault is Fault.MODERATED
        raise _error(
            422 if moderated else 500, prediction.failure, 'invalid_request_error' if moderated else 'server_error'
        )
    data: list[JSON] = []
    for index in range(ask.count):
        item: dict[str, JSON] = {'index': index, 'timings': {'inference': round(prediction.run_seconds, 3)}}
        if inline:
            media = await predictions.media_bytes(prediction, index)
            item |= {'type': 'b64_json', 'b64_json': base64.b64encode(media).decode()}
        else:
            item |= {'type': 'url', 'url': predictions.media_url(prediction, index)}
        data.append(item)
    return accepted(prediction, {'id': prediction.id, 'model': provider_id, 'object': 'list', 'data': data})


@in_words_of(_invalid)
async def _videos(request: Request) -> Response:
    fields = Fields(await read_object(request))
    provider_id = _model_id(fields)
    model = served(request, _NAME, provider_id, Task.TEXT_TO_VIDEO)
    prompt = fields.prompt()
    fields.only(_VIDEO_FIELDS)
    fields.text('negative_prompt')
    fields.number('guidance_scale', 0, 50)
    width, height = film_size(fields, model.size)
    seconds = fields.text('seconds') or '3'
    if not seconds.isdecimal() or not 1 <= int(seconds[:4]) <= 10:
        raise Invalid('seconds', Wrong.TYPE, "string of a whole number from '1' to '10'")
    rate = fields.whole('fps', 15, 60) or 24
    seed = fields.seed()
    ask = Ask(
        provider=_NAME,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=prompt,
        seed=random_seed() if seed is None else seed,
        width=width,
        height=height,
        format='mp4',
        frames=int(seconds) * rate,
        rate=rate,
        steps=fields.steps('steps') or 20,
        fault=model.fault_for(_NAME),
    )
    prediction = await submit(request, ask)
    return accepted(prediction, _job(prediction, Standing(stage=Stage.QUEUED), request))


async def _video(request: Request) -> Response:
    predictions = predictions_of(request)
    prediction = await predictions.find(_NAME, request.path_params['identifier'])
    if prediction is None or prediction.ask.task is not Task.TEXT_TO_VIDEO:
        raise _error(404, 'Video job not found')
    return answer(_job(prediction, predictions.standing(prediction), request))


def _model_id(fields: Fields) -> str:
    model_id = fields.text('model')
    if model_id is None:
        raise Invalid('model', Wrong.MISSING)
    return model_id


def _job(prediction: Prediction, standing: Standing, request: Request) -> JSON:
    ask = prediction.ask
    status = {
        Stage.QUEUED: 'queued',
        Stage.RUNNING: 'in_progress',
        Stage.SUCCEEDED: 'completed',
        Stage.FAILED: 'failed',
        Stage.CANCELLED: 'cancelled',
    }[standing.stage]
    job: dict[str, JSON] = {
        'id': prediction.id,
        'object': 'video',
        'model': ask.provider_id,
        'status': status,
        'created_at': int(prediction.created_at),
        'size': f'{ask.width}x{ask.height}',
        'seconds': str(round(ask.frames / ask.rate)),
        'completed_at': None,
    }
    if standing.ended:
        job['completed_at'] = int(prediction.created_at + prediction.queue_seconds + prediction.run_seconds)
    if standing.stage is Stage.SUCCEEDED:
        job['outputs'] = {'cost': 0, 'video_url': predictions_of(request).media_url(prediction)}
    if standing.stage is Stage.FAILED:
        job['error'] = {'message': prediction.failure, 'code': 'generation_failed'}
    return job


ROUTES = [
    Route('/v1/images/generations', _images, methods=['POST']),
    Route('/v2/videos', _videos, methods=['POST']),
    Route('/v2/videos/{identifier}', _video),
]
