"""A studio's day in a real terminal, and over a real SSH connection."""

import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from tests.terminals.display import missing, virtual_display
from tests.terminals.kinds import KITTY
from tests.terminals.recording import RecordingTerminal
from tests.terminals.sshd import MISSING_SSH, over_ssh
from tests.terminals.studio_walk import SETTINGS, TWICE, studio_walk
from tests.terminals.tmux import inside_tmux
from tests.terminals.windows import MISSING, Foot, Xterm

SIZE = (140, 40)


@pytest.fixture(autouse=True)
def settings(home: Path) -> None:
    path = home / 'config' / 'settings.toml'
    path.parent.mkdir(parents=True)
    path.write_text(SETTINGS)


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_a_day_in_xterm(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    with (
        virtual_display() as display,
        Xterm(TWICE, folder=tmp_path, display=display, size=SIZE, environment=environment) as terminal,
    ):
        studio_walk(terminal, home)


@pytest.mark.skipif(bool(lacking := MISSING or missing('foot', 'weston')), reason=lacking)
def test_half_a_day_in_foot(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    with (
        virtual_display() as display,
        Foot(TWICE, folder=tmp_path, display=display, size=SIZE, environment=environment) as terminal,
    ):
        studio_walk(terminal, home, half_a_day=True)


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_half_a_day_in_tmux(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    """tmux itself holds what was copied."""
    with (
        inside_tmux(('sh', '-c', '"$@"; exec sleep 600', 'run', *TWICE), folder=tmp_path, passing=True) as command,
        virtual_display() as display,
        Xterm(command, folder=tmp_path, display=display, size=SIZE, environment=environment) as terminal,
    ):
        copied = studio_walk(terminal, home, half_a_day=True)
        buffer = subprocess.run(
            ['tmux', '-S', str(tmp_path / 'tmux'), 'show-buffer'], capture_output=True, text=True, check=True
        )
        assert buffer.stdout == copied


@pytest.mark.skipif(bool(MISSING_SSH), reason=MISSING_SSH)
def test_a_day_over_ssh(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    """10 Mbit/s, 40 ms there and back; what is copied reaches the terminal that the user sits at."""
    with (
        over_ssh(TWICE, folder=tmp_path, environment=environment, bits=10e6, delay=0.02) as command,
        RecordingTerminal(command, KITTY, size=SIZE, environment={'HOME': str(tmp_path)}) as terminal,
    ):
        copied = studio_walk(terminal, home)
        assert terminal.until_ended() == 0
        assert b'\x1b]52;c;' + b64encode(copied.encode()) in terminal.output
        assert terminal.holding.held == {}
        assert terminal.holding.faults == terminal.faults == []
