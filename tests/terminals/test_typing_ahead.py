"""What is typed while the program starts is not lost, whatever the round trip."""

import itertools
import json
import string
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminals.journey import PROGRAM, environment_of
from tests.terminals.kinds import KITTY, PLAIN, VT340, Answers
from tests.terminals.looking import until, until_shown
from tests.terminals.recording import RecordingTerminal


@pytest.mark.parametrize(
    ('answers', 'round_trip'), [(KITTY, 0.0), (VT340, 0.1), (KITTY, 0.4), (PLAIN, 0.4), (KITTY, 2.5)]
)
def test_keys_pressed_during_the_questions_reach_the_prompt(
    tmp_path: Path, answers: Answers, round_trip: float
) -> None:
    """You should see two lines, a model to begin with, and nothing sent: the Enter was pressed before all of that."""
    with RecordingTerminal(
        [*PROGRAM, '--sandbox'],
        answers,
        environment=environment_of(tmp_path),
        round_trip=round_trip,
        typed_at_once='a whale é夜\rin ice',
    ) as terminal:
        until_shown(terminal, 'begin with: Ctrl+O')
        until_shown(terminal, '▌ a whale é夜')
        until_shown(terminal, '▌ in ice')
        until_shown(terminal, 'Jobs appear here')
        for rubbish in ('OK', '62;', 'XTerm', 'kitty('):
            assert rubbish not in terminal.text()
        terminal.press('ctrl+q')
        assert terminal.until_ended() == 0


def _type_through_the_start(terminal: RecordingTerminal, begin: Callable[[], bool], first: str = '') -> str:
    """Press a key each 10 ms from the moment on that `begin` is true, until the first screen has been there a while."""
    until(begin, lambda: 'a program that starts')
    typed = ''
    left = 30
    for letter in itertools.chain(first, itertools.cycle(string.ascii_lowercase)):
        terminal.type(letter)
        typed += letter
        time.sleep(0.01)  # as fast as a key repeats
        left -= 'Browse' in terminal.text()
        if not left:
            return typed.removeprefix(first)
    raise AssertionError('unreachable')


def test_keys_typed_while_the_first_screen_is_made_keep_their_order(tmp_path: Path) -> None:
    with RecordingTerminal([*PROGRAM, '--sandbox'], KITTY, environment=environment_of(tmp_path)) as terminal:
        typed = _type_through_the_start(terminal, lambda: b'\x1b[?1049h' in terminal.output, first='/')
        until_shown(terminal, typed[-10:])
        terminal.press('ctrl+q')
        assert terminal.until_ended() == 0
    kept = json.loads((tmp_path / 'data' / 'session.json').read_bytes())
    assert kept['places']['browse']['filter'] == typed


def test_what_is_typed_from_the_first_moment_on_is_the_prompt_in_its_order(tmp_path: Path) -> None:
    draft = tmp_path / 'data' / 'draft.txt'
    with RecordingTerminal([*PROGRAM, '--sandbox'], KITTY, environment=environment_of(tmp_path)) as terminal:
        typed = _type_through_the_start(terminal, lambda: True)
        until_shown(terminal, typed[-10:])
        terminal.press('ctrl+q')
        assert terminal.until_ended() == 0
    assert draft.read_text() == typed
