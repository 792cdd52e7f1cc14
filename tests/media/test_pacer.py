import asyncio
import re
from collections.abc import Callable

import pytest

from hfmedia_tui.media import kitty
from hfmedia_tui.media.kept import Kept
from hfmedia_tui.media.pacer import Pacer

QUESTION = re.compile(r'\x1b7\x1b\[(\d+);(\d+)H\x1b\[6n\x1b8')


class Link:
    """A terminal behind a link, on a clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.written: list[str] = []
        self.frames: list[object] = []
        self.asked: list[tuple[int, int]] = []
        self.pacer = Pacer(lambda: self.now)

    def open(self) -> 'Link':
        self.pacer.open(self.write, lambda after: after())
        return self

    def write(self, text: str) -> None:
        self.asked += [(int(row), int(column)) for row, column in QUESTION.findall(text)]
        if text := QUESTION.sub('', text):
            self.written.append(text)

    def answer(self, after: float) -> None:
        """Answer the oldest question, some seconds later."""
        self.now += after
        self.pacer.acknowledge(*self.asked.pop(0))

    def lose(self) -> float:
        """Have the pacer wait for an answer in vain; return how many seconds it would have waited."""
        watch = self.pacer._watch
        assert watch is not None
        watch.cancel()
        self.pacer._give_up()
        return watch.when() - asyncio.get_running_loop().time()

    @property
    def size(self) -> int:
        return sum(map(len, self.written))


class Rows:
    """Something to be drawn that has `left` bytes left."""

    def __init__(self, left: int, nearness: float = 0.0) -> None:
        self.left, self.nearness = left, nearness
        self.turns: list[int] = []

    def go_on(self, budget: int) -> int:
        used = min(budget, self.left)
        self.left -= used
        self.turns.append(used)
        return used


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def pieces(size: int) -> tuple[str, ...]:
    return ('x' * 4096,) * (size // 4096)


async def test_no_more_is_under_way_than_the_window_and_more_as_answers_come_in_time() -> None:
    link = Link().open()
    upload = asyncio.create_task(link.pacer.upload(pieces(400 << 10)))
    await settled()
    first = link.size
    assert first == 32 << 10
    while link.asked:
        link.answer(0.001)
    await settled()
    assert link.size == 400 << 10
    await upload


async def test_late_answers_shrink_what_is_under_way() -> None:
    link = Link().open()
    upload = asyncio.create_task(link.pacer.upload(pieces(2 << 20)))
    await settled()
    link.answer(0.001)
    before = link.size
    most = []
    while link.asked:
        under_way = link.size - before
        before = link.size
        link.answer(0.3)
        most.append(under_way)
    assert max(most[-10:]) <= 16 << 10
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload


async def test_the_rate_is_what_arrived_in_the_time_that_it_took() -> None:
    link = Link().open()
    assert link.pacer.rate is None
    assert link.pacer.expect(1_000_000) == 0
    upload = asyncio.create_task(link.pacer.upload(pieces(16 << 10)))
    await upload
    link.answer(0.1)
    assert link.pacer.rate == pytest.approx((16 << 10) / 0.1)
    assert link.pacer.round_trip == pytest.approx(0.1)
    assert link.pacer.expect(16 << 10) == pytest.approx(0.1)


async def test_a_key_that_looks_like_an_answer_changes_nothing() -> None:
    link = Link().open()
    upload = asyncio.create_task(link.pacer.upload(pieces(64 << 10)))
    await settled()
    before = link.size
    link.pacer.acknowledge(1, link.asked[0][1])  # F3 with a modifier reports the first row
    link.pacer.acknowledge(2, 77)
    await settled()
    assert link.size == before
    link.pacer.close()
    with pytest.raises(asyncio.CancelledError):
        await upload


async def test_the_nearest_is_first_and_what_is_no_longer_wanted_is_never_sent() -> None:
    link = Link().open()
    busy = asyncio.create_task(link.pacer.upload(pieces(32 << 10)))
    far = asyncio.create_task(link.pacer.upload(('far',), nearness=5))
    unwanted = asyncio.create_task(link.pacer.upload(('unwanted',), nearness=1))
    near = asyncio.create_task(link.pacer.upload(('near',), nearness=2))
    await settled()
    unwanted.cancel()
    await settled()
    while link.asked:
        link.answer(0.001)
        await settled()
    await asyncio.gather(busy, far, near)
    assert [text for text in link.written if len(text) < 99] == ['near', 'far']
    assert unwanted.cancelled()


async def test_an_upload_that_has_begun_is_finished_and_nothing_comes_between_its_pieces() -> None:
    link = Link().open()
    upload = asyncio.create_task(link.pacer.upload(pieces(128 << 10), nearness=9))
    await settled()
    upload.cancel()
    other = asyncio.create_task(link.pacer.upload(('other',), nearness=0))
    link.pacer.tell('release')
    await settled()
    while link.asked:
        link.answer(0.001)
        await settled()
    assert link.size == (128 << 10) + len('other') + len('release')
    assert link.written[-2:] == ['release', 'other']
    await other
    assert upload.cancelled()


async def test_what_is_drawn_in_a_frame_counts_and_is_asked_for_behind_it() -> None:
    link = Link().open()
    assert link.pacer.take(30 << 10)
    assert not link.pacer.take(30 << 10)
    assert link.asked == []
    rows = Rows(100 << 10)
    link.pacer.wait(rows)
    await settled()
    while link.asked:
        link.answer(0.001)
        await settled()
    assert rows.left == 0
    assert max(rows.turns) <= 16 << 10


async def test_a_terminal_that_never_answers_is_no_longer_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('hfmedia_tui.media.pacer._LOST', 0.01)
    link = Link().open()
    async with asyncio.timeout(5):
        await link.pacer.upload(pieces(400 << 10))
    assert link.size == 400 << 10
    assert len(link.asked) < 4
    assert link.pacer.take(9 << 20)


async def test_a_terminal_that_first_answers_late_is_asked_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('hfmedia_tui.media.pacer._LOST', 0.01)
    link = Link().open()
    async with asyncio.timeout(5):
        await link.pacer.upload(pieces(64 << 10))
    link.answer(3)
    before = link.size
    upload = asyncio.create_task(link.pacer.upload(pieces(400 << 10)))
    await settled()
    assert link.size - before == 32 << 10
    link.pacer.close()
    with pytest.raises(asyncio.CancelledError):
        await upload


async def test_answers_that_a_frozen_link_kept_back_tell_nothing() -> None:
    """The terminal answers in its turn what was asked before the link froze, and meanwhile."""
    link = Link().open()
    upload = asyncio.create_task(link.pacer.upload(pieces(4 << 20)))
    await settled()
    while len(link.asked) < 20:
        link.answer(0.001)
    before = len(link.asked)
    link.lose()
    meanwhile = len(link.asked) - before
    assert meanwhile
    known = link.pacer.round_trip, link.pacer.rate
    link.now += 10
    for _ in range(before):
        link.answer(0)
    assert (link.pacer.round_trip, link.pacer.rate) == known
    assert len(link.asked) == meanwhile, 'nothing is sent for them'
    sent = link.size
    while link.asked and link.size < sent + (256 << 10):
        link.answer(0.04)
    assert link.asked, 'it goes on'
    link.pacer.close()
    with pytest.raises(asyncio.CancelledError):
        await upload


async def test_a_link_that_stays_frozen_is_asked_ever_less_often() -> None:
    link = Link().open()
    upload = asyncio.create_task(link.pacer.upload(pieces(4 << 20)))
    await settled()
    link.answer(0.04)
    assert [round(link.lose()) for _ in range(6)] == [2, 4, 8, 16, 32, 60]
    link.asked = link.asked[-1:]
    link.answer(0.04)
    assert round(link.lose()) == 2
    link.pacer.close()
    with pytest.raises(asyncio.CancelledError):
        await upload


async def test_what_was_drawn_before_a_loss_and_asked_for_after_it_is_counted_once() -> None:
    link = Link()
    frames: list[Callable[[], None]] = []
    link.pacer.open(link.write, frames.append)
    await link.pacer.upload(pieces(16 << 10))
    link.answer(0.001)
    await link.pacer.upload(pieces(4096))
    link.pacer.wait(Rows(8 << 10))
    await settled()
    link.lose()
    frames.pop()()
    link.asked = link.asked[-1:]
    link.answer(0.001)
    sent = link.size
    upload = asyncio.create_task(link.pacer.upload(pieces(400 << 10)))
    await settled()
    assert link.size - sent == 48 << 10
    link.pacer.close()
    with pytest.raises(asyncio.CancelledError):
        await upload


async def test_before_the_terminal_is_there_uploads_wait() -> None:
    link = Link()
    upload = asyncio.create_task(link.pacer.upload(('picture',)))
    await settled()
    assert not upload.done()
    link.open()
    await upload
    assert link.written == ['picture']


async def kept_in(link: Link, kept: Kept, name: str) -> int:
    bringing = asyncio.create_task(kept.bring(name, pieces(4096), 2, 2, 0))
    while not bringing.done():
        await settled()
        while link.asked:
            link.answer(0.001)
    return await bringing


def sent(link: Link) -> list[str]:
    found = re.findall(r'\x1b_Ga=(T|d),', ''.join(link.written))
    link.written.clear()
    return found


async def test_a_picture_is_sent_once_however_often_it_is_shown() -> None:
    link = Link().open()
    kept = Kept(link.pacer, in_tmux=False)
    number = await kept_in(link, kept, 'a')
    assert await kept_in(link, kept, 'a') == number
    assert kept.find('a') == number
    assert sent(link) == ['T']
    kept.leave('a', keep=True)
    kept.leave('a', keep=True)
    kept.leave('a', keep=True)
    assert kept.find('a') == number
    assert sent(link) == []
    kept.leave('a', keep=False)
    assert sent(link) == ['d']
    assert kept.find('a') == 0


async def test_sixty_that_are_not_shown_are_kept_and_the_oldest_is_freed() -> None:
    link = Link().open()
    kept = Kept(link.pacer, in_tmux=False)
    await kept_in(link, kept, 'shown')
    for index in range(70):
        await kept_in(link, kept, f'{index}')
        kept.leave(f'{index}', keep=True)
    assert len(kept) == 61
    assert kept.find('9') == 0
    assert kept.find('10')
    assert kept.find('shown')
    sent(link)
    kept.free_all()
    assert sent(link) == ['d'] * 61


async def test_a_picture_given_up_on_its_way_is_freed_when_it_is_there() -> None:
    link = Link().open()
    kept = Kept(link.pacer, in_tmux=False)
    bringing = asyncio.create_task(kept.bring('a', pieces(400 << 10), 2, 2, 0))
    await settled()
    bringing.cancel()
    await settled()
    while link.asked:
        link.answer(0.001)
        await settled()
    assert bringing.cancelled()
    assert sent(link) == ['T', 'd']
    assert len(kept) == 0


async def test_numbers_stay_within_24_bits() -> None:
    link = Link().open()
    kept = Kept(link.pacer, in_tmux=False)
    kept._number = kitty.LARGEST_NUMBER - 2
    assert [await kept_in(link, kept, name) for name in 'abc'] == [kitty.LARGEST_NUMBER - 1, kitty.LARGEST_NUMBER, 1]


async def test_at_the_end_what_has_begun_is_not_left_half_nor_what_waits_for_it_unsaid() -> None:
    link = Link().open()
    upload = asyncio.create_task(link.pacer.upload(pieces(400 << 10)))
    await settled()
    link.pacer.tell('free')
    assert 0 < link.size < 400 << 10
    assert 'free' not in link.written
    link.pacer.finish()
    assert link.size == (400 << 10) + len('free')
    assert link.written[-1] == 'free'
    await upload


async def test_at_the_end_no_upload_begins_that_would_be_left_half() -> None:
    link = Link().open()
    begun, waiting = [asyncio.create_task(link.pacer.upload(pieces(400 << 10))) for _ in range(2)]
    await settled()
    link.pacer.finish()
    too_late = asyncio.create_task(link.pacer.upload(('too late',)))
    for _ in range(40):
        await settled()
        while link.asked:
            link.answer(0.001)
    assert link.size == 400 << 10
    assert begun.done()
    assert waiting.cancelled()
    assert too_late.cancelled()
    link.pacer.tell('free')
    assert link.written[-1] == 'free'


@pytest.mark.parametrize('megabits', [5, 10, 50])
async def test_no_more_is_under_way_than_a_narrow_link_carries_while_a_key_may_wait(megabits: int) -> None:
    link, rate = Link().open(), megabits * 125_000
    upload = asyncio.create_task(link.pacer.upload(pieces(4 << 20)))
    await settled()
    most, arrived, batches = 0, 0, 0
    while link.asked:
        batches += 1
        size = link.size - arrived if len(link.asked) == 1 else 16 << 10
        arrived += size
        link.answer(size / rate)
        await settled()
        if batches > 10:
            most = max(most, link.size - arrived)
    assert most <= max(48 << 10, rate * 0.06), 'some 40 ms more than the way itself takes'
    await upload
