from pathlib import Path

import pytest

from hfmedia_tui.media.film import FilmReader
from hfmedia_tui.media.filmstrip import cut_filmstrip, tone
from tests.media.films import counted_film, number_of


@pytest.mark.parametrize(
    ('colour', 'name'),
    [
        ((0, 0, 0), 'black'),
        ((250, 250, 250), 'white'),
        ((120, 125, 120), 'grey'),
        ((200, 20, 20), 'red'),
        ((20, 30, 90), 'dark blue'),
        ((250, 200, 120), 'light orange'),
        ((30, 180, 40), 'green'),
    ],
)
def test_colours_have_names(colour: tuple[int, int, int], name: str) -> None:
    assert tone(*colour) == name


def test_four_frames_stand_side_by_side(tmp_path: Path) -> None:
    reader = FilmReader(counted_film(tmp_path / 'film.mp4', 48, 12))
    strip = cut_filmstrip(reader, 96, 64)
    reader.close()
    assert strip.moments == pytest.approx((0, 1, 2, 3))
    boxes = [(2, 2, 46, 30), (50, 2, 94, 30), (2, 34, 46, 62), (50, 34, 94, 62)]
    assert [number_of(strip.pixels.crop(box)) for box in boxes] == [0, 12, 24, 36]
