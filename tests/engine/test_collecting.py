"""A prediction that was accepted is collected, whatever stands in the way for a while."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from hfmedia_tui.domain import FailureCode, JobState, Stage
from hfmedia_tui.errors import UsageError
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Services, open_services
from tests.engine.loopback import Answer, Asked, Server, serving
from tests.engine.provider import Provider, as_json
from tests.houses import AS_THEY_CAME, ended, environment_for, opened


@pytest.mark.parametrize(
    ('field', 'trouble', 'code'),
    [
        ('poll', as_json({'error': 'Invalid credentials'}, 401), FailureCode.UNAUTHORIZED),
        ('media', Answer(body=b'<html>Sign in to this network</html>'), FailureCode.BAD_MEDIA),
        ('media', Answer(302, {'location': 'http://10.0.0.1/a.png'}), FailureCode.BAD_REPLY),
    ],
)
async def test_trouble_after_the_submit_costs_no_second_submit(
    paths: Paths, server: Server, provider: Provider, *, field: str, trouble: Answer, code: FailureCode
) -> None:
    calm = getattr(provider, field)
    async with opened(paths, server.url, f'{server.url}/router', patience=0) as house:
        setattr(provider, field, lambda: trouble)
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox'))
        failed = await ended(house, job)
        assert failed.state is JobState.FAILED
        assert failed.error is not None
        assert failed.error.code is code
        assert failed.error.hint is not None
        assert 'paid for' in failed.error.hint
        assert not Path(failed.order.output).exists() or not list(Path(failed.order.output).iterdir())
        setattr(provider, field, calm)
        await house.retry(job.id)
        collected = await ended(house, job)
    assert collected.state is JobState.SUCCEEDED, collected.error
    assert Path(collected.outputs[0].path).read_bytes() == provider.picture
    assert len(collected.attempts) == 1
    assert provider.submits == 1
    assert all('authorization' not in asked.headers for asked in server.asked if asked.path == '/media.png')


async def test_paid_bytes_that_are_no_picture_lie_in_a_shelter(house: Services, provider: Provider) -> None:
    provider.media = lambda: Answer(body=b'GIF87a? no: just words')
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox'))
    failed = await ended(house, job)
    (kept,) = (house.paths.data / 'shelter').iterdir()
    assert kept.read_bytes() == b'GIF87a? no: just words'
    assert kept.stat().st_mode & 0o777 == 0o600
    assert failed.error is not None
    assert str(kept) in failed.error.message


async def test_what_can_be_collected_is_thrown_away_only_when_it_was_given_up(
    house: Services, provider: Provider
) -> None:
    provider.poll = lambda: as_json({'error': 'Invalid credentials'}, 401)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox'))
    failed = await ended(house, job)
    assert failed.collectable
    (reason,) = (await house.trash.put([job.id])).refused
    assert 'can still be collected' in reason
    note = await house.cancel(failed)
    assert 'asked to stop' in note
    given_up = await house.ledger.find(job.id)
    assert (given_up.state, given_up.collectable) == (JobState.CANCELLED, False)
    (thrown,) = (await house.trash.put([job.id])).jobs
    assert thrown.trashed_at is not None
    with pytest.raises(UsageError, match='in the trash'):
        await house.retry(job.id)
    (restored,) = (await house.trash.undo()).jobs
    provider.poll = lambda: as_json({'status': 'COMPLETED'})
    await house.retry(restored.id)
    assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert provider.submits == 1


@pytest.mark.parametrize(
    ('link', 'reason'),
    [
        ('http://169.254.169.254/latest/meta-data', 'not https'),
        ('https://10.0.0.1/a.png', 'private network'),
        ('https://[fe80::1]/a.png', 'private network'),
        ('http://cdn.example/a.png', 'not https'),
        ('file:///etc/passwd', 'no usable `images` or `video`'),
        ('ftp://127.0.0.1/a.png', 'no usable `images` or `video`'),
        ('data:text/html,words', 'The result is no picture or film: it looks like text.'),
        ('data:image/png;base64,dGhlc2UgYXJlIHdvcmRz', 'The result is no picture or film: it looks like text.'),
    ],
)
async def test_a_link_to_where_nobody_goes_is_refused_with_its_reason(
    house: Services, provider: Provider, link: str, reason: str
) -> None:
    provider.media_url = link
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    failed = await ended(house, job)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert reason in failed.error.message
    assert failed.error.hint
    assert list(Path(failed.order.output).iterdir()) == []


@pytest.mark.parametrize('name', ['../../../etc/passwd.png', '..%2f..%2fa.png', '.hidden', 'a.exe', 'a.png%00.sh'])
async def test_no_name_of_a_link_is_a_name_of_a_file(house: Services, provider: Provider, name: str) -> None:
    provider.media = lambda: Answer(
        200, {'content-type': 'text/html', 'content-disposition': f'attachment; filename="{name}"'}, provider.picture
    )
    provider.media_url = f'{provider.url}/x/../media.png?name={name}'
    (job,) = await house.submit(Ask(model='a/b', prompt='../../a fox', provider='fal-ai'))
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert [path.name for path in Path(done.order.output).iterdir()] == [f'a-fox-{job.id}.png']


async def test_what_another_account_asked_for_stays_to_be_collected_with_its_token(
    paths: Paths, provider: Provider
) -> None:
    """A provider that does not know a prediction may not know it of this account."""

    def answer(asked: Asked) -> Answer:
        token = asked.headers.get('authorization', '').removeprefix('Bearer ')
        if asked.path == '/api/whoami-v2':
            return as_json({'name': token.removeprefix('hf_')})
        if asked.path.partition('?')[0].endswith('/status') and token != 'hf_ada':
            return as_json({'detail': 'Not Found'}, 404)
        return provider(asked)

    def using(token: str) -> AbstractAsyncContextManager[Services]:
        environment = {**environment_for(server.url), 'HF_TOKEN': token}
        return open_services(paths, environment=environment, settings=AS_THEY_CAME, patience=0.01)

    provider.poll = lambda: as_json({'status': 'IN_QUEUE'})
    with serving(answer) as server:
        provider.url = server.url
        async with using('hf_ada') as house:
            subscription = house.pool.subscribe()
            (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
            async for snapshot in subscription:
                if snapshot.progress.stage is Stage.QUEUED:
                    break
        provider.poll = lambda: as_json({'status': 'COMPLETED'})
        async with using('hf_bob') as house:
            await house.resume()
            failed = await ended(house, job)
            assert failed.collectable, failed.error
            assert failed.error is not None
            assert failed.error.hint is not None
            assert 'ada' in failed.error.hint
            assert 'bob' in failed.error.hint
            assert 'paid for' in failed.error.hint
        async with using('hf_ada') as house:
            await house.resume()
            assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert provider.submits == 1
