"""Who is told the token, what is followed, and what is refused."""

import asyncio
import gzip
import logging
import re
import time
from contextlib import ExitStack

import pytest

from hfmedia_tui.domain import Request
from hfmedia_tui.engine.addresses import Endpoints, check_media_url
from hfmedia_tui.engine.transport import Lost, RefusedLink, Transport, Unreached
from hfmedia_tui.errors import UsageError
from hfmedia_tui.providers import Door
from tests.engine.loopback import Answer, Asked, Server, hosting, serving

FAL = Door(base='/fal-ai')
TOKEN = 'hf_' + 'x' * 30
PUBLIC = Endpoints(hub='https://huggingface.co', router='https://router.huggingface.co')


def endpoints(hub: Server, router: Server) -> Endpoints:
    return Endpoints(hub=hub.url, router=f'{router.url}/router')


async def test_the_token_goes_to_the_hub_and_the_router_and_not_to_media() -> None:
    with ExitStack() as stack:
        hub, router, media = (stack.enter_context(serving(lambda asked: Answer(body=b'{}'))) for _ in range(3))
        async with Transport(endpoints(hub, router), token=TOKEN) as transport:
            await transport.ask_hub(
                '/api/models', {'limit': '1', 'expand[]': ['gated', 'likes']}, {'if-none-match': '"1"'}
            )
            await transport.send(FAL, Request(method='POST', path='/a/b', query={'q': '1'}, body={'x': None}))
            async with transport.open_media(f'{media.url}/file') as (reply, pieces):
                assert reply.status == 200
                assert b''.join([piece async for piece in pieces]) == b'{}'
        assert hub.asked[0].path == '/api/models?limit=1&expand%5B%5D=gated&expand%5B%5D=likes'
        assert hub.asked[0].headers['authorization'] == f'Bearer {TOKEN}'
        assert hub.asked[0].headers['if-none-match'] == '"1"'
        assert router.asked[0].path == '/router/fal-ai/a/b?q=1'
        assert router.asked[0].headers['authorization'] == f'Bearer {TOKEN}'
        assert router.asked[0].body == b'{"x":null}'
        assert 'authorization' not in media.asked[0].headers
        assert TOKEN not in repr(transport)


async def test_many_requests_at_once_have_as_many_connections_and_later_ones_no_more() -> None:
    connections, asked, all_asked = 0, 0, asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections, asked
        connections += 1
        while await reader.readline():
            await reader.readuntil(b'\r\n\r\n')
            asked += 1
            if asked % 12 == 0:
                all_asked.set()
            await all_asked.wait()
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
            await writer.drain()

    async with (
        hosting(answer) as url,
        Transport(Endpoints(hub=url, router=f'{url}/router'), token=None) as transport,
        asyncio.timeout(30),
    ):
        for _ in range(3):
            all_asked.clear()
            await asyncio.gather(*(transport.ask_hub('/api/models') for _ in range(12)))
            assert connections == 12
        for _ in range(3):
            await transport.ask_hub('/api/models')
        assert connections == 12


async def test_billing_goes_to_the_router_only() -> None:
    with serving(lambda asked: Answer()) as server:
        async with Transport(endpoints(server, server), token=TOKEN) as transport:
            await transport.send(Door(base='/together'), Request(method='GET', path='/v2/videos/1'), bill_to='my-org')
            await transport.ask_hub('/api/models')
        assert server.asked[0].headers['x-hf-bill-to'] == 'my-org'
        assert 'x-hf-bill-to' not in server.asked[1].headers


async def test_a_redirect_of_the_router_is_not_followed() -> None:
    with serving(lambda asked: Answer(body=b'stolen')) as elsewhere:
        target = f'{elsewhere.url}/router/x'
        with serving(lambda asked: Answer(307, {'location': target})) as router:
            async with Transport(endpoints(router, router), token=TOKEN) as transport:
                reply = await transport.send(FAL, Request(method='POST', path='/a', body={}))
        assert reply.status == 307
        assert not elsewhere.asked


async def test_a_next_page_elsewhere_is_not_asked() -> None:
    with serving(lambda asked: Answer()) as hub, serving(lambda asked: Answer()) as elsewhere:
        async with Transport(endpoints(hub, hub), token=TOKEN) as transport:
            with pytest.raises(Lost, match='elsewhere'):
                await transport.ask_hub(f'{elsewhere.url}/api/models?cursor=1')
        assert not elsewhere.asked


async def test_cookies_are_not_kept() -> None:
    with serving(lambda asked: Answer(headers={'set-cookie': 'a=b; Path=/'})) as server:
        async with Transport(endpoints(server, server), token=None) as transport:
            for _ in range(2):
                await transport.ask_hub('/api/models')
                async with transport.open_media(f'{server.url}/file'):
                    pass
        assert all('cookie' not in asked.headers for asked in server.asked)
        assert all('authorization' not in asked.headers for asked in server.asked)


@pytest.mark.parametrize('header', ['a\nb', 'é', 'a\x00b'])
async def test_what_cannot_be_sent_was_not_sent(header: str) -> None:
    with serving(lambda asked: Answer()) as server:
        async with Transport(endpoints(server, server), token=TOKEN) as transport:
            with pytest.raises(Unreached):
                await transport.send(FAL, Request(method='POST', path='/a', body={}), bill_to=header)
        assert not server.asked


@pytest.mark.parametrize('token', ['hf_é', 'hf_a\nb', 'hf_a b', 'hf_\udcff'])
def test_a_malformed_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(UsageError, match='malformed') as told:
        Transport(PUBLIC, token=token)
    assert token not in str(told.value)


@pytest.mark.parametrize(
    'proxy', ['http://user:s3cret@host:notaport', 'user:s3cret@host', 'gopher://user:s3cret@host', 'http://s3cret\x00']
)
async def test_a_proxy_that_cannot_be_used_is_refused_and_its_password_not_shown(proxy: str) -> None:
    with pytest.raises(UsageError, match='proxy') as told:
        async with Transport(PUBLIC, token=TOKEN, proxy=proxy):
            pass
    assert 's3cret' not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


async def test_a_proxy_of_a_kind_that_needs_more_is_refused() -> None:
    with pytest.raises(UsageError, match='SOCKS'):
        async with Transport(PUBLIC, token=TOKEN, proxy='socks5://user:s3cret@127.0.0.1:1080'):
            pass


async def test_a_redirect_to_what_is_no_url_is_refused() -> None:
    with serving(lambda asked: Answer(302, {'location': 'https://['})) as server:
        async with Transport(endpoints(server, server), token=TOKEN) as transport:
            with pytest.raises(RefusedLink):
                async with transport.open_media(f'{server.url}/1'):
                    pass
            with pytest.raises(Lost):
                await transport.ask_hub('https://[')


async def test_what_was_asked_is_told_to_the_log_without_what_may_be_secret(caplog: pytest.LogCaptureFixture) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(302, {'location': '/there?signature=s3cret'}) if asked.path == '/here' else Answer(201)

    with caplog.at_level(logging.DEBUG, 'hfmedia_tui'):
        with serving(answer) as server:
            async with Transport(endpoints(server, server), token=TOKEN) as transport:
                request = Request(method='POST', path='/a/b', query={'key': 's3cret'}, body={'prompt': 's3cret'})
                await transport.send(FAL, request, bill_to='s3cret')
                async with transport.open_media(f'{server.url}/here'):
                    pass
        async with Transport(endpoints(server, server), token=TOKEN) as transport:
            with pytest.raises(Unreached):
                await transport.ask_hub('/api/models', {'search': 's3cret'})
    told = caplog.text
    assert re.search(r'POST 127\.0\.0\.1 /router/fal-ai/a/b: 201 in \d+\.\d\d s', told)
    assert re.search(r'GET 127\.0\.0\.1 /api/models: no connection could be made after \d', told)
    assert re.search(r'media of 127\.0\.0\.1: 201', told)
    assert 's3cret' not in told
    assert TOKEN not in told


async def test_media_redirects_are_followed_and_each_hop_is_checked() -> None:
    def answer(asked: Asked) -> Answer:
        steps = {'/1': '/2', '/2': 'http://169.254.169.254/latest', '/loop': '/loop'}
        return Answer(302, {'location': steps[asked.path]}) if asked.path in steps else Answer(body=b'home')

    with serving(answer) as server:
        async with Transport(endpoints(server, server), token=TOKEN) as transport:
            with pytest.raises(RefusedLink, match='https'):
                async with transport.open_media(f'{server.url}/1'):
                    pass
            with pytest.raises(RefusedLink, match='more than 5'):
                async with transport.open_media(f'{server.url}/loop'):
                    pass


async def test_what_is_known_after_trouble() -> None:
    with serving(lambda asked: Answer(body=b'half', length=100)) as server:
        async with Transport(endpoints(server, server), token=TOKEN) as transport:
            with pytest.raises(Lost):
                await transport.send(FAL, Request(method='POST', path='/a', body={}))
    async with Transport(endpoints(server, server), token=TOKEN) as transport:
        with pytest.raises(Unreached):
            await transport.send(FAL, Request(method='POST', path='/a', body={}))


@pytest.mark.parametrize(
    'url',
    [
        'http://cdn.example/a.png',
        'https://127.0.0.1/a.png',
        'https://localhost/a.png',
        'https://[::1]/a.png',
        'https://10.0.0.8/a.png',
        'https://192.168.1.1/a.png',
        'https://169.254.169.254/latest/meta-data',
        'https://[fd00::1]/a.png',
        'file:///etc/passwd',
        'ftp://cdn.example/a.png',
        'https:///a.png',
        'https://127.1/a.png',
        'https://127.0.0.1./a.png',
        'https://2130706433/a.png',
        'https://0x7f.1/a.png',
        'https://017700000001/a.png',
        'https://10.1/a.png',
        'https://0/a.png',
        'https://localhost./a.png',
        'https://LocalHost/a.png',
        'https://foo.localhost/a.png',
        'https://[::ffff:127.0.0.1]/a.png',
        'https://[::ffff:10.0.0.1]/a.png',
        'https://[fe80::1%25eth0]/a.png',
        'https://224.0.0.1/a.png',
        'https://user@127.0.0.1/a.png',
        'https://cdn.example:99999/a.png',
        'https://cdn.example/\n',
        'https://[broken/a.png',
        'nonsense',
    ],
)
def test_links_that_are_not_followed(url: str) -> None:
    assert check_media_url(url, local=False) is not None


def test_links_that_are_followed() -> None:
    assert check_media_url('https://v3.fal.media/files/a.png?x=1', local=False) is None
    assert check_media_url('https://8.8.8.8/a.png', local=False) is None
    assert check_media_url('https://[2606:4700::1111]/a.png', local=False) is None
    assert check_media_url('https://localhost.example/a.png', local=False) is None
    assert check_media_url('http://127.0.0.2:8000/a.png', local=True) is None
    assert check_media_url('http://cdn.example/a.png', local=True) is not None


@pytest.mark.parametrize(
    'url',
    [
        'http://huggingface.co',
        'ftp://127.0.0.1',
        'huggingface.co',
        'http://10.0.0.1',
        'https://[',
        'https://',
        'https://huggingface.co:99999',
        'https://user:s3cret@huggingface.co',
        'https://huggingface.co?x=1',
        'https://huggingface.co/\x1b[31m',
        'https://\udcff',
    ],
)
def test_an_endpoint_must_be_https_or_on_this_machine(url: str) -> None:
    with pytest.raises(UsageError, match='HF_ENDPOINT') as told:
        Endpoints(hub=url, router='https://router.huggingface.co')
    assert 's3cret' not in str(told.value)
    with pytest.raises(UsageError, match='HFMEDIA_ROUTER_URL'):
        Endpoints(hub='https://huggingface.co', router=url)


@pytest.mark.parametrize('coding', ['gzip', 'identity'])
async def test_what_comes_packed_is_unpacked(coding: str) -> None:
    words = b'abc' * 1_000_000
    answer = Answer(200, {'content-encoding': coding}, gzip.compress(words) if coding == 'gzip' else words)
    with serving(lambda asked: answer) as server:
        async with Transport(endpoints(server, server), token=None) as transport:
            assert (await transport.ask_hub('/')).body == words
            async with transport.open_media(f'{server.url}/a.png') as (_, pieces):
                assert b''.join([piece async for piece in pieces]) == words
        assert [asked.headers['accept-encoding'] for asked in server.asked] == ['gzip', 'identity']


@pytest.mark.parametrize('coding', ['br', 'gzip'])
async def test_what_cannot_be_unpacked_is_no_answer(coding: str) -> None:
    with serving(lambda asked: Answer(200, {'content-encoding': coding}, b'these are words')) as server:
        async with Transport(endpoints(server, server), token=None) as transport:
            with pytest.raises(Lost):
                await transport.ask_hub('/')


async def test_what_unpacks_without_end_is_refused_and_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('hfmedia_tui.engine.transport._LARGEST_BODY', 2**25)
    bomb = Answer(200, {'content-encoding': 'gzip'}, gzip.compress(bytes(2**26), 9))
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - began)

    with serving(lambda asked: bomb if asked.path == '/bomb' else Answer()) as server:
        async with Transport(endpoints(server, server), token=None) as transport:
            await transport.ask_hub('/')
            watching = asyncio.create_task(watch())
            with pytest.raises(Lost, match='larger than 32 MiB'):
                await transport.ask_hub('/bomb')
            watching.cancel()
    assert longest < 0.03, 'seconds of the processor, of which all at once would take 0.1'
