"""Replies as providers have sent or documented them, from tests/replies, and the journeys that are made of them."""

import base64
from pathlib import Path
from typing import Any

import msgspec

from hfmedia_tui.domain import Access, Prediction, Progress, ProviderMapping, Reply, Task, Wait
from hfmedia_tui.providers import MACHINES

REPLIES = Path(__file__).parent.parent / 'replies'


class Recorded(msgspec.Struct, forbid_unknown_fields=True):
    """One reply, and the public place that shows it or its shape."""

    source: str
    status: int
    headers: dict[str, str]
    json: Any = msgspec.UNSET
    text: str | None = None
    base64: str | None = None


class Journey(msgspec.Struct, forbid_unknown_fields=True):
    """A prediction from begin to end.

    A number among its replies is the status that a fetch ended with; another provider's reply is `provider/name`.
    """

    task: Task
    provider_id: str
    replies: list[str | int]
    ends: str
    """`done`, or the code of the failure."""
    access: Access = Access.ROUTED


def reply(provider: str, name: str) -> Reply:
    recorded = msgspec.json.decode((REPLIES / provider / f'{name}.json').read_bytes(), type=Recorded)
    if recorded.json is not msgspec.UNSET:
        body = msgspec.json.encode(recorded.json)
    elif recorded.base64 is not None:
        body = base64.b64decode(recorded.base64)
    else:
        body = (recorded.text or '').encode()
    return Reply(status=recorded.status, headers=recorded.headers, body=body)


def all_replies() -> list[Reply]:
    files = sorted(path for path in REPLIES.rglob('*.json') if not path.name.endswith('.journey.json'))
    return [reply(path.parent.name, path.stem) for path in files]


def journeys() -> list[tuple[str, str, Journey]]:
    """Every journey: the provider, the journey's name, and itself."""
    files = sorted(REPLIES.rglob('*.journey.json'))
    return [
        (
            path.parent.name,
            path.name.removesuffix('.journey.json'),
            msgspec.json.decode(path.read_bytes(), type=Journey),
        )
        for path in files
    ]


def predict(
    provider: str, task: Task | None = None, provider_id: str = 'fal-ai/fast-sdxl', **fields: Any
) -> Prediction:
    """A prediction for `provider`, of the first task that it does unless `task` says otherwise."""
    task = task or next(iter(MACHINES[provider].PARAMETERS))
    mapping = ProviderMapping(provider=provider, provider_id=provider_id, task=task)
    values: dict[str, Any] = {'model': 'owner/name', 'mapping': mapping, 'prompt': 'a lighthouse', 'seed': 7, **fields}
    return Prediction(task=task, **values)


def travel(provider: str, prediction: Prediction, *answers: str | int | Reply) -> list[Progress]:
    """Return every progress from begin on, waits included; `answers` are given to the sends and fetches in turn."""
    machine = MACHINES[provider]
    path = [machine.begin(prediction)]
    for answer in answers:
        path.extend(waits_over(provider, path[-1]))
        path.append(machine.advance(path[-1], answered(provider, answer)))
    return path


def answered(provider: str, answer: str | int | Reply) -> Reply:
    match answer:
        case int():
            return Reply(status=answer)
        case str():
            owner, _, name = answer.rpartition('/')
            return reply(owner or provider, name)
        case _:
            return answer


def waits_over(provider: str, progress: Progress) -> list[Progress]:
    if not isinstance(progress.step, Wait):
        return []
    after = MACHINES[provider].advance(progress, None)
    return [after, *waits_over(provider, after)]
