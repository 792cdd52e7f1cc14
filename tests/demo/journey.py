"""The newcomer's way: from the start to four pictures, in any terminal that takes keys and can be read."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from PIL import Image

from tests.demo.looking import Readable, distance, drawn, until, until_shown
from tests.demo.terminals import Xterm

__all__ = ['PROGRAM', 'Terminal', 'environment_of', 'jobs_of', 'until_result_shown', 'walk']

PROGRAM: Final = (sys.executable, '-m', 'hfmedia_tui')
_PROMPT: Final = 'a lighthouse in a storm'
_WARP: Final = 0.1
"""How far a picture's shape may be off: it is drawn in whole cells."""


class Terminal(Readable, Protocol):
    def press(self, *keys: str) -> None: ...
    def type(self, text: str) -> None: ...


def environment_of(home: Path) -> dict[str, str]:
    """A user who has nothing but a home for this run."""
    return {'HFMEDIA_HOME': str(home), 'HF_HOME': str(home / 'hf'), 'HF_TOKEN': '', 'PATH': os.environ['PATH']}


def jobs_of(home: Path) -> list[dict[str, Any]]:
    """The ledger's jobs, as scripts read them."""
    ran = subprocess.run(
        [*PROGRAM, 'jobs', '--json'],
        env={**os.environ, **environment_of(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def until_result_shown(terminal: Xterm, home: Path) -> None:
    """Wait for the picture on the screen to be the one of the seed beside it, and no other."""
    jobs = {job['seed']: job['outputs'][0] for job in jobs_of(home)}

    def shown() -> bool:
        told = re.search(r'[Ss]eed +(\d+)', terminal.text())
        seen = drawn(terminal.look())
        if told is None or seen is None:
            return False
        apart: dict[int, float] = {}
        for seed, output in jobs.items():
            with Image.open(output['path']) as picture:
                apart[seed] = distance(seen, picture)
        output = jobs[int(told[1])]
        same_shape = abs(seen.width / seen.height - output['width'] / output['height']) < _WARP
        return same_shape and min(apart, key=lambda seed: apart[seed]) == int(told[1])

    def what_else() -> str:
        path = Path(tempfile.gettempdir(), 'hfmedia-seen.png')
        terminal.look().save(path)
        return f'the picture that is told of, and no other: see {path}'

    until(shown, what_else)


def walk(terminal: Terminal, *, at: Callable[[str], None]) -> None:
    """Choose a model, write a prompt, generate four, and stop where each place is worth a look.

    Nothing is pressed before what the last keys bring is on the screen. `at` is told where the walk has come to, and
    returns when the screen has been looked at.
    """
    until_shown(terminal, '▌▶ video')
    at('browse')
    terminal.type('/')
    terminal.type('flux dev')
    until_shown(terminal, '▌▣ image   black-forest-labs/FLUX.1-dev')
    terminal.press('Enter')
    until_shown(terminal, 'Enter Compose')
    terminal.press('Enter')
    until_shown(terminal, 'Generate 1')
    at('compose')
    terminal.type(_PROMPT)
    until_shown(terminal, _PROMPT)
    terminal.press('Tab', 'Tab', 'Tab', 'Tab', 'Backspace')
    terminal.type('4')
    until_shown(terminal, 'Generate 4')
    terminal.press('F5')
    until_shown(terminal, '4 running')
    at('running')
    until_shown(terminal, '4 done')
    at('pictures')
    terminal.press('F4')
    until_shown(terminal, 'Succeeded')
    at('jobs')
