import base64
import io
import re

import pytest
from PIL import Image, ImageChops

from hfmedia_tui.media import film_frames
from hfmedia_tui.media.film_frames import FRAME_BYTES, Frames
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.picture import Picture
from hfmedia_tui.media.terminal import CellSize, Graphics, Terminal

CELL = CellSize(10, 20)


def frames(graphics: Graphics, columns: int = 40, rows: int = 12, film: tuple[int, int] = (640, 360)) -> Frames:
    area = Area(columns, rows, CELL, halves=graphics is Graphics.HALF_CELLS)
    return Frames(Terminal(graphics=graphics), area, *film)


def still(size: tuple[int, int], ball: float = 0.2) -> Image.Image:
    """A gradient with a ball before it, as far across as `ball` says."""
    picture = Image.linear_gradient('L').resize(size).convert('RGB')
    side = size[1] // 6
    picture.paste((230, 40, 40), (int(ball * size[0]), side, int(ball * size[0]) + side, 2 * side))
    return picture


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.merge('RGB', [Image.effect_noise(size, 90) for _ in range(3)])


def size_of(picture: Picture) -> int:
    return sum(map(len, picture.upload or picture.sixels or picture.lines))


def test_kitty_gets_a_palette_png_smaller_than_its_cells() -> None:
    made = frames(Graphics.KITTY, 160, 45)
    picture = made.make(still(made.size))
    png = Image.open(io.BytesIO(base64.b64decode(''.join(picture.upload))))
    assert png.mode == 'P'
    assert png.width * png.height <= 131_000 < 1600 * 900
    assert abs(png.width / png.height - 16 / 9) < 0.02
    assert (picture.columns, picture.rows) == (160, 45)


def test_rows_of_sixel_that_did_not_change_are_the_very_same() -> None:
    made = frames(Graphics.SIXEL)
    before, after = made.make(still(made.size, 0.2)).sixels, made.make(still(made.size, 0.3)).sixels
    same = [old is new for old, new in zip(before, after, strict=True)]
    assert same.count(False) in (2, 3)
    assert not any(same[2:4])


def test_half_cells_do_not_flicker_with_the_noise_of_the_codec() -> None:
    made = frames(Graphics.HALF_CELLS)
    picture = still(made.size)
    first = made.make(picture).lines
    noisy = ImageChops.add(picture, Image.new('RGB', made.size, (3, 2, 3)))
    assert made.make(noisy).lines == first
    moved = made.make(still(made.size, 0.5)).lines
    assert 1 <= sum(old != new for old, new in zip(first, moved, strict=True)) <= 4


@pytest.mark.parametrize('graphics', [Graphics.KITTY, Graphics.SIXEL, Graphics.HALF_CELLS])
def test_frames_too_large_for_a_link_become_plainer(graphics: Graphics) -> None:
    made = frames(graphics, 80, 23)
    sizes = [size_of(made.make(noise(made.size))) for _ in range(7)]
    assert sizes[-1] <= max(1.1 * FRAME_BYTES, 0.6 * sizes[0])


def test_a_large_area_of_sixel_holds_a_smaller_film() -> None:
    made = frames(Graphics.SIXEL, 160, 45)
    assert made.size[0] * made.size[1] <= film_frames._SIXEL_PIXELS
    assert len(made.make(still(made.size)).sixels) < 45


@pytest.mark.parametrize('graphics', [Graphics.KITTY, Graphics.SIXEL, Graphics.HALF_CELLS])
def test_every_frame_has_its_likeness_for_what_covers_it(graphics: Graphics) -> None:
    made = frames(graphics)
    picture = made.make(still(made.size))
    assert len(picture.halves) == 3 * picture.columns * 2 * picture.rows
    assert len(picture.mosaic) == 3 * ((picture.columns + 1) // 2) * picture.rows
    assert len(picture.lines) == picture.rows
    assert all(re.fullmatch(r'(\x1b\[[\d;]+m|▀)+', line) for line in picture.lines)


@pytest.mark.parametrize('graphics', [Graphics.KITTY, Graphics.SIXEL])
def test_a_frame_that_stands_is_as_good_as_a_picture(graphics: Graphics) -> None:
    made = frames(graphics, 80, 23)
    assert made.has_sharper
    passing, standing = made.make(noise(made.size)), made.sharpen(noise(made.full_size))
    assert (passing.columns, passing.rows) == (standing.columns, standing.rows)
    if graphics is Graphics.KITTY:
        png = Image.open(io.BytesIO(base64.b64decode(''.join(standing.upload))))
        assert png.size == made.full_size != made.size
    else:
        assert colours(standing) > 2 * colours(passing)


def colours(picture: Picture) -> int:
    return len(set(re.findall(r'#\d+;2;([\d;]+)', ''.join(picture.sixels))))
