"""The line to the terminal: what comes in that nobody typed, and what happens when it is cut.

Textual takes a terminal that is gone for one that nobody types on: it reads the end of its input over and over, and its
writer dies of the first error, after which every screen waits for it. Its reader dies of the first byte that is no
UTF-8, and hands on as keys what it does not know.
"""

import os
import select
from codecs import getincrementaldecoder
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Final, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from hfmedia_tui.media.late import LateAnswers

if TYPE_CHECKING:
    from hfmedia_tui.app import HFMediaApp

__all__ = ['LineDriver']

_LOOK_SECONDS: Final = 0.5
_TICK_SECONDS: Final = 0.1
"""How long more of a sequence is waited for, and how long the end of the interface may go unseen."""


class LineDriver(LinuxDriver):
    """A driver that says so when its terminal is gone, and that fails at nothing from there on."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file = cast('Any', _Lenient(cast('IO[str]', self._file)))
        self._watch: Thread | None = None
        self._answers = LateAnswers(cast('HFMediaApp', self._app).pictures.terminal.outstanding)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._watch is None:
            self._watch = Thread(target=self._watch_line, name='line', daemon=True)
            self._watch.start()

    def run_input_thread(self) -> None:
        decode = getincrementaldecoder('utf-8')('replace').decode
        parser = XTermParser()
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            if poll.poll(_TICK_SECONDS * 1000):
                received = self._read()
                if not received:
                    self._lose()
                    return
                typed = self._answers.take_out(received)
            else:
                typed = self._answers.give_back()
            if text := decode(typed):
                for message in parser.feed(text):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:  # EIO: https://www.gnu.org/software/libc/manual/html_node/Access-to-the-Terminal.html
            return b''

    def _watch_line(self) -> None:
        poll = select.poll()
        poll.register(self.fileno, 0)  # a hang-up is told unasked
        while not poll.poll(_LOOK_SECONDS * 1000):
            pass
        self._lose()

    def _lose(self) -> None:
        app = cast('HFMediaApp', self._app)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(app.hang_up)


class _Lenient:
    """A stream that takes what cannot be written as written: whoever would read it is gone."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
