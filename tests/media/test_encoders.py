"""What goes to the terminal, read back as a terminal reads it."""

import base64
import io
import re

import pytest
from PIL import Image

from hfmedia_tui.media import halfcells, kitty, sixel
from hfmedia_tui.media.terminal import Colours
from tests.media.files import BLUE, GREEN, RED, WHITE, quarters


def read_half_cells(lines: tuple[str, ...], pattern: str) -> list[list[str]]:
    """Return the colours of each row of pixels."""
    rows = []
    for line in lines:
        upper, lower, foreground, background = [], [], '', ''
        for codes, block in re.findall(rf'(?:\x1b\[((?:[34]8;{pattern};?)+)m)?(▀)', line):
            for layer, colour in re.findall(rf'([34])8;({pattern})', codes):
                foreground, background = (colour, background) if layer == '3' else (foreground, colour)
            assert block
            upper.append(foreground)
            lower.append(background)
        rows += [upper, lower]
        assert line.endswith('\x1b[0m')
    return rows


def test_half_cells_say_each_pixel() -> None:
    image = Image.merge('RGB', [Image.effect_noise((13, 8), 90) for _ in range(3)])
    rows = read_half_cells(halfcells.encode(image, Colours.TRUECOLOR), r'2;\d+;\d+;\d+')
    assert rows == [
        ['2;{};{};{}'.format(*image.getpixel((x, y))) for x in range(13)]  # type: ignore[misc]
        for y in range(8)
    ]


def test_half_cells_say_a_colour_only_where_it_changes() -> None:
    (line,) = halfcells.encode(Image.new('RGB', (5, 2), RED), Colours.TRUECOLOR)
    assert line == '\x1b[38;2;220;30;30;48;2;220;30;30m▀▀▀▀▀\x1b[0m'


def test_half_cells_of_256_colours_use_none_that_a_theme_changes() -> None:
    image = quarters(8, 8)
    rows = read_half_cells(halfcells.encode(image, Colours.INDEXED), r'5;\d+')
    numbers = {colour for row in rows for colour in row}
    assert len(numbers) == 4
    assert all(16 <= int(number.removeprefix('5;')) <= 255 for number in numbers)
    assert rows[0][0] == '5;160'  # the nearest red of the cube: 215, 0, 0


def read_sixel(image: str) -> dict[tuple[int, int], tuple[int, int, int]]:
    """Return the colour, in per cent, of each pixel that a Sixel image sets (VT3xx graphics, chapter 14)."""
    match = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)((?:#\d+;2;\d+;\d+;\d+)+)([^\x1b]*)\x1b\\', image)
    assert match
    palette = {
        int(index): (int(r), int(g), int(b)) for index, r, g, b in re.findall(r'#(\d+);2;(\d+);(\d+);(\d+)', match[3])
    }
    pixels: dict[tuple[int, int], tuple[int, int, int]] = {}
    x = top = colour = 0
    for token, number, count, repeated, code in re.findall(r'(\$|-)|#(\d+)|!(\d+)(.)|([?-~])', match[4]):
        if token == '$':
            x = 0
        elif token == '-':
            x, top = 0, top + 6
        elif number:
            colour = int(number)
        else:
            end = x + int(count or 1)
            bits = ord(repeated or code) - 63
            places = [(column, top + bit) for column in range(x, end) for bit in range(6) if bits >> bit & 1]
            assert not pixels.keys() & set(places), 'no pixel is set twice'
            pixels |= dict.fromkeys(places, palette[colour])
            x = end
    assert max(x for x, _ in pixels) < int(match[1])
    assert max(y for _, y in pixels) < int(match[2])
    return pixels


@pytest.mark.parametrize('cell_height', [6, 15, 20])
def test_sixel_rows_hold_each_pixel_once(cell_height: int) -> None:
    image = quarters(30, 50)
    rows = sixel.encode(image, cell_height)
    assert len(rows) == -(-50 // cell_height)
    seen: dict[tuple[int, int], tuple[int, int, int]] = {}
    for index, row in enumerate(rows):
        seen |= {(x, y + index * cell_height): colour for (x, y), colour in read_sixel(row).items()}
    assert seen.keys() == {(x, y) for x in range(30) for y in range(50)}
    for place, colour in {(3, 3): RED, (27, 3): GREEN, (3, 47): BLUE, (27, 47): WHITE}.items():
        assert seen[place] == pytest.approx([value / 2.55 for value in colour], abs=3)


def test_sixel_of_many_colours_holds_each_pixel_once() -> None:
    image = Image.merge('RGB', [Image.effect_noise((40, 20), 90) for _ in range(3)])
    (row,) = sixel.encode(image, 20)
    assert len(read_sixel(row)) == 40 * 20
    assert '-\x1b' not in row  # a newline at the end would scroll the last row


def test_kitty_gets_a_png_in_pieces() -> None:
    image = Image.merge('RGB', [Image.effect_noise((200, 100), 90) for _ in range(3)])
    pieces = kitty.encode(image)
    assert len(pieces) > 2
    assert all(len(piece) == 4096 for piece in pieces[:-1])
    with Image.open(io.BytesIO(base64.b64decode(''.join(pieces)))) as sent:
        assert (sent.format, sent.size, sent.mode) == ('PNG', (200, 100), 'P')

    commands = kitty.upload(pieces, 0xABCDEF, 20, 5)
    assert len(commands) == len(pieces)
    assert commands[0].startswith(f'\x1b_Ga=T,U=1,i={0xABCDEF},c=20,r=5,f=100,q=2,m=1;')
    assert all(command.startswith('\x1b_Gq=2,m=1;') for command in commands[1:-1])
    assert commands[-1].startswith('\x1b_Gq=2,m=0;')
    assert all(command.endswith('\x1b\\') for command in commands)


def test_one_piece_is_the_last() -> None:
    (command,) = kitty.upload(('AAAA',), 7, 1, 1)
    assert command == '\x1b_Ga=T,U=1,i=7,c=1,r=1,f=100,q=2,m=0;AAAA\x1b\\'


def test_placeholders_name_picture_row_and_column() -> None:
    assert kitty.placeholders(0x0A0B0C, 3, 1) == '\x1b[38;2;10;11;12m\U0010eeee\u030d\u0305\U0010eeee\U0010eeee'
    assert kitty.placeholders(1, 3, 0, start=2) == '\x1b[38;2;0;0;1m\U0010eeee\u0305\u030e'
    spelled = kitty.placeholders(1, 2, 0, spelled=True)
    assert spelled == '\x1b[38;2;0;0;1m\U0010eeee\u0305\u0305\U0010eeee\u0305\u030d'


def test_there_are_marks_for_297_rows_and_columns() -> None:
    assert kitty.LARGEST_SIDE == 297
    last = kitty.placeholders(1, 297, 296, start=296)
    assert last.endswith('\U0010eeee\U0001d244\U0001d244')
