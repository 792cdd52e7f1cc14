"""A grid of 200 pictures, scrolled from its beginning to its end and back."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from tests.terminals.kinds import KITTY, OLD_KITTY, VT340, Answers
from tests.terminals.looking import until
from tests.terminals.recording import RecordingTerminal
from tests.terminals.wall import TILE

COUNT = 200
CELL = (10, 20)


def colour(number: int) -> tuple[int, int, int]:
    """Each picture has a colour of its own."""
    return 40 + number % 6 * 40, 40 + number // 6 % 6 * 40, 40 + number // 36 * 35


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp('wall')
    for number in range(COUNT):
        Image.new('RGB', (64, 64), colour(number)).save(path / f'{number:03}.png')
    return path


def captions(terminal: RecordingTerminal) -> dict[int, tuple[int, int]]:
    """Where each picture's caption begins: column and row."""
    lines = terminal.text().splitlines()
    return {int(found[0]): (found.start(), y) for y, line in enumerate(lines) for found in re.finditer(r'\d{3}', line)}


def all_shown(terminal: RecordingTerminal) -> bool:
    """Whether in the middle of every whole tile there is its own picture's colour."""
    seen = terminal.look()
    places = captions(terminal)
    for number, (x, y) in places.items():
        middle = ((x - 2 + TILE.width // 2) * CELL[0], (y - TILE.height // 2) * CELL[1])
        if middle[1] >= 0 and seen.getpixel(middle) != colour(number):
            return False
    return bool(places)


def _page_down(terminal: RecordingTerminal, before: set[int]) -> None:
    terminal.press('PageDown')
    until(lambda: not captions(terminal).keys() <= before, 'the next pictures')


@pytest.mark.parametrize('answers', [KITTY, OLD_KITTY], ids=lambda answers: answers.name)
def test_every_picture_is_seen_in_its_place(folder: Path, answers: Answers) -> None:
    command = [sys.executable, '-m', 'tests.terminals.wall', str(folder)]
    with RecordingTerminal(command, answers, size=(112, 42), cell=CELL) as terminal:
        met: set[int] = set()
        while COUNT - 1 not in met:
            until(lambda: all_shown(terminal), lambda: f'each picture in its place on\n{terminal.text()}')
            terminal.at_rest()  # no half of a page
            before = set(captions(terminal))
            met |= before
            if COUNT - 1 not in before:
                _page_down(terminal, before)
        assert met == set(range(COUNT))
        until(lambda: all_shown(terminal), 'the last pictures')
        terminal.at_rest()
        sent = terminal.traffic
        terminal.press('PageUp')
        until(lambda: COUNT - 1 not in captions(terminal), 'the pictures before')
        until(lambda: all_shown(terminal), 'the pictures before, each in its place')
        terminal.at_rest()
        assert terminal.traffic.kitty == sent.kitty, 'what is still there is not sent again'
        terminal.press('ctrl+q')
        assert terminal.until_ended() == 0
        assert terminal.faults == terminal.holding.faults == []
        assert terminal.holding.held == {}
        times = Counter(upload.digest for upload in terminal.holding.uploads)
        assert set(times.values()) == ({1} if answers is KITTY else set()), 'each was sent once'


def test_sixel_is_sent_only_at_rest(folder: Path) -> None:
    command = [sys.executable, '-m', 'tests.terminals.wall', str(folder)]
    with RecordingTerminal(command, VT340, size=(112, 42), cell=CELL) as terminal:
        until(lambda: terminal.traffic.sixel, 'the first pictures')
        terminal.at_rest()
        first = terminal.traffic.sixel
        terminal.press(*['PageDown'] * 12)
        until(lambda: COUNT - 1 in captions(terminal), 'the last pictures')
        terminal.at_rest()
        until(lambda: terminal.traffic.sixel > first, 'Sixel again')
        terminal.at_rest()
        assert terminal.traffic.sixel < 6 * first, 'not for each step on the way'
        assert terminal.faults == []
