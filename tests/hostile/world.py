"""A Hub, a router and a provider that put hostile text wherever they may say anything, and a ledger full of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from hfmedia_tui.domain import (
    Attempt,
    Facts,
    Failure,
    FailureCode,
    Job,
    JobProgress,
    JobState,
    Matrix,
    Order,
    Output,
    ProviderMapping,
    Task,
)
from hfmedia_tui.store.ledger import Ledger
from tests.engine.loopback import Answer, Asked
from tests.engine.provider import MODEL, Provider, as_json
from tests.hostile.payloads import ALL, STEERING

__all__ = ['EVERYTHING', 'HostileWorld', 'fill_ledger']

EVERYTHING: Final = ' '.join(STEERING)
"""Every sequence in one text."""


class HostileWorld(Provider):
    """Says everything that it can in hostile words; its one sound model is `a/b`."""

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.partition('?')[0]
        if path == '/api/models':
            return as_json([MODEL, *(_model(number, text) for number, text in enumerate(ALL))])
        if path == '/api/whoami-v2':
            return as_json({'name': EVERYTHING})
        if path.endswith('/status'):
            logs = [{'message': text} for text in ALL]
            told = {'status': 'COMPLETED', 'error': EVERYTHING, 'error_type': EVERYTHING, 'logs': logs}
            return as_json(told)
        if asked.method == 'POST' and 'hf-inference' in path:
            return Answer(422, {'x-request-id': '\x9b31337;7z'}, json.dumps({'error': list(ALL)}).encode())
        return super().__call__(asked)


def _model(number: int, text: str) -> dict[str, Any]:
    offer = {'providerId': text, 'status': 'live', 'task': 'text-to-image', 'adapter': text}
    return {
        'id': f'o{number}/{text}',
        'pipeline_tag': 'text-to-image',
        'gated': text,
        'tags': [text, f'license:{text}'],
        'likes': 2**70,
        'inferenceProviderMapping': [
            {'provider': 'fal-ai', **offer},
            {'provider': 'hf-inference', **offer, 'status': text},
            {'provider': 'replicate', **offer, 'task': text},
            {'provider': text, **offer},
        ],
    }


async def fill_ledger(path: Path, router: str, output: Path) -> None:
    """Record jobs in every state whose every word is hostile, as an older version may have."""
    now = datetime.now(UTC)
    ledger = Ledger(path)
    await ledger.open()
    try:
        for number, text in enumerate(ALL):
            order = Order(
                id=f'hostile{number}',
                task=Task.TEXT_TO_IMAGE,
                model=text,
                prompt=text,
                mappings=(ProviderMapping(provider=text, provider_id=text, task=text),),
                passed_over=(text,),
                provider=text,
                matrix=Matrix(models=(text,)),
                parameters={'negative_prompt': text, text: text, 'width': 8},
                extra={text: [text]},
                output=str(output),
                router=router,
                account=text,
                created_at=now,
            )
            state = (JobState.FAILED, JobState.SUCCEEDED, JobState.INTERRUPTED, JobState.CANCELLED)[number % 4]
            job = Job(
                id=f'{order.id}-1',
                order=order,
                index=0,
                seed=1,
                state=state,
                provider=text,
                created_at=now,
                started_at=now,
                finished_at=now,
                progress=JobProgress(),
                note=text,
                attempts=(Attempt(provider=text),),
                facts=Facts(request_id=text),
                error=None
                if state is JobState.SUCCEEDED
                else Failure(code=FailureCode.PROVIDER, message=text, hint=text, provider=text),
                outputs=(Output(path=f'{output}/{text}.png', media_type=f'image/{text}', size=1, sha256=text),)
                if state is JobState.SUCCEEDED
                else (),
            )
            if '\ud800' in text:
                continue  # no file of SQLite holds it
            await ledger.add(order, [job])
            running = replace(job, state=JobState.RUNNING)
            await ledger.save_attempt(running, 0, order.mappings[0], None)
            await ledger.end_attempt(job, 0, order.mappings[0], Attempt(provider=text, status=500, error=text))
    finally:
        await ledger.close()
