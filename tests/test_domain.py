"""Text from outside loses what could steer a terminal, and nothing else."""

import sys

import pytest

from hfmedia_tui.domain import clean


@pytest.mark.parametrize(
    ('text', 'cleaned'),
    [
        ('plain', 'plain'),
        ('  two words ', 'two words'),
        ('line one\n\tline two', 'line one\n\tline two'),
        ('\x1b[31mred\x1b[0m', '[31mred[0m'),
        ('a\x00b\x7fc\x9bd', 'abcd'),
        ('a\rb', 'ab'),
        ('\u202eevil\u202c', 'evil'),
        ('a\udcffb', 'ab'),
        ('👩\u200d👩\u200d👧', '👩\u200d👩\u200d👧'),
        ('全角 e\u0301', '全角 e\u0301'),
        ('', ''),
    ],
)
def test_what_goes_and_what_stays(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_it_is_cut() -> None:
    assert clean('x' * 100, 10) == 'x' * 9 + '…'
    assert clean('\n' + 'x' * 100, 10) == 'x' * 9 + '…'
    assert clean('x' * 10, 10) == 'x' * 10
    assert len(clean('\x1b' * 10**6 + 'x', 10)) == 0


def test_a_text_that_is_printable_holds_nothing_that_would_go() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if character.isprintable():
            assert clean(f'a{character}b') == clean(f'a{character}b\n'), hex(code)
