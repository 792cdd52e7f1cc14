"""Z.ai: pictures, as tasks to ask for.

Sources: https://docs.z.ai/api-reference/image/generate-image-async for the fields, of which seed, steps, guidance and
negative prompt are none, and for the range of a side; https://docs.z.ai/api-reference/api-code for the codes;
huggingface_hub's `_providers/zai_org.py` for the two headers, and for asking at most every five seconds. A task that
failed says hardly why: only the levels of its content filter tell that it was refused.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hfmedia_tui.domain import FailureCode, Prediction, Progress, Reply, SendKind, Stage, Task
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._failures import reported
from hfmedia_tui.providers._replies import UnreadableError, media, read, token
from hfmedia_tui.providers._requests import Field, overridden, size_as_one, wire_parameters
from hfmedia_tui.providers._turns import ask, fetch, submit, take, wait

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'zai-org'

DOORS: Final = doors(NAME, 'api.z.ai', 'ZAI_API_KEY')

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {Task.TEXT_TO_IMAGE: size_as_one(1024, 2048, 32)}

ADAPTERS: Final = frozenset[Task]()

_HEADERS: Final = {'x-source-channel': 'hugging_face', 'accept-language': 'en-US,en'}

_CODES: Final = {
    '1113': FailureCode.OUT_OF_CREDIT,
    '1211': FailureCode.NOT_SUPPORTED,
    '1301': FailureCode.MODERATED,
    '1302': FailureCode.THROTTLED,
    '1305': FailureCode.THROTTLED,
}


class _Task(Struct):
    id: Any = None
    request_id: Any = None
    task_status: Any = None
    image_result: Any = None
    content_filter: Any = None
    error: Any = None


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step creates the task."""
    body = {
        'model': prediction.mapping.provider_id,
        'prompt': prediction.prompt,
        **wire_parameters(prediction, PARAMETERS[prediction.task]),
    }
    path = '/api/paas/v4/async/images/generations'
    return submit(NAME, prediction, path, overridden(body, prediction.extra), headers=_HEADERS)


def advance(progress: Progress, reply: Reply | None) -> Progress:
    """Return the next progress after `progress.step` was performed."""
    return take(progress, reply, dict.fromkeys(SendKind, _answered), _poll, _result, codes=_CODES)


def _poll(progress: Progress) -> Progress:
    return ask(progress, SendKind.POLL, f'/api/paas/v4/async-result/{progress.handle}', headers=_HEADERS)


def _result(progress: Progress) -> Progress:
    return ask(progress, SendKind.RESULT, f'/api/paas/v4/async-result/{progress.handle}', headers=_HEADERS)


def _answered(progress: Progress, reply: Reply) -> Progress:
    task = read(reply, _Task)
    handle = progress.handle or token(task.id)
    progress = replace(
        progress,
        accepted=progress.accepted or handle is not None,
        handle=handle,
        stage=Stage.RUNNING,
        facts=replace(progress.facts, request_id=progress.facts.request_id or token(task.request_id)),
    )
    if task.error or task.task_status == 'FAIL':
        filtered = isinstance(task.content_filter, list) and bool(task.content_filter)
        silent = 'The content filter stopped it.' if filtered else None
        told = {'error': task.error or silent, 'type': 'content_filter' if filtered else None}
        return reported(progress, told, reply.status, _CODES)
    if task.task_status == 'SUCCESS':
        return fetch(progress, media(task.image_result), 'image_result[].url')
    if handle is None:
        raise UnreadableError('it has no usable `id`')
    return wait(progress, 5, 5)
