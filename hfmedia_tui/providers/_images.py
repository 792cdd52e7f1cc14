"""Pictures in the shape that OpenAI gave them: one held request, answered with `data[].b64_json` or `data[].url`.

Source: https://platform.openai.com/docs/api-reference/images/create.
"""

from typing import Any, Final

from msgspec import Struct

from hfmedia_tui.domain import Prediction, Progress, Reply, SendKind
from hfmedia_tui.providers._replies import media, read
from hfmedia_tui.providers._requests import Field, overridden, size_as_one, wire_parameters
from hfmedia_tui.providers._turns import fetch, submit, take

__all__ = ['FIELDS', 'advance', 'begin']

FIELDS: Final[dict[str, Field]] = size_as_one()
"""Neither nscale nor DeepInfra documents more than the size; steps, guidance, negative prompt and seed are not sent."""


class _Images(Struct):
    data: list[Any]


def begin(name: str, path: str, prediction: Prediction) -> Progress:
    """Return the first progress of the provider `name`; its step asks for the picture."""
    body = {
        'model': prediction.mapping.provider_id,
        'prompt': prediction.prompt,
        'response_format': 'b64_json',
        **wire_parameters(prediction, FIELDS),
    }
    return submit(name, prediction, path, overridden(body, prediction.extra))


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    return take(progress, reply, {SendKind.SUBMIT: _pictures})


def _pictures(progress: Progress, reply: Reply) -> Progress:
    return fetch(progress, media(read(reply, _Images).data), 'data[].b64_json')
