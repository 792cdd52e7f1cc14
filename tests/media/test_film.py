import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
from PIL import Image

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media import film
from hfmedia_tui.media.decode import shown_pixels
from hfmedia_tui.media.film import FilmReader
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.formats import Format
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.media.scale import scale
from hfmedia_tui.media.terminal import CellSize
from tests.media.films import counted_film, number_of

Open = Callable[[Path], FilmReader]


@pytest.fixture
def reader() -> Iterator[Open]:
    opened: list[FilmReader] = []

    def open_it(path: Path) -> FilmReader:
        opened.append(FilmReader(path))
        return opened[-1]

    yield open_it
    for one in opened:
        one.close()


def shown(reader: FilmReader, moment: float) -> int:
    return number_of(shown_pixels(reader.shot_at(moment).frame, 32, 32))


def level(picture: Image.Image, x: float, y: float) -> int:
    place = int(x * picture.width), int(y * picture.height)
    return picture.convert('L').crop((*place, place[0] + 1, place[1] + 1)).tobytes()[0]


@pytest.mark.parametrize('kind', ['mp4', 'webm', 'mov'])
def test_the_frame_at_a_moment_is_the_one_that_is_shown_then(tmp_path: Path, reader: Open, kind: str) -> None:
    opened = reader(counted_film(tmp_path / f'film.{kind}', 24, 12))
    assert [shown(opened, moment) for moment in (0, 0.01, 0.26, 0.26, 0.5, 1.0)] == [0, 0, 3, 3, 6, 12]
    assert opened.rate == pytest.approx(12, rel=0.1)
    assert opened.length == pytest.approx(2.0, abs=0.1)


def test_it_jumps_back_and_far_ahead(tmp_path: Path, reader: Open) -> None:
    opened = reader(counted_film(tmp_path / 'film.mp4', 60, 12))
    assert [shown(opened, moment) for moment in (1.0, 0.5, 4.5, 0, 4.9, 2.0)] == [12, 6, 54, 0, 58, 24]


def test_past_the_end_stands_the_last_frame_and_the_true_length_is_known(tmp_path: Path, reader: Open) -> None:
    opened = reader(counted_film(tmp_path / 'film.mp4', 12, 12))
    opened.length = 10.0
    assert shown(opened, 50.0) == 11
    assert opened.length == pytest.approx(1.0, abs=0.01)
    assert shown(opened, 0) == 0


def test_frames_at_a_variable_rate_keep_their_times(tmp_path: Path, reader: Open) -> None:
    opened = reader(counted_film(tmp_path / 'film.mp4', 6, 10, times=[0, 0.1, 0.2, 1.2, 1.3, 3.0]))
    assert [shown(opened, moment) for moment in (0.15, 1.1, 1.25, 2.9, 3.0)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize('turned', [90, 180, -90])
def test_a_turned_film_is_upright(tmp_path: Path, reader: Open, turned: int) -> None:
    """You should see the white corner where a player shows it, in the poster as in the film."""
    path = counted_film(
        tmp_path / 'film.mp4',
        turned=turned,
        draw=lambda canvas, _: canvas.rectangle((0, 0, 47, 31), fill='white'),
    )
    opened = reader(path)
    size = (96, 64) if turned == 180 else (64, 96)
    assert (opened.width, opened.height) == size
    facts = inspect(path)
    assert (facts.width, facts.height) == size
    expected = Image.new('L', (96, 64))
    expected.paste(255, (0, 0, 48, 32))
    expected = expected.rotate(turned, expand=True)
    poster = scale(path, Format.MP4, Area(20, 20, CellSize(10, 20))).pixels
    for pixels in (poster, shown_pixels(opened.shot_at(0).frame, *size)):
        corners = [(x, y) for x in (0.2, 0.8) for y in (0.2, 0.8)]
        seen = [level(pixels, x, y) for x, y in corners]
        meant = [level(expected, x, y) for x, y in corners]
        assert [value > 128 for value in seen] == [value > 128 for value in meant]


def test_a_film_damaged_in_the_middle_plays_on(tmp_path: Path, reader: Open) -> None:
    path = counted_film(tmp_path / 'film.mp4', 60, 12)
    contents = bytearray(path.read_bytes())
    start = contents.index(b'mdat') + 4
    sixth = (contents.index(b'moov') - 4 - start) // 6
    contents[start + 2 * sixth : start + 3 * sixth] = bytes(sixth)
    path.write_bytes(contents)
    opened = reader(path)
    assert opened.shot_at(4.8).moment > 3
    assert opened.shot_at(0).moment == 0


def test_a_film_without_frames_says_so(tmp_path: Path) -> None:
    path = counted_film(tmp_path / 'film.mp4')
    contents = path.read_bytes()
    start = contents.index(b'mdat') + 4
    end = contents.index(b'moov') - 4
    path.write_bytes(contents[:start] + bytes(end - start) + contents[end:])
    with pytest.raises(MediaError, match=r'film\.mp4 has no frame that can be shown'):
        FilmReader(path)


def test_a_film_too_large_to_play_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, 'MAXIMUM_PLAYED_PIXELS', 96 * 64 - 1)
    with pytest.raises(MediaError, match=r'too large to play: 96 by 64'):
        FilmReader(counted_film(tmp_path / 'film.mp4'))


def test_decoding_that_takes_too_long_ends_with_what_there_is(
    tmp_path: Path, reader: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = reader(counted_film(tmp_path / 'film.mp4', 60, 12))
    assert shown(opened, 0) == 0
    monkeypatch.setattr(film, '_PATIENCE', 0.0)
    assert shown(opened, 1.9) < 23
    monkeypatch.setattr(film, '_PATIENCE', 5.0)
    assert shown(opened, 1.9) == 22


def test_once_stopped_nothing_more_is_decoded(tmp_path: Path, reader: Open) -> None:
    opened = reader(counted_film(tmp_path / 'film.mp4', 60, 12))
    assert shown(opened, 0) == 0
    opened.stop()
    assert shown(opened, 1.9) <= 1


@pytest.mark.parametrize('kind', ['mp4', 'webm'])
def test_whatever_the_damage_it_ends_in_a_frame_or_a_sentence(tmp_path: Path, kind: str) -> None:
    path = counted_film(tmp_path / f'film.{kind}', 30, 12, draw=lambda canvas, index: canvas.line((index, 0, 95, 63)))
    whole = path.read_bytes()
    shown = refused = 0
    for seed in range(40):
        chance = random.Random(seed)
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20, 200))):
            damaged[chance.randrange(12, len(whole))] = chance.randrange(256)
        path.write_bytes(damaged if seed % 3 else damaged[: chance.randrange(40, len(whole))])
        started = monotonic()
        try:
            opened = FilmReader(path)
        except MediaError:
            refused += 1
        else:
            with suppress(MediaError):
                for moment in (0, 0.5, 2.0, 1.0, 9.0, 0.2):
                    shown_pixels(opened.shot_at(moment).frame, 20, 20)
                    shown += 1
            opened.close()
        assert monotonic() - started < 10
    assert shown
    assert refused


def test_a_film_that_tells_no_length_has_one_once_its_end_was_seen(tmp_path: Path, reader: Open) -> None:
    opened = reader(counted_film(tmp_path / 'film.webm', 24, 12, live=True))
    assert opened.length is None
    assert shown(opened, 1.0) == 12
    assert opened.length is None
    assert shown(opened, 60.0) == 23
    assert opened.length == pytest.approx(2.0, abs=0.1)
    assert shown(opened, 0.5) == 6
