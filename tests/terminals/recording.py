"""The other side of a real pseudo-terminal: it answers as a known kind does, late if need be, and notes all."""

import bisect
import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Final, NamedTuple, Self

from PIL import Image

from tests.terminals.cells import Cells
from tests.terminals.holding import Holding
from tests.terminals.kinds import Answers
from tests.terminals.link import Link
from tests.terminals.looking import PATIENCE, until
from tests.terminals.sequences import Kind, Splitter
from tests.terminals.sequences import Sequence as Received

__all__ = ['RecordingTerminal', 'Traffic']

_KEYS: Final = {
    'Enter': '\r',
    'Escape': '\x1b',
    'Tab': '\t',
    'Backspace': '\x7f',
    'Up': '\x1b[A',
    'Down': '\x1b[B',
    'Right': '\x1b[C',
    'Left': '\x1b[D',
    'Home': '\x1b[H',
    'End': '\x1b[F',
    'PageUp': '\x1b[5~',
    'PageDown': '\x1b[6~',
    'F1': '\x1bOP',
    'F2': '\x1bOQ',
    'F3': '\x1bOR',
    'F4': '\x1bOS',
    'F5': '\x1b[15~',
    'F6': '\x1b[17~',
    'F8': '\x1b[19~',
    'F9': '\x1b[20~',
    'Space': ' ',
}
_QUIET: Final = 0.3
"""Seconds without a byte after which the program is taken to have drawn all that it has."""


class Traffic(NamedTuple):
    """Bytes that arrived, by what they were."""

    text: int = 0
    """Characters, colours, movements."""
    kitty: int = 0
    sixel: int = 0

    @property
    def total(self) -> int:
        return sum(self)

    def __sub__(self, earlier: 'Traffic') -> 'Traffic':
        return Traffic(*(now - then for now, then in zip(self, earlier, strict=True)))


class RecordingTerminal:
    """Runs a command in a pseudo-terminal of its own from the beginning to the end of the block."""

    def __init__(
        self,
        command: Sequence[str],
        answers: Answers,
        *,
        size: tuple[int, int] = (100, 30),
        cell: tuple[int, int] = (10, 20),
        environment: Mapping[str, str] | None = None,
        round_trip: float = 0.0,
        bits: float = 0.0,
        typed_at_once: str = '',
        looks: bool = True,
    ) -> None:
        """Start `command` in a terminal of `size` cells of `cell` pixels.

        `round_trip` is the seconds until an answer comes, `bits` what the link to the terminal carries a second (0:
        any), and `typed_at_once` what a person types as soon as the first question has come. Without `looks` it draws
        nothing, so that it is never in the way of what is measured.
        """
        self.answers: Final = answers
        self.holding: Final = Holding(placeholders=answers.placeholders)
        self.faults: list[str] = []
        """What this kind of terminal would have shown as rubbish."""
        self.output = bytearray()
        """Everything that arrived."""
        self.arrivals: list[tuple[float, int]] = []
        """When it arrived (`time.monotonic`), and how many bytes there were then."""
        self._size, self._cell = size, cell
        self._cells = Cells(*size, cell, self.holding)
        self._looks = looks
        self._moved_to = 1, 1
        """Row and column, from 1, where the cursor was last put."""
        self._round_trip = round_trip
        self._typed_at_once = typed_at_once
        self._link = Link(bits)
        self._splitter = Splitter()
        self._traffic = Traffic()
        self._due: list[tuple[float, bytes]] = []
        self._modes: set[bytes] = set()
        self._lock = threading.RLock()
        self._master, slave = pty.openpty()
        self._tell_kernel()
        # A session leader's first terminal controls it: the shell opens it, and becomes the command.
        self._process = subprocess.Popen(
            ['sh', '-c', 'tty=$0; exec "$@" <>"$tty" >&0 2>&0', os.ttyname(slave), *command],
            env={'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', **answers.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._slave = slave
        self._ending = threading.Event()
        self._reader = threading.Thread(target=self._read, name='recording terminal', daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.running:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        if self.running:
            self._process.kill()
        self._process.wait()
        self._ending.set()
        self._reader.join(PATIENCE)
        os.close(self._slave)
        os.close(self._master)

    # ------------------------------------------------------------------------------------------ what a person does

    def press(self, *keys: str) -> None:
        """Press keys by name, such as `Enter`, `F5`, `ctrl+p`."""
        for key in keys:
            control = chr(ord(key[-1]) & 0x1F) if key.startswith('ctrl+') else key
            os.write(self._master, _KEYS.get(key, control).encode())

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def resize(self, columns: int, rows: int, cell: tuple[int, int] | None = None) -> None:
        """Give the terminal another size, or its font (`cell`) another."""
        with self._lock:
            self._size, self._cell = (columns, rows), cell or self._cell
            self._cells.resize(columns, rows)
            self._tell_kernel()
            if b'?2048' in self._modes:
                self._answer(self._size_report())

    # ------------------------------------------------------------------------------------------ what a person sees

    def text(self) -> str:
        """The screen as lines of text."""
        with self._lock:
            return self._cells.text()

    def look(self) -> Image.Image:
        """The screen in pixels, without letters."""
        with self._lock:
            return self._cells.look()

    @property
    def shown(self) -> set[int]:
        """Numbers of the pictures that cells stand for."""
        with self._lock:
            return {part.number for part in self._cells.placeholders()}

    # ------------------------------------------------------------------------------------------ what it noted

    @property
    def traffic(self) -> Traffic:
        """Bytes that have arrived."""
        with self._lock:
            return self._traffic

    def at_rest(self) -> Traffic:
        """Wait until nothing more is drawn; return what has arrived."""
        until(lambda: self._quiet_for() > _QUIET, lambda: f'a program at rest on\n{self.text()}')
        return self.traffic

    def arrived_since(self, moment: float) -> int:
        """Return how many bytes have arrived since `moment`, by `time.monotonic`."""
        with self._lock:
            before = bisect.bisect_left(self.arrivals, (moment, 0))
            return len(self.output) - (self.arrivals[before - 1][1] if before else 0)

    def arrival(self, text: bytes, since: int = 0) -> float | None:
        """Return when `text` had arrived behind the first `since` bytes, by `time.monotonic`; None where it has not."""
        with self._lock:
            place = self.output.find(text, since)
            if place < 0:
                return None
            end = place + len(text)
            return next(moment for moment, size in self.arrivals if size >= end)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def until_ended(self) -> int:
        """Wait for the command to end, and for its last bytes; return its exit code."""
        until(lambda: not self.running, lambda: f'the end of the program; on the screen\n{self.text()}')
        self.at_rest()
        return self._process.returncode

    # ------------------------------------------------------------------------------------------ inside

    def _quiet_for(self) -> float:
        with self._lock:
            last = self.arrivals[-1][0] if self.arrivals else time.monotonic()
            return 0.0 if self._due or self._splitter.waits else time.monotonic() - last

    def _tell_kernel(self) -> None:
        (columns, rows), (width, height) = self._size, self._cell if self.answers.tells_cell else (0, 0)
        told = struct.pack('HHHH', rows, columns, columns * width, rows * height)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, told)

    def _read(self) -> None:
        while not self._ending.is_set():
            with self._lock:
                while self._due and self._due[0][0] <= time.monotonic():
                    os.write(self._master, self._due.pop(0)[1])
            if not select.select([self._master], [], [], 0.002 if self._due else 0.02)[0]:
                continue
            try:
                received = os.read(self._master, self._link.most)
            except OSError:
                return
            time.sleep(self._link.carry(len(received)))
            with self._lock, self._noting_failures():
                self.output += received
                self.arrivals.append((time.monotonic(), len(self.output)))
                for sequence in self._splitter.feed(received):
                    self._take(sequence)

    @contextlib.contextmanager
    def _noting_failures(self) -> Iterator[None]:
        """A fault of this terminal's own must neither hide nor stop it from reading on."""
        try:
            yield
        except Exception as error:
            traceback.print_exc()
            self._fault(f'a terminal that failed: {error!r}')

    def _take(self, sequence: Received) -> None:
        body, size = sequence.body, len(sequence.whole)
        match sequence.kind:
            case Kind.APPLICATION if body.startswith(b'G'):
                self._traffic = self._traffic._replace(kitty=self._traffic.kitty + size)
                if self.answers.kitty and (self._looks or b'a=q' in body):
                    self._answer(self.holding.obey(body[1:]))
                elif not self.answers.kitty and b'a=q' not in body:
                    self._fault("a picture by Kitty's protocol")
                return
            case Kind.DEVICE if re.match(rb'[0-9;]*q', body):
                self._traffic = self._traffic._replace(sixel=self._traffic.sixel + size)
                if not self.answers.sixel:
                    self._fault('a Sixel image')
                elif self.answers.scrolls_below and self._cells.cursor[1] == self._size[1] - 1:
                    self._fault('a Sixel image on the last row, which scrolls the screen')
                return
            case Kind.CONTROL:
                self._answer(self._reply(body))
        self._traffic = self._traffic._replace(text=self._traffic.text + size)
        if self._looks:
            self._cells.obey(sequence)
        elif sequence.kind is Kind.CONTROL and (match := re.fullmatch(rb'(\d+);(\d+)H', body)):
            self._moved_to = int(match[1]), int(match[2])
        if not self.answers.placeholders and '\U0010eeee'.encode() in sequence.whole:
            self._fault('placeholders')

    def _reply(self, control: bytes) -> bytes:
        answers = self.answers
        (columns, rows), (width, height) = self._size, self._cell
        if control in (b'?2048h', b'?2048l'):
            (self._modes.add if control.endswith(b'h') else self._modes.discard)(control[:-1])
            return self._size_report() if control.endswith(b'h') and answers.in_band else b''
        x, y = self._cells.cursor
        row, column = (y + 1, x + 1) if self._looks else self._moved_to
        modes = {b'2026': answers.synchronised, b'2048': answers.in_band}
        if (match := re.fullmatch(rb'\?(\d+)\$p', control)) and (answers.version or match[1] in modes):
            return b'\x1b[?%s;%d$y' % (match[1], 2 if modes.get(match[1]) else 0)
        replies = {
            b'c': f'\x1b[{answers.attributes}',
            b'0c': f'\x1b[{answers.attributes}',
            b'>c': '\x1b[>1;4000;32c',
            b'6n': f'\x1b[{row};{column}R',
            b'5n': '\x1b[0n',
            b'18t': f'\x1b[8;{rows};{columns}t',
        }
        if answers.version:
            replies |= dict.fromkeys((b'>q', b'>0q'), f'\x1bP>|{answers.version}\x1b\\')
        if answers.tells_cell:
            replies |= {b'16t': f'\x1b[6;{height};{width}t', b'14t': f'\x1b[4;{rows * height};{columns * width}t'}
        return replies.get(control, '').encode()

    def _size_report(self) -> bytes:
        (columns, rows), (width, height) = self._size, self._cell
        return b'\x1b[48;%d;%d;%d;%dt' % (rows, columns, rows * height, columns * width)

    def _answer(self, answer: bytes) -> None:
        if not answer:
            return
        if self._typed_at_once:
            os.write(self._master, self._typed_at_once.encode())
            self._typed_at_once = ''
        self._due.append((time.monotonic() + self._round_trip, answer))

    def _fault(self, what: str) -> None:
        self.faults.append(what)
