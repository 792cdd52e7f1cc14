"""What is typed while the program starts is not lost, whatever the round trip."""

from pathlib import Path

import pytest

from tests.terminals.journey import PROGRAM, choose, environment_of
from tests.terminals.kinds import KITTY, PLAIN, VT340, Answers
from tests.terminals.looking import until_shown
from tests.terminals.recording import RecordingTerminal


@pytest.mark.parametrize(
    ('answers', 'round_trip'), [(KITTY, 0.0), (VT340, 0.1), (KITTY, 0.4), (PLAIN, 0.4), (KITTY, 2.5)]
)
def test_keys_pressed_during_the_questions_reach_the_prompt(
    tmp_path: Path, answers: Answers, round_trip: float
) -> None:
    with RecordingTerminal(
        [*PROGRAM, '--sandbox'],
        answers,
        environment=environment_of(tmp_path),
        round_trip=round_trip,
        typed_at_once='a whale é夜',
    ) as terminal:
        until_shown(terminal, '▌▶ video')
        choose(terminal, 'flux dev', '▌▣ image   black-forest-labs/FLUX.1-dev')
        until_shown(terminal, 'a whale é夜')
        for rubbish in ('OK', '62;', 'XTerm', 'kitty('):
            assert rubbish not in terminal.text()
        terminal.press('ctrl+q')
        assert terminal.until_ended() == 0
