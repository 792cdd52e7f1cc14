"""Measure what a key waits for behind pictures, over real SSH on a narrow link, ours beside textual-image's.

From the key's press to its echo on the client's terminal, while four pictures of 80 by 40 cells arrive. The link is a
relay between the real `ssh` and the real `sshd`, 10 Mbit/s and without a delay of its own, unless it is measured by
`python -m tests.bench.ssh MEGABITS [ROUND_TRIP]`. Needs Debian's package openssh-server.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.photograph import photograph
from tests.bench.table import Row, in_text, percentile
from tests.bench.typing_scene import ECHO
from tests.terminals.kinds import KITTY, PLAIN, VT340, Answers
from tests.terminals.looking import until
from tests.terminals.recording import RecordingTerminal
from tests.terminals.sshd import MISSING_SSH, over_ssh

__all__ = ['measure', 'measure_typing']

_GOAL: Final = 100.0
"""Milliseconds from key to screen, at the 95th percentile."""
_ROUNDS: Final = 4
"""How often four pictures are shown."""
_PAUSE: Final = 0.05
"""Seconds between two keys."""
_ARRIVING: Final = 30_000
"""Bytes within `_WINDOW` that are more than echoes: pictures are still arriving."""
_WINDOW: Final = 0.5
_LONGEST: Final = 12.0
"""Seconds after which a round is over in any case."""


def measure_typing(side: str, answers: Answers, folder: Path, *, bits: float, round_trip: float) -> list[float]:
    """Return the milliseconds that each key took which was pressed while pictures arrived."""
    command = [sys.executable, '-m', 'tests.bench.typing_scene', side, str(folder)]
    environment = {'COLORTERM': 'truecolor', 'PATH': os.environ['PATH']}
    with (
        tempfile.TemporaryDirectory() as keys,
        over_ssh(command, folder=Path(keys), environment=environment, bits=bits, delay=round_trip / 2) as way,
        RecordingTerminal(way, answers, size=(164, 84), environment={'HOME': keys}, looks=False) as terminal,
    ):
        until(lambda: terminal.arrival(ECHO.format(0).encode()), 'the scene')
        terminal.at_rest()
        pressed: list[float] = []
        behind: list[int] = []
        for _ in range(_ROUNDS):
            terminal.type('n')
            started = time.monotonic()
            while _is_arriving(terminal, started):
                time.sleep(_PAUSE)  # a person's pace
                behind.append(len(pressed))
                pressed.append(time.monotonic())
                terminal.type('x')
            until(lambda: terminal.arrival(ECHO.format(len(pressed)).encode()), 'the last echo')
            terminal.at_rest()
        took = [_echoed(terminal, number + 1) - pressed[number] for number in behind]
        terminal.type('q')
        terminal.until_ended()
    return [seconds * 1000 for seconds in took]


def _is_arriving(terminal: RecordingTerminal, started: float) -> bool:
    """Whether the pictures asked for at `started` are still to come, or coming."""
    now = time.monotonic()
    begun = terminal.arrived_since(started) > _ARRIVING
    return now - started < _LONGEST and (not begun or terminal.arrived_since(now - _WINDOW) > _ARRIVING)


def _echoed(terminal: RecordingTerminal, count: int) -> float:
    """When the echo of the key came, or a later one: keys that are handled at once are echoed once."""
    moments = (terminal.arrival(ECHO.format(later).encode()) for later in range(count, count + 200))
    return next(moment for moment in moments if moment is not None)


def measure(*, quick: bool, megabits: float = 10.0, round_trip: float = 0.0) -> Iterator[Row]:
    """Measure over a link of so many Mbit/s, with so many seconds there and back added to it."""
    if MISSING_SSH:
        print(MISSING_SSH, file=sys.stderr)  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = photograph(folder / '0.png')
        for index in range(1, 4 * _ROUNDS):
            os.link(first, folder / f'{index}.png')
        for answers in (KITTY,) if quick else (KITTY, VT340, PLAIN):
            measure_side = partial(
                measure_typing, answers=answers, folder=folder, bits=megabits * 1e6, round_trip=round_trip
            )
            ours, theirs = measure_side('ours'), measure_side('peer')
            for share, goal in ((0.5, None), (0.95, _GOAL)):
                yield Row(
                    what=f'key behind pictures, ssh {megabits:g} Mbit/s, {answers.name}, p{share * 100:g}',
                    ours=percentile(ours, share),
                    against='textual-image',
                    theirs=percentile(theirs, share),
                    at_most=goal,
                )


if __name__ == '__main__':
    for _row in measure(quick=False, **dict(zip(('megabits', 'round_trip'), map(float, sys.argv[1:]), strict=False))):
        print(in_text(_row), flush=True)  # noqa: T201
