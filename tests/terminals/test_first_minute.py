"""A newcomer's first minute, in real terminals."""

from pathlib import Path

import pytest

from tests.terminals.display import virtual_display
from tests.terminals.journey import PROGRAM, environment_of, jobs_of, until_result_shown, walk
from tests.terminals.looking import drawn, until
from tests.terminals.tmux import Tmux
from tests.terminals.windows import MISSING, Xterm

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

START = (*PROGRAM, '--sandbox')


def test_from_the_start_to_four_pictures_in_xterm(tmp_path: Path) -> None:
    home = tmp_path / 'home'
    with (
        virtual_display() as display,
        Xterm(START, folder=tmp_path, display=display, size=(140, 40), environment=environment_of(home)) as terminal,
    ):

        def at(place: str) -> None:
            if place == 'compose':
                assert drawn(terminal.look()) is None, 'nothing is drawn before there is a result'
            if place in ('pictures', 'jobs'):
                until_result_shown(terminal, home)

        walk(terminal, at=at)
        terminal.press('ctrl+q')
        until(lambda: not terminal.running, 'the end of the program')
    assert [job['state'] for job in jobs_of(home)] == ['succeeded'] * 4


def test_from_the_start_to_four_pictures_in_tmux(tmp_path: Path) -> None:
    home = tmp_path / 'home'
    with Tmux(START, folder=tmp_path, size=(80, 24), environment=environment_of(home)) as pane:

        def at(place: str) -> None:
            if place == 'jobs':
                until(lambda: pane.text().count('▀') > 100, 'a picture in half-cells')
                assert pane.text().count('✓') >= 4

        walk(pane, at=at)
        pane.press('ctrl+q')
        until(lambda: not pane.running, 'the end of the program')
    assert [job['state'] for job in jobs_of(home)] == ['succeeded'] * 4
