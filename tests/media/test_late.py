"""Answers that come late are told from keys, however they are cut up."""

import pytest

from hfmedia_tui.media.late import LateAnswers

ANSWERS = b'\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.32.2)\x1b\\\x1b[6;20;10t\x1b[?2;0;1000;800S\x1b[?62;c'


@pytest.mark.parametrize('piece', [1, 2, 3, 7, 1000])
def test_only_what_was_typed_is_left(piece: int) -> None:
    late = LateAnswers(1)
    received = b'a' + ANSWERS + 'é\x1b[A\x1b[15~'.encode()
    typed = b''.join(late.take_out(received[at : at + piece]) for at in range(0, len(received), piece))
    assert typed + late.give_back() == 'aé\x1b[A\x1b[15~'.encode()


@pytest.mark.parametrize('key', [b'\x1b', b'\x1bP', b'\x1b_', b'\x1b[6'])
def test_a_key_that_begins_as_an_answer_does_comes_when_nothing_follows(key: bytes) -> None:
    late = LateAnswers(1)
    assert late.take_out(b'a' + key) == b'a'
    assert late.give_back() == key
    assert late.give_back() == b''


def test_answers_through_another_terminal_are_waited_for_too() -> None:
    late = LateAnswers(2)
    assert late.take_out(b'\x1b[?1;2cx') == b'x'
    assert late.take_out(ANSWERS + b'y') == b'y'
    assert late.take_out(ANSWERS) == ANSWERS, 'none is expected any more'


def test_where_all_was_answered_nothing_is_taken_out() -> None:
    assert LateAnswers(0).take_out(ANSWERS + b'\x1b') == ANSWERS + b'\x1b'
