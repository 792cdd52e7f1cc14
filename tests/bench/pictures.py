"""Pictures in a terminal, ours and textual-image's, in the same bare app and the same pseudo-terminal.

The bytes of one are held against chafa's (https://hpjansson.org/chafa/) and timg's (https://github.com/hzeller/timg)
too, where they are installed; both are packages of Debian's.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.photograph import photograph
from tests.bench.table import Row, in_turn
from tests.bench.terminal import KITTY, PLAIN, XTERM, Answering, Kind
from tests.bench.watching import MARK

__all__ = ['ENVIRONMENT', 'measure']


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is measured, and what it may come to."""

    name: str
    about: str
    figure: str
    unit: str
    goal: float
    plays: int = 1
    """How often it is played, where the figure is not the same each time."""
    columns: int = 200
    rows: int = 60


SCENES: Final = (
    Scene(
        name='arrive',
        about='16 pictures arrive: longest stall',
        figure='stall',
        unit='ms',
        goal=16,
        plays=5,
        columns=164,
        rows=84,
    ),
    Scene(name='one', about='a 1024-pixel picture at 80x40 cells', figure='megabytes', unit='MB', goal=0.4),
    Scene(name='scroll', about='200 pictures scrolled through: resident', figure='resident', unit='MiB', goal=120),
)
QUICK: Final = SCENES[1:2]
TERMINALS: Final[dict[str, Kind]] = {'kitty': KITTY, 'sixel': XTERM, 'half-cells': PLAIN}

ENVIRONMENT: Final = {
    'TERM': 'xterm-256color',
    'COLORTERM': 'truecolor',
    'LANG': 'C.UTF-8',
    'PATH': os.environ['PATH'],
}
_VIEWERS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    'chafa': {
        'kitty': ('--size', '80x40', '--format', 'kitty'),
        'sixel': ('--size', '80x40', '--format', 'sixels'),
        'half-cells': ('--size', '80x40', '--format', 'symbols', '--symbols', 'vhalf', '--colors', 'full'),
    },
    'timg': {'kitty': ('-g80x40', '-pk'), 'half-cells': ('-g80x40', '-ph')},
}
"""What has each draw the picture of the scene `one` in a kind of terminal."""


def measure(*, quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = photograph(folder / 'picture.png')
        for index in range(200):
            os.link(first, folder / f'{index}.png')
        for scene in QUICK if quick else SCENES:
            for graphics in [*TERMINALS][:1] if quick else TERMINALS:
                ours, theirs = in_turn(
                    scene.plays, *(partial(_play, scene, side, graphics, folder) for side in ('ours', 'peer'))
                )
                yield Row(
                    what=f'{scene.about}, {graphics}',
                    ours=ours,
                    unit=scene.unit,
                    against='textual-image',
                    theirs=theirs,
                    at_most=scene.goal,
                )
                if scene.name == 'one':
                    yield from _viewed(scene, graphics, first, ours)


def _viewed(scene: Scene, graphics: str, picture: Path, ours: float) -> Iterator[Row]:
    """Show the picture by programs that do nothing else."""
    for name, arguments in _VIEWERS.items():
        path = shutil.which(name)
        if path is not None and graphics in arguments:
            terminal = Answering(TERMINALS[graphics], columns=scene.columns, rows=scene.rows)
            terminal.run([path, *arguments[graphics], str(picture)], ENVIRONMENT)
            yield Row(
                what=f'{scene.about}, {graphics}',
                ours=ours,
                unit=scene.unit,
                against=name,
                theirs=len(terminal.written) / 1e6,
                at_most=scene.goal,
            )


def _play(scene: Scene, side: str, graphics: str, folder: Path) -> float:
    """Play one scene and return its figure."""
    terminal = Answering(TERMINALS[graphics], columns=scene.columns, rows=scene.rows)
    report = folder / 'report'
    command = [sys.executable, '-m', 'tests.bench.scenes', scene.name, side, graphics, str(folder / 'picture.png')]
    terminal.run([*command, str(report)], ENVIRONMENT, limit=300)
    figures: dict[str, float] = json.loads(report.read_bytes())
    mark = re.escape(MARK.encode())
    part = re.search(mark + rb'begin\x07(.*)' + mark + rb'end\x07', terminal.written, re.DOTALL)
    assert part, 'the scene was not marked'
    return {**figures, 'megabytes': len(part[1]) / 1e6}[scene.figure]
