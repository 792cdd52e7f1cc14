"""The whole run in a terminal that keeps account of every byte."""

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.terminals.journey import until_result_shown, walk
from tests.terminals.kinds import GHOSTTY, GNU_SCREEN, KITTY, OLD_KITTY, PLAIN, VT340, Answers
from tests.terminals.looking import until, until_shown
from tests.terminals.recording import RecordingTerminal, Traffic
from tests.terminals.tour import COUNT, START, tour

_MOST_HELD = 60
"""Pictures that a terminal is made to hold at once."""
_MOST_IDLE = 512
"""Bytes a second that are sent while nothing happens but the cursor of a field, which blinks."""
_MOST_BUSY = 60_000
"""Bytes a second that are sent while jobs run and no picture arrives, on 140 by 40 cells."""


def per_second(terminal: RecordingTerminal, seconds: float = 1.0) -> Traffic:
    before = terminal.traffic
    time.sleep(seconds)  # a rate is measured over a time
    after = terminal.traffic - before
    return Traffic(*(round(part / seconds) for part in after))


@pytest.mark.parametrize('answers', [KITTY, GHOSTTY], ids=lambda answers: answers.name)
def test_pictures_by_kittys_protocol_are_sent_once_and_freed(
    home: Path, environment: dict[str, str], answers: Answers
) -> None:
    with RecordingTerminal(START, answers, size=(140, 40), environment=environment) as terminal:
        sent: dict[str, int] = {}

        def at(place: str) -> None:
            traffic = terminal.at_rest()
            sent[place] = traffic.kitty
            assert len(terminal.holding.held) <= _MOST_HELD
            assert terminal.shown <= terminal.holding.held.keys(), 'no cell stands for what is not held'
            if place == 'under the modal':
                assert terminal.shown == set(), 'dimmed, as all that is under it'
            if place == 'looked at each':
                until(lambda: per_second(terminal).total <= _MOST_IDLE, 'a program that has drawn all')

        tour(terminal, home, resize=lambda: terminal.resize(128, 36), at=at)
        terminal.at_rest()
        holding = terminal.holding
        assert holding.faults == []
        assert terminal.faults == []
        assert sent['before the modal'] == sent['under the modal'] == sent['after the modal']
        assert holding.held == {}, 'everything is freed'
        assert len(holding.released_in_vain) < COUNT, 'and hardly anything that was never sent'
        most = max(Counter(upload.digest for upload in holding.uploads).values())
        assert most <= COUNT, 'only what left and came back is sent again'


@pytest.mark.parametrize('answers', [OLD_KITTY, PLAIN, GNU_SCREEN], ids=lambda answers: answers.name)
def test_where_no_pictures_can_be_drawn_half_cells_are(
    home: Path, environment: dict[str, str], answers: Answers
) -> None:
    with RecordingTerminal(START, answers, size=(140, 40), environment=environment) as terminal:

        def at(place: str) -> None:
            if place == 'jobs':
                until_result_shown(terminal, home)

        walk(terminal, at=at)
        assert terminal.faults == []
        assert terminal.holding.uploads == []
        assert terminal.traffic.sixel == 0
        twenty_four_bits = answers is OLD_KITTY
        assert (b'48;2;' in terminal.output) == twenty_four_bits, 'only where they are promised, and not in GNU screen'
        assert (b'48;5;' in terminal.output) != twenty_four_bits


def test_where_there_are_no_colours_to_be_had_none_is_written(environment: dict[str, str]) -> None:
    few = {**environment, 'TERM': 'xterm-16color', 'NO_COLOR': '1'}
    with RecordingTerminal(START, PLAIN, size=(80, 24), environment=few) as terminal:
        until_shown(terminal, '▶ video ')
        terminal.at_rest()
        styles = {part for style in re.findall(rb'\x1b\[([\d;]*)m', terminal.output) for part in style.split(b';')}
    assert styles <= {b'', b'0', b'1', b'2', b'3', b'4', b'7', b'39', b'49'}, 'weight, and what the terminal is set to'


def test_sixel_keeps_off_the_last_row_and_jobs_cost_little(environment: dict[str, str]) -> None:
    with RecordingTerminal(START, VT340, size=(140, 40), environment=environment) as terminal:
        busy: list[Traffic] = []

        def at(place: str) -> None:
            if place == 'running':
                busy.append(per_second(terminal))
            if place in ('pictures', 'jobs'):
                until(lambda: per_second(terminal).total <= _MOST_IDLE, 'a program that has drawn all')

        walk(terminal, at=at)
        assert busy[0].text <= _MOST_BUSY
        assert terminal.traffic.sixel > 0
        assert terminal.faults == []
        terminal.press('ctrl+q')
        until(lambda: 'ended with 0' in terminal.text(), 'the end')
