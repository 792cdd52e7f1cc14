"""Measure pictures in one run, ours and textual-image's, in the same bare app and the same pseudo-terminal.

`python -m tests.bench [SCENE ...]` prints a line for each goal, with the peer's figure and how many times ours fits
into it; the exit code says whether the goals are met. See `SCENES` for what there is; `film` and `busy` are two more.
What a key waits for behind pictures over a narrow link is measured by `python -m tests.bench ssh`.
"""

import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench import ssh
from tests.bench.busy import measure_busy
from tests.bench.film import measure_films
from tests.bench.photograph import photograph
from tests.bench.scenes import MARK
from tests.bench.terminal import KITTY, PLAIN, XTERM, Answering, Kind


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is measured, and what it may come to."""

    name: str
    about: str
    figure: str
    unit: str
    goal: float
    columns: int = 200
    rows: int = 60


SCENES: Final = (
    Scene(
        name='arrive',
        about='16 pictures arrive: the loop stalls at most',
        figure='stall',
        unit='ms',
        goal=16,
        columns=164,
        rows=84,
    ),
    Scene(name='one', about='a 1024-pixel picture at 80x40 cells on the wire', figure='megabytes', unit='MB', goal=0.4),
    Scene(name='scroll', about='200 pictures scrolled through: resident', figure='resident', unit='MiB', goal=120),
)
TERMINALS: Final[dict[str, Kind]] = {'kitty': KITTY, 'sixel': XTERM, 'half-cells': PLAIN}


class Measured(NamedTuple):
    ours: dict[str, float]
    peer: dict[str, float]


def measure(scene: Scene, side: str, graphics: str, folder: Path) -> dict[str, float]:
    """Play one scene and return its figures."""
    terminal = Answering(TERMINALS[graphics], columns=scene.columns, rows=scene.rows)
    report = folder / 'report'
    command = [sys.executable, '-m', 'tests.bench.scenes', scene.name, side, graphics, str(folder / 'picture.png')]
    environment = {'TERM': 'xterm-256color', 'COLORTERM': 'truecolor', 'LANG': 'C.UTF-8', 'PATH': os.environ['PATH']}
    terminal.run([*command, str(report)], environment, limit=300)
    figures: dict[str, float] = json.loads(report.read_bytes())
    mark = re.escape(MARK.encode())
    part = re.search(mark + rb'begin\x07(.*)' + mark + rb'end\x07', terminal.written, re.DOTALL)
    assert part, 'the scene was not marked'
    return {**figures, 'megabytes': len(part[1]) / 1e6}


def main(names: list[str]) -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = photograph(folder / 'picture.png')
        for index in range(200):
            os.link(first, folder / f'{index}.png')
        print(f'a picture of {first.stat().st_size / 1e6:.2f} MB; ours, the peer, how many times, the goal')  # noqa: T201
        for scene in SCENES:
            if names and scene.name not in names:
                continue
            for graphics in TERMINALS:
                both = Measured(*(measure(scene, side, graphics, folder) for side in ('ours', 'peer')))
                ours, peer = (figures[scene.figure] for figures in both)
                met = ours <= scene.goal
                failed += not met
                mark = '✓' if met else '✗'
                figures = f'{ours:8.2f} {peer:9.2f} {scene.unit:<4}{peer / max(ours, 1e-9):7.1f}x'
                print(f'{mark} {scene.about:<50}{graphics:<11}{figures}   at most {scene.goal:g} {scene.unit}')  # noqa: T201
                for side, told in zip(Measured._fields, both, strict=True):
                    rest = ', '.join(f'{name} {value:.2f}' for name, value in told.items())
                    print(f'    {side:<5}{rest}', flush=True)  # noqa: T201
    if not names or 'film' in names:
        failed += measure_films()
    if not names or 'busy' in names:
        measure_busy()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(ssh.main(sys.argv[2:]) if sys.argv[1:2] == ['ssh'] else main(sys.argv[1:]))
