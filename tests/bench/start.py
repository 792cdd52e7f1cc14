"""How long the program takes to start: its interface beside an empty Textual app, its commands beside click alone."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.table import Row, in_turn
from tests.bench.terminal import KITTY, Answering
from tests.houses import environment_for, sandbox_at

__all__ = ['LISTED', 'PROGRAM', 'environment_at', 'left_in_browse', 'measure', 'until_answered']

_ROUNDS: Final = 15
_ROUNDS_QUICK: Final = 1
_DRAWN: Final = b'Browse'
"""The first of the places in the line at the top, and what the empty app says at first."""
_ANSWERED: Final = ('/ж'.encode(), 'ж'.encode())
"""A letter that stands nowhere else, in the search field and in the empty app."""
PROGRAM: Final = str(Path(sys.executable).with_name('hfmedia-tui'))
LISTED: Final = (b's', b'by likes')
"""What the list of models says of its order when `s` was pressed."""
_CONTROLLED: Final = ('sh', '-c', 'exec 0<>"$(tty)" 1>&0 2>&0; exec "$@"', 'sh')
"""Makes the terminal the session's own: only then may a program ask it what it can draw."""
_EMPTY_APP: Final = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static('Browse')

    def on_key(self, event):
        self.query_one(Static).update(event.character)

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
        for option in ('--version', '--help'):
            ours, theirs = in_turn(
                2 * rounds,
                _command([PROGRAM, option], folder),
                _command([sys.executable, str(empty_command), option], folder),
            )
            yield Row(
                what=f'start: {option}', ours=ours, against='click and nothing else', theirs=theirs, times_at_most=1.5
            )
        with sandbox_at(folder / 'sandbox', pace=1.0) as addresses:
            environment = environment_at(folder, addresses.hub, addresses.router)
            left = left_in_browse(environment)

            def start(step: tuple[bytes, bytes]) -> float:
                left.write()  # or it would begin with the order and the filter that it was left with
                return until_answered([PROGRAM], environment, step)[0]

            answered, listed, theirs = in_turn(
                rounds,
                lambda: start(_ANSWERED),
                lambda: start(LISTED),
                lambda: until_answered([sys.executable, str(empty_app)], environment, _ANSWERED)[0],
            )
        empty = 'an empty Textual app'
        yield Row(what='start: a key is answered', ours=answered, against=empty, theirs=theirs, times_at_most=1.3)
        yield Row(what='start: the kept models are listed', ours=listed, against=empty, theirs=theirs)


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


class Left(NamedTuple):
    """A session that was left in the list of models, in its usual order."""

    file: Path
    session: bytes

    def write(self) -> None:
        self.file.write_bytes(self.session)


def left_in_browse(environment: Mapping[str, str]) -> Left:
    """Run the program once, so that the catalogue is kept, and return what it left."""
    until_answered([PROGRAM], environment, LISTED)
    file = Path(environment['HFMEDIA_HOME'], 'data', 'session.json')
    return Left(file, file.read_bytes().replace(b'likes', b'trend'))


def until_answered(
    command: Sequence[str], environment: Mapping[str, str], *steps: tuple[bytes, bytes]
) -> tuple[float, ...]:
    """Run an interface and return the milliseconds until each key of `steps` was answered by what stands beside it.

    The first key is pressed as soon as the interface has drawn something, and counted from its start; each other as
    soon as the one before is answered, and counted from there. In the end it is left with Ctrl+Q.
    """
    terminal = Answering(KITTY, columns=120, rows=40)
    seen = bytearray()
    moments = [time.perf_counter()]
    pressed = False

    def watch(read: bytes) -> bytes:
        nonlocal pressed
        seen.extend(read)
        done = len(moments) - 1
        if not pressed and _DRAWN in seen:
            pressed = True
            return steps[0][0]
        if pressed and done < len(steps) and steps[done][1] in seen:
            moments.append(time.perf_counter())
            seen.clear()
            return steps[done + 1][0] if done + 1 < len(steps) else b'\x11'
        return b''

    terminal.run([*_CONTROLLED, *command], environment, limit=60, watch=watch)
    assert len(moments) > len(steps), f'{steps[len(moments) - 1]!r} was not shown'
    return tuple((after - before) * 1000 for before, after in itertools.pairwise(moments))


def _command(command: Sequence[str], home: Path) -> Callable[[], float]:
    """Return what runs a command to its end, in milliseconds."""
    environment = {'PATH': os.environ['PATH'], 'HOME': str(home), 'HFMEDIA_HOME': str(home)}

    def run() -> float:
        started = time.perf_counter()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        return (time.perf_counter() - started) * 1000

    return run
