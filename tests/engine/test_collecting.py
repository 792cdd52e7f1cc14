"""A prediction that was accepted is collected, whatever stands in the way for a while."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from hfmedia_tui.domain import FailureCode, JobState
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, open_services
from tests.engine.loopback import Answer, Asked, serving

MODEL = {
    'id': 'a/b',
    'pipeline_tag': 'text-to-image',
    'inferenceProviderMapping': {'fal-ai': {'providerId': 'fal-ai/x', 'status': 'live', 'task': 'text-to-image'}},
}


def as_json(value: object, status: int = 200) -> Answer:
    return Answer(status, {'content-type': 'application/json'}, json.dumps(value).encode())


class Provider:
    """A Hub, a router and a media host in one, with one provider whose polls and media answer as they are told."""

    def __init__(self) -> None:
        self.submits = 0
        self.poll: Callable[[], Answer] = lambda: as_json({'status': 'COMPLETED'})
        self.media: Callable[[], Answer] = lambda: Answer(body=self.picture)
        buffer = io.BytesIO()
        Image.effect_noise((64, 48), 50).save(buffer, 'PNG')
        self.picture = buffer.getvalue()
        self.url = ''

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.partition('?')[0]
        if path.startswith('/api/models'):
            return as_json(MODEL)
        if path.startswith('/api/'):
            return as_json({'name': 'someone'})
        if path == '/media.png':
            return self.media()
        if asked.method == 'POST':
            self.submits += 1
            return as_json(
                {'request_id': 'r1', 'response_url': 'https://queue.fal.run/fal-ai/x/requests/r1', 'status': 'IN_QUEUE'}
            )
        if path.endswith('/status'):
            return self.poll()
        return as_json({'images': [{'url': f'{self.url}/media.png'}]})


@pytest.mark.parametrize(
    ('field', 'trouble', 'code'),
    [
        ('poll', as_json({'error': 'Invalid credentials'}, 401), FailureCode.UNAUTHORIZED),
        ('media', Answer(body=b'<html>Sign in to this network</html>'), FailureCode.BAD_MEDIA),
        ('media', Answer(302, {'location': 'http://10.0.0.1/a.png'}), FailureCode.BAD_REPLY),
    ],
)
async def test_trouble_after_the_submit_costs_no_second_submit(
    paths: Paths, field: str, trouble: Answer, code: FailureCode
) -> None:
    provider = Provider()
    calm = getattr(provider, field)
    with serving(provider) as server:
        provider.url = server.url
        environment = {'HF_ENDPOINT': server.url, 'HFMEDIA_ROUTER_URL': f'{server.url}/router', 'HF_TOKEN': 'hf_test'}
        async with open_services(paths, environment=environment, patience=0) as services:
            setattr(provider, field, lambda: trouble)
            (job,) = await services.submit(Ask(model='a/b', prompt='a fox'))
            await services.pool.idle()
            failed = services.pool.jobs[job.id]
            assert failed.state is JobState.FAILED
            assert failed.error is not None
            assert failed.error.code is code
            assert failed.error.hint is not None
            assert 'paid for' in failed.error.hint
            assert not Path(failed.order.output).exists() or not list(Path(failed.order.output).iterdir())
            setattr(provider, field, calm)
            await services.retry(job.id)
            await services.pool.idle()
            collected = services.pool.jobs[job.id]
        assert collected.state is JobState.SUCCEEDED, collected.error
        assert Path(collected.outputs[0].path).read_bytes() == provider.picture
        assert len(collected.attempts) == 1
        assert provider.submits == 1
        assert all('authorization' not in asked.headers for asked in server.asked if asked.path == '/media.png')


async def test_paid_bytes_that_are_no_picture_lie_in_quarantine(paths: Paths) -> None:
    provider = Provider()
    provider.media = lambda: Answer(body=b'GIF87a? no: just words')
    with serving(provider) as server:
        provider.url = server.url
        environment = {'HF_ENDPOINT': server.url, 'HFMEDIA_ROUTER_URL': server.url, 'HF_TOKEN': 'hf_test'}
        async with open_services(paths, environment=environment, patience=0) as services:
            (job,) = await services.submit(Ask(model='a/b', prompt='a fox'))
            await services.pool.idle()
            failed = services.pool.jobs[job.id]
    (kept,) = (paths.data / 'quarantine').iterdir()
    assert kept.read_bytes() == b'GIF87a? no: just words'
    assert kept.stat().st_mode & 0o777 == 0o600
    assert failed.error is not None
    assert str(kept) in failed.error.message
