"""The way over SSH itself: as narrow and as long as it is told to be, and cut off without a trace."""

import sys
from pathlib import Path

import pytest

from tests.terminals.kinds import KITTY
from tests.terminals.looking import until_shown
from tests.terminals.recording import RecordingTerminal
from tests.terminals.sshd import MISSING_SSH, over_ssh

pytestmark = pytest.mark.skipif(bool(MISSING_SSH), reason=MISSING_SSH)


def test_a_command_writes_over_a_narrow_link(tmp_path: Path) -> None:
    command = [sys.executable, '-c', 'print("x" * 50_000)']
    with (
        over_ssh(command, folder=tmp_path, bits=2e6, delay=0.05) as way,
        RecordingTerminal(way, KITTY, environment={'HOME': str(tmp_path)}) as terminal,
    ):
        assert terminal.until_ended() == 0
        assert terminal.output.count(b'x') == 50_000
        assert terminal.arrivals[-1][0] - terminal.arrivals[0][0] > 50_000 * 8 / 2e6 / 2


def test_a_connection_may_be_left_open(tmp_path: Path) -> None:
    command = ['sh', '-c', 'echo there; exec sleep 60']
    with (
        over_ssh(command, folder=tmp_path, bits=10e6) as way,
        RecordingTerminal(way, KITTY, environment={'HOME': str(tmp_path)}) as terminal,
    ):
        until_shown(terminal, 'there')
