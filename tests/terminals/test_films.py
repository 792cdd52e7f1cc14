"""A film in a terminal that keeps account of every byte."""

import sys
from pathlib import Path

from tests.media.films import counted_film
from tests.terminals.kinds import GHOSTTY, KITTY, Answers
from tests.terminals.looking import until
from tests.terminals.recording import RecordingTerminal


def playing(answers: Answers, film: Path) -> RecordingTerminal:
    """Play a film in a bare app for some seconds."""
    command = [sys.executable, '-m', 'tests.bench.film_app', 'ours', 'kitty', '60x20', str(film), '4']
    environment = {'PYTHONPATH': str(Path(__file__).parents[2])}
    return RecordingTerminal(command, answers, size=(80, 30), environment=environment)


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
