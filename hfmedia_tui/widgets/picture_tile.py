"""One picture or film among many, with its caption below it or its lines beside it."""

from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.widgets.drawing import filtered
from hfmedia_tui.widgets.preview import Preview

__all__ = ['FRAME', 'NOTHING', 'GridItem', 'PictureTile', 'Shape']

FRAME: Final = 1
"""Cells of a tile on each side of its picture."""


class Shape(NamedTuple):
    """How items are laid out."""

    tile: Size = Size(26, 10)
    """The least width of a tile, and its height, its frame included."""
    beside: bool = False
    """Whether a tile takes a row of its own: its picture in its first cells, `tile.width` of them, and the lines of
    its item behind. A width of 0 leaves no room for pictures."""


class GridItem(NamedTuple):
    """One picture or film, and what is said of it."""

    path: Path | None
    """None while it is not known yet."""
    caption: str = ''
    """Said below the picture."""
    lines: tuple[str, ...] = ()
    """Said beside the picture, where there is room."""
    mark: str = ''
    """Drawn before the caption, and before the first of the lines."""


NOTHING: Final = GridItem(None)
"""Before it is known what stands there."""


class PictureTile(Widget):
    """One item: its picture in a frame with the caption in its last line, or with its lines beside it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {'tile--caption', 'tile--selected', 'tile--focused', 'tile--mark'}

    DEFAULT_CSS = """
    PictureTile {
        layout: vertical;
        & > .tile--caption { color: $text-muted; }
        & > .tile--selected { color: $foreground; }
        & > .tile--focused { color: $primary; text-style: bold; }
        & > .tile--mark { color: $warning; }
        & Preview { margin: 1; }
        &.-beside Preview { margin: 0 0 1 2; }
        &.-words Preview { display: none; }
    }
    """

    look: var[str] = var('tile--caption')
    """The component class of the frame."""

    def __init__(self, pictures: Pictures, shape: Shape) -> None:
        super().__init__()
        self.preview = Preview(pictures)
        self.place: int | None = None
        """Which of the items is shown."""
        self.item = NOTHING
        self._lines: list[Strip] = []
        self._drawn_as: tuple[object, ...] | None = None
        self.take_shape(shape)

    def compose(self) -> ComposeResult:
        yield self.preview

    def take_shape(self, shape: Shape) -> None:
        self.shape = shape
        self.set_class(shape.beside, '-beside')
        self.set_class(shape.beside and not shape.tile.width, '-words')
        self.preview.styles.width = shape.tile.width if shape.beside else None

    def show(self, place: int | None, item: GridItem) -> None:
        if place != self.place and item.path != self.preview.source:
            self.preview.clear()
        self.place = place
        self.preview.source = item.path
        if item != self.item:
            self.item = item
            self._redraw_frame()

    def watch_look(self) -> None:
        self._redraw_frame()

    def _redraw_frame(self) -> None:
        """Redraw around the picture: the picture itself would be sent to the terminal again."""
        width, height = self.size
        if self.shape.beside:
            left = self._text_column
            self.refresh(Region(0, 0, 2, height), Region(left, 0, width - left, height))
        elif width > 2 and height > 2:
            self.refresh(
                Region(0, 0, width, 1),
                Region(0, height - 1, width, 1),
                Region(0, 1, 1, height - 2),
                Region(width - 1, 1, 1, height - 2),
            )

    def render_lines(self, crop: Region) -> list[Strip]:
        lines = self._draw()[crop.y : crop.bottom]
        if crop.width == self.size.width:
            return lines
        return [line.crop(crop.x, crop.right) for line in lines]

    def render_line(self, y: int) -> Strip:
        return self._draw()[y]

    def _draw(self) -> list[Strip]:
        """Return all the lines; Textual would ask for each one's style, and most are behind the picture."""
        width, height = self.size
        background = self.visual_style.rich_style
        frame = background + self.get_component_rich_style(self.look)
        drawn_as = (self.size, self.place is None, self.look, self.item, self.shape, background, frame)
        if drawn_as != self._drawn_as:
            blank = Strip.blank(width, background)
            self._lines = [blank] * height
            if self.place is not None and width > 4:
                if self.shape.beside:
                    self._lines = self._draw_beside(width, height, background, frame)
                elif height > 1:
                    self._draw_around(width, height, background, frame)
            self._lines = [filtered(line, self) for line in self._lines]
            self._drawn_as = drawn_as
        return self._lines

    @property
    def _selected(self) -> bool:
        return self.look != 'tile--caption'

    def _draw_around(self, width: int, height: int, background: Style, frame: Style) -> None:
        if self._selected:
            side = Segment('│', frame)
            inside = Strip([side, Segment(' ' * (width - 2), background), side], width)
            self._lines = [Strip([Segment(f'╭{"─" * (width - 2)}╮', frame)], width)] + [inside] * (height - 1)
        ends = ('╰ ', '─', '─╯') if self._selected else ('  ', ' ', '  ')
        mark = Content(self.item.mark)
        text = Content(self.item.caption).truncate(width - 4 - mark.cell_length, ellipsis=True)
        rest = max(0, width - 4 - mark.cell_length - text.cell_length)
        line = f' {ends[1] * (rest - 1)}' if rest else ''
        segments = [
            Segment(ends[0], frame),
            Segment(mark.plain, background + self.get_component_rich_style('tile--mark')),
            Segment(f'{text.plain}{line}{ends[2]}', frame),
        ]
        self._lines[-1] = Strip([segment for segment in segments if segment.text], width)

    @property
    def _text_column(self) -> int:
        return self.shape.tile.width + 4 if self.shape.tile.width else 2

    def _draw_beside(self, width: int, height: int, background: Style, frame: Style) -> list[Strip]:
        muted = background + self.get_component_rich_style('tile--caption')
        first = background + self.get_component_rich_style('tile--focused') if self._selected else background
        bar = Segment('▌' if self._selected else ' ', frame)
        gap, room = self._text_column - 1, width - self._text_column
        strips = []
        for row, text in zip(range(height), (*self.item.lines, *[''] * height), strict=False):
            mark = Content(self.item.mark if not row else '')
            line = Content(text).truncate(max(0, room - mark.cell_length), ellipsis=True)
            segments = [bar if row < height - 1 else Segment(' ', background), Segment(' ' * gap, background)]
            if mark:
                segments.append(Segment(mark.plain, background + self.get_component_rich_style('tile--mark')))
            segments.append(Segment(line.plain, muted if row else first))
            strips.append(Strip(segments).adjust_cell_length(width, background))
        return strips
