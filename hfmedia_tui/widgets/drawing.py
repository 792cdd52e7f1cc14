"""A picture's lines in an area of cells, as Textual takes them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import groupby

from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from hfmedia_tui.media import kitty
from hfmedia_tui.media.picture import Picture
from hfmedia_tui.widgets.finished_strip import FinishedStrip, PacedStrip
from hfmedia_tui.widgets.plain import running_time

__all__ = ['Drawing', 'Look', 'filtered']

_LABEL = Style(color=Color.from_rgb(255, 255, 255), bgcolor=Color.from_rgb(0, 0, 0))


class Look(Enum):
    """How a picture is drawn."""

    BEST = auto()
    """As well as the terminal can."""
    HALVES = auto()
    """In half-cells: cheap to send again and again, and harmless everywhere."""
    MOSAIC = auto()
    """In coarse blocks, for under a modal screen: Textual dims a Segment at a time, so they are few."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture in the middle of an area, with `around` beside it."""

    picture: Picture
    size: Size
    around: Style
    console: Console
    may_go: Callable[[int, int], bool]
    """Whether a row may go out now in full, given its place in the area and its size."""
    number: int = 0
    """Where the terminal keeps the picture, by Kitty's protocol; 0 while it does not."""
    in_tmux: bool = False
    coarseness: int = 1
    """How many pixels of the mosaic wide the blocks are that stand for what may not go out yet."""

    def lines(self, look: Look) -> list[Strip]:
        """Return a line for each row of the area.

        A picture that is larger, as it may be until the next one is ready, is cut.
        """
        match look:
            case Look.BEST:
                return self._finished_lines(self._best)
            case Look.HALVES:
                return self._finished_lines(self._plain)
            case Look.MOSAIC:
                return self._mosaic_lines()

    def _mosaic_lines(self) -> list[Strip]:
        left, right, top = self._margins
        lines = [Strip.blank(self.size.width, self.around)] * self.size.height
        for row in range(max(0, -top), min(self.picture.rows, self.size.height - top)):
            segments = [*self._blank(left), *self._blocks(row), *self._blank(right)]
            line = Strip(segments, left + self.picture.columns + right)
            lines[top + row] = line.crop(0, self.size.width)
        return lines

    def _blocks(self, row: int, step: int = 1) -> list[Segment]:
        """Return a row in blocks that are `step` pixels of the mosaic wide, each of them two cells."""
        picture = self.picture
        width = (picture.columns + 1) // 2
        pixels = picture.mosaic[3 * row * width : 3 * (row + 1) * width]
        blocks: list[Segment] = []
        start = 0
        for colour, same in groupby(pixels[i : i + 3] for i in range(0, len(pixels), 3 * step)):
            end = min(picture.columns, start + 2 * step * sum(1 for _ in same))
            blocks.append(Segment(' ' * (end - start), _background(colour)))
            start = end
        return blocks

    @property
    def _margins(self) -> tuple[int, int, int]:
        """Cells left, right and above; the latter are less than none where the picture is cut."""
        left = max(0, (self.size.width - self.picture.columns) // 2)
        right = max(0, self.size.width - self.picture.columns - left)
        return left, right, (self.size.height - self.picture.rows) // 2

    def _finished_lines(self, finish: Callable[[int, list[Segment]], str]) -> list[Strip]:
        picture = self.picture
        left, right, top = self._margins
        before, after = self._finish(self._blank(left)), self._finish(self._blank(right))

        def line(row: int) -> Strip:
            label = self._label if row == picture.rows - 1 else []

            def likeness() -> list[Segment]:
                half_cells = _half_cells(picture, row)[_width(label) :]
                return [*self._blank(left), *label, *half_cells, *self._blank(right)]

            text, width = before + finish(row, label) + after, left + picture.columns + right
            whole: FinishedStrip
            if self.number:
                whole = FinishedStrip(text, width, likeness)
            else:
                whole = PacedStrip(
                    text,
                    width,
                    likeness,
                    lambda: before + self._coarse(row, label) + after,
                    lambda size: self.may_go(row + top, size),
                )
            return whole.crop(0, self.size.width)

        empty = Strip.blank(self.size.width, self.around)
        return [line(y - top) if 0 <= y - top < picture.rows else empty for y in range(self.size.height)]

    def _best(self, row: int, label: list[Segment]) -> str:
        picture = self.picture
        if picture.sixels:
            below = self._finish(self._blank(picture.columns))
            return self._over(self._over(below, picture.sixels[row]), self._finish(label))
        if picture.upload and not self.number:
            return self._coarse(row, label)
        if picture.upload:
            start = _width(label)
            cells = kitty.placeholders(self.number, picture.columns, row, start=start, spelled=self.in_tmux)
            background = Strip.render_ansi(self.around.background_style, ColorSystem.TRUECOLOR)
            return f'{self._finish(label)}\x1b[{background}m{cells}\x1b[0m'
        return self._plain(row, label)

    def _plain(self, row: int, label: list[Segment]) -> str:
        return self._over(self.picture.lines[row], self._finish(label))

    def _coarse(self, row: int, label: list[Segment]) -> str:
        return self._over(self._finish(self._blocks(row, self.coarseness)), self._finish(label))

    def _over(self, text: str, above: str) -> str:
        """Write `above` over the finished `text` of a row, and leave the cursor behind that row.

        The cursor is saved, restored and moved right (DECSC, DECRC and CUF in
        https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
        """
        return f'\x1b7{text}\x1b8{above}\x1b8\x1b[{self.picture.columns}C' if above else text

    @property
    def _label(self) -> list[Segment]:
        """What tells a film from a picture, in its lower left corner."""
        if not self.picture.is_film:
            return []
        duration = self.picture.duration
        text = ' ▶ ' if duration is None else f' ▶ {running_time(duration)} '
        return [Segment(text, _LABEL)] if len(text) <= self.picture.columns else []

    def _blank(self, width: int) -> list[Segment]:
        return [Segment(' ' * width, self.around)] if width else []

    def _finish(self, segments: list[Segment]) -> str:
        return Strip(segments).render(self.console)


def _width(segments: list[Segment]) -> int:
    return sum(segment.cell_length for segment in segments)


def filtered(line: Strip, widget: Widget) -> Strip:
    """Return a line as Textual's filters leave it: NO_COLOR is one. They do not see lines that a widget hands over."""
    _, background = widget.background_colors
    for line_filter in widget.get_line_filters():
        line = line.apply_filter(line_filter, background)
    return line


def _half_cells(picture: Picture, row: int) -> list[Segment]:
    width = picture.columns * 3
    upper = picture.halves[2 * row * width : (2 * row + 1) * width]
    lower = picture.halves[(2 * row + 1) * width : (2 * row + 2) * width]
    return [_half_cell(upper[x : x + 3], lower[x : x + 3]) for x in range(0, width, 3)]


@lru_cache(4096)
def _background(colour: bytes) -> Style:
    return Style(bgcolor=Color.from_rgb(*colour))


@lru_cache(4096)
def _half_cell(upper: bytes, lower: bytes) -> Segment:
    return Segment('▀', Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
