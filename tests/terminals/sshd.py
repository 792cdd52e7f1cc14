"""A real SSH server on loopback, from Debian's package openssh-server, and a way to it of a known width.

The server has keys, a configuration and a port of its own in a temporary folder; nothing of the system's is read or
changed. https://man.openbsd.org/sshd_config
"""

import asyncio
import contextlib
import getpass
import os
import queue
import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.terminals.display import missing
from tests.terminals.link import Link
from tests.terminals.looking import PATIENCE, until

__all__ = ['MISSING_SSH', 'over_ssh']

MISSING_SSH: Final = missing('sshd', 'ssh', 'ssh-keygen')
"""What is needed for a connection and not installed."""
_MOST_UNDER_WAY: Final = 4096
"""Pieces that a way holds; whoever sends more has to wait, as TCP makes them."""


@contextmanager
def over_ssh(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    bits: float = 0.0,
    delay: float = 0.0,
) -> Iterator[tuple[str, ...]]:
    """Return a command that runs `command` at the other end of an SSH connection, with `environment` there.

    The way there and the way back carry `bits` a second each (0: any), and take `delay` seconds each.
    """
    with ExitStack() as stack:
        port = stack.enter_context(_serving(folder))
        if bits or delay:
            port = stack.enter_context(_relaying(port, bits, delay))
        told = [f'{name}={value}' for name, value in (environment or {}).items()]
        yield (
            *('ssh', '-F', 'none', '-tt', '-p', str(port), '-i', str(folder / 'user')),
            *('-o', f'UserKnownHostsFile={folder / "known"}', '-o', 'StrictHostKeyChecking=yes'),
            *('-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR', '-o', 'HostKeyAlias=host'),
            *('127.0.0.1', shlex.join(['cd', os.getcwd()]) + ' && exec ' + shlex.join(['env', *told, *command])),
        )


@contextmanager
def _serving(folder: Path) -> Iterator[int]:
    """Run a server for this user alone, on a free port."""
    for name in ('host', 'user'):
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', str(folder / name)], check=True)
    shutil.copy(folder / 'user.pub', folder / 'authorized')
    (folder / 'known').write_text('host ' + (folder / 'host.pub').read_text())
    port = _free_port()
    configuration = folder / 'sshd.conf'
    configuration.write_text(
        f'Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / "host"}\nPidFile none\n'
        f'AuthorizedKeysFile {folder / "authorized"}\nAllowUsers {getpass.getuser()}\n'
        'PermitRootLogin prohibit-password\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n'
        'KbdInteractiveAuthentication no\nPrintMotd no\n'
    )
    if os.geteuid() == 0:
        Path('/run/sshd').mkdir(mode=0o755, exist_ok=True)  # where its unprivileged part is locked up
    sshd = shutil.which('sshd', path=f'{os.environ["PATH"]}:/usr/sbin')
    assert sshd
    with (folder / 'sshd.log').open('wb') as log:
        server = subprocess.Popen([sshd, '-D', '-e', '-f', str(configuration)], stdout=log, stderr=log)
    try:
        until(lambda: _answers(port), lambda: f'sshd on its port: {(folder / "sshd.log").read_text()}')
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE)


@contextmanager
def _relaying(port: int, bits: float, delay: float) -> Iterator[int]:
    """Run a relay to `port` in a thread of its own, and return its own port."""
    told: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = queue.SimpleQueue()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_connection('127.0.0.1', port)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_carry(reader, questions, Link(bits), delay))
                ways.create_task(_carry(answers, writer, Link(bits), delay))
        finally:
            for end in (writer, questions):
                end.transport.abort()

    async def serve() -> None:
        stop = asyncio.Event()
        server = await asyncio.start_server(relay, '127.0.0.1', 0)
        told.put((asyncio.get_running_loop(), stop, server.sockets[0].getsockname()[1]))
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name='relay', daemon=True)
    thread.start()
    loop, stop, own_port = told.get(timeout=PATIENCE)
    try:
        yield own_port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link, delay: float) -> None:
    """Carry bytes one way until that way ends: as wide as `link`, each of them late by `delay`."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_MOST_UNDER_WAY)

    async def depart() -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(link.most):
                await asyncio.sleep(link.carry(len(data)))
                await under_way.put((loop.time() + delay, data))
        await under_way.put((loop.time() + delay, b''))

    async def arrive() -> None:
        with contextlib.suppress(ConnectionError):
            while (due := await under_way.get())[1]:
                await asyncio.sleep(max(0.0, due[0] - loop.time()))
                writer.write(due[1])
                await writer.drain()
            writer.close()

    async with asyncio.TaskGroup() as ends:
        ends.create_task(depart())
        ends.create_task(arrive())


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(('127.0.0.1', port)) == 0
