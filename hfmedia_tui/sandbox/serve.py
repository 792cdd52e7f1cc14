"""Serves the sandbox over loopback, and says where as soon as it answers."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import uvicorn

from hfmedia_tui import private
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.app import create_app
from hfmedia_tui.sandbox.breaking import unintended

__all__ = ['serve']

_API_HOST: Final = '127.0.0.1'
_MEDIA_HOST: Final = '127.0.0.2'
"""Another address of loopback, which Linux has without being told: media then comes from another host, as it does
from a real provider."""


def serve(home: Path, *, port: int | None = None, pace: float = 1.0, while_stdin: bool = False) -> None:
    """Serve `home` until a signal, or with `while_stdin` until standard input ends; announce the addresses on stdout.

    Without a port it is the one that this home had last, if that is free, so that links of an earlier run still
    work. Raises OSError where `port` is taken.
    """
    os.umask(0o077)  # its files hold prompts
    private.make_folder(home)
    api = _bind_as_before(home / 'port') if not port else _bind(_API_HOST, port)
    api_port = api.getsockname()[1]
    media = _bind_beside(api_port)
    media_host, media_port = media.getsockname()
    origin = f'http://{_API_HOST}:{api_port}'
    media_origin = f'http://{media_host}:{media_port}'
    logging.getLogger('uvicorn.error').addFilter(unintended)
    server = _Server(
        uvicorn.Config(
            create_app(home, media_origin=media_origin, pace=pace),
            loop='asyncio',
            http='h11',
            ws='none',
            log_config=None,
            log_level='error',
            access_log=False,
            server_header=False,
            # Longer than any client keeps an idle connection: a submit must never meet one that is being closed.
            timeout_keep_alive=600,
            timeout_graceful_shutdown=0,
        ),
        Addresses(hub=origin, router=f'{origin}/router', media=media_origin),
        while_stdin=while_stdin,
    )
    asyncio.run(server.serve([api, media]))
    # Paintings that are under way are nobody's any more, and threads would be waited for.
    sys.stdout.flush()
    os._exit(0)


class _Server(uvicorn.Server):
    """Announces itself when it answers, and ends without an error on a signal or when its parent is gone."""

    def __init__(self, config: uvicorn.Config, addresses: Addresses, *, while_stdin: bool) -> None:
        super().__init__(config)
        self._addresses = addresses
        self._while_stdin = while_stdin

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._while_stdin:
            threading.Thread(target=self._watch_stdin, name='stdin', daemon=True).start()
        print(msgspec.json.encode(self._addresses).decode(), flush=True)  # noqa: T201 - what the parent waits for

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _watch_stdin(self) -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        self.should_exit = True


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == 'posix':
            # A port whose last connections are still fading can be taken again; elsewhere this means something else.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        # Two processes may both bind before either listens: only listening settles whose the port is.
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound


def _bind_as_before(record: Path) -> socket.socket:
    """Bind the API's port that `record` holds, or any other; write down the first that this home ever had."""
    try:
        return _bind(_API_HOST, int(record.read_text()))
    except FileNotFoundError:
        bound = _bind(_API_HOST, 0)
        record.write_text(str(bound.getsockname()[1]))
        return bound
    except (OSError, ValueError, OverflowError):
        return _bind(_API_HOST, 0)


def _bind_beside(port: int) -> socket.socket:
    """Bind the media host: the same port of another address, else another port."""
    for host, wanted in ((_MEDIA_HOST, port), (_MEDIA_HOST, 0), (_API_HOST, port + 1)):
        with contextlib.suppress(OSError, OverflowError):
            return _bind(host, wanted)
    return _bind(_API_HOST, 0)
