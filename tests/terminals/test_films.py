"""A film in a terminal that keeps account of every byte."""

import sys
from pathlib import Path
from typing import Final

import pytest

from tests.media.films import counted_film
from tests.terminals.display import missing
from tests.terminals.kinds import GHOSTTY, KITTY, Answers
from tests.terminals.looking import until
from tests.terminals.recording import RecordingTerminal
from tests.terminals.tmux import inside_tmux

ENVIRONMENT: Final = {'PYTHONPATH': str(Path(__file__).parents[2])}


def player(film: Path, seconds: int = 4) -> list[str]:
    """The command that plays a film in a bare app for some seconds."""
    return [sys.executable, '-m', 'tests.bench.film_app', 'ours', 'kitty', '60x20', str(film), str(seconds)]


def playing(answers: Answers, film: Path) -> RecordingTerminal:
    return RecordingTerminal(player(film), answers, size=(80, 30), environment=ENVIRONMENT)


def test_kitty_is_sent_a_short_film_once_and_plays_it_alone(tmp_path: Path) -> None:
    with playing(KITTY, counted_film(tmp_path / 'film.mp4', 24, 12)) as terminal:
        until(lambda: any(held.frames > 15 for held in terminal.holding.held.values()), 'all frames in the terminal')
        sent = terminal.traffic.kitty
        until(lambda: not terminal.running, 'the end')
        assert sum(upload.frame for upload in terminal.holding.uploads) == 15
        assert terminal.traffic.kitty - sent < 500, 'to play and to free it, and no pixel more'
        assert terminal.holding.faults == []
        assert terminal.faults == []
        assert terminal.holding.held == {}, 'everything is freed'


def test_ghostty_which_has_no_animations_is_sent_frame_after_frame(tmp_path: Path) -> None:
    with playing(GHOSTTY, counted_film(tmp_path / 'film.mp4', 24, 12)) as terminal:
        until(lambda: len(terminal.holding.uploads) > 6, 'frames')
        until(lambda: not terminal.running, 'the end')
        assert not any(upload.frame for upload in terminal.holding.uploads)
        assert terminal.holding.faults == []
        assert terminal.holding.held == {}, 'everything is freed'


@pytest.mark.skipif(bool(lacking := missing('tmux')), reason=lacking)
def test_a_film_moves_with_tmux_to_another_terminal(tmp_path: Path) -> None:
    """You should see it play on there."""
    film = counted_film(tmp_path / 'film.mp4', 24, 12)
    attach = ['tmux', '-u', '-S', str(tmp_path / 'tmux'), 'attach-session', '-d']

    def whole(terminal: RecordingTerminal) -> bool:
        return any(held.frames > 15 for held in terminal.holding.held.values())

    with (
        inside_tmux(player(film, 60), folder=tmp_path, passing=True) as command,
        RecordingTerminal(command, KITTY, size=(80, 30), environment=ENVIRONMENT) as here,
    ):
        until(lambda: whole(here), 'all frames')
        with RecordingTerminal(attach, KITTY, size=(80, 30), environment=ENVIRONMENT) as there:
            until(lambda: whole(there), 'all frames in the other terminal')
            until(lambda: there.shown and there.shown <= there.holding.held.keys(), 'the film in its cells')
            there.press('ctrl+q')
            there.until_ended()
            assert there.holding.held == {}, 'everything is freed'
            assert there.holding.faults == []
