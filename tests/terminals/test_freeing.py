"""What the terminal keeps is freed at the end, however slowly tmux gets rid of what it was given."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import pytest

from tests.terminals.display import missing
from tests.terminals.journey import environment_of, jobs_of, until_result_shown, walk
from tests.terminals.kinds import KITTY
from tests.terminals.looking import until, until_settled
from tests.terminals.recording import RecordingTerminal
from tests.terminals.tmux import inside_tmux
from tests.terminals.tour import START

_PROGRAM: Final = """
import random, sys

from PIL import Image

from hfmedia_tui.media import kitty
from hfmedia_tui.media.tmux import insist, through_tmux

columns, rows, number = 120, 40, 1912
for command in kitty.upload(kitty.encode(Image.new('RGB', (20, 20), 'red')), number, 2, 1):
    sys.stdout.write(through_tmux(command))
sys.stdout.flush()
input()
for _ in range(12):
    sys.stdout.write(chr(27) + '[H')
    for _ in range(columns * rows - 1):
        red, green, blue = random.randbytes(3)
        sys.stdout.write(f'{chr(27)}[48;2;{red};{green};{blue}m ')
sys.stdout.write(chr(27) + '[m' + chr(27) + '[2J' + chr(27) + '[H')
sys.stdout.flush()
insist([kitty.release(number)], sys.stdout.fileno())
print('over')
input()
"""


@pytest.mark.skipif(bool(lacking := missing('tmux')), reason=lacking)
def test_a_picture_is_freed_though_tmux_is_behind_with_drawing(tmp_path: Path) -> None:
    """While it waits to draw its window anew, tmux 3.3 passes nothing on, and counts it nowhere."""
    program = tmp_path / 'program.py'
    program.write_text(_PROGRAM)
    with (
        inside_tmux((sys.executable, str(program)), folder=tmp_path, passing=True) as command,
        RecordingTerminal(command, KITTY, size=(120, 40), bits=2e6) as terminal,
    ):
        until(lambda: terminal.holding.held, 'a picture')
        terminal.press('Enter')
        until(lambda: 'over' in terminal.text(), 'the end')
        terminal.at_rest()
        assert terminal.holding.held == {}


@pytest.mark.skipif(bool(lacking := missing('tmux')), reason=lacking)
def test_a_picture_that_tmux_lost_uncounted_is_sent_again(tmp_path: Path, home: Path) -> None:
    """You should see the picture although tmux drew its window anew again and again while it was sent."""
    over = threading.Event()

    def redraw() -> None:
        while not over.wait(0.4):
            subprocess.run(['tmux', '-S', str(tmp_path / 'tmux'), 'refresh-client'], capture_output=True, check=False)

    def at(place: str) -> None:
        if place == 'running':
            threading.Thread(target=redraw).start()
            until(lambda: all(job['state'] == 'succeeded' for job in jobs_of(home)), 'pictures')
        if place == 'pictures':
            until_settled(terminal)
            over.set()
            until_result_shown(terminal, home)

    with (
        inside_tmux((*START, '--sandbox'), folder=tmp_path, passing=True) as command,
        RecordingTerminal(command, KITTY, size=(140, 40), bits=1e6, environment=environment_of(home)) as terminal,
    ):
        try:
            walk(terminal, at=at, count=2)
        finally:
            over.set()
