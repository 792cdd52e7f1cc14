"""The whole run: eight pictures and a film that is played, what lies over them, another size, and the end."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from tests.terminals.journey import (
    FIRST_SEED,
    PROGRAM,
    Terminal,
    choose,
    fill,
    told_seed,
    until_result_shown,
    walk,
)
from tests.terminals.looking import Visible, distance, drawn, until, until_settled, until_shown
from tests.terminals.recording import RecordingTerminal

__all__ = ['COUNT', 'START', 'tour']

START: Final = (
    *('sh', '-c', 'stty -echo; "$@"; echo "ended with $?"; exec sleep 600', 'run'),
    *PROGRAM,
)
"""The program, in a terminal that stays open behind it."""
COUNT: Final = 8
_SEED: Final = 1912
"""Of the film."""
_MOVED: Final = 1.0
"""Shades of 255 by which a frame differs from the first one."""


class Seen(Terminal, Visible, Protocol):
    """A terminal whose pictures can be looked at."""


def tour(terminal: Seen, home: Path, *, resize: Callable[[], None] | None, at: Callable[[str], None]) -> None:
    """Walk through everything that shows pictures, and leave. `at` is told where the tour has come to.

    Wherever a picture is to be seen, it has been compared with the file of the seed beside it; wherever none is, with
    nothing. `resize` gives the terminal another size.
    """

    def walked(place: str) -> None:
        if place in ('browse', 'compose'):
            assert drawn(terminal.look()) is None, 'nothing is drawn before there is a result'
        if place == 'pictures':
            _look_at_each(terminal, home)
            at('looked at each')
        if place == 'jobs':
            until_result_shown(terminal, home)

    walk(terminal, at=walked, count=COUNT)
    terminal.press('F3')
    until_shown(terminal, 'Generate ')
    until_result_shown(terminal, home)
    at('before the modal')
    terminal.press('F1')
    until_shown(terminal, 'Esc closes this')
    at('under the modal')
    terminal.press('Escape')
    until_result_shown(terminal, home)
    at('after the modal')
    if resize:
        resize()
        until_result_shown(terminal, home)
        at('resized')
    _make_film(terminal, home)
    at('film')
    _play_film(terminal)
    at('film that plays')
    terminal.press('F2')
    until_shown(terminal, '/ Search')
    until(lambda: drawn(terminal.look()) is None, 'the picture gone with its place')
    at('away')
    terminal.press('ctrl+q')
    until_shown(terminal, 'ended with 0')
    until(lambda: drawn(terminal.look()) is None, 'a screen given back without pictures')


def _look_at_each(terminal: Seen, home: Path) -> None:
    terminal.press(*['PageUp'] * COUNT)
    until_settled(terminal)
    seeds = [until_result_shown(terminal, home)]
    while len(seeds) < COUNT:
        _step(terminal, seeds[-1])
        seeds.append(until_result_shown(terminal, home))
    assert sorted(seeds) == list(range(FIRST_SEED, FIRST_SEED + COUNT)), 'each has its turn'


def _step(terminal: Seen, before: int) -> None:
    """Go on from the result of the seed `before`, and wait until another is told of: a new one comes by itself."""
    terminal.press('PageDown')
    until(lambda: told_seed(terminal.text()) not in (None, before), 'another result')


def _make_film(terminal: Seen, home: Path) -> None:
    terminal.press('F2')
    until_shown(terminal, '/ Search')
    choose(terminal, 'wan 2.2 5b', '▌▶ video')
    fill(terminal, count=1, seed=_SEED)
    terminal.press('F5')
    until_shown(terminal, f'{COUNT + 1} done')
    while (seed := until_result_shown(terminal, home)) != _SEED:
        _step(terminal, seed)


def _play_film(terminal: Seen) -> None:
    """Play the film until another frame than its first is to be seen, and stop it."""
    poster = drawn(terminal.look())
    assert poster is not None

    def plays() -> bool:
        if isinstance(terminal, RecordingTerminal) and any(held.frames > 1 for held in terminal.holding.held.values()):
            return True  # it was given all of them to show by itself, which this one does not
        seen = drawn(terminal.look())
        return seen is not None and distance(seen, poster) > _MOVED

    terminal.press('F9')
    until(plays, lambda: f'a film that plays on\n{terminal.text()}')
    terminal.press('F9')
