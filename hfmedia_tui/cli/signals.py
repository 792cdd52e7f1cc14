"""What the system, another terminal or the user's own keys tell this process: to stop, or that its terminal is gone."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

__all__ = ['Signals', 'exit_code', 'hearing', 'leave_terminal', 'terminals']

_ECHO_SECONDS: Final = 3.0
"""A terminal that goes is told of more than once: by the system, and by the shell as it ends. Those that follow the
first within this time are the same news. https://www.gnu.org/software/bash/manual/html_node/Signals.html"""
_SHOW_CURSOR: Final = b'\x1b[?25h'


class Signals:
    """What has been heard so far."""

    def __init__(self) -> None:
        self.first: signal.Signals | None = None
        """What asked this process to end."""
        self.stop = asyncio.Event()
        """Set when this process is asked to end."""
        self.at_once = asyncio.Event()
        """Set when it is asked again: now at once."""
        self.hung_up = asyncio.Event()
        """Set when the terminal is gone."""
        self._hung_up_at = 0.0

    def hang_up(self) -> None:
        """Take note that the terminal is gone; a second time, that this process is to end."""
        if not self.hung_up.is_set():
            self._hung_up_at = time.monotonic()
            self.hung_up.set()
        elif time.monotonic() - self._hung_up_at > _ECHO_SECONDS:
            self.end(hang_up_signal())

    def end(self, number: signal.Signals) -> None:
        """Take note that this process is asked to end."""
        if not self.stop.is_set():
            self.first = number
            self.stop.set()
            if self.hung_up.is_set():
                self.at_once.set()
        elif not self.at_once.is_set():
            self.at_once.set()
        else:
            self.die()

    def die(self) -> None:
        """End this very moment. What is on disk is what is known."""
        if sys.stderr.isatty():
            with suppress(OSError):
                os.write(2, _SHOW_CURSOR)  # a live report hides it
        os._exit(exit_code(self.first or signal.SIGTERM))


@contextmanager
def hearing(*, interrupt_twice: bool = False) -> Iterator[Signals]:
    """Hear signals on the running loop, where the system lets a loop hear of them.

    With `interrupt_twice` the second request to end is obeyed this very moment, whatever is going on.
    """
    signals = Signals()
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        if interrupt_twice and signals.stop.is_set():
            signals.die()
        signals.end(number)

    heard = [signal.SIGINT, signal.SIGTERM]
    with suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt there
        for number in heard:
            loop.add_signal_handler(number, end, number)
        if signal.getsignal(hang_up_signal()) is not signal.SIG_IGN:  # under nohup the user has said so already
            loop.add_signal_handler(hang_up_signal(), signals.hang_up)
            heard.append(hang_up_signal())
    try:
        yield signals
    finally:
        with suppress(NotImplementedError):
            for number in heard:
                loop.remove_signal_handler(number)


def hang_up_signal() -> signal.Signals:
    """SIGHUP, which Windows does not have."""
    return signal.Signals(getattr(signal, 'SIGHUP', signal.SIGTERM))


def exit_code(number: signal.Signals) -> int:
    """What a shell says of a program that ended by a signal."""
    return 128 + number


def terminals() -> tuple[int, ...]:
    """Which of the standard streams are terminals. Of one that is gone the system says that it is none."""
    return tuple(descriptor for descriptor in (0, 1, 2) if os.isatty(descriptor))


def leave_terminal(descriptors: tuple[int, ...]) -> None:
    """Let nothing more be read from or written to a terminal that is gone."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
