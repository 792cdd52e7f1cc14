"""One picture of many: each small, with a few words below it."""

import math
import os
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.formats import recognise
from hfmedia_tui.media.scale import scale
from hfmedia_tui.media.terminal import CellSize

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

__all__ = ['MOST', 'ContactSheet', 'Frame']

MOST: Final = 400
"""Pictures of one sheet."""
_LARGEST: Final = 384
"""Pixels of a picture's longer side, at most."""
_PIXELS: Final = 16_000_000
"""Of a whole sheet: at three bytes each, what it takes of memory."""
_GAP: Final = 16
"""Pixels between two pictures."""
_LINES: Final = 2
"""Of words below each."""
_QUALITY: Final = 90
"""Of JPEG: nothing is seen of the loss."""
_PAPER: Final = (18, 18, 20)
_WORDS: Final = ((235, 235, 235), (150, 150, 155))
"""Colours of the lines."""


class Frame(NamedTuple):
    """One picture or film, and the lines below it."""

    path: Path
    lines: tuple[str, ...]


class ContactSheet:
    """A sheet that is filled one picture after another, of which only one is in memory at a time; all of it blocks."""

    def __init__(self, frames: int) -> None:
        """Make an empty sheet for so many, about as wide as 3 is to 2. Raises ValueError beyond `MOST`."""
        if not 0 < frames <= MOST:
            raise ValueError(f'a contact sheet holds 1 to {MOST} pictures, not {frames}')
        from PIL import Image

        self._side = min(_LARGEST, math.isqrt(_PIXELS // frames) - _GAP)
        self._columns = min(frames, max(1, math.ceil(math.sqrt(1.5 * frames))))
        self._font = _font(max(10, self._side // 20))
        self._line = round(1.4 * max(10, self._side // 20))
        self._tall = self._side + _LINES * self._line + _GAP
        rows = -(-frames // self._columns)
        size = self._columns * (self._side + _GAP) + _GAP, rows * self._tall + _GAP
        self._sheet = Image.new('RGB', size, _PAPER)
        self._count = 0

    def add(self, frame: Frame) -> None:
        """Put the next picture on the sheet; of one that cannot be shown it says why."""
        row, column = divmod(self._count, self._columns)
        self._count += 1
        left, top = _GAP + column * (self._side + _GAP), _GAP + row * self._tall
        area = Area(1, 1, CellSize(self._side, self._side))
        try:
            scaled = scale(frame.path, recognise(frame.path), area)
        except MediaError as error:
            self._write(str(error), left, top, 1)
        else:
            width, height = scaled.pixels.size
            self._sheet.paste(scaled.pixels, (left + (self._side - width) // 2, top + self._side - height))
        for number, words in enumerate(frame.lines[:_LINES]):
            self._write(words, left, top + self._side + 4 + number * self._line, number)

    def save(self, folder: Path, name: str) -> Path:
        """Write the sheet as a JPEG into a folder, under a name that nothing has, and return where. Raises OSError."""
        data = BytesIO()
        self._sheet.save(data, 'JPEG', quality=_QUALITY)
        folder.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            path = folder / f'{name}{f"-{number}" if number > 1 else ""}.jpg'
            try:
                file = path.open('xb')
            except FileExistsError:
                continue
            try:
                with file:
                    file.write(data.getbuffer())
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                path.unlink()  # half a sheet is none
                raise
            return path
        raise AssertionError('numbers do not end')

    def _write(self, words: str, left: int, top: int, number: int) -> None:
        """Write a line, cut where it would be wider than its picture."""
        from PIL import ImageDraw

        text = words[: self._side]
        if self._font.getlength(text) > self._side:
            while text and self._font.getlength(f'{text}…') > self._side:
                text = text[:-1]
            text = f'{text.rstrip()}…'
        ImageDraw.Draw(self._sheet).text((left, top), text, _WORDS[number % len(_WORDS)], self._font)


def _font(size: int) -> 'FreeTypeFont | ImageFont':
    from PIL import ImageFont

    return ImageFont.load_default(size)
