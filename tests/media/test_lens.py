"""What is seen of a picture from near."""

from pathlib import Path

import pytest
from PIL import Image

from hfmedia_tui.media.fit import ALL, WHOLE, Area, Lens
from hfmedia_tui.media.formats import Format
from hfmedia_tui.media.scale import scale
from hfmedia_tui.media.terminal import CellSize

AREA = Area(40, 10, CellSize(10, 20))
"""400 by 200 pixels."""


def test_all_is_seen_from_far() -> None:
    assert WHOLE.crop(800, 800, AREA) == ALL
    assert Lens(0.5).crop(800, 800, AREA) == ALL


def test_from_near_the_area_is_filled_before_anything_is_cut() -> None:
    crop = Lens(2).crop(800, 800, AREA)
    assert (crop.width, crop.height) == (1, 0.5)
    crop = Lens(4).crop(800, 800, AREA)
    assert (crop.width, crop.height) == (0.5, 0.25)


def test_nothing_beyond_the_edges_is_looked_at() -> None:
    lens = Lens(8)
    for _ in range(20):
        lens = lens.moved(0.25, -0.25, lens.crop(800, 800, AREA))
    crop = lens.crop(800, 800, AREA)
    assert crop.left + crop.width == pytest.approx(1)
    assert crop.top == 0
    back = lens.moved(-0.25, 0, crop).crop(800, 800, AREA)
    assert back.left < crop.left, 'no key is lost at the edge'


def test_far_again_is_the_same_as_before() -> None:
    lens = WHOLE.zoomed(1.5).moved(1, 1, ALL).zoomed(1 / 1.5)
    assert lens == WHOLE
    assert WHOLE.zoomed(1e9).zoom < 100


@pytest.mark.parametrize('turned', [False, True])
@pytest.mark.parametrize('form', [Format.PNG, Format.JPEG])
def test_what_is_looked_at_is_what_is_shown(tmp_path: Path, form: Format, *, turned: bool) -> None:
    """The lower right quarter is red, and nothing else is."""
    picture = Image.new('RGB', (1600, 1600), (0, 0, 255))
    picture.paste((255, 0, 0), (800, 800, 1600, 1600))
    exif = Image.Exif()
    if turned:  # as a camera held sideways writes it
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = 6
    path = tmp_path / 'picture'
    picture.save(path, form.name, exif=exif)
    scaled = scale(path, form, AREA, Lens(4, 0.9, 0.9))
    assert scaled.pixels.size == (400, 200)
    red, _, blue = scaled.pixels.getpixel((390, 190))  # type: ignore[misc]
    assert red > 200
    assert blue < 60
    assert (scaled.width, scaled.height) == (1600, 1600)
