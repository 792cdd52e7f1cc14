"""WaveSpeed: one route for submits, one for results, both wrapped in `{code, message, data}`.

Sources: https://wavespeed.ai/docs/what-are-predictions, https://wavespeed.ai/docs/error-codes and
https://wavespeed.ai/docs/get-result. A task that failed is told with status 200.
"""

import secrets
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

_NAME: Final = 'wavespeed'

_FIELDS = (
    'prompt',
    'negative_prompt',
    'size',
    'width',
    'height',
    'aspect_ratio',
    'resolution',
    'num_inference_steps',
    'guidance_scale',
    'seed',
    'num_images',
    'num_frames',
    'duration',
    'fps',
    'loras',
    'output_format',
    'enable_safety_checker',
    'enable_base64_output',
    'enable_sync_mode',
)
_CODES: Final = {Fault.MODERATED: 1200, Fault.CRASHED: 1403}
_RANDOM_SEED = -1


def _refusal(status: int, message: str) -> Refusal:
    return Refusal(status, {'code': status, 'message': message})


def _invalid(problem: Invalid) -> Refusal:
    words = {
        Wrong.MISSING: f'property "{problem.field}" is missing',
        Wrong.UNKNOWN: f'property "{problem.field}" is unsupported',
    }
    return _refusal(400, words.get(problem.wrong, f'property "{problem.field}" is invalid: {problem}'))


@in_words_of(_invalid)
async def _submit(request: Request) -> Response:
    provider_id = request.path_params['provider_id']
    fields = Fields(await read_object(request))
    model = find_offer(_NAME, provider_id)
    model = served(request, _NAME, provider_id, model.task if model else Task.TEXT_TO_IMAGE, fields.lora_repository())
    prediction = await submit(request, _read(fields, model, provider_id), secrets.token_hex(16))
    return accepted(prediction, _describe(prediction, Standing(stage=Stage.QUEUED), request))


async def _result(request: Request) -> Response:
    predictions = predictions_of(request)
    prediction = await predictions.find(_NAME, request.path_params['identifier'])
    if prediction is None:
        raise _refusal(404, 'prediction not found')
    return answer(_describe(prediction, predictions.standing(prediction), request))


def _read(fields: Fields, model: CatalogueModel, provider_id: str) -> Ask:
    prompt = fields.prompt()
    fields.only(_FIELDS)
    fields.text('negative_prompt')
    fields.number('guidance_scale', 0, 50)
    steps = fields.steps('num_inference_steps') or 28
    seed = None if fields.given.get('seed') == _RANDOM_SEED else fields.seed()
    film = model.task is Task.TEXT_TO_VIDEO
    default = fields.size('size', model.size)
    width, height = film_size(fields, default) if film else fields.sides(default)
    frames, rate = film_frames(fields, 'fps') if film else (1, 16)
    return Ask(
        provider=_NAME,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=prompt,
        seed=random_seed() % 2**31 if seed is None else seed,
        width=width,
        height=height,
        count=1 if film else (fields.whole('num_images', 1, 4) or 1),
        format='mp4' if film else (fields.choice('output_format', ('jpeg', 'png', 'webp')) or 'jpeg'),
        frames=frames,
        rate=rate,
        steps=steps,
        fault=model.fault_for(_NAME),
    )


def _describe(prediction: Prediction, standing: Standing, request: Request) -> JSON:
    ask = prediction.ask
    status = {
        Stage.QUEUED: 'created',
        Stage.RUNNING: 'processing',
        Stage.SUCCEEDED: 'completed',
        Stage.FAILED: 'failed',
        Stage.CANCELLED: 'cancelled',
    }[standing.stage]
    done = standing.stage is Stage.SUCCEEDED
    milliseconds = round(prediction.run_seconds * 1_000)
    data: dict[str, JSON] = {
        'id': prediction.id,
        'model': ask.provider_id,
        'status': status,
        'outputs': list(predictions_of(request).media_urls(prediction)) if done else [],
        'urls': {'get': f'https://api.wavespeed.ai/api/v3/predictions/{prediction.id}/result'},
        'has_nsfw_contents': [ask.fault is Fault.FLAGGED] * ask.count if done else [],
        'created_at': datetime.fromtimestamp(prediction.created_at, UTC).isoformat().replace('+00:00', 'Z'),
        'error': '',
    }
    if standing.ended:
        data |= {'timings': {'inference': milliseconds}, 'executionTime': milliseconds}
    if standing.stage is Stage.FAILED and ask.fault:
        data |= {'error': prediction.failure, 'code': _CODES[ask.fault]}
    return {'code': 200, 'message': 'success', 'data': data}


POLLS = (
    ('/api/v3/predictions/{identifier}/result', _result),
    ('/api/v3/predictions/{identifier}', _result),
)

ROUTES = [
    *(Route(path, poll) for path, poll in POLLS),
    Route('/api/v3/{provider_id:path}', _submit, methods=['POST']),
]
