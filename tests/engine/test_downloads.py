"""A download goes on where it broke off, is bounded, and several are brought home together or not at all."""

import asyncio
import hashlib
import io
import os
import re
import selectors
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from hfmedia_tui.domain import FailureCode, Fetch, Job, JobState, Media, Progress, Stage
from hfmedia_tui.engine.addresses import Endpoints
from hfmedia_tui.engine.download import download
from hfmedia_tui.engine.pace import TooSlow, at_pace
from hfmedia_tui.engine.transport import RefusedLink, Transport
from hfmedia_tui.engine.writing import DownloadError
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Services
from tests.engine.loopback import Answer, Asked, Server, hosting, serving
from tests.engine.provider import Provider, as_json
from tests.houses import ended, opened

FILE = bytes(range(256)) * 4096
VERSIONS = [
    {'etag': '"v1"'},
    {'last-modified': 'Wed, 21 Oct 2026 07:28:00 GMT'},  # the answer's own date is another
]


class Host:
    """A media host that breaks off at half of what is asked for, until it is healed."""

    def __init__(self, headers: dict[str, str], *, ranges: bool = True) -> None:
        self.headers = headers
        self.ranges = ranges
        self.file = FILE
        self.healed = False
        self.asked = list[str]()

    def __call__(self, asked: Asked) -> Answer:
        wanted = asked.headers.get('range', '')
        self.asked.append(wanted)
        match = re.fullmatch(r'bytes=(\d+)-', wanted)
        current = asked.headers.get('if-range') in self.headers.values()
        first = int(match[1]) if match and self.ranges and current else 0
        status, headers = (206 if first else 200), dict(self.headers)
        rest = self.file[first:]
        if first:
            headers['content-range'] = f'bytes {first}-{len(self.file) - 1}/{len(self.file)}'
            if not rest:
                return Answer(416, {'content-range': f'bytes */{len(self.file)}'})
        if self.healed:
            return Answer(status, headers, rest)
        self.healed = True
        return Answer(status, headers, rest[: len(rest) // 2], length=len(rest))


@asynccontextmanager
async def fetching(
    server: Server, path: Path, version: str | None = None, silence: float = 30.0
) -> AsyncIterator[Callable[[], Any]]:
    """A download that can be tried again, and remembers the version that was begun."""
    begun = [version]

    async def begin(named: str | None) -> None:
        begun.append(named)

    endpoints = Endpoints(hub=server.url, router=server.url)
    async with Transport(endpoints, token=None, silence=silence) as transport:

        def fetch() -> Any:
            return download(
                f'{server.url}/a.png?signature=x',
                path,
                transport=transport,
                version=begun[-1],
                begin=begin,
                report=lambda arrived, expected: None,
            )

        yield fetch


@pytest.mark.parametrize('headers', VERSIONS)
async def test_a_download_goes_on_where_it_broke_off(headers: dict[str, str], tmp_path: Path) -> None:
    host, path = Host(headers), tmp_path / 'x.part'
    with serving(host) as server:
        async with fetching(server, path) as fetch:
            with pytest.raises(DownloadError, match=f'cut short: {len(FILE) // 2} of {len(FILE)}'):
                await fetch()
            await fetch()
    assert path.read_bytes() == FILE
    assert host.asked == ['', f'bytes={len(FILE) // 2}-']


@pytest.mark.parametrize('headers', [{}, {'etag': 'W/"weak"'}, {'etag': 'none'}])
async def test_what_has_no_sure_version_is_begun_anew(headers: dict[str, str], tmp_path: Path) -> None:
    host, path = Host(headers), tmp_path / 'x.part'
    with serving(host) as server:
        async with fetching(server, path) as fetch:
            with pytest.raises(DownloadError):
                await fetch()
            await fetch()
    assert path.read_bytes() == FILE
    assert host.asked == ['', '']


async def test_a_host_without_ranges_sends_all_of_it_again(tmp_path: Path) -> None:
    host, path = Host(VERSIONS[0], ranges=False), tmp_path / 'x.part'
    with serving(host) as server:
        async with fetching(server, path) as fetch:
            with pytest.raises(DownloadError):
                await fetch()
            await fetch()
    assert path.read_bytes() == FILE


async def test_a_file_that_has_changed_meanwhile_is_not_mixed(tmp_path: Path) -> None:
    host, path = Host(VERSIONS[0]), tmp_path / 'x.part'
    with serving(host) as server:
        async with fetching(server, path) as fetch:
            with pytest.raises(DownloadError):
                await fetch()
            host.headers, host.file = {'etag': '"v2"'}, FILE[::-1]
            await fetch()
    assert path.read_bytes() == FILE[::-1]


async def test_what_is_whole_already_is_not_fetched_again(tmp_path: Path) -> None:
    host, path = Host(VERSIONS[0]), tmp_path / 'x.part'
    path.write_bytes(FILE)
    with serving(host) as server:
        async with fetching(server, path, '"v1"') as fetch:
            await fetch()
    assert path.read_bytes() == FILE


@pytest.mark.parametrize(
    'answer',
    [
        Answer(206, {'content-range': 'bytes 7-9/10'}, b'abc'),
        Answer(206, {}, b'abc'),
        Answer(416, {'content-range': 'bytes */5'}),
        Answer(416),
    ],
)
async def test_a_range_that_was_not_asked_for_is_begun_anew(answer: Answer, tmp_path: Path) -> None:
    path = tmp_path / 'x.part'
    path.write_bytes(b'half')
    with serving(lambda asked: answer if 'range' in asked.headers else Answer(body=FILE)) as server:
        async with fetching(server, path, '"v1"') as fetch:
            with pytest.raises(DownloadError) as told:
                await fetch()
            assert told.value.again
            await fetch()
    assert path.read_bytes() == FILE


@pytest.mark.parametrize('status', [401, 403, 404, 410])
async def test_an_expired_link_is_called_so(status: int, tmp_path: Path) -> None:
    with serving(lambda asked: Answer(status)) as server:
        async with fetching(server, tmp_path / 'x.part') as fetch:
            with pytest.raises(DownloadError, match=f'expired: its host answered {status}') as told:
                await fetch()
    assert told.value.code is FailureCode.EXPIRED
    assert not told.value.again


async def test_a_host_that_asks_for_a_pause_is_heard(tmp_path: Path) -> None:
    with serving(lambda asked: Answer(429, {'retry-after': '7'})) as server:
        async with fetching(server, tmp_path / 'x.part') as fetch:
            with pytest.raises(DownloadError) as told:
                await fetch()
    assert told.value.again
    assert told.value.pause == 7


async def test_a_gigabyte_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    with serving(lambda asked: Answer(length=2**31)) as server:
        async with fetching(server, tmp_path / 'x.part') as fetch:
            with pytest.raises(DownloadError, match='larger than 1024 MiB'):
                await fetch()


# ---------------------------------------------------------------------------------------------- pace


async def dripping(size: int, seconds: float, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(seconds)
        yield bytes(size)


class Leaping(selectors.DefaultSelector):
    """What a loop sleeps on, whose time leaps to the next moment at which something is due."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


def leaping() -> asyncio.AbstractEventLoop:
    selector = Leaping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    return loop


def test_a_drip_is_stalled_and_a_slow_line_is_not() -> None:
    async def run(size: int, seconds: float, count: int) -> int:
        return len([piece async for piece in at_pace(dripping(size, seconds, count), 15)])

    with asyncio.Runner(loop_factory=leaping) as runner:
        with pytest.raises(TooSlow):
            runner.run(run(1, 1, 1000))
        assert runner.run(run(64 * 1024, 14, 10)) == 10
        assert runner.run(run(1, 1, 2)) == 2


async def test_a_host_that_drips_is_stalled(tmp_path: Path) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n')
        while True:
            writer.write(b'x')
            await writer.drain()
            await asyncio.sleep(0.01)

    async with hosting(drip) as url, fetching(Server(url, []), tmp_path / 'x.part', silence=0.2) as fetch:
        with pytest.raises(DownloadError, match='stalled') as told:
            await fetch()
    assert told.value.code is FailureCode.TIMEOUT


# ---------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ('answers', 'reason'),
    [
        (['127.0.0.1'], 'this machine'),
        (['::1'], 'this machine'),
        (['8.8.8.8', '127.0.0.1'], 'this machine'),  # what a second look would find
    ],
)
async def test_a_name_that_leads_to_this_machine_is_refused_before_a_byte_is_sent(
    answers: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up by the connection alone: what was checked is what is connected to."""
    real, looked_up = socket.getaddrinfo, list[str]()

    def resolve(host: Any, port: Any, *values: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name == 'media.example':
            looked_up.append(answers[-1])
            return real(answers[-1], port, *values, **named)
        return real(host, port, *values, **named)

    monkeypatch.setattr(socket, 'getaddrinfo', resolve)
    heard = asyncio.get_running_loop().create_future()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.read())

    async with hosting(hear, answers[-1]) as url:
        port = urlsplit(url).port
        endpoints = Endpoints(hub='https://huggingface.co', router='https://router.huggingface.co')
        async with Transport(endpoints, token=None) as transport:
            with pytest.raises(RefusedLink, match=reason):
                async with transport.open_media(f'https://media.example:{port}/a.png'):
                    pass
        assert await heard == b''
    assert looked_up == [answers[-1]]


async def test_a_proxy_resolves_names_itself() -> None:
    """Its own address may be of this machine: it is the user's choice."""
    with serving(lambda asked: Answer(502)) as proxy:
        endpoints = Endpoints(hub='https://huggingface.co', router='https://router.huggingface.co')
        async with Transport(endpoints, token=None, proxy=proxy.url) as transport:
            with pytest.raises(Exception, match='no connection could be made'):
                async with transport.open_media('https://media.example/a.png'):
                    pass


# ---------------------------------------------------------------------------------------------- several at once


def private(path: Path) -> bool:
    return stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_several_results_come_home_together_or_not_at_all(house: Services, provider: Provider) -> None:
    provider.images = 3
    answers = iter([Answer(body=provider.picture), Answer(body=b'these are words')])
    provider.media = lambda: next(answers)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    failed = await ended(house, job)
    assert failed.error is not None
    assert failed.error.code is FailureCode.BAD_MEDIA
    assert os.listdir(job.order.output) == []
    shelter = house.paths.data / 'shelter'
    lying = {path.name: path for path in shelter.iterdir()}
    assert set(lying) == {f'.a-fox-{job.id}.kept', f'a-fox-{job.id}-2'}
    assert all(private(path) for path in lying.values())
    assert str(lying[f'a-fox-{job.id}-2']) in failed.error.message
    provider.media, fetched = lambda: Answer(body=provider.picture), len(provider.fetched)
    await house.retry(job.id)
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert len(done.outputs) == 3
    assert len(provider.fetched) - fetched == 2, 'what is here is not fetched again'
    assert {Path(output.path).read_bytes() for output in done.outputs} == {provider.picture}
    assert {output.sha256 for output in done.outputs} == {hashlib.sha256(provider.picture).hexdigest()}
    assert sorted(os.listdir(job.order.output)) == sorted(Path(output.path).name for output in done.outputs)
    umask = os.umask(0)
    os.umask(umask)
    assert {stat.S_IMODE(Path(output.path).stat().st_mode) for output in done.outputs} == {0o666 & ~umask}
    assert provider.submits == 1


async def test_a_download_goes_on_after_a_death(house: Services, provider: Provider) -> None:
    host = Host({'etag': '"v1"'})
    host.healed, host.file = True, provider.picture
    provider.answer_media = host
    order = await house.order(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    job = Job(id=f'{order.id}-1', order=order, index=0, seed=1, created_at=order.created_at)
    half = len(provider.picture) // 2
    await house.ledger.add(order, [job])
    fetch = Fetch(media=(Media(url=f'{provider.url}/media.png', version='"v1"'),))
    progress = Progress(provider='fal-ai', step=fetch, stage=Stage.DOWNLOADING, accepted=True, handle='r1')
    await house.ledger.save_attempt(job, 0, order.mappings[0], progress)
    await house.ledger.let_go(job.id)
    folder = Path(order.output)
    folder.mkdir()
    (folder / f'.a-fox-{job.id}.part').write_bytes(provider.picture[:half])
    await house.retry(job.id)
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert host.asked == [f'bytes={half}-']
    assert done.outputs[0].sha256 == hashlib.sha256(provider.picture).hexdigest()
    assert Path(done.outputs[0].path).read_bytes() == provider.picture


def broken_off(provider: Provider) -> int:
    """Have the media host send half of the picture, and never any more of it; return how many bytes that is."""
    host, half = Host({'etag': '"v1"'}), len(provider.picture) // 2
    host.file = provider.picture

    def answer(asked: Asked) -> Answer:
        told = host(asked)
        return told if told.status == 200 else told._replace(body=b'', length=len(told.body))

    provider.answer_media = answer
    return half


async def test_a_job_that_failed_in_a_download_goes_on_with_it(house: Services, provider: Provider) -> None:
    half = broken_off(provider)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    failed = await ended(house, job)
    assert failed.collectable, failed.error
    assert os.listdir(job.order.output) == []
    (kept,) = (house.paths.data / 'shelter').iterdir()
    assert kept.read_bytes() == provider.picture[:half]
    assert private(kept)
    host = Host({'etag': '"v1"'})
    host.healed, host.file = True, provider.picture
    provider.answer_media = host
    await house.retry(job.id)
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert host.asked == [f'bytes={half}-']
    (home,) = Path(job.order.output).iterdir()
    assert home.read_bytes() == provider.picture
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(home.stat().st_mode) == 0o666 & ~umask
    assert os.listdir(kept.parent) == []
    assert provider.submits == 1


@pytest.mark.parametrize('ends', ['expired', 'given up'])
async def test_half_a_download_outlives_its_link_and_not_the_job(
    house: Services, provider: Provider, ends: str
) -> None:
    half = broken_off(provider)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    failed = await ended(house, job)
    if ends == 'given up':
        await house.cancel(failed)
        assert os.listdir(house.paths.data / 'shelter') == []
        return
    provider.answer_media = lambda _: Answer(404)
    await house.retry(job.id)
    failed = await ended(house, job)
    assert failed.error is not None
    assert failed.error.code is FailureCode.EXPIRED
    (kept,) = (house.paths.data / 'shelter').iterdir()
    assert kept.read_bytes() == provider.picture[:half]
    assert f'{kept} ({half:,} bytes)' in failed.error.message


async def test_a_job_left_in_a_download_goes_on_with_it(paths: Paths, server: Server, provider: Provider) -> None:
    half, left = len(provider.picture) // 2, asyncio.Event()

    async def stall(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f'HTTP/1.1 200 OK\r\netag: "v1"\r\ncontent-length: {len(provider.picture)}\r\n\r\n'
        writer.write(head.encode() + provider.picture[:half])
        await writer.drain()
        await left.wait()

    async with hosting(stall) as url:
        port = urlsplit(url).port or 0
        provider.media_url = f'{url}/media.png'
        async with opened(paths, server.url) as house:
            subscription = house.pool.subscribe()
            (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
            async for snapshot in subscription:
                if snapshot.progress.bytes:
                    break
        left.set()
    host = Host({'etag': '"v1"'})
    host.healed, host.file = True, provider.picture
    with serving(host, port=port):
        async with opened(paths, server.url) as house:
            assert [found.id for found in (await house.pool.resume(house.router))[0]] == [job.id]
            done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert host.asked == [f'bytes={half}-']
    assert Path(done.outputs[0].path).read_bytes() == provider.picture


async def test_a_stalled_job_frees_its_slot_and_says_so(paths: Paths, server: Server, provider: Provider) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with hosting(silent) as url:
        provider.media_url = f'{url}/media.png'
        async with opened(paths, server.url, silence=0.5) as house:
            (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
            stalled = await ended(house, job)
            assert stalled.state is JobState.FAILED
            assert stalled.error is not None
            assert stalled.error.code is FailureCode.TIMEOUT
            assert 'stalled' in stalled.error.message
            assert 'paid for' in (stalled.error.hint or '')
    assert provider.submits == 1


async def test_connections_that_stall_one_after_the_other_and_bring_enough_bring_it_home(
    paths: Paths, server: Server, provider: Provider
) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((512, 512), 50).save(buffer, 'PNG')
    picture, connections = buffer.getvalue(), 0

    async def stalling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        asked = (await reader.readuntil(b'\r\n\r\n')).decode()
        match = re.search(r'range: bytes=(\d+)-', asked, re.IGNORECASE)
        first = int(match[1]) if match else 0
        head = [f'HTTP/1.1 {206 if first else 200} OK', 'etag: "v1"', f'content-length: {len(picture) - first}']
        head += [f'content-range: bytes {first}-{len(picture) - 1}/{len(picture)}'] if first else []
        writer.write('\r\n'.join([*head, '', '']).encode() + picture[first : first + 70_000])
        await reader.read()

    async with hosting(stalling) as url:
        provider.media_url = f'{url}/media.png'
        async with opened(paths, server.url, silence=0.7) as house:
            (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
            done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert Path(done.outputs[0].path).read_bytes() == picture
    assert connections == -(-len(picture) // 70_000) > 3


async def test_a_poll_that_never_changes_is_not_stalled(paths: Paths, server: Server, provider: Provider) -> None:
    provider.poll = lambda: as_json({'status': 'IN_QUEUE', 'queue_position': 3})
    async with opened(paths, server.url, silence=0.5) as house:
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai', timeout=1.5))
        late = await ended(house, job)
    assert late.error is not None
    assert late.error.message == 'Not finished within 1.5 s.'
