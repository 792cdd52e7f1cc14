"""What every wire does with a submit before it may speak for itself: the token, the model, the faults."""

import functools
import random
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from hfmedia_tui.domain import JSON, Task
from hfmedia_tui.sandbox.breaking import BreakingResponse
from hfmedia_tui.sandbox.faults import Fault, refusal
from hfmedia_tui.sandbox.models import CatalogueModel, find_offer
from hfmedia_tui.sandbox.predictions import Ask, Prediction, Predictions
from hfmedia_tui.sandbox.replies import Refusal, answer
from hfmedia_tui.sandbox.wires.fields import Invalid

__all__ = ['Handler', 'accepted', 'in_words_of', 'predictions_of', 'random_seed', 'served', 'submit']

Handler = Callable[[Request], Awaitable[Response]]

_COLD_REFUSALS: Final = 2
_WARMING_LIMIT: Final = 1_000


def predictions_of(request: Request) -> Predictions:
    predictions = request.app.state.predictions
    assert isinstance(predictions, Predictions)
    return predictions


def random_seed() -> int:
    """Return a seed for a submit that names none; as at some providers it need not fit into 53 bits."""
    return random.getrandbits(64)


def served(request: Request, provider: str, provider_id: str, task: Task, adapter: str | None = None) -> CatalogueModel:
    """Return the model that `provider` runs under this id; raises Refusal, as the router does, where it does not."""
    model = find_offer(provider, provider_id, adapter)
    if model is None or model.task is not task:
        raise Refusal(400, {'error': f'Model not supported by provider {provider}'})
    fault = model.fault_for(provider)
    if fault is not Fault.COLD and (refused := refusal(fault, provider, model.id, predictions_of(request).pace)):
        raise refused
    return model


async def submit(request: Request, ask: Ask, identifier: str | None = None) -> Prediction:
    """Take `ask` on; raises Refusal where a cold model is still loading."""
    predictions = predictions_of(request)
    if ask.fault is Fault.COLD:
        _warm_up(request.app.state.warming, ask, predictions.pace)
    return await predictions.take_on(ask, identifier or str(uuid.uuid4()))


def accepted(
    prediction: Prediction, body: JSON, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer the submit of `prediction`, unless its model is one whose reply is lost."""
    whole = answer(body, status, headers)
    if prediction.ask.fault is Fault.LOST_REPLY:
        return BreakingResponse(whole.body, status, headers, media_type=whole.media_type)
    return whole


def in_words_of(invalid: Callable[[Invalid], Refusal]) -> Callable[[Handler], Handler]:
    """Let a handler refuse invalid fields in its provider's words."""

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def answering(request: Request) -> Response:
            try:
                return await handler(request)
            except Invalid as problem:
                raise invalid(problem) from None

        return answering

    return decorate


def _warm_up(refusals: OrderedDict[tuple[str, str, str], int], ask: Ask, pace: float) -> None:
    """Refuse the first asks of a prompt; the model stays warm for it from then on."""
    key = (ask.provider, ask.model, ask.prompt)
    refused = refusals.setdefault(key, 0)
    if refused >= _COLD_REFUSALS:
        return
    refusals[key] += 1
    if len(refusals) > _WARMING_LIMIT:
        refusals.popitem(last=False)
    loading = refusal(Fault.COLD, ask.provider, ask.model, pace)
    assert loading
    raise loading
