import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.picture import Picture, Pictures
from hfmedia_tui.media.terminal import CellSize, Colours, Graphics, Terminal
from tests.media.files import BLUE, GREEN, RED, WHITE, encoded, film, png_header, quarters

Make = Callable[..., Pictures]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    made: list[Pictures] = []
    no_terminal = os.open(tmp_path, os.O_RDONLY)

    def pictures(cache_bytes: int = 1 << 20, **terminal: object) -> Pictures:
        told = msgspec.structs.replace(Terminal(), **terminal)
        made.append(Pictures(told, screen=no_terminal, cache_bytes=cache_bytes))
        return made[-1]

    yield pictures
    for each in made:
        each.close()
    os.close(no_terminal)


def saved(path: Path, form: str = 'PNG', image: Image.Image | None = None) -> Path:
    path.write_bytes(encoded(form, image))
    return path


def corners(picture: Picture) -> list[tuple[int, ...]]:
    """The colours near the four corners of the half-cells."""
    last_row, last_column = 2 * picture.rows - 2, picture.columns - 2
    pixels = [(1, 1), (last_column, 1), (1, last_row), (last_column, last_row)]
    starts = [3 * (y * picture.columns + x) for x, y in pixels]
    return [tuple(picture.halves[start : start + 3]) for start in starts]


@pytest.mark.parametrize(('graphics', 'columns'), [(Graphics.SIXEL, 30), (Graphics.KITTY, 40)])
async def test_sixel_is_no_wider_than_the_terminal_takes(
    make: Make, tmp_path: Path, graphics: Graphics, columns: int
) -> None:
    wide = saved(tmp_path / 'wide', image=Image.effect_noise((160, 20), 50).convert('RGB'))
    picture = await make(graphics=graphics, widest=305).render(wide, 40, 10)
    assert picture.columns == columns
    for row in picture.sixels:
        told = re.search(r'"1;1;(\d+);', row)
        assert told is not None
        assert int(told[1]) <= 305


@pytest.mark.parametrize('graphics', [Graphics.HALF_CELLS, Graphics.SIXEL, Graphics.KITTY])
@pytest.mark.parametrize('form', ['PNG', 'JPEG', 'WEBP', 'GIF'])
async def test_a_picture_fills_its_area(make: Make, tmp_path: Path, graphics: Graphics, form: str) -> None:
    picture = await make(graphics=graphics).render(saved(tmp_path / 'picture', form), 40, 10)
    assert (picture.columns, picture.rows, picture.width, picture.height) == (20, 10, 64, 64)
    assert len(picture.lines) == 10
    assert len(picture.halves) == 20 * 20 * 3
    for seen, painted in zip(corners(picture), (RED, GREEN, BLUE, WHITE), strict=True):
        assert seen == pytest.approx(painted, abs=12)
    assert bool(picture.sixels) == (graphics is Graphics.SIXEL)
    assert bool(picture.upload) == (graphics is Graphics.KITTY)
    assert picture.weight > len(picture.halves)


async def test_a_film_shows_its_first_frame(make: Make, tmp_path: Path) -> None:
    picture = await make().render(film(tmp_path / 'film.mp4', seconds=1.5), 40, 10)
    assert picture.is_film
    assert picture.duration == pytest.approx(1.5)
    assert (picture.columns, picture.rows) == (20, 10)
    for seen, painted in zip(corners(picture), (RED, GREEN, BLUE, WHITE), strict=True):
        assert seen == pytest.approx(painted, abs=16)


async def test_without_graphics_only_facts_are_left(make: Make, tmp_path: Path) -> None:
    picture = await make(graphics=Graphics.NONE).render(saved(tmp_path / 'picture'), 40, 10)
    assert picture.lines == ()
    assert (picture.width, picture.height) == (64, 64)


@pytest.mark.parametrize('mode', ['1', 'L', 'LA', 'P', 'RGBA', 'CMYK', 'I;16'])
async def test_any_kind_of_pixels_is_shown(make: Make, tmp_path: Path, mode: str) -> None:
    image = Image.new('L', (32, 32), 255).convert('I;16') if mode == 'I;16' else quarters(32, 32).convert(mode)
    picture = await make().render(saved(tmp_path / 'picture', 'JPEG' if mode == 'CMYK' else 'PNG', image), 16, 8)
    assert (picture.columns, picture.rows) == (16, 8)


async def test_transparent_pixels_are_dark_and_the_rest_keeps_its_colour(make: Make, tmp_path: Path) -> None:
    image = quarters(64, 64).convert('RGBA')
    image.paste((255, 255, 255, 0), (32, 0, 64, 64))
    picture = await make().render(saved(tmp_path / 'picture', 'PNG', image), 40, 10)
    assert corners(picture) == [RED, (24, 24, 24), BLUE, (24, 24, 24)]


async def test_a_picture_taken_sideways_stands_upright(make: Make, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera's top was at the right
    path = tmp_path / 'picture.jpg'
    path.write_bytes(encoded('JPEG', quarters(256, 128), exif=exif, quality=95))
    picture = await make().render(path, 40, 10)
    assert (picture.width, picture.height) == (128, 256)
    assert (picture.columns, picture.rows) == (10, 10)
    for seen, painted in zip(corners(picture), (BLUE, RED, WHITE, GREEN), strict=True):
        assert seen == pytest.approx(painted, abs=16)


async def test_the_cell_decides_the_shape(make: Make, tmp_path: Path) -> None:
    picture = await make(cell=CellSize(10, 10)).render(saved(tmp_path / 'picture'), 40, 10)
    assert (picture.columns, picture.rows) == (10, 10)


async def test_256_colours(make: Make, tmp_path: Path) -> None:
    picture = await make(colours=Colours.INDEXED).render(saved(tmp_path / 'picture'), 8, 4)
    assert all('38;5;' in line and ';2;' not in line for line in picture.lines)


@pytest.mark.parametrize(
    ('contents', 'reason'),
    [
        (b'<html>', 'looks like an HTML page'),
        (png_header(50_000, 50_000), 'too large'),
        (encoded('PNG', Image.merge('RGB', [Image.effect_noise((90, 90), 60)] * 3))[:5000], 'damaged or incomplete'),
        (b'\0\0\0\x18ftypisom' + bytes(100), 'damaged or incomplete'),
    ],
)
async def test_what_cannot_be_shown_is_told(make: Make, tmp_path: Path, contents: bytes, reason: str) -> None:
    path = tmp_path / 'picture.png'
    path.write_bytes(contents)
    with pytest.raises(MediaError, match=reason):
        await make().render(path, 40, 10)


async def test_a_missing_file_is_told(make: Make, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match='cannot be read: No such file'):
        await make().render(tmp_path / 'gone.png', 40, 10)


async def test_what_is_no_file_does_not_hold_up_the_rest(make: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / 'pipe')  # opening it would wait for a writer
    for path in (tmp_path / 'pipe', tmp_path):
        with pytest.raises(MediaError, match='is no file'):
            await make().render(path, 40, 10)


async def test_a_picture_is_made_once_for_a_place_and_again_when_the_file_changes(make: Make, tmp_path: Path) -> None:
    pictures = make()
    path = saved(tmp_path / 'picture')
    first = await pictures.render(path, 20, 10)
    assert await pictures.render(path, 20, 10) is first
    assert (await pictures.render(path, 10, 10)).columns == 10
    saved(path, 'PNG', Image.new('RGB', (50, 50), BLUE))
    os.utime(path, ns=(1, 1))
    assert corners(await pictures.render(path, 20, 10)) == [BLUE] * 4


async def test_the_cache_is_bounded_by_bytes_and_forgets_the_oldest(make: Make, tmp_path: Path) -> None:
    paths = [
        saved(tmp_path / f'{index}', 'PNG', Image.merge('RGB', [Image.effect_noise((40, 40), 90)] * 3))
        for index in range(4)
    ]
    weight = (await make().render(paths[0], 20, 10)).weight
    pictures = make(cache_bytes=round(2.6 * weight))
    made = [await pictures.render(path, 20, 10) for path in paths[:2]]
    assert await pictures.render(paths[0], 20, 10) is made[0]  # used again: the other is older now
    await pictures.render(paths[2], 20, 10)
    assert await pictures.render(paths[0], 20, 10) is made[0]
    assert await pictures.render(paths[1], 20, 10) is not made[1]


async def test_cancelled_before_its_turn_it_costs_nothing(make: Make, tmp_path: Path) -> None:
    pictures = make()
    turn = threading.Event()
    busy = pictures._thread.submit(turn.wait)
    path = saved(tmp_path / 'picture')
    stale = [asyncio.ensure_future(pictures.render(path, 20, index)) for index in range(1, 9)]
    wanted = asyncio.ensure_future(pictures.render(path, 20, 10))
    await asyncio.sleep(0)
    for each in stale:
        each.cancel()
    await asyncio.gather(*stale, return_exceptions=True)
    turn.set()
    assert busy.result()
    assert (await wanted).rows == 10
    assert [each.cancelled() for each in stale] == [True] * 8
    assert len(pictures._cache) == 1
