"""A film's frames in their cells, and under them where it is."""

import asyncio
from collections.abc import Callable
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from hfmedia_tui.media import kitty
from hfmedia_tui.media.picture import Picture, Pictures
from hfmedia_tui.media.tmux import through_tmux
from hfmedia_tui.widgets.drawing import Drawing, Look, filtered
from hfmedia_tui.widgets.plain import running_time

__all__ = ['FilmStage']

_LINE_ROOM: Final = 6
"""Cells that the line needs, at least, to be worth drawing."""


class FilmStage(Widget):
    """Draws one frame after another, each when the terminal has taken the one before.

    Only rows that differ are drawn. By Kitty's protocol the frames are sent under one number, and no cell changes.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {'film--bar', 'film--played', 'film--left'}
    """
    | Class | Description |
    | :- | :- |
    | `film--bar` | The last row: whether it plays, and where it is. |
    | `film--played`, `film--left` | The line of time, before and behind the place. |
    """

    DEFAULT_CSS = """
    FilmStage {
        width: 1fr;
        height: 1fr;
        content-align: center middle;
        text-align: center;
        color: $text-muted;
        & > .film--bar { background: black; color: white; }
        & > .film--played { background: black; color: $primary; }
        & > .film--left { background: black; color: #777777; }
    }
    """

    class Sought(Message):
        """The user pointed at a place on the line of time."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share
            """Of the film's length, from 0 to 1."""

    class Lost(Message):
        """The terminal is another one, or has not been given all of what it was sent: the film is not in it."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._picture: Picture | None = None
        self._words = ''
        self._number = 0
        """Where the terminal keeps the frame, by Kitty's protocol; 0 where it does not."""
        self._is_kept = False
        """Whether its cells stand for that."""
        self._era = 0
        """Which of the eras of what the terminal keeps this is of."""
        self._drawn: dict[Look, list[Strip]] = {}
        self._drawn_as: tuple[Size, Style] | None = None
        self._label = ''
        self._playing = False
        self._position = 0.0
        self._length: float | None = None

    @property
    def number(self) -> int:
        """Where the terminal keeps what is shown, by Kitty's protocol; 0 where it does not."""
        return self._number

    @property
    def is_lost(self) -> bool:
        """Whether the terminal does not keep what it was sent."""
        return bool(self._picture and self._picture.upload) and self._era != self._pictures.kept.era

    async def project(self, picture: Picture) -> None:
        """Show a frame, and return when there is room for the next one."""
        self._era = self._pictures.kept.era
        if picture.upload and self._pictures.kept.usable:
            self._number = self._number or self._pictures.kept.next_number()
            await self.send(*kitty.upload(picture.upload, self._number, picture.columns, picture.rows))
            self.show(picture)
        else:
            self._number = 0
            turn = _Turn(lambda: self.show(picture))
            self._pictures.pacer.wait(turn)
            try:
                await turn.done
            finally:
                self._pictures.pacer.forget(turn)

    async def send(self, *commands: str) -> None:
        """Send commands of Kitty's protocol, and return when they are written."""
        await self._pictures.kept.send(commands)

    def show(self, picture: Picture) -> int:
        """Draw a frame in place of the one before; return about how many bytes that takes."""
        before, self._picture = self._picture, picture
        was_kept, self._is_kept = self._is_kept, bool(self._number)
        self._words = ''
        self._drawn.clear()
        alike = before and (before.columns, before.rows, was_kept) == (picture.columns, picture.rows, self._is_kept)
        if before is None or not alike:
            self.refresh()
            return sum(map(len, picture.sixels or picture.lines))
        if self._number:
            return 0
        top, size = self._top, 0
        old, new = before.sixels or before.lines, picture.sixels or picture.lines
        for row, (was, line) in enumerate(zip(old[:-1], new[:-1], strict=True)):
            if was != line:
                size += len(line)
                self.refresh(Region(0, top + row, self.size.width, 1))
        return size

    def tell(self, position: float, length: float | None, *, playing: bool) -> None:
        """Show where the film is, in seconds, and whether it plays."""
        before = self._bar() if self._picture else None
        self._position, self._length, self._playing = position, length, playing
        if self._picture and self._bar() != before:
            self.refresh(Region(0, self._bar_row, self.size.width, 1))

    def label(self, words: str) -> None:
        """Show `words` in place of the time."""
        self._label = words
        self.refresh()

    def clear(self, words: str = '') -> None:
        """Show `words` in place of the film, and free what the terminal keeps of it."""
        if self._number:
            release = kitty.release(self._number)
            self._pictures.pacer.tell(through_tmux(release) if self._pictures.terminal.tmux else release)
            self._number = 0
        self._picture = None
        self._drawn.clear()
        self._words = words
        self._label = ''
        self.refresh()

    def on_unmount(self) -> None:
        self.clear()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.button:
            self._seek(event)

    def on_click(self, event: events.Click) -> None:
        if self._seek(event):
            event.stop()

    def _seek(self, event: events.MouseEvent) -> bool:
        """Ask for the place on the line of time that the mouse is at, if it is on the line."""
        share = event.style.meta.get('share')
        if isinstance(share, float):
            self.post_message(self.Sought(share))
        return isinstance(share, float)

    # ------------------------------------------------------------------------------------------ drawing

    @property
    def _top(self) -> int:
        return (self.size.height - self._picture.rows) // 2 if self._picture else 0

    @property
    def _bar_row(self) -> int:
        rows = self._picture.rows if self._picture else 0
        return min(self.size.height, self._top + rows) - 1

    def render(self) -> Content:
        return Content(self._words)

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.is_lost:
            self.post_message(self.Lost())
        if self._picture is None:
            return super().render_lines(crop)
        left, right = crop.column_span
        return [self.render_line(y).crop(left, right) for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        if self._picture is None:
            return super().render_line(y)
        if y == self._bar_row:
            return filtered(self._bar(), self)
        drawn_as = (self.size, self.visual_style.rich_style)
        if drawn_as != self._drawn_as:
            self._drawn_as = drawn_as
            self._drawn.clear()
        look = self._look_at(y)
        if look not in self._drawn:
            drawing = Drawing(
                self._picture,
                *drawn_as,
                self.app.console,
                may_go=lambda _, __: True,  # a frame was given room as a whole
                number=self._number,
                in_tmux=self._pictures.terminal.tmux,
            )
            self._drawn[look] = drawing.lines(look)
        return self._drawn[look][y]

    def _look_at(self, y: int) -> Look:
        """Choose how good a line may be: dimmed under a modal screen, and no Sixel where xterm would scroll for it."""
        if not self.screen.is_active:
            return Look.MOSAIC
        assert self._picture is not None
        if self._picture.upload and not self._number:
            return Look.HALVES
        sixels = self._picture.sixels
        return Look.HALVES if sixels and self.region.y + y == self.screen.size.height - 1 else Look.BEST

    def _bar(self) -> Strip:
        """Return the last row: whether it plays, where it is, and a thin line of that."""
        assert self._picture is not None
        width = min(self._picture.columns, self.size.width)
        bar, played, left = (self.get_component_rich_style(f'film--{part}') for part in ('bar', 'played', 'left'))
        length = '' if self._length is None else f' / {running_time(self._length)}'
        text = self._label or f' {"▶" if self._playing else "‖"} {running_time(int(self._position))}{length} '
        text = text[:width]
        segments = [Segment(text, bar)]
        room = width - len(text) - 1
        if self._length and not self._label and room >= _LINE_ROOM:
            halves = round(2 * room * min(1.0, self._position / self._length))
            for cell in range(room):
                done = min(2, halves - 2 * cell)
                meta = Style.from_meta({'share': (cell + 0.5) / room})
                segments.append(
                    Segment('━' if done == 2 else '╸' if done == 1 else '─', (played if done > 0 else left) + meta)
                )
            segments.append(Segment(' ', bar))
        else:
            segments.append(Segment(' ' * (room + 1), bar))
        before = max(0, (self.size.width - self._picture.columns) // 2)
        around = self.visual_style.rich_style
        after = self.size.width - before - width
        return Strip([Segment(' ' * before, around), *segments, Segment(' ' * after, around)], self.size.width)


class _Turn:
    """One frame that waits for room on the way to the terminal."""

    nearness = 0.0

    def __init__(self, show: Callable[[], int]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._show = show

    def go_on(self, budget: int) -> int:
        del budget  # a frame is small, and of no use in part
        if self.done.done():
            return 0
        self.done.set_result(None)
        return max(1, self._show())
