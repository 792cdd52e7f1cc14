import json
import os
import sys
from pathlib import Path

import pytest

from hfmedia_tui.media.link import measure_link
from tests.bench.terminal import PLAIN, Answering

CHILD = """
import fcntl, json, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from hfmedia_tui.media.link import measure_link
before = termios.tcgetattr(0)
link = measure_link()
with open(sys.argv[1], 'w') as report:
    json.dump([*link, termios.tcgetattr(0) == before], report)
"""


@pytest.mark.parametrize(('megabits', 'round_trip'), [(2.0, 0.05), (None, 0.0)])
def test_the_link_is_measured(tmp_path: Path, megabits: float | None, round_trip: float) -> None:
    terminal = Answering(PLAIN, megabits=megabits, round_trip=round_trip)
    command = [sys.executable, '-c', CHILD, str(tmp_path / 'report')]
    terminal.run(command, {'PATH': os.environ['PATH'], 'TERM': 'xterm-256color'}, limit=30)
    rate, took, same = json.loads((tmp_path / 'report').read_bytes())
    assert same
    assert took >= round_trip
    if megabits is None:
        assert rate * 8 > 4_000_000
    else:
        assert rate * 8 == pytest.approx(megabits * 1_000_000, rel=0.4)


def test_without_a_terminal_there_is_nothing_to_measure(tmp_path: Path) -> None:
    with (tmp_path / 'file').open('wb+') as file:
        assert measure_link(keyboard=file.fileno(), screen=file.fileno()) is None
