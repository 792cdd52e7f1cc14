"""A Hub, a router and a media host in front of the sandbox, whose answers break as they are told to.

What the sandbox says to one clean run is recorded once for each provider and played back from then on, so that each
combination has hosts of its own, which may refuse connections, and costs no painting.
"""

import asyncio
import gzip
import io
import json
import socket
import struct
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

import httpx

from hfmedia_tui.sandbox.addresses import Addresses
from tests.faults.policy import Fault, Stage, Way

__all__ = ['Recording', 'Wire']

_STATUSES: Final = {
    Fault.THROTTLED: 429,
    Fault.ERROR: 500,
    Fault.BAD_GATEWAY: 502,
    Fault.UNAVAILABLE: 503,
    Fault.GATEWAY_TIMEOUT: 504,
    Fault.EXPIRED: 404,
    Fault.REDIRECT: 302,
}
_PAGE: Final = b'<html><head><title>504 Gateway Time-out</title></head><body>nginx</body></html>'
_HOST: Final = '127.0.0.3'
"""An address of loopback that no connection goes out from: a port that was closed there is free to be opened again."""
_WORDS: Final = b'these are words'
_BREAKS: Final = frozenset({Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.CUT, Fault.DRIP})
_DRIP_SECONDS: Final = 0.01


class Said(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Asked(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


class Recording:
    """What was answered to a clean run, in order, by what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Said]] = defaultdict(list)

    @property
    def way(self) -> Way:
        if self.answers[Stage.POLL]:
            return Way.QUEUE
        return Way.LINK if self.answers[Stage.MEDIA] else Way.INLINE


class Wire:
    """Three hosts of one run. Enter it to open them."""

    def __init__(self, sandbox: Addresses, recording: Recording, *, record: bool = False) -> None:
        self.submits = 0
        """How many submits have arrived."""
        self.strayed = 0
        """How often somebody came to where only a redirect leads."""
        self.fault: Fault | None = None
        self.stage: Stage | None = None
        self.when_asked: Callable[[], None] | None = None
        """Called when the stage of the fault is asked for, before it is answered."""
        self.fresh_link = False
        """Whether the first link has gone bad, so that a fresh one is asked for."""
        self._sandbox = sandbox
        self._recording = recording
        self._record = record
        self._played: dict[str, int] = defaultdict(int)
        self._servers: dict[str, asyncio.Server] = {}
        self._ports: dict[str, int] = {}
        self._tasks = set[asyncio.Task[None]]()
        self._client = httpx.AsyncClient(verify=False, trust_env=False, timeout=None) if record else None

    async def __aenter__(self) -> Self:
        for name in ('hub', 'router', 'media', 'elsewhere'):
            await self._open(name)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)
        if self._client is not None:
            await self._client.aclose()

    def url(self, name: str) -> str:
        return f'http://{_HOST}:{self._ports[name]}'

    def break_at(self, stage: Stage, fault: Fault) -> None:
        """Let every request of `stage` fail from now on."""
        self.stage, self.fault = stage, fault
        self.fresh_link = stage is Stage.RESULT and not self._recording.answers[Stage.RESULT]
        if fault is Fault.REFUSED:
            if stage in (Stage.LIST, Stage.MAPPING):
                self._servers['hub'].close()
            elif stage is Stage.SUBMIT:
                self._servers['router'].close()
            elif stage is Stage.MEDIA:
                self._servers['media'].close()

    async def mend(self) -> None:
        """Answer as a sound provider would, from now on."""
        self.fault, self.when_asked = None, None
        for name, server in tuple(self._servers.items()):
            if not server.is_serving():
                await self._open(name)

    # ------------------------------------------------------------------------------------------ connections

    async def _open(self, name: str) -> None:
        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                await self._serve(name, reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.close()
                self._tasks.discard(task)

        server = await asyncio.start_server(take, _HOST, self._ports.get(name, 0))
        self._servers[name], self._ports[name] = server, server.sockets[0].getsockname()[1]

    async def _serve(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await _read(reader)
        if name == 'elsewhere':
            self.strayed += 1
            return
        stage = self._stage_of(name, asked)
        if stage is Stage.SUBMIT:
            self.submits += 1
        struck = self.fault if stage is not None and stage is self.stage else None
        if struck is not None and self.when_asked is not None:
            self.when_asked()
        inline = self._recording.way is Way.INLINE and self.stage is Stage.MEDIA and stage is Stage.SUBMIT
        if struck is None and inline and self.fault is not None:
            said = _with_media(self._play(Stage.SUBMIT), _picture_bomb() if self.fault is Fault.BOMB else _WORDS)
            await _send(writer, said)
        elif struck is None or struck is Fault.DISK_FULL:
            said = await self._answer(name, stage, asked)
            if self.fault is Fault.REFUSED and self._leads_to(stage) is self.stage:
                self._servers['router'].close()
            await _send(writer, said)
        else:
            await self._strike(struck, stage, writer)

    async def _strike(self, fault: Fault, stage: Stage | None, writer: asyncio.StreamWriter) -> None:
        if fault in _BREAKS:
            await _break_off(fault, writer)
        elif fault in _STATUSES:
            headers, body = {'content-type': 'application/json'}, json.dumps({'error': f'It says {fault}.'}).encode()
            status = 403 if fault is Fault.EXPIRED and stage is Stage.MEDIA else _STATUSES[fault]
            if fault is Fault.GATEWAY_TIMEOUT:
                headers, body = {'content-type': 'text/html'}, _PAGE
            elif fault is Fault.REDIRECT:
                # Media may be redirected to other hosts of the world, and to none of this network.
                there = 'http://169.254.169.254/latest' if stage is Stage.MEDIA else f'{self.url("elsewhere")}/there'
                headers = {'location': there}
            await _send(writer, Said(status, headers, body))
        elif stage is Stage.MEDIA:
            body = _picture_bomb() if fault is Fault.BOMB else _WORDS
            await _send(writer, Said(200, {'content-type': 'image/png'}, body))
        else:
            encoding = {'content-encoding': 'gzip'} if fault is Fault.BOMB else {}
            await _send(writer, Said(200, {'content-type': 'application/json', **encoding}, _BODIES[fault]))

    # ------------------------------------------------------------------------------------------ answers

    def _stage_of(self, name: str, asked: Asked) -> Stage | None:
        if name == 'media':
            return Stage.MEDIA
        if name == 'hub':
            if asked.path == '/api/models':
                return Stage.LIST
            return Stage.MAPPING if asked.path.startswith('/api/models/') else None
        if asked.method == 'POST':
            return Stage.SUBMIT
        if '/fal-ai/' in asked.path:
            return Stage.POLL if asked.path.endswith('/status') else Stage.RESULT
        afterwards = self._recording.way is Way.LINK or self._played[Stage.MEDIA]
        return Stage.RESULT if afterwards else Stage.POLL

    def _leads_to(self, stage: Stage | None) -> Stage | None:
        """What is asked after this answer."""
        polls = len(self._recording.answers[Stage.POLL])
        if stage is Stage.SUBMIT and polls:
            return Stage.POLL
        if stage is Stage.POLL and self._recording.answers[Stage.RESULT] and self._played[Stage.POLL] >= polls:
            return Stage.RESULT
        return Stage.RESULT if stage is Stage.MEDIA and self.fresh_link else None

    async def _answer(self, name: str, stage: Stage | None, asked: Asked) -> Said:
        if self._record:
            said = await self._ask_sandbox(name, asked)
            self._recording.answers[stage or asked.path].append(said)
            self._played[stage or asked.path] += 1
            return self._here(said)
        if stage is Stage.MEDIA and self.fresh_link and not self._played[Stage.MEDIA]:
            self._played[Stage.MEDIA] += 1
            return Said(403, {}, b'expired')
        if stage is Stage.RESULT and not self._recording.answers[Stage.RESULT]:
            # The answer to a poll, or to the submit, is the prediction; asked for later it is the same.
            return self._here((self._recording.answers[Stage.POLL] or self._recording.answers[Stage.SUBMIT])[-1])
        return self._play(stage or asked.path)

    def _play(self, key: str) -> Said:
        answers = self._recording.answers[key]
        if not answers:
            return Said(404, {}, b'{}')
        said = answers[min(self._played[key], len(answers) - 1)]
        self._played[key] += 1
        return self._here(said)

    def _here(self, said: Said) -> Said:
        """The answer with our own addresses in the place of the sandbox's."""
        body = said.body
        for name in ('hub', 'media'):
            body = body.replace(getattr(self._sandbox, name).encode(), self.url(name).encode())
        headers = {header: value.replace(self._sandbox.hub, self.url('hub')) for header, value in said.headers.items()}
        return Said(said.status, headers, body)

    async def _ask_sandbox(self, name: str, asked: Asked) -> Said:
        assert self._client is not None
        base = {'hub': self._sandbox.hub, 'router': self._sandbox.hub, 'media': self._sandbox.media}[name]
        headers = {
            key: value for key, value in asked.headers.items() if key in ('authorization', 'content-type', 'prefer')
        }
        if name == 'router':
            headers.setdefault('authorization', 'Bearer hf_anything')  # the sandbox lets nobody in without
        reply = await self._client.request(asked.method, f'{base}{asked.target}', headers=headers, content=asked.body)
        kept = ('content-type', 'link', 'etag', 'x-request-id', 'x-compute-time')
        return Said(reply.status_code, {key: reply.headers[key] for key in kept if key in reply.headers}, reply.content)


async def _break_off(fault: Fault, writer: asyncio.StreamWriter) -> None:
    if fault is Fault.RESET_BEFORE:
        _reset(writer)
        return
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n')
    await writer.drain()
    if fault is Fault.CUT:
        writer.write(b'{"half": ')
    elif fault is Fault.RESET_AFTER:
        await asyncio.sleep(0.01)  # so that the headers are read before the reset wipes them away
        _reset(writer)
    else:
        while True:
            writer.write(b' ')
            await writer.drain()
            await asyncio.sleep(_DRIP_SECONDS)


async def _read(reader: asyncio.StreamReader) -> Asked:
    lines = (await reader.readuntil(b'\r\n\r\n')).decode('latin-1').split('\r\n')
    method, target, _ = lines[0].split(' ')
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in lines[1:] if line)}
    return Asked(method, target, headers, await reader.readexactly(int(headers.get('content-length', 0))))


async def _send(writer: asyncio.StreamWriter, said: Said) -> None:
    head = [f'HTTP/1.1 {said.status} Said', f'content-length: {len(said.body)}', 'connection: close']
    head += [f'{name}: {value}' for name, value in said.headers.items()]
    writer.write('\r\n'.join([*head, '', '']).encode('latin-1') + said.body)
    with suppress(ConnectionError):
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other side gets a reset and not an end."""
    connection = writer.get_extra_info('socket')
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    writer.transport.abort()


def _with_media(said: Said, media: bytes) -> Said:
    """The answer to a submit that holds `media` in the place of its picture."""
    if not said.headers.get('content-type', '').startswith('application/json'):
        return said._replace(body=media)
    told = json.loads(said.body)
    told['data'] = [{'b64_json': b64encode(media).decode()}]
    return said._replace(body=json.dumps(told).encode())


def _picture_bomb() -> bytes:
    """A picture of a few kilobytes that says it has ten thousand megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    header = struct.pack('>IIBBBBB', 100_000, 100_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', pixels) + chunk(b'IEND', b'')


def _gzip_bomb() -> bytes:
    """100 MiB in a tenth of one."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode='wb', compresslevel=9) as file:
        for _ in range(100):
            file.write(bytes(2**20))
    return buffer.getvalue()


_BODIES: Final = {
    Fault.MALFORMED: b'{"id": "x", "status',
    Fault.WRONG_TYPE: b'["nobody", "expects", 7]',
    Fault.BOMB: _gzip_bomb(),
}
