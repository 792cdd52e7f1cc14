from pathlib import Path

import pytest
from PIL import Image

from hfmedia_tui.domain import MediaFacts
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.inspect import inspect
from tests.media.files import animation, encoded, film, png_header, quarters

PICTURES = {
    'PNG': ('image/png', '.png'),
    'JPEG': ('image/jpeg', '.jpg'),
    'WEBP': ('image/webp', '.webp'),
    'GIF': ('image/gif', '.gif'),
    'AVIF': ('image/avif', '.avif'),
}
FILMS = {'.mp4': 'video/mp4', '.mov': 'video/quicktime', '.webm': 'video/webm'}


@pytest.mark.parametrize('form', PICTURES)
def test_a_picture_is_known_by_its_bytes(tmp_path: Path, form: str) -> None:
    media_type, extension = PICTURES[form]
    path = tmp_path / 'called.bin'
    path.write_bytes(encoded(form, quarters(48, 40)))
    assert inspect(path) == MediaFacts(media_type=media_type, extension=extension, width=48, height=40)


@pytest.mark.parametrize('extension', FILMS)
def test_a_film_tells_size_and_length(tmp_path: Path, extension: str) -> None:
    path = film(tmp_path / f'film{extension}', seconds=1.5, width=96).rename(tmp_path / 'called.png')
    facts = inspect(path)
    assert (facts.media_type, facts.extension) == (FILMS[extension], extension)
    assert (facts.width, facts.height) == (96, 64)
    assert facts.duration == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize('form', ['PNG', 'WEBP', 'GIF'])
def test_an_animation_tells_its_length(tmp_path: Path, form: str) -> None:
    path = tmp_path / 'animation'
    path.write_bytes(animation(form, frames=4, milliseconds=250))
    assert inspect(path).duration == pytest.approx(1.0)


@pytest.mark.parametrize('form', PICTURES)
@pytest.mark.parametrize('kept', [0.4, 0.8, 0.98])
def test_a_cut_off_picture_is_found(tmp_path: Path, form: str, kept: float) -> None:
    noise = Image.merge('RGB', [Image.effect_noise((160, 120), 60)] * 3)
    whole = encoded(form, noise)
    path = tmp_path / 'cut'
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(MediaError, match='cut is damaged or incomplete'):
        inspect(path)


def test_a_png_without_its_end_is_found(tmp_path: Path) -> None:
    path = tmp_path / 'cut'
    path.write_bytes(encoded('PNG')[:-12])
    with pytest.raises(MediaError, match='damaged or incomplete'):
        inspect(path)


def test_a_flipped_bit_in_a_png_is_found(tmp_path: Path) -> None:
    whole = bytearray(encoded('PNG'))
    whole[len(whole) // 2] ^= 1
    path = tmp_path / 'flipped'
    path.write_bytes(whole)
    with pytest.raises(MediaError, match='damaged or incomplete'):
        inspect(path)


@pytest.mark.parametrize('extension', FILMS)
@pytest.mark.parametrize('kept', [0.3, 0.9])
def test_a_cut_off_film_is_found(tmp_path: Path, extension: str, kept: float) -> None:
    path = film(tmp_path / f'film{extension}')
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(MediaError, match='cut off'):
        inspect(path)


def test_a_film_of_nothing_but_its_first_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'film.mp4'
    path.write_bytes(b'\0\0\0\x18ftypisom\0\0\0\0isommp41' + bytes(200))
    with pytest.raises(MediaError, match=r'film\.mp4'):
        inspect(path)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / 'bomb.png'
    path.write_bytes(png_header(50_000, 50_000))
    with pytest.raises(MediaError, match='too large to open: 50000 by 50000') as raised:
        inspect(path)
    assert '100 megapixels' in str(raised.value)


def test_a_picture_just_within_bounds_brings_no_warning(tmp_path: Path) -> None:
    path = tmp_path / 'large.png'
    path.write_bytes(png_header(9_990, 10_000))
    with pytest.raises(MediaError, match='damaged or incomplete'):  # its pixels are missing, and nothing else is wrong
        inspect(path)


@pytest.mark.parametrize(
    ('contents', 'looks'),
    [
        (b'<!DOCTYPE html><html><body>504</body></html>', 'looks like an HTML page'),
        (b'  \n<html>', 'looks like an HTML page'),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'looks like XML or SVG'),
        (b'{"error": "gone"}', 'looks like JSON'),
        (b'[1, 2]', 'looks like JSON'),
        (b'not found\n', 'looks like text'),
        (b'%PDF-1.7', 'looks like a PDF'),
        (b'PK\x03\x04\x14', 'looks like a ZIP archive'),
        (b'', 'it is empty'),
        (b'RIFF\x10\0\0\0WAVEfmt ', 'its format is not known'),
        (bytes(range(256)), 'its format is not known'),
    ],
)
def test_what_is_no_picture_is_told(tmp_path: Path, contents: bytes, looks: str) -> None:
    path = tmp_path / 'answer.png'
    path.write_bytes(contents)
    with pytest.raises(MediaError, match=r'answer\.png is no picture or film') as raised:
        inspect(path)
    assert looks in raised.value.message


def test_a_lying_extension_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / 'picture.webp'
    path.write_bytes(encoded('PNG'))
    assert inspect(path).extension == '.png'


def test_a_missing_file_and_a_hostile_name_make_a_clean_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match='cannot be read: No such file') as raised:
        inspect(tmp_path / 'bad\x1b]0;name\x07.png')
    assert '\x1b' not in raised.value.message
