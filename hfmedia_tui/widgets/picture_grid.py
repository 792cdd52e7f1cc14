"""Thousands of pictures in rows and columns, of which only those in sight are widgets."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.reactive import reactive, var
from textual.strip import Strip
from textual.widget import Widget

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.widgets.preview import Preview

__all__ = ['GridItem', 'PictureGrid']

_TILE: Final = Size(26, 9)
_FRAME: Final = 1
"""Cells of a tile on each side of its picture."""


class GridItem(NamedTuple):
    """One picture or film, and what is said below it."""

    path: Path
    caption: str = ''


class _Tile(Widget):
    """One item: its picture in a frame, and its caption in the frame's last line."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {'tile--caption', 'tile--selected', 'tile--focused'}

    DEFAULT_CSS = """
    _Tile {
        layout: vertical;
        & > .tile--caption { color: $text-muted; }
        & > .tile--selected { color: $foreground; }
        & > .tile--focused { color: $primary; text-style: bold; }
        & Preview { margin: 1; }
    }
    """

    look: var[str] = var('tile--caption')
    """The component class of the frame."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self.preview = Preview(pictures)
        self.place: int | None = None
        """Which of the items is shown."""
        self.caption = ''
        self._lines: list[Strip] = []
        self._drawn_as: tuple[object, ...] | None = None

    def compose(self) -> ComposeResult:
        yield self.preview

    def show(self, place: int | None, item: GridItem | None) -> None:
        source = item.path if item else None
        if place != self.place and source != self.preview.source:
            self.preview.clear()
        self.place = place
        self.preview.source = source
        caption = item.caption if item else ''
        if caption != self.caption:
            self.caption = caption
            self._redraw_frame()

    def watch_look(self) -> None:
        self._redraw_frame()

    def _redraw_frame(self) -> None:
        """Redraw around the picture: the picture itself would be sent to the terminal again."""
        width, height = self.size
        if width > 2 and height > 2:
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
        background = self.rich_style
        frame = background + self.get_component_rich_style(self.look)
        drawn_as = (self.size, self.place is None, self.look, self.caption, background, frame)
        if drawn_as != self._drawn_as:
            blank = Strip.blank(width, background)
            self._lines = [blank] * height
            if self.place is not None and width > 4 and height > 1:
                selected = self.look != 'tile--caption'
                if selected:
                    side = Segment('│', frame)
                    inside = Strip([side, Segment(' ' * (width - 2), background), side], width)
                    self._lines = [Strip([Segment(f'╭{"─" * (width - 2)}╮', frame)], width)] + [inside] * (height - 1)
                self._lines[-1] = Strip([Segment(self._caption_line(width, selected=selected), frame)], width)
            self._drawn_as = drawn_as
        return self._lines

    def _caption_line(self, width: int, *, selected: bool) -> str:
        text = Content(self.caption).truncate(width - 4, ellipsis=True)
        rest = max(0, width - 4 - text.cell_length)
        return f'╰ {text.plain}{"─" * rest}─╯' if selected else f'  {text.plain}{" " * rest}  '


class _Placed(Layout):
    """Puts each tile where its item belongs, and remembers the room that all items take."""

    name = 'placed'

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        assert isinstance(parent, PictureGrid)
        no_margin = Spacing()
        placements = [
            WidgetPlacement(parent.region_of(tile.place), NULL_OFFSET, no_margin, tile)
            for tile in children
            if isinstance(tile, _Tile) and tile.place is not None
        ]
        end = Region(0, max(0, parent.rows * parent.tile_height - 1), 1, 1)
        placements += [
            WidgetPlacement(end, NULL_OFFSET, no_margin, child) for child in children if isinstance(child, _End)
        ]
        return placements


class _End(Widget):
    """The last cell of all that can be scrolled to."""

    DEFAULT_CSS = '_End { width: 1; height: 1; }'

    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width, self.rich_style)


class PictureGrid(Widget, can_focus=True):
    """Shows the files of `items` in tiles, the selected one marked; only those in sight are made.

    The tiles are few and used again as others come into sight. What goes out of sight or is no longer near before its
    turn came is not made, and the pictures are freed when the grid is closed.
    """

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('left,h', 'move(-1, 0)', 'Left', show=False, id='grid.left'),
        Binding('right,l', 'move(1, 0)', 'Right', show=False, id='grid.right'),
        Binding('up,k', 'move(0, -1)', 'Up', show=False, id='grid.up'),
        Binding('down,j', 'move(0, 1)', 'Down', show=False, id='grid.down'),
        Binding('pageup', 'page(-1)', 'Page up', show=False, id='grid.page_up'),
        Binding('pagedown', 'page(1)', 'Page down', show=False, id='grid.page_down'),
        Binding('home,g', 'first', 'First', show=False, id='grid.first'),
        Binding('end,G', 'last', 'Last', show=False, id='grid.last'),
        Binding('enter', 'choose', 'Open', show=False, id='grid.choose'),
    ]

    DEFAULT_CSS = """
    PictureGrid { width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """

    items: reactive[Sequence[GridItem]] = reactive((), init=False, layout=True)
    """What is shown; of any length."""
    selected: var[int] = var(0, init=False)
    """Which item is selected; 0 where there is none."""

    class Selected(Message):
        """Another item is selected."""

        def __init__(self, grid: 'PictureGrid', place: int) -> None:
            super().__init__()
            self.grid = grid
            self.place = place

        @property
        def control(self) -> 'PictureGrid':
            return self.grid

    class Chosen(Selected):
        """An item was entered: Enter, or a second click."""

    def __init__(
        self,
        pictures: Pictures,
        *,
        tile: Size = _TILE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a grid fed by `pictures`; a `tile` is at least that wide, and that high, its frame included."""
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._pictures = pictures
        self._tile = tile
        self._tiles: list[_Tile] = []
        self._free: list[_Tile] = []
        self._layout_of_tiles = _Placed()

    @property
    def layout(self) -> Layout:
        return self._layout_of_tiles

    def compose(self) -> ComposeResult:
        yield _End()

    # ------------------------------------------------------------------------------------------ what is where

    @property
    def _room(self) -> Size:
        """What is in sight at once, without the scroll bar."""
        return self.scrollable_content_region.size

    @property
    def columns(self) -> int:
        return max(1, self._room.width // self._tile.width)

    @property
    def rows(self) -> int:
        """Rows of tiles that all items take."""
        return -(-len(self.items) // self.columns)

    @property
    def tile_height(self) -> int:
        return self._tile.height

    @property
    def tile_width(self) -> int:
        return max(1, self._room.width // self.columns)

    @property
    def picture_size(self) -> Size:
        """Cells of a tile that its picture may fill."""
        return Size(self.tile_width - 2 * _FRAME, self.tile_height - 2 * _FRAME)

    def region_of(self, place: int) -> Region:
        """Return where an item is, whether in sight or not."""
        row, column = divmod(place, self.columns)
        return Region(column * self.tile_width, row * self.tile_height, self.tile_width, self.tile_height)

    @property
    def _in_sight(self) -> range:
        """The items that are at least partly in sight."""
        top = round(self.scroll_y) // self.tile_height
        bottom = -(-(round(self.scroll_y) + self._room.height) // self.tile_height)
        return range(max(0, top * self.columns), max(0, min(len(self.items), bottom * self.columns)))

    @property
    def _rows_in_sight(self) -> int:
        return max(1, self._room.height // self.tile_height)

    # ------------------------------------------------------------------------------------------ tiles

    def on_resize(self) -> None:
        self._assign()
        self.refresh(layout=True)

    def watch_items(self) -> None:
        self.selected = max(0, min(self.selected, len(self.items) - 1))
        self._assign(renewed=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._assign()

    def _assign(self, *, renewed: bool = False) -> None:
        """Give each item in sight a tile: the one it has, or one whose item went out of sight."""
        if not self._room or not self.is_mounted:
            return
        wanted = self._in_sight
        most = (-(-self._room.height // self.tile_height) + 1) * self.columns
        if len(self._tiles) < most:
            fresh = [_Tile(self._pictures) for _ in range(most - len(self._tiles))]
            self._tiles += fresh
            self.mount(*fresh)
        shown = {tile.place: tile for tile in self._tiles if tile.place in wanted and tile.place is not None}
        free = [tile for tile in self._tiles if tile not in shown.values()]
        changed = False
        for place in sorted(wanted, key=self._distance):
            tile = shown.get(place)
            changed = changed or tile is None
            if tile is None:
                tile = free.pop()
                shown[place] = tile
            elif not renewed:
                self._mark(tile, place)
                continue
            self._mark(tile, place)
            tile.show(place, self.items[place])
        for tile in free:
            changed = changed or tile.place is not None
            tile.show(None, None)
        if changed or renewed:
            self._arrangement_cache.clear()
            self.refresh(layout=True)
            self._make_next()

    def _distance(self, place: int) -> float:
        row, column = divmod(place, self.columns)
        selected_row, selected_column = divmod(self.selected, self.columns)
        return abs(row - selected_row) + abs(column - selected_column)

    def _mark(self, tile: _Tile, place: int) -> None:
        tile.preview.nearness = self._distance(place)
        if place != self.selected:
            tile.look = 'tile--caption'
        else:
            tile.look = 'tile--focused' if self.has_focus else 'tile--selected'

    def _mark_all(self) -> None:
        for tile in self._tiles:
            if tile.place is not None:
                self._mark(tile, tile.place)

    @work(exclusive=True, group='next', exit_on_error=False, description='pictures just out of sight')
    async def _make_next(self) -> None:
        """Make the row below those in sight, and the one above, when those in sight are made."""
        sight, (columns, rows) = self._in_sight, self.picture_size
        if columns < 1 or rows < 1:
            return
        below = range(sight.stop, min(len(self.items), sight.stop + self.columns))
        above = range(max(0, sight.start - self.columns), sight.start)
        for place in (*below, *above):
            try:
                await self._pictures.render(self.items[place].path, columns, rows, nearness=float('inf'))
            except MediaError:
                continue  # it says so when it comes into sight

    def on_unmount(self) -> None:
        self._pictures.give_back()

    # ------------------------------------------------------------------------------------------ what the user does

    def validate_selected(self, selected: int) -> int:
        return max(0, min(selected, len(self.items) - 1))

    def watch_selected(self, selected: int) -> None:
        self._mark_all()
        if self.items:
            self.scroll_to_region(self.region_of(selected), animate=False, force=True)
            self.post_message(self.Selected(self, selected))

    def on_focus(self) -> None:
        self._mark_all()

    def on_blur(self) -> None:
        self._mark_all()

    def action_move(self, right: int, down: int) -> None:
        place = self.selected + right + down * self.columns
        if 0 <= place < len(self.items):
            self.selected = place

    def action_page(self, pages: int) -> None:
        column = self.selected % self.columns
        row = self.selected // self.columns + pages * self._rows_in_sight
        self.selected = max(column, min(row, self.rows - 1) * self.columns + column)

    def action_first(self) -> None:
        self.selected = 0

    def action_last(self) -> None:
        self.selected = len(self.items) - 1

    def action_choose(self) -> None:
        if self.items:
            self.post_message(self.Chosen(self, self.selected))

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        under, _ = self.screen.get_widget_at(*event.screen_offset)
        place = next((node.place for node in under.ancestors_with_self if isinstance(node, _Tile)), None)
        if place is None:
            return
        event.stop()
        if place == self.selected and event.chain > 1:
            self.action_choose()
        self.selected = place
