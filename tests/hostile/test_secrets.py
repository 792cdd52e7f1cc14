"""Secrets go where they belong, and are found nowhere else: asked of whole runs, in which the world misbehaves.

The one place where the signature of a link lies is the ledger, which is the user's alone: without it a result that is
paid for could not be brought home by the next process.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from hfmedia_tui.app import HFMediaApp
from hfmedia_tui.catalog.listing import fetch_pages
from hfmedia_tui.domain import Access, Job, JobState, Task
from hfmedia_tui.engine.addresses import Endpoints
from hfmedia_tui.engine.transport import Lost, Transport
from hfmedia_tui.errors import AppError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Terminal
from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.providers import MACHINES, Door
from hfmedia_tui.services import Ask, Services, open_services
from tests.cli import warm
from tests.engine.loopback import Answer, Server, serving
from tests.hostile.canaries import (
    FAL_KEY,
    MISCHIEF,
    PASSWORD,
    SIGNATURE,
    TOKEN,
    Thief,
    World,
    everything_in,
    found_in,
)
from tests.screens.studio import Studio

LEDGER = ('ledger.sqlite3', 'ledger.sqlite3-wal')


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths({'HFMEDIA_HOME': str(tmp_path / 'home')})


@pytest.fixture
def world() -> Iterator[tuple[World, Server, Server]]:
    """The world, its server, and the server of the thief."""
    world = World()
    with serving(world) as server, serving(Thief(world.picture), host='127.0.0.2') as thief:
        world.url, world.thief = server.url, thief.url
        yield world, server, thief


def environment_for(server: Server, **more: str) -> dict[str, str]:
    return {'HF_ENDPOINT': server.url, 'HFMEDIA_ROUTER_URL': server.url, 'HF_TOKEN': TOKEN, **more}


def assert_nothing_leaked(paths: Paths, told: str, server: Server, thief: Server, *, key: str = '') -> None:
    """Look at all that was told, written and sent."""
    assert found_in(told) == []
    for name, content in everything_in(paths.data.parent, but=(*LEDGER, '-shm')).items():
        assert found_in(content) == [], name
    for name, content in everything_in(paths.data).items():
        assert found_in(content, (TOKEN, FAL_KEY, PASSWORD)) == [], name
    for request in thief.asked:
        assert found_in(str(request.headers)) == [], request
        assert request.method == 'GET'
        assert not request.path.startswith(('/api', '/fal-ai', '/hf-inference')), 'a redirect of an API is not followed'
    for request in server.asked:
        allowed = {'authorization': {f'Bearer {TOKEN}', *({f'Key {key}'} if key else ())}}
        for name, value in request.headers.items():
            assert not found_in(value) or value in allowed.get(name, ()), (request.path, name)
        assert not found_in(request.path, (TOKEN, FAL_KEY, PASSWORD))
        assert not found_in(request.body)
        if request.path.startswith('/media.png'):
            assert 'authorization' not in request.headers


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All that any library tells to its log."""
    caplog.set_level(logging.DEBUG)
    for name in ('httpx', 'httpcore', 'hfmedia_tui', 'asyncio'):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def all_about(job: Job, house: Services) -> str:
    return repr((job, house, vars(house), house.catalog, house.pool, house.pool.jobs))


@pytest.mark.parametrize('mischief', MISCHIEF)
@pytest.mark.parametrize('provider', ['fal-ai', 'hf-inference'])
async def test_a_run_through_the_router(
    paths: Paths,
    world: tuple[World, Server, Server],
    told: pytest.LogCaptureFixture,
    provider: str,
    mischief: str,
) -> None:
    bad, server, thief = world
    seen = list[str]()
    async with open_services(paths, environment=environment_for(server, FAL_KEY=''), patience=0) as house:
        if mischief.startswith(('hub', 'account')):
            bad.mischief = mischief
        for asking in (house.account.find, house.catalog.models):
            try:
                seen.append(repr(await asking()))
            except AppError as error:
                seen.append(f'{error} {error!r}')
        try:
            ask = Ask(model='a/b', prompt='a fox', provider=provider, timeout=5)
            bad.mischief = mischief
            (job,) = await house.submit(ask)
        except AppError as error:
            seen.append(f'{error} {error!r}')
        else:
            await house.pool.idle()
            seen.append(all_about(house.pool.jobs[job.id], house))
            if not mischief or (mischief == 'media redirects' and provider == 'fal-ai'):
                assert house.pool.jobs[job.id].state is JobState.SUCCEEDED, house.pool.jobs[job.id].error
    assert_nothing_leaked(paths, told.text + ''.join(seen), server, thief)
    if mischief == 'media redirects' and provider == 'fal-ai':
        assert any(SIGNATURE in request.path for request in thief.asked), 'the picture was there'


@pytest.mark.parametrize('mischief', [name for name in MISCHIEF if not name.startswith(('hub', 'account'))])
async def test_a_run_with_an_own_key(
    paths: Paths,
    world: tuple[World, Server, Server],
    told: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    mischief: str,
) -> None:
    bad, server, thief = world
    doors = MACHINES['fal-ai'].DOORS
    own = doors[Access.OWN_KEY]
    door = Door(base=f'{server.url}/own', scheme=own.scheme, variables=own.variables)
    monkeypatch.setitem(doors, Access.OWN_KEY, door)
    bad.mischief = mischief
    environment = environment_for(server, FAL_KEY=FAL_KEY)
    async with open_services(paths, environment=environment, patience=0) as house:
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai', timeout=5))
        await house.pool.idle()
        seen = all_about(house.pool.jobs[job.id], house)
    assert_nothing_leaked(paths, told.text + seen, server, thief, key=FAL_KEY)
    for request in server.asked:
        expected = f'Key {FAL_KEY}' if request.path.startswith('/own') else f'Bearer {TOKEN}'
        assert request.headers.get('authorization') in (expected, None)


async def test_a_next_page_elsewhere_is_not_told_the_token(world: tuple[World, Server, Server]) -> None:
    bad, server, thief = world
    bad.mischief = 'next page elsewhere'
    async with Transport(Endpoints(hub=server.url, router=server.url), token=TOKEN) as transport:
        pages = fetch_pages(transport.ask_hub, Task.TEXT_TO_IMAGE, {})
        with pytest.raises(Lost, match='lies elsewhere'):
            async for _ in pages:
                pass
    assert len(server.asked) == 1
    assert thief.asked == []


async def test_a_hub_on_this_machine_is_not_told_the_token_of_a_router_elsewhere() -> None:
    with serving(lambda asked: Answer(200, {}, b'[]')) as hub:
        elsewhere = Endpoints(hub=hub.url, router='https://router.example')
        async with Transport(elsewhere, token=TOKEN) as transport:
            await transport.ask_hub('/api/models')
        here = Endpoints(hub=hub.url, router=f'{hub.url}/router')
        async with Transport(here, token=TOKEN) as transport:
            await transport.ask_hub('/api/models')
    first, second = hub.asked
    assert 'authorization' not in first.headers
    assert second.headers['authorization'] == f'Bearer {TOKEN}'


@pytest.mark.parametrize('named', ['option', 'environment'])
async def test_plain_http_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    with (
        serving(lambda asked: Answer(200, {}, b'here')) as hub,
        serving(lambda asked: Answer(200, {}, b'through the proxy')) as proxy,
    ):
        url = proxy.url.replace('://', f'://user:{PASSWORD}@')
        router = hub.url
        if named == 'environment':
            monkeypatch.setenv('HTTP_PROXY', url)
            monkeypatch.setenv('http_proxy', url)
            router = 'https://router.example'  # with a router on this machine, the environment is not looked at
        endpoints = Endpoints(hub=hub.url, router=router)
        async with Transport(endpoints, token=TOKEN, proxy=url if named == 'option' else None) as transport:
            assert (await transport.ask_hub('/api/models')).body == b'here'
    assert proxy.asked == []


def test_the_sandbox_gets_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'FAL_KEY', 'REPLICATE_API_TOKEN', 'HTTPS_PROXY', 'https_proxy'):
        monkeypatch.setenv(name, f'http://{TOKEN}:{PASSWORD}@127.0.0.1:9')
    if not Path('/proc/self/environ').exists():
        pytest.skip('the system does not tell what a process was given')
    script = (
        'import asyncio, pathlib, sys\n'
        'from hfmedia_tui.sandbox.process import running\n'
        'async def main():\n'
        '    async with running(pathlib.Path(sys.argv[1])):\n'
        '        for task in pathlib.Path("/proc/self/task").iterdir():\n'
        '            for child in (task / "children").read_text().split():\n'
        '                for told in ("environ", "cmdline", "status"):\n'
        '                    print(pathlib.Path("/proc", child, told).read_bytes())\n'
        'asyncio.run(main())\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert 'hfmedia_tui.sandbox' in done.stdout
    assert 'PATH=' in done.stdout
    assert found_in(done.stdout) == []


COMMANDS = (
    ('--verbose', 'generate', 'a fox', '--model', 'a/b:hf-inference'),
    ('generate', 'a fox', '--model', 'a/b:fal-ai', '--json', '--timeout', '5'),
    ('models',),
    ('models', '--json', '--refresh'),
    ('jobs', '--json'),
    ('jobs',),
    ('retry', '--failed', '--json'),
    ('--verbose', 'resume'),
    ('doctor',),
    ('doctor', '--json'),
    ('locate',),
)


@pytest.mark.parametrize('mischief', ['', 'hub repeats the token', 'poll fails'])
def test_every_command(
    tmp_path: Path, paths: Paths, environment: dict[str, str], world: tuple[World, Server, Server], mischief: str
) -> None:
    bad, server, thief = world
    bad.mischief = mischief
    proxy = f'http://user:{PASSWORD}@127.0.0.1:9'
    variables = {
        **environment,
        **environment_for(server),
        'HFMEDIA_HOME': str(paths.data.parent),
        'REPLICATE_API_TOKEN': FAL_KEY,
        'HTTPS_PROXY': proxy,
        'HTTP_PROXY': proxy,
    }
    said = ''
    for command in COMMANDS:
        done = warm.run(command, variables)
        assert 'mistake' not in done.err, done.err
        said += done.out + done.err
    assert_nothing_leaked(paths, said, server, thief)


def test_a_proxy_that_does_not_answer_is_not_named(environment: dict[str, str]) -> None:
    variables = {**environment, 'HF_TOKEN': TOKEN, 'HTTPS_PROXY': f'http://user:{PASSWORD}@127.0.0.1:9'}
    for command in (('doctor',), ('--verbose', 'models'), ('doctor', '--json')):
        done = warm.run(command, variables)
        assert done.code == 1
        assert found_in(done.out + done.err) == []
    assert all(not found_in(content) for content in everything_in(Path(environment['HOME'])).values())


def test_a_stored_token_that_cannot_be_read_is_not_repeated(environment: dict[str, str]) -> None:
    """What an error of the library says may be a line of the file."""
    script = (
        'import huggingface_hub\n'
        'def broken():\n'
        f"    raise ValueError('line 1: {TOKEN}')\n"
        'huggingface_hub.get_token = broken\n'
        "import sys; sys.argv = ['hfmedia-tui', '--verbose', 'models']\n"
        'from hfmedia_tui.cli import main; main()\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', script], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert 'could not be read: ValueError' in done.stderr
    assert found_in(done.stdout + done.stderr) == []
    assert all(not found_in(content) for content in everything_in(Path(environment['HOME'])).values())


# ---------------------------------------------------------------------------------------------- the interface


@pytest.mark.parametrize('mischief', ['', 'account is refused in its own words', 'submit is refused', 'poll fails'])
async def test_the_interface_shows_and_names_no_secret(
    paths: Paths, world: tuple[World, Server, Server], told: pytest.LogCaptureFixture, mischief: str
) -> None:
    bad, server, thief = world
    environment = environment_for(server)

    def opening(paths: Paths, _sandbox: bool) -> AbstractAsyncContextManager[Services]:
        return open_services(paths, environment=environment, patience=0)

    pictures = Pictures(Terminal())
    try:
        app = HFMediaApp(paths=paths, pictures=pictures, token_found=True, opening=opening)
        async with app.run_test(size=(200, 50)) as pilot:
            studio = Studio(app, pilot)
            bad.mischief = mischief
            await studio.until(lambda: app.services is not None and (app.mark or app._notifications))
            shown = studio.text
            bad.mischief = mischief
            (_,) = await studio.services.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai', timeout=5))
            await studio.settle()
            await studio.press('f4')
            shown += studio.text
            named = ''.join(f'{worker!r} {worker.name} {worker.description}' for worker in app.workers)
            shown += named + ''.join(repr(notice) for notice in app._notifications)
    finally:
        pictures.close()
    assert_nothing_leaked(paths, told.text + shown, server, thief)


async def test_a_crash_of_the_interface_reports_no_secret(
    paths: Paths, world: tuple[World, Server, Server], told: pytest.LogCaptureFixture
) -> None:
    """A report that showed the values of variables would show the token: it is one where the house is opened."""
    _, server, _ = world

    async def broken(self: object, *_: object, **__: object) -> None:
        raise RuntimeError(f'a mistake at https://a.example/?sig={SIGNATURE}')

    def opening(paths: Paths, _sandbox: bool) -> AbstractAsyncContextManager[Services]:
        return open_services(paths, environment=environment_for(server, FAL_KEY=FAL_KEY), patience=0)

    pictures = Pictures(Terminal())
    app = HFMediaApp(paths=paths, pictures=pictures, token_found=True, opening=opening)
    app._move_in = broken.__get__(app)  # type: ignore[method-assign]
    reports = list[str]()

    def report() -> None:
        reports.extend(
            ''.join(segment.text for segment in app.console.render(renderable)) for renderable in app._exit_renderables
        )

    try:
        with pytest.raises(Exception, match='a mistake at'):  # noqa: PT012 - it is raised when the app has ended
            async with app.run_test() as pilot:
                while not app._exit_renderables:
                    await pilot.pause()
                report()
    finally:
        pictures.close()
    assert 'made a mistake' in ''.join(reports)
    assert found_in(''.join(reports)) == []
    assert any(record.exc_info for record in told.records), 'the log tells why'
