"""A picture's lines in an area of cells, as Textual takes them."""

from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from hfmedia_tui.media.picture import Picture
from hfmedia_tui.widgets.finished_strip import FinishedStrip

__all__ = ['Drawing', 'clock']

_LABEL = Style(color=Color.from_rgb(255, 255, 255), bgcolor=Color.from_rgb(0, 0, 0))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture in the middle of an area, with `around` beside it."""

    picture: Picture
    size: Size
    around: Style
    console: Console

    def lines(self) -> list[Strip]:
        """Return a line for each row of the area.

        A picture that is larger, as it may be until the next one is ready, is cut.
        """
        top = (self.size.height - self.picture.rows) // 2
        empty = Strip.blank(self.size.width, self.around)
        return [
            self._line(y - top).crop(0, self.size.width) if 0 <= y - top < self.picture.rows else empty
            for y in range(self.size.height)
        ]

    def _line(self, row: int) -> Strip:
        picture = self.picture
        left = max(0, (self.size.width - picture.columns) // 2)
        right = max(0, self.size.width - picture.columns - left)
        label = self._label if row == picture.rows - 1 else []

        def likeness() -> list[Segment]:
            covered = sum(segment.cell_length for segment in label)
            return [*self._blank(left), *label, *_half_cells(picture, row)[covered:], *self._blank(right)]

        text = picture.lines[row]
        if label:
            # Written over the finished line: the cursor is saved before, and put behind the line after it
            # (DECSC, DECRC and CUF, https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
            text = f'\x1b7{text}\x1b8{self._finish(label)}\x1b8\x1b[{picture.columns}C'
        whole = self._finish(self._blank(left)) + text + self._finish(self._blank(right))
        return FinishedStrip(whole, left + picture.columns + right, likeness)

    @property
    def _label(self) -> list[Segment]:
        """What tells a film from a picture, in its lower left corner."""
        if not self.picture.is_film:
            return []
        duration = self.picture.duration
        text = ' ▶ ' if duration is None else f' ▶ {clock(duration)} '
        return [Segment(text, _LABEL)] if len(text) <= self.picture.columns else []

    def _blank(self, width: int) -> list[Segment]:
        return [Segment(' ' * width, self.around)] if width else []

    def _finish(self, segments: list[Segment]) -> str:
        return Strip(segments).render(self.console)


def clock(seconds: float) -> str:
    """Say a film's length as players do, such as `0:03`."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f'{hours}:{minute:02}:{second:02}' if hours else f'{minute}:{second:02}'


def _half_cells(picture: Picture, row: int) -> list[Segment]:
    width = picture.columns * 3
    upper = picture.halves[2 * row * width : (2 * row + 1) * width]
    lower = picture.halves[(2 * row + 1) * width : (2 * row + 2) * width]
    return [_half_cell(upper[x : x + 3], lower[x : x + 3]) for x in range(0, width, 3)]


@lru_cache(4096)
def _half_cell(upper: bytes, lower: bytes) -> Segment:
    return Segment('▀', Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
