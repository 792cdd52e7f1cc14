"""Text and numbers in rows of cells."""

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from hfmedia_tui.widgets.plain import (
    age,
    brief,
    cells,
    clock,
    duration,
    file_size,
    json_text,
    one_line,
    plural,
    priced,
    shortened,
)
from tests.reading import TORTURE


@pytest.mark.parametrize('text', TORTURE)
@pytest.mark.parametrize('width', [0, 1, 2, 7, 80])
def test_a_cell_is_exactly_as_wide_as_it_should_be(text: str, width: int) -> None:
    assert cell_len(cells(one_line(text), width)) == width
    assert cell_len(cells(one_line(text), width, right=True)) == width


def test_json_is_written_as_it_was_typed() -> None:
    astronaut = '\U0001f468\u200d\U0001f680'
    assert json_text({'a': astronaut}) == f'{{"a": "{astronaut}"}}'
    assert json_text({'a': '\u202e\x9b\U0001f98a'}) == '{"a": "\\u202e\\u009b\U0001f98a"}', 'none steers a terminal'


def test_what_was_cut_says_so() -> None:
    assert cells('lighthouse', 6) == 'light…'
    assert cells('fox', 6) == 'fox   '
    assert cells('fox', 6, right=True) == '   fox'
    assert one_line('a\n fox\t here ') == 'a fox here'


@pytest.mark.parametrize(
    ('number', 'text'),
    [(0, '0'), (999, '999'), (1_000, '1.0k'), (9_949, '9.9k'), (9_990, '10k'), (999_499, '999k'), (999_600, '1.0M')],
)
def test_counts_are_brief(number: int, text: str) -> None:
    assert brief(number) == text


def test_numbers_bear_their_units() -> None:
    assert duration(3.42) == '3.4 s'
    assert duration(3.42, exact=False) == '3 s'
    assert duration(59.99) == '59 s'
    assert duration(65) == '1 m 05 s'
    assert duration(7_860) == '2 h 11 m'
    assert file_size(812) == '812 B'
    assert file_size(1_540_000) == '1.5 MB'
    assert file_size(999_600) == '1.0 MB'
    assert plural(1, 'job') == '1 job'
    assert plural(1_200, 'job') == '1,200 jobs'


def test_moments_bear_their_date_on_other_days() -> None:
    assert len(clock(datetime.now(UTC))) == 8
    assert clock(datetime(2020, 1, 2, 12, tzinfo=UTC)).startswith('2020-01-0')


@pytest.mark.parametrize(
    ('seconds', 'told'),
    [(60, '1 minute'), (3_600, '60 minutes'), (7_200, '2 hours'), (100_000, '27 hours'), (200_000, '2 days')],
)
def test_ages_are_told_roughly(seconds: float, told: str) -> None:
    assert age(seconds) == told


def test_a_long_identifier_keeps_both_its_ends() -> None:
    assert shortened('abcdefghij', 10) == 'abcdefghij'
    assert shortened('abcdefghijk', 10) == 'abcde…hijk'


@pytest.mark.parametrize(
    ('requests', 'paid', 'said'),
    [(1, 1, '1 paid request'), (4, 0, '4 free requests'), (1_200, 2, '1,200 requests, 2 of them paid')],
)
def test_what_may_be_billed_is_told_apart(requests: int, paid: int, said: str) -> None:
    assert priced(requests, paid) == said
