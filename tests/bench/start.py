"""How long the program takes to start: its interface beside an empty Textual app, its commands beside click alone."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.bench.table import Row, in_turn
from tests.bench.terminal import KITTY, Answering
from tests.houses import environment_for, sandbox_at

__all__ = ['environment_at', 'measure', 'until_answered']

_ROUNDS: Final = 15
_ROUNDS_QUICK: Final = 2
_LISTED: Final = b'by likes'
"""What the list of models says of its order when `s` was pressed, and what the empty app says then."""
_EMPTY_APP: Final = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    BINDINGS = [('s', 'say')]

    def compose(self):
        yield Static()

    def action_say(self):
        self.query_one(Static).update('by likes')

Empty().run()
"""
_EMPTY_COMMAND: Final = """
import click

@click.group(invoke_without_command=True)
@click.version_option('1.0')
def main():
    pass

main()
"""


def measure(*, quick: bool) -> Iterator[Row]:
    rounds = _ROUNDS_QUICK if quick else _ROUNDS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty_app, empty_command = folder / 'empty_app.py', folder / 'empty_command.py'
        empty_app.write_text(_EMPTY_APP)
        empty_command.write_text(_EMPTY_COMMAND)
        program = str(Path(sys.executable).with_name('hfmedia-tui'))
        for option in ('--version', '--help'):
            ours, theirs = in_turn(
                2 * rounds,
                _command([program, option], folder),
                _command([sys.executable, str(empty_command), option], folder),
            )
            yield Row(
                what=f'start: {option}', ours=ours, against='click and nothing else', theirs=theirs, times_at_most=1.5
            )
        with sandbox_at(folder / 'sandbox', pace=1.0) as addresses:
            environment = environment_at(folder, addresses.hub, addresses.router)
            until_answered([program], environment, b's', _LISTED)  # now the catalogue is kept
            session = folder / 'data' / 'session.json'
            left = session.read_bytes().replace(b'likes', b'trend')

            def start() -> float:
                session.write_bytes(left)  # or it would begin in the order that it was left in
                return until_answered([program], environment, b's', _LISTED)

            ours, theirs = in_turn(
                rounds,
                start,
                lambda: until_answered([sys.executable, str(empty_app)], environment, b's', _LISTED),
            )
        yield Row(
            what='start: the models are listed and a key is answered',
            ours=ours,
            against='an empty Textual app',
            theirs=theirs,
            times_at_most=1.3,
        )


def environment_at(home: Path, hub: str, router: str) -> dict[str, str]:
    """What a program has in a terminal, with everything of ours in `home`."""
    return {
        'TERM': 'xterm-256color',
        'COLORTERM': 'truecolor',
        'LANG': 'C.UTF-8',
        'PATH': os.environ['PATH'],
        'HOME': str(home),
        'HFMEDIA_HOME': str(home),
        **environment_for(hub, router),
    }


def until_answered(command: Sequence[str], environment: Mapping[str, str], key: bytes, answer: bytes) -> float:
    """Run an interface until it shows `answer`, which `key` asks for, and return the milliseconds since its start.

    The key is pressed as soon as the interface has taken the screen; it is left with Ctrl+Q.
    """
    terminal = Answering(KITTY, columns=120, rows=40)
    seen = bytearray()
    pressed, answered = False, 0.0

    def watch(read: bytes) -> bytes:
        nonlocal pressed, answered
        seen.extend(read)
        if not pressed and b'\x1b[?1049h' in seen:
            pressed = True
            return key
        if not answered and pressed and answer in seen:
            answered = time.perf_counter()
            return b'\x11'
        return b''

    started = time.perf_counter()
    terminal.run(command, environment, limit=60, watch=watch)
    assert answered, f'{answer!r} was not shown'
    return (answered - started) * 1000


def _command(command: Sequence[str], home: Path) -> Callable[[], float]:
    """Return what runs a command to its end, in milliseconds."""
    environment = {'PATH': os.environ['PATH'], 'HOME': str(home), 'HFMEDIA_HOME': str(home)}

    def run() -> float:
        started = time.perf_counter()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        return (time.perf_counter() - started) * 1000

    return run
