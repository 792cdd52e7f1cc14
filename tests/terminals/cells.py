"""What the cells of a terminal show."""

import codecs
from collections.abc import Iterator
from typing import Final, NamedTuple

import pyte
from PIL import Image
from pyte.screens import Char

from hfmedia_tui.media import kitty
from tests.terminals.holding import Holding
from tests.terminals.sequences import Kind, Sequence

__all__ = ['Cells', 'Placeholder']

_PLACEHOLDER: Final = '\U0010eeee'
_MARKS: Final = {kitty.placeholders(1, 1, row)[-2]: row for row in range(kitty.LARGEST_SIDE)}
_BLACK: Final = (0, 0, 0)


class Placeholder(NamedTuple):
    """A cell that stands for part of a picture."""

    x: int
    y: int
    number: int
    row: int
    column: int
    """The part: its place among the cells of the picture."""


class Cells:
    """A screen of characters, and of the pictures that Kitty's placeholders stand for."""

    def __init__(self, columns: int, rows: int, cell: tuple[int, int], holding: Holding) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder('utf-8')('replace')
        self._cell = cell
        self._holding = holding

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row, from 0."""
        return self._screen.cursor.x, self._screen.cursor.y

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)

    def obey(self, sequence: Sequence) -> None:
        """Take text, cursor movements, colours, and the change between the two screens."""
        if sequence.kind is Kind.TEXT:
            self._stream.feed(self._decoder.decode(sequence.whole))
        elif sequence.body in (b'?1049h', b'?1049l'):
            self._screen.reset()
        elif sequence.kind is Kind.OTHER or (sequence.kind is Kind.CONTROL and sequence.body[:1].isalnum()):
            self._stream.feed(sequence.whole.decode('ascii', 'replace'))

    def text(self) -> str:
        """The screen as lines of text."""
        return '\n'.join(''.join(character.data for character in line).rstrip() for line in self._lines())

    def placeholders(self) -> Iterator[Placeholder]:
        """Every cell that stands for part of a picture; marks that are left out go on from the cell to the left."""
        for y, line in enumerate(self._lines()):
            before: Placeholder | None = None
            for x, character in enumerate(line):
                if not character.data.startswith(_PLACEHOLDER):
                    before = None
                    continue
                number = int(character.fg, 16) if character.fg != 'default' else 0
                marks = [_MARKS[mark] for mark in character.data[1:]]
                if not marks and before and before.number == number:
                    marks = [before.row, before.column + 1]
                before = Placeholder(x, y, number, *(*marks, 0, 0)[:2])
                yield before

    def look(self) -> Image.Image:
        """The screen in pixels: backgrounds, half-cells and pictures. Letters are left out."""
        width, height = self._cell
        shown = Image.new('RGB', (self._screen.columns * width, self._screen.lines * height))
        for y, line in enumerate(self._lines()):
            for x, character in enumerate(line):
                shown.paste(_colour(character.bg), (x * width, y * height, (x + 1) * width, (y + 1) * height))
                if character.data == '▀':
                    box = (x * width, y * height, (x + 1) * width, y * height + height // 2)
                    shown.paste(_colour(character.fg), box)
        fitted: dict[int, Image.Image] = {}
        for part in self.placeholders():
            held = self._holding.held.get(part.number)
            if held is None or not held.columns:
                continue
            if part.number not in fitted:
                fitted[part.number] = held.picture.resize((held.columns * width, held.rows * height))
            left, top = part.column * width, part.row * height
            piece = fitted[part.number].crop((left, top, left + width, top + height))
            shown.paste(piece, (part.x * width, part.y * height))
        return shown

    def _lines(self) -> list[list[Char]]:
        buffer, columns = self._screen.buffer, range(self._screen.columns)
        return [[buffer[y][x] for x in columns] for y in range(self._screen.lines)]


def _colour(told: str) -> tuple[int, int, int]:
    try:
        return int(told[0:2], 16), int(told[2:4], 16), int(told[4:6], 16)
    except ValueError:  # one of the sixteen by name
        return _BLACK
