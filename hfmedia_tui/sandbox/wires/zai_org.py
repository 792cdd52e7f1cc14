"""Z.ai: pictures by polling.

Source: https://docs.z.ai/api-reference/image/generate-image-async, which also sets the sizes.
"""

import random
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import JSON, Task
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.predictions import Ask, Stage
from hfmedia_tui.sandbox.replies import Refusal, answer, read_object
from hfmedia_tui.sandbox.wires.fields import Fields, Invalid, Wrong
from hfmedia_tui.sandbox.wires.submits import accepted, in_words_of, predictions_of, random_seed, served, submit

__all__ = ['ROUTES']

_NAME: Final = 'zai-org'

_SIDE_STEP = 32
_LEAST_SIDE = 1024


def _error(status: int, code: str, message: str) -> Refusal:
    return Refusal(status, {'error': {'code': code, 'message': message}})


def _invalid(problem: Invalid) -> Refusal:
    return _error(400, '1213' if problem.wrong is Wrong.MISSING else '1214', f'{problem.field}: {problem}')


@in_words_of(_invalid)
async def _submit(request: Request) -> Response:
    fields = Fields(await read_object(request))
    provider_id = fields.text('model')
    if provider_id is None:
        raise Invalid('model', Wrong.MISSING)
    model = served(request, _NAME, provider_id, Task.TEXT_TO_IMAGE)
    prompt = fields.prompt()
    fields.choice('quality', ('hd', 'standard'))
    fields.text('user_id')
    width, height = fields.size('size', model.size)
    if any(side < _LEAST_SIDE or side % _SIDE_STEP for side in (width, height)):
        raise Invalid('size', Wrong.TYPE, f'size with sides from {_LEAST_SIDE} to 2048, multiples of {_SIDE_STEP}')
    ask = Ask(
        provider=_NAME,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=prompt,
        seed=random_seed(),
        width=width,
        height=height,
        format='png',
        fault=model.fault_for(_NAME),
    )
    identifier = ''.join(random.choices('0123456789', k=28))
    prediction = await submit(request, ask, identifier)
    started: JSON = {
        'model': provider_id,
        'id': prediction.id,
        'request_id': prediction.id,
        'task_status': 'PROCESSING',
    }
    return accepted(prediction, started)


async def _result(request: Request) -> Response:
    predictions = predictions_of(request)
    prediction = await predictions.find(_NAME, request.path_params['identifier'])
    if prediction is None:
        raise _error(404, '1211', 'task not found')
    standing = predictions.standing(prediction)
    described: dict[str, JSON] = {
        'model': prediction.ask.provider_id,
        'id': prediction.id,
        'request_id': prediction.id,
        'task_status': 'PROCESSING',
    }
    if standing.stage is Stage.SUCCEEDED:
        described['task_status'] = 'SUCCESS'
        described['image_result'] = [{'url': url} for url in predictions.media_urls(prediction)]
    elif standing.ended:
        # It says that it failed, and hardly why.
        described['task_status'] = 'FAIL'
        described['content_filter'] = [{'role': 'user', 'level': 0}] if prediction.ask.fault is Fault.MODERATED else []
    return answer(described)


ROUTES = [
    Route('/api/paas/v4/async/images/generations', _submit, methods=['POST']),
    Route('/api/paas/v4/async-result/{identifier}', _result),
]
