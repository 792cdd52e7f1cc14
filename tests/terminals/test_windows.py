"""The whole run in real terminals, each seen from outside as a person sees it."""

import subprocess
from pathlib import Path

import pytest

from tests.terminals.display import missing, virtual_display
from tests.terminals.journey import environment_of, jobs_of, until_result_shown, walk
from tests.terminals.kinds import KITTY
from tests.terminals.looking import until
from tests.terminals.recording import RecordingTerminal
from tests.terminals.sshd import MISSING_SSH, over_ssh
from tests.terminals.tmux import inside_tmux
from tests.terminals.tour import START, tour
from tests.terminals.windows import Foot, Kitty, Xterm

SIZE = (140, 40)
_TOFU = '\U0010eeee'


def needs(*programs: str) -> pytest.MarkDecorator:
    lacking = missing('Xvfb', 'xdotool', *programs)
    return pytest.mark.skipif(bool(lacking), reason=lacking)


@pytest.mark.parametrize(
    'kind',
    [
        pytest.param(Xterm, marks=needs('xterm')),
        pytest.param(Kitty, marks=needs('kitty')),
        pytest.param(Foot, marks=needs('foot', 'weston')),
    ],
)
def test_each_picture_is_seen_and_gone_in_a_window(
    tmp_path: Path, home: Path, environment: dict[str, str], kind: type[Xterm | Kitty | Foot]
) -> None:
    with (
        virtual_display() as display,
        kind(START, folder=tmp_path, display=display, size=SIZE, environment=environment) as terminal,
    ):

        def at(place: str) -> None:
            text = terminal.text()
            assert _TOFU not in text
            half_cells = kind is Kitty and place not in ('under the modal', 'away')
            assert (text.count('▀') > 100) == half_cells, f'half-cells where no pictures can be drawn, {place}:\n{text}'

        def resize() -> None:
            terminal.resize(0.95, 0.92)

        tour(terminal, home, resize=None if kind is Foot else resize, at=at)


CUT_BY_TMUX = {'the number 0'}
"""What comes through of an upload whose beginning tmux threw away names no number; it is sent again whole."""


@needs('xterm', 'tmux')
def test_each_picture_is_seen_and_gone_in_tmux(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    """tmux 3.3 draws no Sixel itself: half-cells."""
    with (
        inside_tmux(START, folder=tmp_path, passing=True) as command,
        virtual_display() as display,
        Xterm(command, folder=tmp_path, display=display, size=SIZE, environment=environment) as terminal,
    ):
        tour(terminal, home, resize=lambda: terminal.resize(0.95, 0.92), at=lambda place: None)


@needs('tmux')
@pytest.mark.parametrize('passing', [True, False], ids=['passing', 'half-cells'])
def test_each_picture_is_seen_through_tmux(
    tmp_path: Path, home: Path, environment: dict[str, str], passing: bool
) -> None:
    """Where tmux passes nothing on it gets half-cells, of which it throws away what it cannot keep up with."""
    with (
        inside_tmux(START, folder=tmp_path, passing=passing) as command,
        RecordingTerminal(command, KITTY, size=SIZE, environment=environment) as terminal,
    ):
        tour(terminal, home, resize=lambda: terminal.resize(128, 36), at=lambda place: None)
        terminal.at_rest()
        assert bool(terminal.holding.uploads) == passing
        assert terminal.holding.held == {}
        assert set(terminal.holding.faults) <= CUT_BY_TMUX


@needs('tmux')
def test_a_picture_that_came_while_tmux_showed_another_window_is_there_later(tmp_path: Path, home: Path) -> None:

    def tmux(*arguments: str) -> None:
        subprocess.run(['tmux', '-S', str(tmp_path / 'tmux'), *arguments], capture_output=True, check=True)

    with (
        inside_tmux((*START, '--sandbox'), folder=tmp_path, passing=True) as command,
        RecordingTerminal(command, KITTY, size=SIZE, environment=environment_of(home)) as terminal,
    ):

        def at(place: str) -> None:
            if place == 'running':
                tmux('new-window', 'sleep 600')
                until(lambda: all(job['state'] == 'succeeded' for job in jobs_of(home)), 'pictures')
                tmux('select-window', '-t', ':0')
                until_result_shown(terminal, home)

        walk(terminal, at=at, count=2)
        terminal.at_rest()  # tmux passes a deletion on at once, and draws over its cells a moment later
        assert terminal.holding.held.keys() >= terminal.shown
        assert set(terminal.holding.faults) <= CUT_BY_TMUX


@needs('tmux')
def test_pictures_move_with_tmux_to_another_terminal(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    attach = ['tmux', '-u', '-S', str(tmp_path / 'tmux'), 'attach-session', '-d']
    with (
        inside_tmux(START, folder=tmp_path, passing=True) as command,
        RecordingTerminal(command, KITTY, size=SIZE, environment=environment) as here,
    ):
        walk(here, at=lambda place: None, count=1)
        until_result_shown(here, home)
        with RecordingTerminal(attach, KITTY, size=SIZE, environment=environment) as there:
            until_result_shown(there, home)
            there.press('ctrl+q')
            until(lambda: 'ended with 0' in there.text(), 'the end')
            there.at_rest()
            assert there.holding.held == {}
            assert there.holding.faults == []


@pytest.mark.skipif(bool(MISSING_SSH), reason=MISSING_SSH)
def test_pictures_come_over_ssh_on_a_narrow_link(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    """10 Mbit/s, 40 ms there and back; SSH carries neither COLORTERM nor HFMEDIA_GRAPHICS."""
    with (
        over_ssh(START, folder=tmp_path, environment=environment, bits=10e6, delay=0.02) as command,
        RecordingTerminal(command, KITTY, size=SIZE, environment={'HOME': str(tmp_path)}) as terminal,
    ):
        tour(terminal, home, resize=lambda: terminal.resize(128, 36), at=lambda place: None)
        terminal.at_rest()
        assert terminal.holding.held == {}
        assert terminal.holding.faults == []
