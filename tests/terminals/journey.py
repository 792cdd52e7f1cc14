"""The newcomer's way: from the start to four pictures, in any terminal that takes keys and can be read."""

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

import av
from PIL import Image

from tests.cli import warm
from tests.terminals.looking import Readable, Visible, distance, drawn, until, until_shown

__all__ = [
    'FIRST_SEED',
    'PROGRAM',
    'Terminal',
    'choose',
    'environment_of',
    'fill',
    'jobs_of',
    'told_seed',
    'until_counted',
    'until_result_shown',
    'walk',
]

PROGRAM: Final = (sys.executable, '-m', 'hfmedia_tui')
_PROMPT: Final = 'a lighthouse in a storm'
FIRST_SEED: Final = 1889
"""Of the first picture; those behind it have the next: the same pictures in every run."""
_AT_ONE_PROVIDER: Final = 4
"""Jobs that run at once where all go to one provider."""
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
    ran = warm.run(['jobs', '--json'], {**os.environ, **environment_of(home)})
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def told_seed(text: str) -> int | None:
    """Return the seed that a screen tells of the result that it shows."""
    told = re.search(r'· seed (\d+)', text) or re.search(r'Seed +(\d+)', text)  # of a result, before a form's
    return int(told[1]) if told else None


def until_result_shown(terminal: Visible, home: Path) -> int:
    """Wait for the picture on the screen to be the one of the seed beside it, and no other; return that seed."""
    outputs = {job['seed']: job['outputs'][0] for job in jobs_of(home)}
    painted = {seed: _painted(Path(output['path'])) for seed, output in outputs.items()}
    seeds: list[int] = []

    def shown() -> bool:
        seed = told_seed(terminal.text())
        seen = drawn(terminal.look())
        if seed is None or seen is None:
            return False
        apart = {other: distance(seen, picture) for other, picture in painted.items()}
        same_shape = abs(seen.width / seen.height - painted[seed].width / painted[seed].height) < _WARP
        seeds.append(seed)
        return same_shape and min(apart, key=lambda other: apart[other]) == seed

    def what_else() -> str:
        path = Path(tempfile.gettempdir(), 'hfmedia-seen.png')
        terminal.look().save(path)
        return f'the picture that is told of, and no other: see {path}'

    until(shown, what_else)
    return seeds[-1]


def _painted(path: Path) -> Image.Image:
    """A picture, or a film's first frame."""
    if path.suffix == '.mp4':
        with av.open(str(path)) as film:
            frame: Image.Image = next(film.decode(video=0)).to_image()  # type: ignore[no-untyped-call]
            return frame
    with Image.open(path) as picture:
        return picture.convert('RGB')


def walk(terminal: Terminal, *, at: Callable[[str], None], count: int = 4) -> None:
    """Choose a model, write a prompt, generate `count`, and stop where each place is worth a look.

    Nothing is pressed before what the last keys bring is on the screen. `at` is told where the walk has come to, and
    returns when the screen has been looked at.
    """
    until_shown(terminal, '▶ video ')
    at('browse')
    choose(terminal, 'flux dev', '▌▣ image   black-forest-labs/FLUX.1-dev')
    at('compose')
    terminal.type(_PROMPT)
    until_shown(terminal, _PROMPT)
    fill(terminal, count=count, seed=FIRST_SEED)
    terminal.press('F5')
    until_counted(terminal, min(count, _AT_ONE_PROVIDER), 'running')
    at('running')
    until_counted(terminal, count, 'done')
    at('pictures')
    terminal.press('F4')
    until_shown(terminal, 'Succeeded')
    at('jobs')


def until_counted(terminal: Readable, count: int, what: str) -> None:
    """Wait for so many jobs to be told as running or done; a narrow screen has signs for these words."""
    sign = {'running': '●', 'done': '✓'}[what]
    until(
        lambda: f'{count} {what}' in terminal.text() or f'{sign}{count}' in terminal.text(),
        lambda: f'{count} {what} on\n{terminal.text()}',
    )


def choose(terminal: Terminal, words: str, row: str) -> None:
    """Among the models, search for `words`, and compose with the model whose `row` is then the first."""
    terminal.type('/')
    terminal.type(words)
    until_shown(terminal, row)
    terminal.press('Enter')
    until_shown(terminal, 'Enter Compose')
    terminal.press('Enter')
    until_shown(terminal, 'Generate ')


def fill(terminal: Terminal, *, count: int, seed: int) -> None:
    """From the prompt on, say how many to make, and the first one's seed."""
    terminal.press('Tab', 'Tab', 'Tab', 'Tab', 'Backspace')
    terminal.type(str(count))
    terminal.press('Tab', *['Backspace'] * 4)
    terminal.type(str(seed))
    until_shown(terminal, f'Generate {count}')
