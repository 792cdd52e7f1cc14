import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.film_reel import Frame, Reel
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.terminal import CellSize, Terminal
from tests.media.films import counted_film

Open = Callable[..., Reel]


@pytest.fixture
def reel() -> Iterator[Open]:
    opened: list[Reel] = []

    def open_it(path: Path, **options: int) -> Reel:
        opened.append(Reel(path, Terminal(), Area(20, 6, CellSize(10, 20), halves=True), **options))
        return opened[-1]

    yield open_it
    for one in opened:
        one.close()


async def test_it_tells_length_and_rate(reel: Open, tmp_path: Path) -> None:
    opened = reel(counted_film(tmp_path / 'film.mp4', 24, 12))
    assert opened.length is None
    await opened.open()
    assert opened.length == pytest.approx(2.0)
    assert opened.rate == pytest.approx(12)


async def test_the_second_time_round_nothing_is_decoded(reel: Open, tmp_path: Path) -> None:
    opened = reel(counted_film(tmp_path / 'film.mp4', 24, 12))
    await opened.open()
    first = [await opened.frame_at(eighth / 8, 0.0) for eighth in range(16)]
    assert [frame.moment for frame in first] == pytest.approx([int(eighth * 1.5) / 12 for eighth in range(16)])
    assert opened._reader is not None
    opened._reader.close()
    again = [await opened.frame_at(eighth / 8 + 0.03, 0.06) for eighth in range(16)]
    assert [frame.moment for frame in again] == [frame.moment for frame in first]


async def test_a_frame_that_stands_long_is_made_once(reel: Open, tmp_path: Path) -> None:
    opened = reel(counted_film(tmp_path / 'film.mp4', 4, 12, times=[0, 0.1, 2.0, 2.1]))
    await opened.open()
    standing = [await opened.frame_at(moment, 0.0) for moment in (0.5, 1.0, 1.5)]
    assert len({id(frame.picture) for frame in standing}) == 1


async def test_what_is_kept_has_a_bound(reel: Open, tmp_path: Path) -> None:
    opened = reel(counted_film(tmp_path / 'film.mp4', 40, 20), kept_bytes=60_000)
    await opened.open()
    for index in range(40):
        await opened.frame_at(index / 20, 0.0)
    assert 2 < len(opened._kept) < 40
    assert sum(picture.weight for picture in opened._kept) <= 60_000


async def test_what_cannot_be_played_says_why(reel: Open, tmp_path: Path) -> None:
    path = tmp_path / '[film\x1b].mp4'
    path.write_bytes(b'\0\0\0\x14ftypisom' + bytes(200))
    with pytest.raises(MediaError, match=r'\[film\]\.mp4 is damaged or incomplete'):
        await reel(path).open()
    with pytest.raises(MediaError, match='cannot be read'):
        await reel(tmp_path / 'nothing.mp4').open()


async def test_closed_it_leaves_no_thread_and_no_memory(tmp_path: Path) -> None:
    reel = Reel(
        counted_film(tmp_path / 'film.mp4', 24, 12),
        Terminal(),
        Area(20, 6, CellSize(10, 20), halves=True),
    )
    await reel.open()
    frame = await reel.frame_at(0.5, 0.0)
    assert isinstance(frame, Frame)
    threads = list(reel._thread._threads)
    reel.close()
    for thread in threads:
        thread.join(5)
    assert not any(thread in threading.enumerate() for thread in threads)
    assert not reel._kept
