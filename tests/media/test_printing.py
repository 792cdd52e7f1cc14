import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hfmedia_tui.media.printing import print_picture
from hfmedia_tui.media.terminal import CellSize, Colours, Graphics, Terminal
from tests.media.fake_terminal import XTERM, FakeTerminal
from tests.media.files import encoded, film

pytestmark = pytest.mark.filterwarnings('ignore:Image.Image.getdata is deprecated:DeprecationWarning')
"""Textual-image 0.12, the newest for Python 3.11, says it the old way."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / 'picture.png'
    path.write_bytes(encoded('PNG'))
    return path


def printed(path: Path, **terminal: object) -> str:
    stream = io.StringIO()
    print_picture(path, Terminal(**terminal), stream, columns=40, rows=10)  # type: ignore[arg-type]
    text = stream.getvalue()
    if text:
        assert text.startswith('\x1b[?25l')
        assert text.endswith('\x1b[?25h')
    return text.removeprefix('\x1b[?25l').removesuffix('\x1b[?25h')


def test_half_cells(picture: Path) -> None:
    lines = printed(picture).splitlines()
    assert len(lines) == 10
    assert {line.count('▀') for line in lines} == {20}
    assert '38;2;' in lines[0]


def test_half_cells_in_256_colours(picture: Path) -> None:
    text = printed(picture, colours=Colours.INDEXED)
    assert '38;5;' in text
    assert '38;2;' not in text


def test_colours_stay_where_text_shall_have_none(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('NO_COLOR', '1')
    assert '38;2;' in printed(picture)


def test_sixel_makes_room_before_it_draws(picture: Path) -> None:
    text = printed(picture, graphics=Graphics.SIXEL)
    assert text.startswith('\n' * 10 + '\x1b[10A\x1b7\x1bP')
    assert text.count('\x1bP') == 10
    assert text.endswith('\x1b\\\x1b8\x1b[B')


def test_kitty_gets_the_picture_before_its_cells(picture: Path) -> None:
    text = printed(picture, graphics=Graphics.KITTY)
    assert text.startswith('\x1b_G')
    assert text.count('\U0010eeee') == 20 * 10
    assert text.rindex('\x1b_G') < text.index('\U0010eeee')


def test_in_tmux_half_cells_are_safe(picture: Path) -> None:
    text = printed(picture, graphics=Graphics.KITTY, tmux=True)
    assert '\x1b_G' not in text
    assert '▀' in text


@pytest.mark.parametrize('graphics', list(Graphics))
def test_a_film_is_printed_by_its_first_frame(tmp_path: Path, graphics: Graphics) -> None:
    assert bool(printed(film(tmp_path / 'film.mp4'), graphics=graphics)) == (graphics is not Graphics.NONE)


def test_what_cannot_be_shown_prints_nothing(tmp_path: Path) -> None:
    broken = tmp_path / 'broken.png'
    broken.write_bytes(b'<html>')
    assert printed(broken) == ''
    assert printed(tmp_path / 'gone.png') == ''


def test_nothing_is_left_as_it_was_not(picture: Path) -> None:
    before = sys.__stdout__, dict(os.environ)
    printed(picture, graphics=Graphics.KITTY)
    assert (sys.__stdout__, dict(os.environ)) == before


@pytest.mark.parametrize('graphics', ['half-cells', 'sixel', 'kitty'])
def test_on_a_terminal_no_question_is_asked(picture: Path, graphics: str) -> None:
    program = (
        'import sys, pathlib\n'
        'from hfmedia_tui.media.printing import print_picture\n'
        'from hfmedia_tui.media.terminal import Terminal, Graphics\n'
        f'print_picture(pathlib.Path({str(picture)!r}), Terminal(graphics=Graphics({graphics!r})), sys.stdout, 40, 10)'
    )
    terminal = FakeTerminal(XTERM, pixels=False)
    terminal.run([sys.executable, '-c', program], {'PATH': os.environ['PATH'], 'TERM': 'xterm-256color'})
    marks = {'half-cells': '▀'.encode(), 'sixel': b'\x1bP0;1;0q', 'kitty': b'\x1b_G'}
    assert {mark for mark, sequence in marks.items() if sequence in terminal.heard} == {graphics}
    assert not [question for question in (b'\x1b[c', b'\x1b[16t', b'a=q', b'\x1b[>') if question in terminal.heard]


def test_textual_image_is_not_imported_before_it_is_needed() -> None:
    program = (
        'import sys, hfmedia_tui.media.printing\nassert not {"textual_image", "PIL", "av", "rich"} & set(sys.modules)'
    )
    subprocess.run([sys.executable, '-c', program], check=True)


def test_the_cell_decides_the_shape(picture: Path) -> None:
    assert len(printed(picture, cell=CellSize(20, 20)).splitlines()) == 10
    assert printed(picture, cell=CellSize(20, 20)).count('▀') == 100
