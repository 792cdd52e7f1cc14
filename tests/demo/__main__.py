"""Draws `screenshots/` anew: `python -m tests.demo` runs the real program in real terminals, on the sandbox.

Needs Debian's packages xvfb, xterm, xdotool, tmux and fonts-dejavu-core.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from tests.terminals.display import virtual_display
from tests.terminals.journey import PROGRAM, environment_of, until_result_shown, walk
from tests.terminals.looking import at_rest, until_shown
from tests.terminals.tmux import Tmux
from tests.terminals.windows import MISSING, Xterm

START = (*PROGRAM, '--sandbox')
SCREENSHOTS = Path(__file__).parents[2] / 'screenshots'


def save(picture: Image.Image, name: str) -> None:
    path = SCREENSHOTS / f'{name}.png'
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)  # noqa: T201 - a script that says what it made


@contextmanager
def home() -> Iterator[Path]:
    """An empty home whose name may be seen in a picture."""
    path = Path(tempfile.gettempdir()) / 'hfmedia'
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def draw_xterm(display: str, size: tuple[int, int], prefix: str) -> None:
    """The whole way in an xterm with Sixel."""
    with (
        home() as folder,
        Xterm(START, folder=folder, display=display, size=size, environment=environment_of(folder)) as terminal,
    ):

        def at(place: str) -> None:
            if place == 'browse':
                save(at_rest(terminal.look), f'{prefix}browse')
            elif place == 'running':
                until_shown(terminal, '%')
                save(terminal.look(), f'{prefix}running')
            elif place in ('pictures', 'jobs'):
                if place == 'pictures' and size[0] < 100:
                    terminal.press('F8')
                until_result_shown(terminal, folder)
                save(at_rest(terminal.look), f'{prefix}{place}')

        walk(terminal, at=at)


def draw_tmux(display: str) -> None:
    """The four pictures through tmux, in half-cells."""
    size = (120, 36)
    with (
        home() as folder,
        Tmux(START, folder=folder, size=size, environment=environment_of(folder)) as pane,
        Xterm(pane.attach, folder=folder, display=display, size=size, environment={}) as terminal,
    ):

        def at(place: str) -> None:
            if place == 'pictures':
                until_result_shown(terminal, folder)
                save(at_rest(terminal.look), 'tmux')

        walk(pane, at=at)


def main() -> int:
    if MISSING:
        print(MISSING, file=sys.stderr)  # noqa: T201
        return 1
    SCREENSHOTS.mkdir(exist_ok=True)
    with virtual_display() as display:
        draw_xterm(display, (160, 42), '')
        draw_xterm(display, (80, 24), 'small-')
        draw_tmux(display)
    return 0


if __name__ == '__main__':
    sys.exit(main())
