"""A real HTTP server on loopback that answers what a test tells it to."""

import asyncio
import http.server
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple


class Asked(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    status: int = 200
    headers: dict[str, str] = {}
    body: bytes = b''
    length: int | None = None
    """What Content-Length says, where it lies."""


class Server(NamedTuple):
    url: str
    asked: list[Asked]


@contextmanager
def serving(answer: Callable[[Asked], Answer], host: str = '127.0.0.1', port: int = 0) -> Iterator[Server]:
    """Serve `answer` until the block ends."""
    asked = list[Asked]()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get('content-length') or 0))
            request = Asked(
                self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body
            )
            asked.append(request)
            status, headers, content, length = answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header('content-length', str(len(content) if length is None else length))
            self.end_headers()
            self.wfile.write(content)
            if length is not None:
                self.close_connection = True

        do_CONNECT = do_GET = do_POST = do_PUT = reply  # noqa: N815 - names that the standard library calls

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
    thread.start()
    try:
        yield Server(f'http://{host}:{server.server_address[1]}', asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@asynccontextmanager
async def hosting(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], host: str = '127.0.0.1'
) -> AsyncIterator[str]:
    """Let `handle` have every connection, byte by byte, until the block ends; the URL of it."""
    tasks = set[asyncio.Task[None]]()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handle(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(take, host, 0)
    name = f'[{host}]' if ':' in host else host
    try:
        yield f'http://{name}:{server.sockets[0].getsockname()[1]}'
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
