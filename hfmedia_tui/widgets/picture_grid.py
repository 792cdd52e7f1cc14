"""Thousands of pictures in rows and columns, of which only those in sight are widgets."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.reactive import reactive, var
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.widgets.list_keys import LIST_KEYS
from hfmedia_tui.widgets.picture_tile import FRAME, NOTHING, GridItem, PictureTile, Shape

__all__ = ['PictureGrid']

_A_TURN: Final = 6
"""Tiles that are filled at once: more would hold up the event loop, and the others follow with the next paint."""
_FRESH: Final = 3
"""Tiles that are made at once, which takes longer."""
_PAINT: Final = 1 / 60
"""Seconds between two paints."""


class _Placed(Layout):
    """Puts each tile where its item belongs, and remembers the room that all items take."""

    name = 'placed'

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        assert isinstance(parent, PictureGrid)
        no_margin = Spacing()
        end = Region(0, max(0, parent.rows * parent.tile_height - 1), 1, 1)
        # The end comes first: it lies under the tile whose corner it is.
        placements = [
            WidgetPlacement(end, NULL_OFFSET, no_margin, child) for child in children if isinstance(child, _End)
        ]
        placements += [
            WidgetPlacement(parent.region_of(tile.place), NULL_OFFSET, no_margin, tile)
            for tile in children
            if isinstance(tile, PictureTile) and tile.place is not None
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
        Binding('enter', 'select', 'Look', id='grid.select', tooltip='Look at the result alone'),
        *(binding for binding in LIST_KEYS if isinstance(binding, Binding) and binding.key != 'enter'),
        Binding('left,h', 'go_aside(-1)', 'Left', show=False, id='grid.left'),
        Binding('right,l', 'go_aside(1)', 'Right', show=False, id='grid.right'),
    ]

    DEFAULT_CSS = """
    PictureGrid { width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """

    items: reactive[Sequence[GridItem]] = reactive((), init=False, layout=True)
    """What is shown; of any length, and told by `renew` that it has changed. Only what is in sight is asked for."""
    selected: var[int] = var(0, init=False)
    """Which item is selected; 0 where there is none."""
    shape: var[Shape] = var(Shape(), init=False)
    """How the items are laid out."""

    class InSight(Message):
        """Other items came into sight, or will be next."""

        def __init__(self, places: range) -> None:
            super().__init__()
            self.places = places

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

    def __init__(self, pictures: Pictures, *, tile: Size | None = None) -> None:
        """Make a grid fed by `pictures`; a `tile` is at least that wide, and that high, its frame included."""
        super().__init__()
        self._pictures = pictures
        self._tiles: list[PictureTile] = []
        self._room = Size(0, 0)
        """What is in sight at once, without the scroll bar; it is asked for often, and long to find out."""
        self.sight = range(0)
        """Places of the items in sight, and of those next to them."""
        self._filling: Timer | None = None
        self._is_late = False
        """Whether the selected item was to be shown before there was room for it."""
        self._layout_of_tiles = _Placed()
        if tile is not None:
            self.set_reactive(PictureGrid.shape, Shape(tile))

    @property
    def layout(self) -> Layout:
        return self._layout_of_tiles

    def compose(self) -> ComposeResult:
        yield _End()

    # ------------------------------------------------------------------------------------------ what is where

    @property
    def columns(self) -> int:
        return 1 if self.shape.beside else max(1, self._room.width // self.shape.tile.width)

    @property
    def rows(self) -> int:
        """Rows of tiles that all items take."""
        return -(-len(self.items) // self.columns)

    @property
    def tile_height(self) -> int:
        """Rows of cells of a tile: no more than are in sight at once."""
        return self.shape.tile.height if self.shape.beside else min(self.shape.tile.height, max(3, self._room.height))

    @property
    def tile_width(self) -> int:
        return max(1, self._room.width // self.columns)

    @property
    def picture_size(self) -> Size:
        """Cells of a tile that its picture may fill."""
        if self.shape.beside:
            return Size(self.shape.tile.width, self.tile_height - FRAME)
        return Size(self.tile_width - 2 * FRAME, self.tile_height - 2 * FRAME)

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
        columns = self.columns
        # Its region is known to the screen only later than this.
        self._room = self.outer_size.region.shrink(self.gutter).size
        self._assign(renewed=True)
        if self.columns != columns:
            self.call_after_refresh(self.show_selected)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return blank lines: what is seen are the tiles."""
        return [Strip.blank(crop.width, self.visual_style.rich_style)] * crop.height

    def watch_items(self) -> None:
        self.selected = max(0, min(self.selected, len(self.items) - 1))
        self._assign(renewed=True)

    def renew(self, selected: int | None = None) -> None:
        """Ask again for the items in sight: they have changed, and the one that is selected may have moved."""
        before = self.selected
        self.set_reactive(PictureGrid.selected, self.validate_selected(before if selected is None else selected))
        rows = self.selected // self.columns - before // self.columns
        self.refresh(layout=True)
        self._assign(renewed=True)
        if rows and round(self.scroll_y):  # what is looked at stays where it is
            self.scroll_relative(y=rows * self.tile_height, animate=False, force=True)

    def watch_shape(self, shape: Shape) -> None:
        for tile in self._tiles:
            tile.take_shape(shape)
            tile.show(None, NOTHING)
        self._assign(renewed=True)
        self.call_after_refresh(self.show_selected)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._assign()

    def _assign(self, *, renewed: bool = False) -> None:
        """Give each item in sight a tile: the one it has, or one whose item went out of sight.

        Only a few get theirs now, and the others with the next paints.
        """
        if not self._room or not (self.is_mounted and self.is_attached):
            return
        wanted = self._in_sight
        self._tell_sight(wanted, renewed=renewed)
        shown: dict[int, PictureTile] = {}
        free: list[PictureTile] = []
        changed = renewed
        for tile in self._tiles:
            if tile.place is not None and tile.place in wanted:
                shown[tile.place] = tile
                self._mark(tile, tile.place)
                if renewed:
                    tile.show(tile.place, self.items[tile.place])
                continue
            changed = changed or tile.place is not None
            tile.show(None, NOTHING)
            free.append(tile)
        missing = sorted((place for place in wanted if place not in shown), key=self._distance)
        at_once = min(_A_TURN, len(free) or _FRESH)
        now, later = missing[:at_once], missing[at_once:]
        if fresh := [PictureTile(self._pictures, self.shape) for _ in range(len(now) - len(free))]:
            self._tiles += fresh
            free += fresh
            self.mount(*fresh)
        for place in now:
            tile = free.pop()
            self._mark(tile, place)
            tile.show(place, self.items[place])
        if changed or now:
            self._arrangement_cache.clear()
            self.refresh(layout=True)
        if self._filling is not None:
            self._filling.stop()
            self._filling = None
        if later:
            self._filling = self.set_timer(_PAINT, self._assign)
        elif changed or now:
            self._make_next()

    def _tell_sight(self, wanted: range, *, renewed: bool) -> None:
        near = range(max(0, wanted.start - self.columns), min(len(self.items), wanted.stop + self.columns))
        if renewed or near != self.sight:
            self.sight = near
            self.post_message(self.InSight(near))

    def _distance(self, place: int) -> float:
        row, column = divmod(place, self.columns)
        selected_row, selected_column = divmod(self.selected, self.columns)
        return abs(row - selected_row) + abs(column - selected_column)

    def _mark(self, tile: PictureTile, place: int) -> None:
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
        paths = [path for place in (*below, *above) if (path := self.items[place].path) is not None]
        for path in paths:
            try:
                await self._pictures.render(path, columns, rows, nearness=float('inf'))
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
            self.show_selected()
            self.post_message(self.Selected(self, selected))

    def show_selected(self) -> None:
        """Scroll to the selected item, as soon as there is room for it."""
        self._is_late = self.region_of(self.selected).bottom > self.virtual_size.height
        self.scroll_to_region(self.region_of(self.selected), animate=False, force=True)

    def watch_virtual_size(self) -> None:
        if self._is_late:
            self.call_after_refresh(self.show_selected)

    def on_focus(self) -> None:
        self._mark_all()

    def on_blur(self) -> None:
        self._mark_all()

    def action_go_aside(self, right: int) -> None:
        self.selected += right

    def action_move(self, down: int) -> None:
        place = self.selected + down * self.columns
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == 'select' and not self.items else True

    def action_select(self) -> None:
        if self.items:
            self.post_message(self.Chosen(self, self.selected))

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        under, _ = self.screen.get_widget_at(*event.screen_offset)
        place = next((node.place for node in under.ancestors_with_self if isinstance(node, PictureTile)), None)
        if place is None:
            return
        event.stop()
        if place == self.selected and event.chain > 1:
            self.action_select()
        self.selected = place
