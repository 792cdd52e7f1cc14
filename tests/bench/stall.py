"""How long the event loop stays away while all goes on at once, in the real program in a real pseudo-terminal.

16 jobs run, their results come and are drawn, and letters are typed into a search among 20,000 models: in Browse, and
in the popup over Compose, where the results are. An empty Textual app gets the same keys at the same time: what else
the machine does falls on both.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.inside import LAST_KEY, WORDS
from tests.bench.studio import house_at
from tests.bench.table import Row
from tests.bench.watching import MARK
from tests.terminals.kinds import KITTY
from tests.terminals.looking import until
from tests.terminals.recording import RecordingTerminal

__all__ = ['measure']

_JOBS: Final = 16
_MODELS: Final = 20_000
_PACE: Final = 2.0
"""Slow enough for the sandbox's painting to leave the processors to the program."""
_PAUSE: Final = 0.08
"""Seconds between two keys: a quick typist's."""
_READING: Final = 0.3
"""Seconds for what a word has found."""
_SIZE: Final = (160, 48)
_PLACES: Final = {'browse': 'Browse', 'popup': 'the popup'}
_FIGURES: Final = {
    'stall': 'longest stall of the loop',
    'stall_p99': 'p99 of its delays',
    'turn': 'most work of the loop at once',
}


def measure(*, quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, house_at(Path(name, 'house'), pace=_PACE, models=_MODELS) as house:
        report = Path(name, 'empty.json')
        command, environment = house.command(f'searching-{_JOBS}'), house.environment
        empty_command = [sys.executable, '-m', 'tests.bench.empty_app', str(report)]
        with (
            RecordingTerminal(command, KITTY, size=_SIZE, environment=environment, looks=False) as ours,
            RecordingTerminal(empty_command, KITTY, size=_SIZE, looks=False) as empty,
        ):
            for place in _PLACES:
                begun = f'{MARK}{place}'.encode()
                until(partial(ours.arrival, begun), f'the search in {_PLACES[place]}')
                empty.press('Enter')
                _search((ours, empty), rounds=1 if quick else 4)
            assert ours.until_ended() == 0
            empty.press('ctrl+q')
            assert empty.until_ended() == 0
        told, told_by_empty = house.told(), json.loads(report.read_bytes())
    assert told['models'] == _MODELS
    for (place, where), beside in zip(_PLACES.items(), told_by_empty, strict=True):
        assert told[place]['results'], 'no result came meanwhile'
        for figure, named in _FIGURES.items():
            yield Row(
                what=f'{_JOBS} jobs, results, a search in {where}: {named}',
                ours=told[place][figure],
                against='an empty Textual app beside it',
                theirs=beside[figure],
            )


def _search(terminals: Sequence[RecordingTerminal], *, rounds: int) -> None:
    """Type each word and take it back, as a person does who looks at what it finds."""
    for word in WORDS * rounds:
        for keys in (word, '\x7f' * len(word)):
            for key in keys:
                for terminal in terminals:
                    terminal.type(key)
                time.sleep(_PAUSE)
            time.sleep(_READING)
    for terminal in terminals:
        terminal.type(LAST_KEY)
