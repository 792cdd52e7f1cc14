"""Draws `screenshots/` anew: `python -m tests.demo` runs the real program in real terminals, on the sandbox.

With names of places behind it, such as `gallery film`, only their pictures are written. Needs Debian's packages xvfb,
xterm, xdotool, tmux and fonts-dejavu-core.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops

from tests.terminals.display import virtual_display
from tests.terminals.journey import FIRST_SEED, PROGRAM, choose, environment_of, fill, until_result_shown
from tests.terminals.looking import Readable, Visible, at_rest, distance, drawn, until, until_shown
from tests.terminals.windows import MISSING, Xterm

START: Final = (*PROGRAM, '--sandbox')
SCREENSHOTS: Final = Path(__file__).parents[2] / 'screenshots'
SIZE: Final = (120, 36)
MOST_BYTES: Final = 250_000
"""Of one picture: all of them are fetched by whoever opens the README."""
FEW: Final = 12
"""Jobs that still wait where others run and are done."""
PAUSE: Final = 1.5
"""Seconds between two looks at what should stay as it is."""
MOVED: Final = 0.5
"""Shades of 255 by which a screen differs from the one before its film played."""
EARLIER: Final = (
    ('a hot-air balloon over the sea at dawn', 'Wan-AI/Wan2.2-TI2V-5B', '16:9'),
    ('a fox in a snowy forest', 'black-forest-labs/FLUX.1-dev', '1:1'),
    ('a castle above the clouds at sunset', 'Qwen/Qwen-Image', '16:9'),
    ('a neon city in the rain', 'black-forest-labs/FLUX.1-schnell', '3:2'),
    ('a sailing boat in a fjord', 'Qwen/Qwen-Image', '1:1'),
    ('a desert under the milky way', 'black-forest-labs/FLUX.1-dev', '16:9'),
    ('a meadow with poppies in the morning', 'black-forest-labs/FLUX.1-schnell', '4:3'),
    ('an astronaut on a red planet', 'black-forest-labs/FLUX.1-dev', '3:2'),
)
"""Prompt, model and shape of what was made before the session that is shown: a film, then pictures."""


class Album:
    """The pictures that are wished for, each written under the name of its place."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._wanted = wanted

    def save(self, picture: Image.Image, name: str) -> None:
        if self._wanted and name not in self._wanted:
            return
        path = SCREENSHOTS / f'{name}.png'
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(path, path.stat().st_size)  # noqa: T201 - a script that says what it made
        assert path.stat().st_size < MOST_BYTES, f'{path} is too large for a README'


@contextmanager
def home() -> Iterator[Path]:
    """An empty home whose name may be seen in a picture."""
    path = Path(tempfile.gettempdir()) / 'hfmedia'
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)  # a program whose terminal went may still be leaving


def make_earlier(folder: Path) -> None:
    """Fill the gallery, by the headless command."""
    for prompt, model, shape in EARLIER:
        options = ('--model', model, '--aspect-ratio', shape, '--seed', str(FIRST_SEED), '--sandbox')
        subprocess.run([*PROGRAM, 'generate', prompt, *options], env=environment_of(folder), check=True)


def draw_welcome(display: str, album: Album) -> None:
    """What somebody without a token sees first."""
    with home() as folder, open_xterm(PROGRAM, folder, display) as terminal:
        until_shown(terminal, 'Try the sandbox')
        album.save(at_rest(terminal.look), 'welcome')


def draw_session(display: str, album: Album, folder: Path) -> None:
    """From the models to pictures, in an xterm with Sixel."""
    settle(folder, '')
    with open_xterm(START, folder, display) as terminal:

        def shoot(name: str) -> None:
            album.save(long_at_rest(terminal.look), name)

        until_shown(terminal, 'F2 Browse')  # it begins where the session before it ended
        terminal.press('F2')
        until_shown(terminal, '▌▶ video')
        shoot('browse')
        choose(terminal, 'flux dev', '▌▣ image   black-forest-labs/FLUX.1-dev')
        terminal.type('a lighthouse in a storm')
        fill(terminal, count=4, seed=FIRST_SEED)
        terminal.press('F5')
        until_shown(terminal, '4 done')
        until_result_shown(terminal, folder)
        shoot('compose')

        terminal.press(*['shift+Tab'] * 5, 'ctrl+t')
        terminal.type('a {fox|castle|sailing boat} {at dawn|in the snow}')
        until_shown(terminal, 'Generate 24')
        shoot('matrix')
        terminal.press('F5')
        until_shown(terminal, 'Send 24 free requests?')
        at_rest(terminal.look)
        terminal.press('Right', 'Enter')
        until_shown(terminal, '4 running')
        terminal.press('F4')
        until(
            lambda: 0 < waiting(terminal) < FEW and '● running' in terminal.text(), 'jobs that run, wait and are done'
        )
        album.save(terminal.look(), 'jobs')
        until_shown(terminal, '28 done')

        terminal.press('F6')
        until_shown(terminal, 'Space Mark')
        terminal.press('space', 'space', 'c')
        until_shown(terminal, 'Flicker')
        album.save(with_pictures(terminal), 'compare')
        terminal.press('Escape')
        until_shown(terminal, '2 marked')
        terminal.press('G')
        until_shown(terminal, 'a hot-air balloon over the sea at dawn')
        terminal.press('Enter')
        until_shown(terminal, 'Space Play')
        poster = with_pictures(terminal)
        terminal.press('space')
        until(lambda: distance(terminal.look(), poster) > MOVED, 'a film that plays')
        terminal.press('space')
        shoot('film')


def draw_light(display: str, album: Album, folder: Path) -> None:
    """What was made, and the settings, on paper."""
    settle(folder, '[interface]\ntheme = "hfmedia-light"\n')
    with open_xterm(START, folder, display) as terminal:
        until_shown(terminal, '▌▶ video')
        terminal.press('F6')
        until_shown(terminal, 'Space Mark')
        album.save(with_pictures(terminal), 'gallery')
        terminal.press('F7')
        until_shown(terminal, 'Jobs at once')
        album.save(at_rest(terminal.look), 'settings')


def settle(folder: Path, settings: str) -> None:
    """Have the next session begin with `settings`."""
    file = folder / 'config' / 'settings.toml'
    file.parent.mkdir(exist_ok=True)
    file.write_text(settings)


def waiting(terminal: Readable) -> int:
    """How many jobs the screen says are waiting."""
    told = re.search(r'(\d+) waiting', terminal.text())
    return int(told[1]) if told else 0


def with_pictures(terminal: Visible) -> Image.Image:
    """The screen at rest, once there is a picture on it."""
    until(lambda: drawn(terminal.look()) is not None, 'a picture')
    return long_at_rest(terminal.look)


def long_at_rest(look: Callable[[], Image.Image]) -> Image.Image:
    """The screen once it stays as it is: on a busy machine a picture comes in pieces, with pauses between."""
    last = at_rest(look)

    def stays() -> bool:
        nonlocal last
        time.sleep(PAUSE)  # rest is what does not change for a while
        before, last = last, at_rest(look)
        return ImageChops.difference(before, last).getbbox() is None

    until(stays, 'a screen that stays as it is')
    return last


def open_xterm(command: Sequence[str], folder: Path, display: str) -> Xterm:
    return Xterm(command, folder=folder, display=display, size=SIZE, environment=environment_of(folder))


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m tests.demo')
    drawn_before = sorted(file.stem for file in SCREENSHOTS.glob('*.png'))
    parser.add_argument('places', nargs='*', metavar='PLACE', help=f'any of {", ".join(drawn_before)}; all without')
    wanted = parser.parse_args().places
    if unknown := set(wanted) - set(drawn_before):
        parser.error(f'no such place: {", ".join(sorted(unknown))}')
    if MISSING:
        print(MISSING, file=sys.stderr)  # noqa: T201
        return 1
    SCREENSHOTS.mkdir(exist_ok=True)
    album = Album(wanted)
    with virtual_display() as display:
        draw_welcome(display, album)
        with home() as folder:
            make_earlier(folder)
            draw_light(display, album, folder)
            draw_session(display, album, folder)
    return 0


if __name__ == '__main__':
    sys.exit(main())
