"""A picture, or a film's first frame, in its cells."""

import asyncio
from pathlib import Path
from typing import Final

from rich.style import Style
from textual import work
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media import kitty
from hfmedia_tui.media.picture import Picture, Pictures
from hfmedia_tui.media.terminal import through_tmux
from hfmedia_tui.widgets.drawing import Drawing, Look, clock

__all__ = ['Preview']

_SETTLING: Final = 0.12
"""Seconds without another resize or scroll before a picture is made or drawn for the new place."""


class Preview(Widget):
    """Shows the file at `source`, as large as its area allows, centred.

    The picture is made in the background, and the one before stays until it is ready. A file that cannot be shown
    leaves the reason in its place. Borders and padding belong on a container: around the widget itself they cost a
    Segment for each cell.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Preview {
        width: 1fr;
        height: 1fr;
        content-align: center middle;
        text-align: center;
        color: $text-muted;
    }
    """

    source: reactive[Path | None] = reactive(None, init=False)
    """The file that is shown, or None for the placeholder."""

    def __init__(
        self,
        pictures: Pictures,
        *,
        source: Path | None = None,
        placeholder: str = '',
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a preview fed by `pictures`; `placeholder` is shown while there is no source."""
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._pictures = pictures
        self._placeholder = placeholder
        self._words = '' if source else placeholder
        self._picture: Picture | None = None
        self._number = 0
        """Where the terminal keeps the picture, by Kitty's protocol; 0 where it does not."""
        self._lines: dict[Look, list[Strip]] = {}
        self._drawn_as: tuple[Size, Style] | None = None
        self._place: Region | None = None
        self._rest: Timer | None = None
        """Runs while the widget moves."""
        self.set_reactive(Preview.source, source)

    @property
    def picture(self) -> Picture | None:
        """What is drawn now; behind `source` while the next one is being made."""
        return self._picture

    def watch_source(self) -> None:
        self._load()

    def on_mount(self) -> None:
        self._pictures.warm_up()

    def on_resize(self) -> None:
        self._load(settling=_SETTLING if self._picture else 0)

    def on_unmount(self) -> None:
        self._show(None)  # Textual's caches of arrangements keep removed widgets alive

    @work(exclusive=True, group='preview', exit_on_error=False, description='preview')
    async def _load(self, settling: float = 0) -> None:
        source, (columns, rows) = self.source, self.content_size
        if source is None:
            self._show(None, self._placeholder)
            return
        if not columns or not rows:
            self._show(None)
            return
        await asyncio.sleep(settling)
        try:
            picture = await self._pictures.render(source, columns, rows)
        except MediaError as error:
            self._show(None, str(error))
        else:
            if picture is not self._picture:
                self._show(picture, '' if picture.lines else _in_words(picture))

    def _show(self, picture: Picture | None, words: str = '') -> None:
        """Draw `picture`, or `words` where there is none, in place of what was drawn."""
        left, self._number = self._number, 0
        if picture and picture.upload:
            self._number = self._pictures.next_number()
            self._tell_terminal(*kitty.upload(picture.upload, self._number, picture.columns, picture.rows))
        self._picture = picture
        self._words = words
        self._drawn_as = None
        self._lines.clear()
        self._place = None
        self.refresh()
        if left and picture:  # once the new one is painted: before, the old one's cells would be seen empty
            self.app.call_after_refresh(self._tell_terminal, kitty.release(left))
        elif left:
            self._tell_terminal(kitty.release(left))

    def _tell_terminal(self, *commands: str) -> None:
        """Write through Textual's own writer, in one go, so that nothing comes between the pieces."""
        if self._pictures.terminal.tmux:
            commands = tuple(map(through_tmux, commands))
        if driver := self.app._driver:
            driver.write(''.join(commands))

    def render(self) -> Content:
        return Content(self._words)

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._is_drawn or self.gutter.totals != (0, 0):
            return super().render_lines(crop)
        left, right = crop.column_span
        return [self.render_line(y).crop(left, right) for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        if self._picture is None or not self._is_drawn:
            return super().render_line(y)
        drawn_as = (self.content_size, self.visual_style.rich_style)
        if drawn_as != self._drawn_as:
            self._drawn_as = drawn_as
            self._lines.clear()
        look = self._look_at(y)
        if look not in self._lines:
            terminal = self._pictures.terminal
            drawing = Drawing(self._picture, *drawn_as, self.app.console, self._number, in_tmux=terminal.tmux)
            self._lines[look] = drawing.lines(look)
        return self._lines[look][y]

    @property
    def _is_drawn(self) -> bool:
        return self._picture is not None and bool(self._picture.lines)

    def _look_at(self, y: int) -> Look:
        """Choose how good a line may be: under a modal screen it is dimmed, and Sixel must wait while it moves.

        Each step of a scroll would send its Sixel images again, and on the last row of the screen xterm scrolls.
        """
        if not self.screen.is_active:
            return Look.MOSAIC
        if not (self._picture and self._picture.sixels):
            return Look.BEST
        place = self.region
        if place != self._place:
            moved, self._place = self._place is not None, place
            if moved:
                if self._rest:
                    self._rest.stop()
                self._rest = self.set_timer(_SETTLING, self._come_to_rest)
        return Look.HALVES if self._rest or place.y + y == self.screen.size.height - 1 else Look.BEST

    def _come_to_rest(self) -> None:
        self._rest = None
        self.refresh()


def _in_words(picture: Picture) -> str:
    facts = f'{picture.width} x {picture.height}'
    if not picture.is_film:
        return f'Picture, {facts}'
    return f'Film, {facts}' if picture.duration is None else f'Film, {facts}, {clock(picture.duration)}'
