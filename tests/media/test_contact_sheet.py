"""One picture of many."""

from pathlib import Path

import pytest
from PIL import Image

from hfmedia_tui.media.contact_sheet import MOST, ContactSheet, Frame
from tests.media.films import counted_film


def _square(path: Path, colour: tuple[int, int, int]) -> Path:
    Image.new('RGB', (300, 300), colour).save(path)
    return path


def test_each_picture_is_there_with_words_below(tmp_path: Path) -> None:
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    sheet = ContactSheet(4)
    for number, colour in enumerate(colours):
        sheet.add(Frame(_square(tmp_path / f'{number}.png', colour), (f'a picture {number} ' * 30, 'owner/model')))
    sheet.add(Frame(tmp_path / 'gone.png', ('gone',)))
    path = sheet.save(tmp_path / 'made' / 'here', 'sheet')
    with Image.open(path) as made:
        raw = made.convert('RGB').tobytes()
    pixels = list(zip(raw[::3], raw[1::3], raw[2::3], strict=True))[::5]
    for colour in colours:
        near = sum(max(abs(seen - meant) for seen, meant in zip(pixel, colour, strict=True)) < 12 for pixel in pixels)
        assert near > 20_000, 'each as large as the others'
    assert any(min(pixel) > 200 for pixel in pixels), 'words'


def test_nothing_is_written_over(tmp_path: Path) -> None:
    sheet = ContactSheet(1)
    sheet.add(Frame(counted_film(tmp_path / 'film.mp4', 8, 8), ('a film',)))
    first, second = sheet.save(tmp_path, 'sheet'), sheet.save(tmp_path, 'sheet')
    assert [first.name, second.name] == ['sheet.jpg', 'sheet-2.jpg']


def test_its_memory_is_bounded() -> None:
    """However many there are, the sheet is no larger; and more than that are refused."""
    for frames in (1, 7, 60, MOST):
        width, height = ContactSheet(frames)._sheet.size
        assert width * height < 24_000_000
    with pytest.raises(ValueError, match='1 to 400'):
        ContactSheet(MOST + 1)
