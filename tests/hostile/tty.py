"""A pseudo-terminal of our own: it runs a command, answers as a plain terminal does, types, and keeps every byte."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from tests.cli import warm
from tests.hostile.payloads import plain

__all__ = ['Tty']

_PATIENCE: Final = 30.0
"""Seconds after which what was waited for is taken as not coming."""
_ANSWERS: Final = {b'\x1b[c': b'\x1b[?62;c', b'\x1b[6n': b'\x1b[1;1R'}
"""What a terminal that can little says to who it is and where its cursor stands."""
_QUESTIONS: Final = re.compile(b'|'.join(map(re.escape, _ANSWERS)))


class Tty:
    """One run of the program in a terminal of its own."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = (160, 45)
    ) -> None:
        self._master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        variables = {'TERM': 'xterm-256color', 'LANG': 'C.UTF-8', **environment}
        self._process = warm.start(arguments, variables, [os.ttyname(slave)] * 3)
        self._slave = slave  # open here too: the process opens it by its name, and may not have yet
        self._bytes = b''
        self._answered = 0
        """Up to where questions were answered."""
        self._seen = 0
        """How much of the stream was there when the last key was pressed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join()
        os.close(self._slave)
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

    def end(self) -> int:
        """Wait until the command has ended by itself, and return its exit code."""
        deadline = time.monotonic() + _PATIENCE
        while self._read(0.2):
            assert time.monotonic() < deadline, f'it never ended: {plain(self.told)[-2000:]}'
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def _read(self, seconds: float) -> bool:
        """Read what has come; False when nothing will any more."""
        ready = select.select([self._master, self._process.sentinel], [], [], seconds)[0]
        if self._master not in ready:
            return not ready
        read = os.read(self._master, 65_536)
        self._bytes += read
        for question in _QUESTIONS.finditer(self._bytes, self._answered):
            self._answered = question.end()
            os.write(self._master, _ANSWERS[question[0]])
        return True
