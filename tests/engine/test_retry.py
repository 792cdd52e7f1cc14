"""The policy of repeating, as a table."""

import pytest

from hfmedia_tui.domain import SendKind
from hfmedia_tui.engine.retry import (
    After,
    after_submit,
    is_ambiguous,
    is_stalled,
    may_go_on,
    wait_after_download,
    wait_after_refusal,
    wait_after_trouble,
)

SUBMIT, POLL, RESULT = SendKind.SUBMIT, SendKind.POLL, SendKind.RESULT


@pytest.mark.parametrize(
    ('kind', 'status', 'reached', 'tries', 'again'),
    [
        (SUBMIT, None, False, 1, True),  # the connection was refused: nothing was sent
        (SUBMIT, None, False, 3, False),
        (SUBMIT, None, True, 1, False),  # no answer came: it may have been billed
        (SUBMIT, 200, True, 1, False),
        (SUBMIT, 429, True, 1, False),  # the machine sees it first
        (SUBMIT, 504, True, 1, False),
        (POLL, None, False, 50, True),  # until the deadline
        (POLL, None, True, 50, True),
        (POLL, 429, True, 50, True),
        (POLL, 502, True, 50, True),
        (POLL, 404, True, 1, False),
        (POLL, 200, True, 1, False),
        (RESULT, 503, True, 3, True),
        (RESULT, 503, True, 4, False),  # by now it is the prediction's own failure
        (RESULT, 429, True, 50, True),
        (RESULT, 422, True, 1, False),
    ],
)
def test_trouble(kind: SendKind, status: int | None, reached: bool, tries: int, again: bool) -> None:
    wait = wait_after_trouble(kind, status=status, reached=reached, tries=tries)
    assert (wait is not None) == again


@pytest.mark.parametrize(
    ('status', 'tries', 'again'),
    [
        (429, 1, True),
        (429, 3, True),
        (429, 4, False),
        (503, 2, True),
        (503, 3, False),
        (402, 1, False),
        (504, 1, False),
    ],
)
def test_refusals(status: int, tries: int, again: bool) -> None:
    assert (wait_after_refusal(status, tries) is not None) == again


def test_a_server_that_asks_for_patience_gets_it_within_bounds() -> None:
    assert wait_after_refusal(429, 1, pause=7.0) == 7.0
    assert wait_after_refusal(429, 1, pause=0.0) == 0.0
    assert wait_after_refusal(429, 1, pause=86_400.0) == 60.0
    assert wait_after_trouble(POLL, status=429, reached=True, tries=1, pause=7.0) == 7.0
    assert wait_after_download(1, pause=7.0) == 7.0


def test_waits_grow_and_stay_bounded() -> None:
    waits = [wait_after_trouble(POLL, status=502, reached=True, tries=tries) or 0 for tries in range(1, 60)]
    assert 0 < waits[0] <= 1
    assert waits[4] > waits[0]
    assert max(waits) <= 30


def test_downloads_go_on_until_the_deadline_unless_the_host_says_that_they_are_whole() -> None:
    assert wait_after_download(100) is not None
    assert wait_after_download(4, cut=True) is not None
    assert wait_after_download(5, cut=True) is None


def test_one_stalled_connection_is_an_accident() -> None:
    assert not is_stalled(1)
    assert is_stalled(2)


NEXT, AGAIN, AMBIGUOUS, END = After.NEXT, After.AGAIN, After.AMBIGUOUS, After.END
ANSWERS = {
    **dict.fromkeys((400, 401, 402, 404, 410), NEXT),
    **dict.fromkeys((429, 503), AGAIN),
    **dict.fromkeys((408, 499, 500, 502, 504, 520, 522, 523, 524, 529, 599), AMBIGUOUS),
    **dict.fromkeys((200, 302, 403, 405, 409, 413, 422, 425, 451, 501, 505, 521, 525, 526), END),
}
"""What follows a submit that was answered so and not accepted."""


@pytest.mark.parametrize(('status', 'follows'), ANSWERS.items())
def test_what_follows_a_submit(status: int, follows: After) -> None:
    assert after_submit(status) is follows


@pytest.mark.parametrize('status', range(100, 600))
def test_exactly_one_thing_follows_a_refusal(status: int) -> None:
    follows = {
        NEXT: may_go_on(status),
        AGAIN: wait_after_refusal(status, 1) is not None,
        AMBIGUOUS: is_ambiguous(status, garbled=False),
    }
    expected = after_submit(status)
    assert [what for what, does in follows.items() if does] == ([] if expected is END else [expected])


@pytest.mark.parametrize(('status', 'ambiguous'), [(200, True), (202, True), (302, False), (400, False), (422, False)])
def test_a_success_that_cannot_be_read_is_ambiguous(status: int, ambiguous: bool) -> None:
    assert is_ambiguous(status, garbled=True) == ambiguous
