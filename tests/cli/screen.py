"""The interface in a pseudo-terminal of its own, and the ledger as another process sees it."""

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

__all__ = ['Screen', 'on_screen', 'states', 'until']

_PATIENCE = 30.0


def until(condition: Callable[[], object], told: Callable[[], object] = str, patience: float = _PATIENCE) -> None:
    """Return when `condition` is true; fails with what is `told` when it is not for so many seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, told()
        time.sleep(0.05)  # another process and its terminal tell nobody when they have come so far


def states(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """State and stage of every job, in the order they were asked for."""
    file = Path(environment['HFMEDIA_HOME'], 'data', 'ledger.sqlite3')
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT state, json_extract(progress, '$.stage') FROM jobs ORDER BY sequence"
        return [(state, stage) for state, stage in connection.execute(query)]


class Screen:
    """One run of the program, or without arguments of the interface, as the leader of a session on the terminal."""

    def __init__(self, environment: Mapping[str, str], *arguments: str, deaf: bool = False) -> None:
        """`deaf` to SIGHUP, as what nohup starts is."""
        self._master, slave = pty.openpty()
        os.set_inheritable(slave, False)
        deafened = "trap '' HUP; " if deaf else ''
        shell = f'{deafened}exec 0<>{os.ttyname(slave)} 1>&0 2>&0; exec "$@"'
        self.process = subprocess.Popen(
            ['sh', '-c', shell, 'sh', sys.executable, '-m', 'hfmedia_tui', *arguments],
            env={**environment, 'TERM': 'xterm-256color'},
            start_new_session=True,
        )
        until(lambda: os.getsid(self.process.pid) == self.process.pid)
        self._slave = slave
        self.shown = b''
        self._gone = Event()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Read what is shown, and close the terminal when it is to go: nobody else may, while it is read from."""
        with suppress(OSError):
            while not self._gone.is_set():
                if select.select([self._master], [], [], 0.05)[0]:
                    self.shown += os.read(self._master, 65536)
        self._gone.wait()
        os.close(self._slave)
        os.close(self._master)

    def until_shown(self, text: str) -> None:
        until(lambda: text.encode() in self.shown, lambda: self.shown[-9000:].decode(errors='replace'))

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def hang_up(self) -> None:
        """Take the terminal away."""
        self._gone.set()
        self._reader.join()

    def send(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def wait(self) -> int:
        return self.process.wait(timeout=_PATIENCE)


@contextmanager
def on_screen(environment: Mapping[str, str], *, deaf: bool = False) -> Iterator[Screen]:
    """Run the interface until the block ends, if it lives so long."""
    screen = Screen(environment, deaf=deaf)
    try:
        yield screen
    finally:
        if screen.process.poll() is None:
            screen.process.kill()
            screen.process.wait()
        screen.hang_up()
