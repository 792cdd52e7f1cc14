"""Pictures by Kitty's graphics protocol, placed by Unicode placeholders.

The picture is sent once and stays in the terminal under a number; where it is to be seen, cells hold the character
U+10EEEE in a colour that spells this number, with combining marks for row and column. So it scrolls, is covered and
comes back as any text does. https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
Frames may be added to it, and then it moves by itself: https://sw.kovidgoyal.net/kitty/graphics-protocol/#animation
"""

import base64
import io
from typing import TYPE_CHECKING, Final

from hfmedia_tui.media.palette import reduce_colours

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    'LARGEST_NUMBER',
    'LARGEST_SIDE',
    'add_frame',
    'encode',
    'hold',
    'pieces',
    'placeholders',
    'play',
    'release',
    'time_first_frame',
    'upload',
]

LARGEST_NUMBER: Final = (1 << 24) - 1
"""An image's number is spelled by one 24-bit colour."""

_CHUNK: Final = 4096
_PLACEHOLDER: Final = '\U0010eeee'
_MARKS_IN_RUNS: Final = (
    '305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1 '
    '5a8-5a9 5ab-5ac 5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733 '
    '735-736 73a 73d 73f-741 743 745 747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951 953-954 '
    'f82-f83 f86-f87 135d-135f 17dd 193a 1a17 1a75-1a7c 1b6b 1b6d-1b73 1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 '
    '1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 20d4-20d7 20db-20dc 20e1 20e7 20e9 20f0 2cef-2cf1 '
    '2de0-2dff a66f a67c-a67d a6f0-a6f1 a8e0-a8f1 aab0 aab2-aab3 aab7-aab8 aabe-aabf aac1 fe20-fe26 10a0f '
    '10a38 1d185-1d189 1d1aa-1d1ad 1d242-1d244'
)
"""Kitty's row and column marks, first to last: https://sw.kovidgoyal.net/kitty/_downloads/rowcolumn-diacritics.txt"""


def _marks() -> str:
    runs = [run.partition('-') for run in _MARKS_IN_RUNS.split()]
    return ''.join(chr(mark) for first, _, last in runs for mark in range(int(first, 16), int(last or first, 16) + 1))


_MARKS: Final = _marks()
LARGEST_SIDE: Final = len(_MARKS)
"""Columns and rows that can be numbered."""


def encode(picture: 'Image') -> tuple[str, ...]:
    """Return an RGB picture as a PNG of 256 colours, a third of full colour's bytes, in the protocol's pieces."""
    file = io.BytesIO()
    reduce_colours(picture, 256, spread=True).save(file, 'PNG', compress_level=1)
    return pieces(file.getvalue())


def pieces(png: bytes) -> tuple[str, ...]:
    """Return a PNG file in the protocol's pieces."""
    text = base64.b64encode(png).decode('ascii')
    return tuple(text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK))


def upload(pieces: tuple[str, ...], number: int, columns: int, rows: int) -> tuple[str, ...]:
    """Return the commands that store a picture under `number` and make it ready for its cells, without an answer."""
    first = f'a=T,U=1,i={number},c={columns},r={rows},f=100,q=2,'
    last = len(pieces) - 1
    return tuple(
        f'\x1b_G{first if index == 0 else "q=2,"}m={int(index < last)};{piece}\x1b\\'
        for index, piece in enumerate(pieces)
    )


def time_first_frame(number: int, gap: float) -> str:
    """Return the command that lets a picture's first frame be seen for `gap` seconds; without it, it is skipped."""
    return f'\x1b_Ga=a,i={number},r=1,z={_milliseconds(gap)},q=2\x1b\\'


def add_frame(pieces: tuple[str, ...], number: int, gap: float) -> tuple[str, ...]:
    """Return the commands that add a frame to a picture, to be seen for `gap` seconds; it covers the whole."""
    last = len(pieces) - 1
    first = f'i={number},z={_milliseconds(gap)},X=1,f=100,'
    return tuple(
        f'\x1b_Ga=f,{first if index == 0 else ""}q=2,m={int(index < last)};{piece}\x1b\\'
        for index, piece in enumerate(pieces)
    )


def play(number: int, frame: int, *, more: bool = False) -> str:
    """Return the command that plays a picture's frames from `frame` on, which counts from 1, over and over.

    Where `more` are to come, it waits for them at the end instead.
    """
    return f'\x1b_Ga=a,i={number},c={frame},s={2 if more else 3},v=1,q=2\x1b\\'


def hold(number: int, frame: int) -> str:
    """Return the command that stops a picture at `frame`, which counts from 1."""
    return f'\x1b_Ga=a,i={number},c={frame},s=1,q=2\x1b\\'


def _milliseconds(seconds: float) -> int:
    return max(1, round(1000 * seconds))


def release(number: int) -> str:
    """Return the command that takes the picture from the screen and frees its memory in the terminal."""
    return f'\x1b_Ga=d,d=I,i={number},q=2\x1b\\'


def placeholders(number: int, columns: int, row: int, *, start: int = 0, spelled: bool = False) -> str:
    """Return the text of one row of a picture's cells, from the column `start` on; it leaves its colour behind.

    A cell without marks goes on where its left neighbour was; `spelled` marks each, for tmux, which may draw any
    part of a row alone.
    """
    colour = f'\x1b[38;2;{number >> 16 & 255};{number >> 8 & 255};{number & 255}m'
    cells = [
        _PLACEHOLDER + (_MARKS[row] + _MARKS[column] if spelled or column == start else '')
        for column in range(start, columns)
    ]
    return colour + ''.join(cells)
