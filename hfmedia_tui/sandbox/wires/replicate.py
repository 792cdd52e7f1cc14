"""Replicate: predictions, answered at once or held for the result by `Prefer: wait`.

Sources: https://replicate.com/docs/topics/predictions/create-a-prediction,
https://replicate.com/docs/topics/predictions/lifecycle, and recorded replies in huggingface_hub's tests: a held
reply has its output and still the status `processing`.
"""

import asyncio
import re
import secrets
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import JSON, Task
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.models import MODELS, CatalogueModel, find_offer
from hfmedia_tui.sandbox.predictions import Ask, Prediction, Stage, Standing
from hfmedia_tui.sandbox.replies import Refusal, answer, read_object
from hfmedia_tui.sandbox.wires.fields import Fields, Invalid, Wrong
from hfmedia_tui.sandbox.wires.films import film_frames, film_size
from hfmedia_tui.sandbox.wires.submits import accepted, in_words_of, predictions_of, random_seed, served, submit

__all__ = ['ROUTES']

_NAME: Final = 'replicate'

_TOP_LEVEL = ('input', 'version', 'webhook', 'webhook_events_filter', 'stream')
_INPUT = (
    'prompt',
    'negative_prompt',
    'seed',
    'width',
    'height',
    'aspect_ratio',
    'resolution',
    'megapixels',
    'num_outputs',
    'num_inference_steps',
    'guidance',
    'guidance_scale',
    'scheduler',
    'go_fast',
    'output_format',
    'output_quality',
    'disable_safety_checker',
    'lora_weights',
    'lora_scale',
    'num_frames',
    'frames_per_second',
    'duration',
)
_RATIOS: Final = {
    '1:1': (1024, 1024),
    '16:9': (1344, 768),
    '9:16': (768, 1344),
    '21:9': (1536, 640),
    '9:21': (640, 1536),
    '3:2': (1216, 832),
    '2:3': (832, 1216),
    '4:3': (1152, 896),
    '3:4': (896, 1152),
    '4:5': (896, 1088),
    '5:4': (1088, 896),
}
_WAIT = re.compile(r'wait(?:=(\d{1,3}))?')
_MAXIMUM_WAIT = 60
_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'


def _invalid(problem: Invalid) -> Refusal:
    words, kind = {
        Wrong.MISSING: (f'{problem.field} is required', 'required'),
        Wrong.UNKNOWN: (f'Additional property {problem.field} is not allowed', 'additional_property_not_allowed'),
        Wrong.TYPE: (f'Invalid type. Expected: {problem.expected}', 'invalid_type'),
        Wrong.TOO_SMALL: (f'Must be greater than or equal to {problem.expected}', 'number_gte'),
        Wrong.TOO_LARGE: (f'Must be less than or equal to {problem.expected}', 'number_lte'),
        Wrong.CHOICE: (f'{problem.field} must be one of the following: {problem.expected}', 'enum'),
    }[problem.wrong]
    field = 'input' if problem.wrong in (Wrong.MISSING, Wrong.UNKNOWN) else f'input.{problem.field}'
    return Refusal(
        422,
        {
            'detail': f'- {field}: {words}\n',
            'status': 422,
            'title': 'Input validation failed',
            'invalid_fields': [{'type': kind, 'field': field, 'description': words}],
        },
        {'content-type': 'application/problem+json'},
    )


@in_words_of(_invalid)
async def _submit_model(request: Request) -> Response:
    provider_id = f'{request.path_params["owner"]}/{request.path_params["name"]}'
    return await _submit(request, provider_id, Fields(await read_object(request)))


@in_words_of(_invalid)
async def _submit_version(request: Request) -> Response:
    body = Fields(await read_object(request))
    version = body.text('version')
    if version is None:
        raise Invalid('version', Wrong.MISSING)
    for model in MODELS.values():
        for offer in model.offers:
            if offer.provider == _NAME and offer.provider_id.endswith(f':{version.rpartition(":")[2]}'):
                return await _submit(request, offer.provider_id, body)
    raise _invalid_version()


async def _submit(request: Request, provider_id: str, body: Fields) -> Response:
    body.only(_TOP_LEVEL)
    if 'input' not in body.given:
        raise Invalid('input', Wrong.MISSING)
    fields = body.within('input')
    repository = (fields.text('lora_weights') or '').removeprefix('https://huggingface.co/')
    model = find_offer(_NAME, provider_id)
    model = served(request, _NAME, provider_id, model.task if model else Task.TEXT_TO_IMAGE, repository)
    identifier = ''.join(secrets.choice(_ALPHABET) for _ in range(26))
    prediction = await submit(request, _read(fields, model, provider_id), identifier)
    predictions = predictions_of(request)
    headers = {'ratelimit-remaining': '599', 'ratelimit-reset': '1'}
    match = _WAIT.fullmatch(request.headers.get('prefer', '').strip())
    if match is None:
        return accepted(prediction, _describe(prediction, predictions.standing(prediction), request), 201, headers)
    wait = min(int(match[1] or _MAXIMUM_WAIT), _MAXIMUM_WAIT)
    headers['preference-applied'] = f'wait={wait}'
    standing = Standing(stage=Stage.RUNNING)
    if prediction.ask.fault is not Fault.PAST_THE_WAIT:
        try:
            await asyncio.wait_for(predictions.finish(prediction), wait)
        except TimeoutError:
            pass
        else:
            standing = Standing(stage=Stage.FAILED if prediction.failure else Stage.SUCCEEDED, fraction=1)
    body_json = _describe(prediction, standing, request)
    if standing.stage is Stage.SUCCEEDED:
        # The reply is sent when the output is there, a moment before the status has followed.
        body_json['status'] = 'processing'
    return accepted(prediction, body_json, 201, headers)


async def _get(request: Request) -> Response:
    prediction = await _find(request)
    return answer(_describe(prediction, predictions_of(request).standing(prediction), request))


async def _cancel(request: Request) -> Response:
    prediction = await _find(request)
    predictions = predictions_of(request)
    standing = predictions.standing(prediction)
    if not standing.ended:
        await predictions.cancel(prediction)
        standing = Standing(stage=Stage.CANCELLED)
    return answer(_describe(prediction, standing, request))


async def _find(request: Request) -> Prediction:
    prediction = await predictions_of(request).find(_NAME, request.path_params['identifier'])
    if prediction is None:
        body: JSON = {'detail': 'The requested resource could not be found.', 'status': 404, 'title': 'Not found'}
        raise Refusal(404, body)
    return prediction


def _invalid_version() -> Refusal:
    words = "The specified version does not exist (or perhaps you don't have permission to use it?)"
    return Refusal(422, {'title': 'Invalid version or not permitted', 'detail': words, 'status': 422})


def _read(fields: Fields, model: CatalogueModel, provider_id: str) -> Ask:
    prompt = fields.prompt()
    fields.only(_INPUT)
    fields.text('negative_prompt')
    fields.number('guidance_scale', 0, 50)
    fields.number('guidance', 0, 50)
    steps = fields.steps('num_inference_steps') or 28
    seed = fields.seed()
    film = model.task is Task.TEXT_TO_VIDEO
    frames, rate = film_frames(fields) if film else (1, 16)
    if film:
        width, height = film_size(fields, model.size)
    else:
        ratio = fields.choice('aspect_ratio', (*_RATIOS, 'custom'))
        width, height = fields.sides(_RATIOS.get(ratio or '', model.size))
    kind = fields.choice('output_format', ('webp', 'jpg', 'png')) or 'webp'
    return Ask(
        provider=_NAME,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=prompt,
        seed=random_seed() % 2**32 if seed is None else seed,
        width=width,
        height=height,
        count=1 if film else (fields.whole('num_outputs', 1, 4) or 1),
        format='mp4' if film else kind.replace('jpg', 'jpeg'),
        frames=frames,
        rate=rate,
        steps=steps,
        fault=model.fault_for(_NAME),
    )


def _describe(prediction: Prediction, standing: Standing, request: Request) -> dict[str, JSON]:
    ask = prediction.ask
    name, _, version = ask.provider_id.partition(':')
    status = {
        Stage.QUEUED: 'starting',
        Stage.RUNNING: 'processing',
        Stage.SUCCEEDED: 'succeeded',
        Stage.FAILED: 'failed',
        Stage.CANCELLED: 'canceled',
    }[standing.stage]
    output: JSON = None
    if standing.stage is Stage.SUCCEEDED:
        urls = predictions_of(request).media_urls(prediction)
        output = urls[0] if ask.task is Task.TEXT_TO_VIDEO else list(urls)
    step = int(standing.fraction * ask.steps)
    logs = f'Using seed: {ask.seed}\n' if standing.fraction or standing.ended else ''
    if step:
        percent = 100 * step // ask.steps
        logs += f'{percent:3}%|{"█" * (percent // 10):<10}| {step}/{ask.steps}\n'
    base = f'https://api.replicate.com/v1/predictions/{prediction.id}'
    described: dict[str, JSON] = {
        'id': prediction.id,
        'model': name,
        'version': version or 'hidden',
        'input': {'prompt': ask.prompt, 'seed': ask.seed},
        'logs': logs,
        'output': output,
        'data_removed': False,
        'error': prediction.failure if standing.stage is Stage.FAILED else None,
        'status': status,
        'created_at': datetime.fromtimestamp(prediction.created_at, UTC).isoformat().replace('+00:00', 'Z'),
        'urls': {'cancel': f'{base}/cancel', 'get': base, 'stream': f'https://stream.replicate.com/{prediction.id}'},
    }
    if standing.ended:
        described['metrics'] = {
            'predict_time': round(prediction.run_seconds, 3),
            'total_time': round(prediction.queue_seconds + prediction.run_seconds, 3),
        }
    return described


ROUTES = [
    Route('/v1/models/{owner}/{name}/predictions', _submit_model, methods=['POST']),
    Route('/v1/predictions', _submit_version, methods=['POST']),
    Route('/v1/predictions/{identifier}', _get),
    Route('/v1/predictions/{identifier}/cancel', _cancel, methods=['POST']),
]
