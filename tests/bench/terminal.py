"""The other side of a real pseudo-terminal: it answers as a known terminal does, at the pace of a link, and counts."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ['KITTY', 'PLAIN', 'XTERM', 'Answering', 'Kind']

_MEGABIT: Final = 1_000_000 / 8
_GRAPHICS_QUERY: Final = re.compile(rb'i=(\d+)')
_QUESTION: Final = re.compile(
    rb'\x1b\[(?P<row>\d+);(?P<column>\d+)H\x1b\[6n|\x1b\[(?P<what>6n|0?c|>0?q|16t|\?2026\$p|\?2048\$p)'
    rb'|\x1b_G(?P<graphics>[^;\x1b]*a=q[^;\x1b]*);[^\x1b]*\x1b\\'
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a terminal says of itself."""

    version: bytes
    attributes: bytes
    graphics: bool = False
    """Whether it answers the question of Kitty's graphics protocol."""


KITTY: Final = Kind(version=b'kitty(0.32.2)', attributes=b'?62;', graphics=True)
XTERM: Final = Kind(version=b'XTerm(390)', attributes=b'?63;1;2;4;6;22')
PLAIN: Final = Kind(version=b'plain(1)', attributes=b'?62;22')


@dataclass
class Answering:
    """Runs a command in a pseudo-terminal, answers its questions, and keeps what it wrote."""

    kind: Kind
    columns: int = 200
    rows: int = 60
    cell: tuple[int, int] = (10, 20)
    megabits: float | None = None
    """What the link carries in a second, in millions of bits; None for as much as comes."""
    round_trip: float = 0.0
    """Seconds between a question and its answer."""
    keep: bool = True
    """Whether what was written is kept, and not only counted."""
    written: bytearray = field(default_factory=bytearray)
    total: int = 0
    """Bytes that have come."""

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        limit: float = 60,
        watch: Callable[[bytes], bytes] = lambda _: b'',
    ) -> None:
        """Run a command until it ends; `watch` sees what comes, and what it returns is typed.

        Raises AssertionError where the command fails or takes longer than `limit` seconds.
        """
        master, slave = pty.openpty()
        width, height = self.columns * self.cell[0], self.rows * self.cell[1]
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', self.rows, self.columns, width, height))
        child = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        deadline = time.monotonic() + limit
        due: list[tuple[float, bytes]] = []
        tail = b''
        free_at = 0.0
        try:
            while time.monotonic() < deadline:
                now = time.monotonic()
                while due and due[0][0] <= now:
                    os.write(master, due.pop(0)[1])
                if now < free_at:
                    time.sleep(min(0.002, free_at - now))
                    continue
                if not select.select([master], [], [], 0.002)[0]:
                    if child.poll() is not None:
                        break
                    continue
                try:
                    read = os.read(master, 65536 if self.megabits is None else 4096)
                except OSError:  # the child is gone
                    break
                now = time.monotonic()
                if self.megabits is not None:
                    free_at = max(free_at, now - 0.02) + len(read) / (self.megabits * _MEGABIT)
                self.total += len(read)
                if self.keep:
                    self.written += read
                if typed := watch(read):
                    due.append((now, typed))
                tail += read
                end = 0
                for question in _QUESTION.finditer(tail):
                    due.append((now + self.round_trip, self._answer(question)))
                    end = question.end()
                tail = tail[max(end, len(tail) - 256) :]
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
            assert child.returncode == 0, f'the command ended with {child.returncode}'
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
            with contextlib.suppress(OSError):
                os.close(master)

    def _answer(self, question: re.Match[bytes]) -> bytes:
        if question['graphics'] is not None:
            number = _GRAPHICS_QUERY.search(question['graphics'])
            return b'\x1b_Gi=%s;OK\x1b\\' % number[1] if number and self.kind.graphics else b''
        if question['row'] is not None:
            return b'\x1b[%s;%sR' % (question['row'], question['column'])
        answers = {
            b'c': b'\x1b[%sc' % self.kind.attributes,
            b'q': b'\x1bP>|%s\x1b\\' % self.kind.version,
            b't': b'\x1b[6;%d;%dt' % (self.cell[1], self.cell[0]),
            b'n': b'\x1b[1;1R',
        }
        modes = {b'?2026$p': b'\x1b[?2026;2$y', b'?2048$p': b'\x1b[?2048;0$y'}
        what = question['what']
        return modes[what] if what in modes else answers[what[-1:]]
