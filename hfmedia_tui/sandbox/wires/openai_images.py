"""nscale and DeepInfra: the OpenAI shape of image generation, each with its own errors.

Sources: https://docs.nscale.com/docs/inference/image, https://docs.deepinfra.com and huggingface.js's
`providers/nscale.ts` and `providers/deepinfra.ts`. nscale sends base64 only.
"""

import base64
import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import JSON, Task
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.predictions import Prediction
from hfmedia_tui.sandbox.replies import Refusal, read_object
from hfmedia_tui.sandbox.wires.fields import Fields, Invalid, Wrong
from hfmedia_tui.sandbox.wires.pictures import picture
from hfmedia_tui.sandbox.wires.submits import accepted, in_words_of, predictions_of, served, submit

__all__ = ['DEEPINFRA_ROUTES', 'NSCALE_ROUTES']

_NSCALE: Final = 'nscale'
_DEEPINFRA: Final = 'deepinfra'

_NSCALE_FIELDS = ('model', 'prompt', 'negative_prompt', 'response_format', 'size', 'n', 'seed', 'guidance_scale')


def _invalid_at_nscale(problem: Invalid) -> Refusal:
    kind = 'missing' if problem.wrong is Wrong.MISSING else 'value_error'
    return Refusal(422, {'detail': [{'loc': ['body', problem.field], 'msg': str(problem), 'type': kind}]})


def _invalid_at_deepinfra(problem: Invalid) -> Refusal:
    message = f'{problem.field}: {problem}'
    error: JSON = {'message': message, 'type': 'invalid_request_error', 'param': problem.field, 'code': None}
    return Refusal(400, {'error': error})


@in_words_of(_invalid_at_nscale)
async def _nscale(request: Request) -> Response:
    fields = Fields(await read_object(request))
    fields.only(_NSCALE_FIELDS)
    fields.choice('response_format', ('b64_json',))
    prediction = await _take_on(request, fields, _NSCALE)
    if prediction.failure:
        raise Refusal(400 if prediction.ask.fault is Fault.MODERATED else 500, {'detail': prediction.failure})
    return accepted(prediction, {'created': int(time.time()), 'data': await _inline(request, prediction)})


@in_words_of(_invalid_at_deepinfra)
async def _deepinfra(request: Request) -> Response:
    fields = Fields(await read_object(request))
    inline = fields.choice('response_format', ('b64_json', 'url')) != 'url'
    prediction = await _take_on(request, fields, _DEEPINFRA)
    if prediction.failure:
        error: JSON = {'message': prediction.failure, 'type': 'invalid_request_error', 'code': None}
        raise Refusal(400 if prediction.ask.fault is Fault.MODERATED else 500, {'error': error})
    urls: list[JSON] = [{'url': url} for url in predictions_of(request).media_urls(prediction)]
    data = await _inline(request, prediction) if inline else urls
    return accepted(prediction, {'created': int(time.time()), 'data': data})


async def _take_on(request: Request, fields: Fields, provider: str) -> Prediction:
    """Take a submit on and wait for its result."""
    provider_id = fields.text('model')
    if provider_id is None:
        raise Invalid('model', Wrong.MISSING)
    model = served(request, provider, provider_id, Task.TEXT_TO_IMAGE)
    ask = picture(
        fields,
        provider,
        provider_id,
        model,
        size=fields.size('size', model.size),
        steps=fields.steps('num_inference_steps') or 28,
        format='webp' if provider == _NSCALE else 'png',
    )
    prediction = await submit(request, ask)
    await predictions_of(request).finish(prediction)
    return prediction


async def _inline(request: Request, prediction: Prediction) -> list[JSON]:
    predictions = predictions_of(request)
    return [
        {'b64_json': base64.b64encode(await predictions.media_bytes(prediction, index)).decode()}
        for index in range(prediction.ask.count)
    ]


NSCALE_ROUTES = [Route('/v1/images/generations', _nscale, methods=['POST'])]
DEEPINFRA_ROUTES = [Route('/v1/openai/images/generations', _deepinfra, methods=['POST'])]
