"""How large and how many the frames of a GIF are, told by its blocks: no pixel is decoded for it.

A decoder makes room for the largest frame, which the head of the file does not tell, and goes through all of them to
count them. The blocks: https://www.w3.org/Graphics/GIF/spec-gif89a.txt, 17 to 27.
"""

import os
from typing import BinaryIO, Final, NamedTuple

__all__ = ['MOST_FRAMES', 'Extent', 'measure']

MOST_FRAMES: Final = 5_000
"""Three minutes of a film's pace: more are not counted."""

_TABLE: Final = 0x80
"""The flag that says that a table of colours follows, whose size the lowest three bits tell."""


class Extent(NamedTuple):
    """What it takes to decode all frames."""

    width: int
    """Pixels from the left of the screen to the right of what lies farthest."""
    height: int
    frames: int
    """One more than MOST_FRAMES where there are too many."""


def measure(file: BinaryIO) -> Extent:
    """Walk through the blocks, to the end or to what is none: whether the file is whole is not told by this."""
    screen = file.read(13)
    width, height, frames = _number(screen[6:8]), _number(screen[8:10]), 0
    _skip_table(file, screen[10:11])
    while frames <= MOST_FRAMES and (kind := file.read(1)) in (b',', b'!'):
        if kind == b'!':
            file.seek(1, os.SEEK_CUR)
        else:
            frames += 1
            place = file.read(9)
            width = max(width, _number(place[0:2]) + _number(place[4:6]))
            height = max(height, _number(place[2:4]) + _number(place[6:8]))
            _skip_table(file, place[8:9])
            file.seek(1, os.SEEK_CUR)
        while (length := file.read(1)) and length[0]:
            file.seek(length[0], os.SEEK_CUR)
    return Extent(width, height, frames)


def _number(two: bytes) -> int:
    return int.from_bytes(two, 'little')


def _skip_table(file: BinaryIO, flags: bytes) -> None:
    if flags and flags[0] & _TABLE:
        file.seek(3 * 2 ** ((flags[0] & 7) + 1), os.SEEK_CUR)
