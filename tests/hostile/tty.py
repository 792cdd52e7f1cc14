"""A pseudo-terminal of our own: it runs a command, answers as a plain terminal does, types, and keeps every byte."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from tests.hostile.payloads import plain

__all__ = ['Tty']

_PATIENCE: Final = 30.0
"""Seconds after which what was waited for is taken as not coming."""
_ATTRIBUTES_QUESTION: Final = b'\x1b[c'
_ATTRIBUTES: Final = b'\x1b[?62;c'


class Tty:
    """One command in a terminal of its own."""

    def __init__(
        self, command: Sequence[str | bytes], environment: Mapping[str, str], size: tuple[int, int] = (160, 45)
    ) -> None:
        self._master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={'TERM': 'xterm-256color', 'LANG': 'C.UTF-8', **environment},
            start_new_session=True,
        )
        os.close(slave)
        self._bytes = b''
        self._answered = 0
        self._seen = 0
        """How much of the stream was there when the last key was pressed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def told(self) -> str:
        """Everything that the terminal was told; a byte that is no text stands as a character of its own."""
        return self._bytes.decode(errors='replace')

    def press(self, keys: str) -> None:
        """Type `keys`, escape sequences among them."""
        self._seen = len(self._bytes)
        os.write(self._master, keys.encode())

    def until(self, words: str) -> None:
        """Wait until `words` have been written since the last key."""
        deadline = time.monotonic() + _PATIENCE
        while words not in plain(self._bytes[self._seen :].decode(errors='replace')):
            assert time.monotonic() < deadline, f'{words!r} never came: {plain(self.told)[-2000:]}'
            assert self._read(0.2), f'it ended before {words!r} came: {plain(self.told)[-2000:]}'

    def end(self, *, insisting: str = '') -> int:
        """Wait until the command has ended by itself, and return its exit code; `insisting` is pressed meanwhile."""
        deadline = time.monotonic() + _PATIENCE
        pressed = 0.0
        while self._read(0.2):
            assert time.monotonic() < deadline, f'it never ended: {plain(self.told)[-2000:]}'
            if insisting and time.monotonic() - pressed > 1:
                pressed = time.monotonic()
                self.press(insisting)
        return self._process.wait(_PATIENCE)

    def _read(self, seconds: float) -> bool:
        """Read what has come; False when nothing will any more."""
        if not select.select([self._master], [], [], seconds)[0]:
            return self._process.poll() is None
        try:
            read = os.read(self._master, 65_536)
        except OSError:  # on Linux, the end
            return False
        self._bytes += read
        questions = self._bytes.count(_ATTRIBUTES_QUESTION)
        while self._answered < questions:
            self._answered += 1
            with contextlib.suppress(OSError):
                os.write(self._master, _ATTRIBUTES)
        return bool(read)
