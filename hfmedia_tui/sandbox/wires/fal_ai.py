"""fal.ai: the queue and the synchronous route.

Sources: https://docs.fal.ai/model-endpoints/queue, https://docs.fal.ai/errors, fal_client and huggingface_hub's
`inference/_providers/fal_ai.py`. The three URLs of a submit's reply carry only `owner/app` of the model's id.
"""

import time
import uuid
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import JSON, Task
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.models import CatalogueModel, find_offer
from hfmedia_tui.sandbox.predictions import Ask, Prediction, Stage, Standing
from hfmedia_tui.sandbox.replies import Refusal, answer, read_object
from hfmedia_tui.sandbox.wires.fields import Fields, Invalid, Wrong
from hfmedia_tui.sandbox.wires.films import film_frames, film_size
from hfmedia_tui.sandbox.wires.submits import accepted, in_words_of, predictions_of, random_seed, served, submit

__all__ = ['POLLS', 'ROUTES']

_NAME: Final = 'fal-ai'

_PRESETS: Final = {
    'square_hd': (1024, 1024),
    'square': (512, 512),
    'portrait_4_3': (768, 1024),
    'portrait_16_9': (576, 1024),
    'landscape_4_3': (1024, 768),
    'landscape_16_9': (1024, 576),
}


def _invalid(problem: Invalid) -> Refusal:
    kinds = {
        Wrong.MISSING: 'missing',
        Wrong.TYPE: f'{problem.expected.split()[0] if problem.expected else "value"}_type',
        Wrong.TOO_SMALL: 'greater_than_equal',
        Wrong.TOO_LARGE: 'less_than_equal',
        Wrong.CHOICE: 'literal_error',
        Wrong.UNKNOWN: 'extra_forbidden',
    }
    item: JSON = {'loc': ['body', problem.field], 'msg': str(problem), 'type': kinds[problem.wrong]}
    return Refusal(422, {'detail': [item]})


@in_words_of(_invalid)
async def _submit(request: Request) -> Response:
    provider_id = request.path_params['provider_id']
    model = find_offer(_NAME, provider_id)
    fields = Fields(await read_object(request))
    model = served(request, _NAME, provider_id, model.task if model else Task.TEXT_TO_IMAGE, fields.lora_repository())
    identifier = str(uuid.uuid4())
    prediction = await submit(request, _read(fields, model, provider_id), identifier)
    headers = {'x-fal-request-id': identifier}
    if request.query_params.get('_subdomain') != 'queue':
        await predictions_of(request).finish(prediction)
        result = _result(prediction, request)
        return accepted(prediction, result, headers={**headers, 'x-fal-billable-units': '1'})
    url = _queue_url(prediction)
    return accepted(
        prediction,
        {
            'status': 'IN_QUEUE',
            'request_id': identifier,
            'response_url': url,
            'status_url': f'{url}/status',
            'cancel_url': f'{url}/cancel',
            'logs': None,
            'metrics': {},
            'queue_position': prediction.places - 1,
        },
        headers=headers,
    )


async def _status(request: Request) -> Response:
    prediction, standing = await _find(request)
    headers = {'x-fal-request-id': prediction.id}
    base = _queue_url(prediction)
    logs = _logs(prediction, standing) if request.query_params.get('logs') in ('1', 'true') else None
    body: dict[str, JSON] = {
        'request_id': prediction.id,
        'response_url': base,
        'status_url': f'{base}/status',
        'cancel_url': f'{base}/cancel',
    }
    if standing.stage is Stage.QUEUED:
        return answer({'status': 'IN_QUEUE', **body, 'queue_position': standing.position}, 202, headers)
    if standing.stage is Stage.RUNNING:
        return answer({'status': 'IN_PROGRESS', **body, 'logs': logs}, 202, headers)
    metrics: JSON = {'inference_time': round(prediction.run_seconds, 3)}
    body = {'status': 'COMPLETED', **body, 'logs': logs, 'metrics': metrics}
    if standing.stage is Stage.CANCELLED:
        body |= {'error': 'The request was cancelled', 'error_type': 'client_cancelled'}
    elif prediction.failure:
        body |= {'error': prediction.failure, 'error_type': _error_type(prediction)}
    return answer(body, 200, headers)


async def _fetch_result(request: Request) -> Response:
    prediction, standing = await _find(request)
    headers = {'x-fal-request-id': prediction.id}
    if not standing.ended:
        raise Refusal(400, {'detail': 'Request is still in progress'}, headers)
    if standing.stage is Stage.CANCELLED:
        body: JSON = {'detail': 'The request was cancelled', 'error_type': 'client_cancelled'}
        raise Refusal(499, body, {**headers, 'x-fal-error-type': 'client_cancelled'})
    return answer(_result(prediction, request), headers={**headers, 'x-fal-billable-units': '1'})


async def _cancel(request: Request) -> Response:
    prediction, standing = await _find(request)
    if standing.ended:
        return answer({'status': 'ALREADY_COMPLETED'}, 400)
    await predictions_of(request).cancel(prediction)
    return answer({'status': 'OK' if standing.stage is Stage.QUEUED else 'CANCELLATION_REQUESTED'}, 202)


async def _too_long(request: Request) -> Response:
    """Answer a poll on the model's full path, of which only `owner/app` may stay."""
    raise Refusal(405, {'detail': 'Method Not Allowed'})


def _read(fields: Fields, model: CatalogueModel, provider_id: str) -> Ask:
    prompt = fields.prompt()
    fields.text('negative_prompt')
    fields.number('guidance_scale', 0, 50)
    steps = fields.steps('num_inference_steps') or 28
    seed = fields.seed()
    film = model.task is Task.TEXT_TO_VIDEO
    frames, rate = film_frames(fields) if film else (1, 16)
    width, height = film_size(fields, model.size) if film else _image_size(fields, model.size)
    kind = fields.choice('output_format', ('png', 'jpeg', 'webp')) or ('jpeg' if 'flux' in provider_id else 'png')
    return Ask(
        provider=_NAME,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=prompt,
        seed=random_seed() if seed is None else seed,
        width=width,
        height=height,
        count=1 if film else (fields.whole('num_images', 1, 4) or 1),
        format='mp4' if film else kind,
        frames=frames,
        rate=rate,
        steps=steps,
        fault=model.fault_for(_NAME),
    )


def _image_size(fields: Fields, default: tuple[int, int]) -> tuple[int, int]:
    """Read `image_size`, a preset's name or width and height; beside it, width and height mean nothing to fal."""
    if isinstance(fields.given.get('image_size'), str):
        return _PRESETS[fields.choice('image_size', _PRESETS) or 'square_hd']
    return fields.within('image_size').sides(default)


async def _find(request: Request) -> tuple[Prediction, Standing]:
    if request.query_params.get('_subdomain') != 'queue':
        raise Refusal(404, '404: Not Found')
    predictions = predictions_of(request)
    prediction = await predictions.find(_NAME, request.path_params['identifier'])
    app = f'{request.path_params["owner"]}/{request.path_params["alias"]}'
    if prediction is None or not f'{prediction.ask.provider_id}/'.startswith(f'{app}/'):
        raise Refusal(404, {'status': 'NOT_FOUND', 'detail': 'Request not found'})
    return prediction, predictions.standing(prediction)


def _queue_url(prediction: Prediction) -> str:
    app = '/'.join(prediction.ask.provider_id.split('/')[:2])
    return f'https://queue.fal.run/{app}/requests/{prediction.id}'


def _error_type(prediction: Prediction) -> str:
    moderated = prediction.ask.fault is Fault.MODERATED
    return 'content_policy_violation' if moderated else 'runner_server_error'


def _result(prediction: Prediction, request: Request) -> JSON:
    """Return the result's JSON; raises Refusal with the model's own error where it failed."""
    ask = prediction.ask
    if prediction.failure and ask.fault is Fault.MODERATED:
        item: JSON = {'loc': ['body', 'prompt'], 'msg': prediction.failure, 'type': _error_type(prediction)}
        raise Refusal(422, {'detail': [item]}, {'x-fal-retryable': 'false'})
    if prediction.failure:
        error_type = _error_type(prediction)
        body: JSON = {'detail': prediction.failure, 'error_type': error_type}
        raise Refusal(500, body, {'x-fal-error-type': error_type})
    urls = predictions_of(request).media_urls(prediction)
    if ask.task is Task.TEXT_TO_VIDEO:
        film: JSON = {'url': urls[0], 'content_type': 'video/mp4', 'file_name': 'output.mp4', 'file_size': None}
        return {'video': film, 'seed': ask.seed, 'prompt': ask.prompt}
    return {
        'images': [
            # The label is JPEG whatever the file is, as fal's has been seen to be.
            {'url': url, 'width': ask.width, 'height': ask.height, 'content_type': 'image/jpeg'}
            for url in urls
        ],
        'timings': {'inference': round(prediction.run_seconds, 3)},
        'seed': ask.seed,
        'has_nsfw_concepts': [ask.fault is Fault.FLAGGED] * ask.count,
        'prompt': ask.prompt,
    }


def _logs(prediction: Prediction, standing: Standing) -> JSON:
    """Return the log lines so far: a progress bar as tqdm prints it, one line for each quarter."""
    lines = []
    for quarter in range(1, int(standing.fraction * 4) + 1):
        step = prediction.ask.steps * quarter // 4
        percent = 100 * step // prediction.ask.steps
        bar = '█' * (percent // 10)
        lines.append(f'{percent:3}%|{bar:<10}| {step}/{prediction.ask.steps}')
    stamp = datetime.fromtimestamp(min(time.time(), prediction.created_at + prediction.queue_seconds), UTC)
    return [{'timestamp': stamp.isoformat(), 'level': 'STDERR', 'source': 'USER', 'message': line} for line in lines]


POLLS = (
    ('/{owner}/{alias}/requests/{identifier}/status', _status),
    ('/{owner}/{alias}/requests/{identifier}', _fetch_result),
)

ROUTES = [
    *(Route(path, poll) for path, poll in POLLS),
    Route('/{owner}/{alias}/requests/{identifier}/cancel', _cancel, methods=['PUT']),
    Route('/{path:path}/requests/{identifier}/status', _too_long),
    Route('/{path:path}/requests/{identifier}', _too_long),
    Route('/{provider_id:path}', _submit, methods=['POST']),
]
