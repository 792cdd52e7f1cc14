"""A provider's own key opens its own host alone; the token, the router alone; and hf-free needs neither."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Access, FailureCode, JobState
from hfmedia_tui.engine.addresses import Endpoints
from hfmedia_tui.engine.transport import Transport
from hfmedia_tui.errors import UsageError
from hfmedia_tui.paths import Paths
from hfmedia_tui.providers import MACHINES, Door
from hfmedia_tui.services import Ask, open_services
from hfmedia_tui.settings import Settings
from tests.engine.loopback import Server, serving
from tests.engine.provider import Provider, as_json
from tests.houses import environment_for

KEY = 'fal_secret_key'


@pytest.fixture
def hub(server: Server, provider: Provider) -> tuple[Server, Provider]:
    return server, provider


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Provider]]:
    """The provider's own host."""
    provider = Provider()
    with serving(provider) as server:
        provider.url = server.url
        doors = MACHINES['fal-ai'].DOORS
        own = doors[Access.OWN_KEY]
        door = Door(base=server.url, scheme=own.scheme, variables=own.variables)
        monkeypatch.setitem(doors, Access.OWN_KEY, door)
        yield server, provider


async def test_an_own_key_is_used_at_its_own_host(
    paths: Paths, hub: tuple[Server, Provider], host: tuple[Server, Provider]
) -> None:
    environment = {**environment_for(hub[0].url), 'FAL_KEY': KEY}
    async with open_services(paths, environment=environment, patience=0) as house:
        ask = Ask(model='a/b', prompt='a fox', provider='fal-ai', bill_to='org')
        (job,) = await house.submit(ask)
        await house.pool.idle()
        assert house.pool.jobs[job.id].state is JobState.SUCCEEDED, house.pool.jobs[job.id].error
    assert hub[1].submits == 0
    asked = [request for request in host[0].asked if request.path != '/media.png']
    assert len(asked) >= 3, 'submitted, polled and collected there'
    assert {request.headers['authorization'] for request in asked} == {f'Key {KEY}'}
    assert not any('x-hf-bill-to' in request.headers for request in asked)
    everywhere = b''.join(path.read_bytes() for path in paths.data.parent.rglob('*') if path.is_file())
    assert KEY.encode() not in everywhere
    assert all(KEY not in str(request) for request in hub[0].asked)


async def test_an_own_key_may_come_from_the_settings(
    paths: Paths, hub: tuple[Server, Provider], host: tuple[Server, Provider]
) -> None:
    environment = environment_for(hub[0].url)
    paths.configuration.mkdir(parents=True)
    paths.settings.write_text(f'[keys]\nfal-ai = "{KEY}"\n', encoding='utf-8')
    for named, key in ({}, KEY), ({'FAL_KEY': 'key_of_the_environment'}, 'key_of_the_environment'):
        host[0].asked.clear()
        async with open_services(paths, environment={**environment, **named}, patience=0) as house:
            (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
            await house.pool.idle()
            assert house.pool.jobs[job.id].state is JobState.SUCCEEDED, house.pool.jobs[job.id].error
        asked = [request for request in host[0].asked if request.path != '/media.png']
        assert {request.headers['authorization'] for request in asked} == {f'Key {key}'}


async def test_keys_and_tokens_are_heard_while_it_runs(
    paths: Paths, hub: tuple[Server, Provider], host: tuple[Server, Provider]
) -> None:
    async with open_services(paths, environment=environment_for(hub[0].url), patience=0) as house:
        house.take_settings(replace(house.settings, keys={'fal-ai': KEY}))
        await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        await house.pool.idle()
        assert (host[1].submits, hub[1].submits) == (1, 0)
        house.take_settings(replace(house.settings, keys={}))
        house.account.use('hf_another')
        hub[0].asked.clear()
        await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        await house.pool.idle()
        assert (host[1].submits, hub[1].submits) == (1, 1)
        assert {request.headers['authorization'] for request in hub[0].asked if request.method == 'POST'} == {
            'Bearer hf_another'
        }
        with pytest.raises(UsageError, match='malformed'):
            house.take_settings(replace(house.settings, keys={'fal-ai': 'two words'}))


def test_a_secret_that_is_no_longer_used_stays_one() -> None:
    transport = Transport(
        Endpoints(hub='https://huggingface.co', router='https://router.huggingface.co'),
        token='hf_the_first',
        keys={'FAL_KEY': KEY},
    )
    transport.use_token('hf_the_second')
    transport.use_keys({})
    for secret in ('hf_the_first', 'hf_the_second', KEY):
        assert transport._without_secrets(f'{secret} is wrong') == '[secret] is wrong'


async def test_a_key_in_the_settings_for_nobody_is_refused(paths: Paths, hub: tuple[Server, Provider]) -> None:
    settings = Settings(keys={'flaky-ai': 's3cret'})
    with pytest.raises(UsageError, match="'flaky-ai'") as refused:
        async with open_services(paths, environment={'HF_ENDPOINT': hub[0].url}, settings=settings):
            pass
    assert 's3cret' not in str(refused.value)
    assert 'fal-ai' in str(refused.value)


async def test_a_job_of_an_own_key_waits_for_the_key(
    paths: Paths, hub: tuple[Server, Provider], host: tuple[Server, Provider]
) -> None:
    environment = environment_for(hub[0].url)
    host[1].poll = lambda: as_json({'detail': 'no such key'}, status=401)
    async with open_services(paths, environment={**environment, 'FAL_KEY': KEY}, patience=0) as house:
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        await house.pool.idle()
        assert house.pool.jobs[job.id].state is JobState.FAILED
    host[1].poll = Provider().poll
    async with open_services(paths, environment=environment, patience=0) as house:
        await house.retry(job.id)
        await house.pool.idle()
        error = house.pool.jobs[job.id].error
        assert error is not None
        assert error.code is FailureCode.UNAUTHORIZED
        assert error.hint is not None
        assert 'FAL_KEY' in error.hint
        assert 'paid for' in error.hint
    async with open_services(paths, environment={**environment, 'FAL_KEY': KEY}, patience=0) as house:
        await house.retry(job.id)
        await house.pool.idle()
        assert house.pool.jobs[job.id].state is JobState.SUCCEEDED
    assert (host[1].submits, hub[1].submits) == (1, 0)


async def test_without_a_token_hugging_faces_own_inference_is_asked_without_one(
    paths: Paths, hub: tuple[Server, Provider]
) -> None:
    environment = {**environment_for(hub[0].url), 'HF_TOKEN': '', 'HF_HUB_DISABLE_IMPLICIT_TOKEN': '1'}
    async with open_services(paths, environment=environment, patience=0) as house:
        for ask in (Ask(model='a/b', prompt='a fox'), Ask(model='a/b', prompt='a fox', provider='hf-free')):
            (job,) = await house.submit(ask)
            await house.pool.idle()
            done = house.pool.jobs[job.id]
            assert done.state is JobState.SUCCEEDED, done.error
            assert [attempt.provider for attempt in done.attempts] == ['hf-free']
    assert all('authorization' not in request.headers for request in hub[0].asked)
    assert {request.path for request in hub[0].asked if request.method == 'POST'} == {'/hf-inference/models/a/b'}


def test_ways() -> None:
    endpoints = Endpoints(hub='https://huggingface.co', router='https://router.huggingface.co')
    doors = MACHINES['replicate'].DOORS
    routed = Transport(endpoints, token='hf_token')
    assert routed.access(doors) is Access.ROUTED
    assert routed.opens(Access.ROUTED, doors)
    assert not routed.opens(Access.OWN_KEY, doors)
    own = Transport(endpoints, token=None, keys={'REPLICATE_API_TOKEN': 'r8_key'})
    assert own.access(doors) is Access.OWN_KEY
    assert not own.opens(Access.ROUTED, doors)
    assert 'r8_key' not in repr(own)
