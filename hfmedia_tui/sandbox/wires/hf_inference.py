"""Hugging Face's own: one synchronous route, answered with the picture's bytes.

Source: https://huggingface.co/docs/inference-providers/tasks/text-to-image. An ask without a seed is answered from
a cache where it was made before.
"""

import hashlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import Task
from hfmedia_tui.sandbox.breaking import BreakingResponse
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.models import MODELS
from hfmedia_tui.sandbox.predictions import Ask
from hfmedia_tui.sandbox.replies import Refusal, read_object
from hfmedia_tui.sandbox.wires.fields import Fields, Invalid, Wrong
from hfmedia_tui.sandbox.wires.submits import in_words_of, predictions_of, served, submit

__all__ = ['ROUTES']

_NAME: Final = 'hf-inference'


def _invalid(problem: Invalid) -> Refusal:
    words = 'field required' if problem.wrong is Wrong.MISSING else str(problem)
    return Refusal(422, {'error': [f'Error in `{problem.field}`: {words}']})


@in_words_of(_invalid)
async def _submit(request: Request) -> Response:
    provider_id = request.path_params['model_id']
    if provider_id not in MODELS:
        raise Refusal(404, {'error': f'Model {provider_id} does not exist'})
    model = served(request, _NAME, provider_id, Task.TEXT_TO_IMAGE)
    fields = Fields(await read_object(request))
    prompt = fields.prompt('inputs')
    parameters = fields.within('parameters')
    width, height = parameters.sides(model.size)
    parameters.text('negative_prompt')
    parameters.number('guidance_scale', 0, 50)
    seed = parameters.seed()
    cached = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4])
    ask = Ask(
        provider=_NAME,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=prompt,
        seed=cached if seed is None else seed,
        width=width,
        height=height,
        format='jpeg',
        steps=parameters.steps('num_inference_steps') or 28,
        fault=model.fault_for(_NAME),
    )
    prediction = await submit(request, ask)
    predictions = predictions_of(request)
    await predictions.finish(prediction)
    if prediction.failure:
        raise Refusal(400 if ask.fault is Fault.MODERATED else 500, {'error': prediction.failure})
    headers = {
        'x-compute-time': f'{prediction.run_seconds:.3f}',
        'x-compute-type': 'cache' if seed is None else 'gpu-t4',
    }
    kind = BreakingResponse if ask.fault in (Fault.CUT_OFF, Fault.LOST_REPLY) else Response
    return kind(await predictions.media_bytes(prediction), headers=headers, media_type='image/jpeg')


ROUTES = [Route('/models/{model_id:path}', _submit, methods=['POST'])]
