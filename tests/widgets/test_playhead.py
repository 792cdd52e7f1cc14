import pytest

from hfmedia_tui.widgets.playhead import Playhead


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_it_moves_only_while_it_plays(clock: Clock) -> None:
    playhead = Playhead(clock)
    clock.now += 1
    assert playhead.position == 0
    playhead.play()
    clock.now += 1.5
    playhead.play()
    clock.now += 0.5
    assert playhead.position == pytest.approx(2)
    playhead.pause()
    clock.now += 9
    assert playhead.position == pytest.approx(2)
    assert not playhead.playing


def test_at_the_end_it_begins_again(clock: Clock) -> None:
    playhead = Playhead(clock)
    playhead.length = 3.0
    playhead.play()
    clock.now += 7.25
    assert playhead.position == pytest.approx(1.25)
    assert playhead.rounds == 1
    playhead.jump(0.5)
    assert playhead.rounds == 0


def test_a_jump_stays_within_the_film(clock: Clock) -> None:
    playhead = Playhead(clock)
    playhead.length = 3.0
    playhead.jump(-2)
    assert playhead.position == 0
    playhead.jump(50)
    assert playhead.position == 3.0


def test_of_a_length_that_nobody_knows_any_place_will_do(clock: Clock) -> None:
    playhead = Playhead(clock)
    playhead.play()
    clock.now += 1000
    assert playhead.position == pytest.approx(1000)
    playhead.jump(2000)
    assert playhead.position == pytest.approx(2000)
