"""From a key in the prompt to its letter on the screen: the real program in a real pseudo-terminal.

Idle, and while 32 jobs run and each result is shown beside the prompt as it comes.
"""

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from tests.bench.inside import LAST_KEY
from tests.bench.studio import House, house_at
from tests.bench.table import Row, percentile
from tests.bench.watching import MARK
from tests.terminals.kinds import KITTY
from tests.terminals.looking import until
from tests.terminals.recording import RecordingTerminal

__all__ = ['measure']

_JOBS: Final = 32
_PACE: Final = 4.0
"""Slow enough for the sandbox's painting to leave the processors to the program."""
_ROUNDS: Final = 3
_PAUSE: Final = 0.08
"""Seconds between two keys: a quick typist's."""
_LETTERS: Final = ''.join(filter(str.isalpha, map(chr, range(0x400, 0x52F))))
"""Each is on the screen only when its key was pressed."""


def measure(*, quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, house_at(Path(name, 'house'), pace=_PACE) as house:
        type_beside = partial(_type, house, keys=20 if quick else 200)
        played = [(type_beside(_JOBS), type_beside(0)) for _ in range(1 if quick else _ROUNDS)]
    busy, idle = (_Typed(*map(median, zip(*runs, strict=True))) for runs in zip(*played, strict=True))
    meanwhile = f'{_JOBS} jobs run and results come'
    for what, ours, theirs in (
        (f'key to screen while {meanwhile}: median', busy.median, idle.median),
        (f'key to screen while {meanwhile}: p99', busy.p99, idle.p99),
        (f'{meanwhile}: longest stall of the loop', busy.stall, idle.stall),
        (f'{meanwhile}: longest work of the loop at once', busy.turn, idle.turn),
    ):
        yield Row(what=what, ours=ours, against='the idle program', theirs=theirs)


class _Typed(NamedTuple):
    """What was seen while letters were typed, in milliseconds."""

    median: float
    p99: float
    stall: float
    turn: float


def _type(house: House, jobs: int, *, keys: int) -> _Typed:
    command = house.command(f'typing-{jobs}')
    took = []
    with RecordingTerminal(command, KITTY, size=(160, 48), environment=house.environment, looks=False) as terminal:
        until(lambda: terminal.arrival(f'{MARK}begin'.encode()), 'the prompt')
        for letter in _LETTERS[:keys]:
            since, pressed = len(terminal.output), time.monotonic()
            terminal.type(letter)
            arrived = None
            while arrived is None or time.monotonic() - pressed < _PAUSE:
                assert time.monotonic() - pressed < 10, f'the key {letter} was never answered'
                time.sleep(0.005)  # a terminal tells nobody when it has drawn
                arrived = arrived or terminal.arrival(letter.encode(), max(0, since - 4))
            took.append(1000 * (arrived - pressed))
        terminal.type(LAST_KEY)
        assert terminal.until_ended() == 0
    told = house.told()
    return _Typed(percentile(took, 0.5), percentile(took, 0.99), told['stall'], told['turn'])
