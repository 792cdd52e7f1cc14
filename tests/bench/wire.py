"""What is written to the terminal each second while jobs run and nothing else changes."""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench.pictures import ENVIRONMENT
from tests.bench.studio import House, house_at
from tests.bench.table import Row
from tests.bench.terminal import KITTY, Answering
from tests.bench.watching import MARK

__all__ = ['measure']

_JOBS: Final = 8
_SCENES: Final = (('compose', 0), ('compose', _JOBS), ('jobs', _JOBS))
_PACE: Final = 60.0
"""So slow that no job ends."""
_AT_MOST: Final = 4_000
"""Bytes a second: half of what a modem carried."""
_PEER: Final = r"""
import sys, time
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
with Progress(SpinnerColumn(), TextColumn('{task.description}'), BarColumn(), TimeElapsedColumn()) as progress:
    for number in range(8):
        progress.add_task(f'a red fox {number}', total=100, completed=40)
    time.sleep(1)  # the bars are drawn for the first time
    print('\x1b]7777;begin\x07', end='', flush=True, file=sys.__stdout__)
    time.sleep(SECONDS)  # a rate is measured over a time
    print('\x1b]7777;end\x07', end='', flush=True, file=sys.__stdout__)
"""


def measure(*, quick: bool) -> Iterator[Row]:
    seconds = 1.0 if quick else 20.0
    theirs = _peer(seconds)
    for place, jobs in _SCENES[-1:] if quick else _SCENES:
        with tempfile.TemporaryDirectory() as name, house_at(Path(name, 'house'), pace=_PACE) as house:
            yield Row(
                what=f'{jobs} jobs run, nothing else changes, in {place.capitalize()}: a second',
                ours=_standing(house, f'{place}-{jobs}', seconds),
                unit='B',
                against='rich.progress, eight bars' if jobs else '',
                theirs=theirs if jobs else None,
                at_most=_AT_MOST,
            )


def _between_marks(written: bytes) -> bytes:
    mark = re.escape(MARK.encode())
    part = re.search(mark + rb'begin\x07(.*)' + mark + rb'end\x07', written, re.DOTALL)
    assert part, 'the scene was not marked'
    return part[1]


def _standing(house: House, scene: str, seconds: float) -> float:
    terminal = Answering(KITTY, columns=160, rows=48)
    terminal.run(house.command(scene, seconds), house.environment, limit=seconds + 60)
    return len(_between_marks(bytes(terminal.written))) / seconds


def _peer(seconds: float) -> float:
    terminal = Answering(KITTY, columns=160, rows=48)
    terminal.run([sys.executable, '-c', _PEER.replace('SECONDS', str(seconds))], ENVIRONMENT)
    return len(_between_marks(bytes(terminal.written))) / seconds
