"""A list of one-line rows that draws only those in sight, however many there are.

It draws through Textual's Line API: https://textual.textualize.io/guide/widgets/#line-api
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import Any, ClassVar, Generic, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hfmedia_tui.widgets.list_keys import LIST_KEYS
from hfmedia_tui.widgets.plain import cells

__all__ = ['Part', 'RowList', 'changed_cells']

RowType = TypeVar('RowType')

Part = tuple[str, str]
"""A piece of a row: its text, and the part of the style it wears ('' for the plain one)."""


_STATES = frozenset({'row--highlighted', 'row--hovered'})


def changed_cells(before: Sequence[Part], now: Sequence[Part]) -> range:
    """Return the cells in which a row looks otherwise than before."""
    if before == now:
        return range(0)
    same = sum(1 for _ in takewhile(_is_same, zip(before, now, strict=False)))
    stop = max(_width(before), _width(now))
    if _width(before) == _width(now):
        left = zip(reversed(before[same:]), reversed(now[same:]), strict=False)
        stop -= sum(cell_len(text) for (text, _), _ in takewhile(_is_same, left))
    return range(_width(now[:same]), stop)


def _width(parts: Sequence[Part]) -> int:
    return sum(cell_len(text) for text, _ in parts)


def _is_same(pair: tuple[Part, Part]) -> bool:
    return pair[0] == pair[1]


class RowList(ScrollView, Generic[RowType], can_focus=True):
    """A list of one-line rows with one of them highlighted.

    Rows are known by a key, so that the highlight stays on its row when others come, go or move.
    """

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = LIST_KEYS

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        'row--highlighted',
        'row--hovered',
        'row--mark',
        'row--strong',
        'row--muted',
        'row--accent',
        'row--good',
        'row--bad',
        'row--odd',
    }
    """
    | Class | Description |
    | :- | :- |
    | `row--highlighted` | The highlighted row. |
    | `row--hovered` | The row under the mouse. |
    | `row--mark` | The bar before the highlighted row. |
    | `row--strong`, `row--muted`, `row--accent`, `row--good`, `row--bad`, `row--odd` | Parts of a row. |
    """

    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        color: $foreground;
        & > .row--highlighted { background: $block-cursor-blurred-background; }
        & > .row--hovered { background: $block-hover-background; }
        & > .row--mark { color: $text-muted; }
        & > .row--strong { text-style: bold; }
        & > .row--muted { color: $text-muted; }
        & > .row--accent { color: $primary; }
        & > .row--good { color: $success; }
        & > .row--bad { color: $error; }
        & > .row--odd { color: $warning; }
        &:focus {
            & > .row--highlighted { background: $block-cursor-background; color: $block-cursor-foreground; }
            & > .row--mark { color: $primary; }
        }
        &:ansi > .row--muted { text-style: dim; }
        &:ansi > .row--highlighted { background: transparent; text-style: bold; }
        &:ansi:focus > .row--highlighted { background: transparent; color: ansi_default; text-style: reverse; }
    }
    """

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """As Textual's, but that a row more or less is no reason to draw all lines, nor to lay out the screen."""
    highlighted: reactive[int | None] = reactive(None, repaint=False)
    """The place of the highlighted row, or None in an empty list."""
    hovered: reactive[int | None] = reactive(None, repaint=False)
    """The place of the row under the mouse."""
    notice: reactive[str] = reactive('')
    """Shown instead of rows while there are none: what is being waited for, or why there is nothing."""

    class RowMessage(Message):
        """Something about one row."""

        def __init__(self, row_list: 'RowList[Any]', row: Any) -> None:
            super().__init__()
            self.row_list = row_list
            self.row = row

        @property
        def control(self) -> 'RowList[Any]':
            return self.row_list

    class Highlighted(RowMessage):
        """Another row is highlighted; `row` is None when the list became empty."""

    class Selected(RowMessage):
        """The user entered a row."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[RowType] = []
        self._drawn: dict[int, tuple[int, int, tuple[Part, ...]]] = {}
        """What stands in each line: which row, how wide, and its parts."""
        self._ahead: dict[tuple[int, int], tuple[Part, ...]] = {}
        """What the rows of these places, so wide, are to be drawn as next."""
        self._styles: dict[tuple[str, ...], RichStyle] = {}

    @abstractmethod
    def key_of(self, row: RowType) -> str:
        """Return what makes `row` the same row when the list changes."""

    @abstractmethod
    def draw(self, row: RowType, width: int) -> Iterable[Part]:
        """Yield the parts of `row`, `width` cells in all."""

    @property
    def rows(self) -> Sequence[RowType]:
        return self._rows

    @property
    def row(self) -> RowType | None:
        """The highlighted row."""
        return None if self.highlighted is None else self._rows[self.highlighted]

    def watch_virtual_size(self) -> None:
        """Have the scroll bar tell how many rows there are; no list is as high as its rows."""
        self._scroll_update(self.virtual_size)

    def show_rows(self, rows: Iterable[RowType], *, follow: bool = True) -> None:
        """Show `rows` instead of the present ones.

        The highlight follows its row where that is still there, and `follow` is true; else it goes to the first.
        """
        kept, before = self.row if follow else None, self.highlighted
        offset = (before or 0) - self.scroll_offset.y
        self.set_reactive(RowList.highlighted, None)
        self._ahead.clear()
        self._rows = list(rows)
        self.virtual_size = Size(0, len(self._rows))
        place = 0 if kept is None else self._place_of(kept)
        if not self._rows:
            self.post_message(self.Highlighted(self, None))
        elif place:
            self.scroll_to(y=place - offset, animate=False, force=True)  # the scroll bar comes later
            self.highlighted = place
        else:
            self.scroll_to(y=0, animate=False)
            self.highlighted = 0
        if before is None or not self._rows:
            self.refresh()
            return
        self.refresh_line(before)
        self._refresh_changed_lines()

    def _refresh_changed_lines(self) -> None:
        """Draw again the lines in sight that would look otherwise now."""
        top, width = self.scroll_offset.y, self.scrollable_content_region.width
        changed = []
        for y in range(self.size.height):
            place = top + y
            now = tuple(self.draw(self._rows[place], width - 2)) if place < len(self._rows) else None
            if self._drawn.get(y) != (now and (place, width, now)):
                changed.append(Region(0, y, self.size.width, 1))
                if now:
                    self._ahead[place, width] = now
        if changed:
            self.refresh(*changed)

    def _place_of(self, wanted: RowType) -> int:
        """Return where a row stands now; the first place where it has gone."""
        with suppress(StopIteration):  # most often it is the very same, which is found much faster than by the keys
            return next(place for place, row in enumerate(self._rows) if row is wanted)
        key = self.key_of(wanted)
        return next((place for place, row in enumerate(self._rows) if self.key_of(row) == key), 0)

    def renew_rows(self, rows: Iterable[RowType]) -> None:
        """Show a newer state of the same list: what the user looks at stays where it is on the screen.

        That is the highlighted row, or the first one in sight where that is out of sight. Where the row has gone,
        its place stays.
        """
        rows = list(rows)
        highlighted, top = self.highlighted, self.scroll_offset.y
        if highlighted is None or not rows:
            self.show_rows(rows)
            return
        places = {self.key_of(row): place for place, row in enumerate(rows)}

        def moved(place: int) -> int:
            return min(places.get(self.key_of(self._rows[place]), place), len(rows) - 1)

        in_sight = top <= highlighted < top + self.scrollable_content_region.height
        anchor = highlighted if in_sight else min(top, len(self._rows) - 1)
        now, shift = moved(highlighted), moved(anchor) - anchor
        self._ahead.clear()
        self._rows = rows
        self.virtual_size = Size(0, len(rows))
        self.set_reactive(RowList.highlighted, now)
        if shift:
            self.scroll_to(y=top + shift, animate=False)
        self.post_message(self.Highlighted(self, rows[now]))
        self.refresh()

    def replace_row(self, place: int, row: RowType) -> None:
        """Put `row` at `place`, and draw again what that changes of the line if it is in sight."""
        self._rows[place] = row
        self.refresh_row(place)

    def refresh_row(self, place: int) -> None:
        """Draw again those cells of a row that would look otherwise now: a narrow link carries no more than them."""
        y, width = place - self.scroll_offset.y, self.scrollable_content_region.width
        self._ahead.pop((place, width), None)
        if not 0 <= y < self.size.height:
            return
        before = self._drawn.get(y)
        if before is None or before[:2] != (place, width):
            self.refresh_line(place)
            return
        now = tuple(self.draw(self._rows[place], width - 2))
        if changed := changed_cells(before[2], now):
            self._ahead[place, width] = now  # what is drawn is what was compared: time goes on
            self.refresh(Region(1 + changed.start, y, len(changed), 1))

    def highlight(self, key: str) -> None:
        """Highlight the row known by `key`, if it is there."""
        for place, row in enumerate(self._rows):
            if self.key_of(row) == key:
                self.highlighted = place
                return

    # ------------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        place = self.scroll_offset.y + y
        if place >= len(self._rows):
            self._drawn.pop(y, None)
            return Strip.blank(width, self._worn()) if self._rows else self._render_notice(y, width)
        state: tuple[str, ...] = ()
        if place == self.highlighted:
            state = ('row--highlighted',)
        elif place == self.hovered:
            state = ('row--hovered',)
        mark = '▌' if place == self.highlighted else ' '
        segments = [Segment(mark, self._worn(*state, 'row--mark'))]
        drawn = self._ahead.pop((place, width), None) or tuple(self.draw(self._rows[place], width - 2))
        self._drawn[y] = (place, width, drawn)
        for text, part in drawn:
            segments.append(Segment(text, self._worn(*state, f'row--{part}') if part else self._worn(*state)))
        return Strip(segments).adjust_cell_length(width, self._worn(*state)).crop(0, width)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._styles.clear()
        return super().render_lines(crop)

    def _worn(self, *names: str) -> RichStyle:
        """The style of part of a row, found once for all lines that are drawn together."""
        if (style := self._styles.get(names)) is None:
            style = self.get_visual_style(*names).rich_style
            if 'row--mark' not in names and names and names[0] in _STATES:
                # A visual style forgets to reverse, which is how themes of sixteen colours highlight; the colours of
                # the parts would be grounds then. Other themes highlight with the colour that a part may have.
                turns = self.get_component_styles(names[0]).text_style.reverse
                if turns or style.color == style.bgcolor:
                    style = self.get_visual_style(names[0]).rich_style + RichStyle(reverse=turns)
            self._styles[names] = style
        return style

    def _render_notice(self, y: int, width: int) -> Strip:
        lines = self.notice.splitlines()
        top = 1 if self.size.height > len(lines) else 0
        if not 0 <= y - top < len(lines):
            return Strip.blank(width, self._worn())
        style = self._worn(*(() if y == top else ('row--muted',)))
        return Strip([Segment(cells(f'  {lines[y - top]}', width), style)])

    def watch_highlighted(self, old: int | None, new: int | None) -> None:
        for place in (old, new):
            if place is not None:
                self.refresh_line(place)
        if new is not None:
            top, height = self.scroll_offset.y, self.scrollable_content_region.height
            if new < top:
                self.scroll_to(y=new, animate=False)
            elif height and new >= top + height:
                self.scroll_to(y=new - height + 1, animate=False, force=True)
            self.post_message(self.Highlighted(self, self._rows[new]))

    def watch_hovered(self, old: int | None, new: int | None) -> None:
        for place in (old, new):
            if place is not None:
                self.refresh_line(place)

    def on_resize(self) -> None:
        self.refresh()

    # ------------------------------------------------------------------------------------------ keys and mouse

    def _go_to(self, place: int) -> None:
        if self._rows:
            self.highlighted = max(0, min(place, len(self._rows) - 1))

    def action_move(self, step: int) -> None:
        self._go_to((self.highlighted or 0) + step)

    def action_first(self) -> None:
        self._go_to(0)

    def action_last(self) -> None:
        self._go_to(len(self._rows) - 1)

    def action_page(self, step: int) -> None:
        self._go_to((self.highlighted or 0) + step * max(1, self.scrollable_content_region.height - 1))

    def action_select(self) -> None:
        if self.row is not None:
            self.post_message(self.Selected(self, self.row))

    def _place_under(self, event: events.MouseEvent) -> int | None:
        place = self.scroll_offset.y + event.y
        return place if 0 <= place < len(self._rows) else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.hovered = self._place_under(event)

    def on_leave(self) -> None:
        self.hovered = None

    def on_click(self, event: events.Click) -> None:
        place = self._place_under(event)
        if place is None:
            return
        event.stop()
        self.highlighted = place
        if event.chain == 2:
            self.action_select()
