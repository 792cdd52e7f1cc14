"""A picture, or a film's first frame, in its cells."""

import asyncio
import logging
from pathlib import Path
from typing import Final

from rich.style import Style
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import var
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.fit import WHOLE, Lens
from hfmedia_tui.media.picture import Picture, Pictures
from hfmedia_tui.media.terminal import Graphics
from hfmedia_tui.widgets.drawing import Drawing, Look
from hfmedia_tui.widgets.finished_strip import PacedStrip
from hfmedia_tui.widgets.other_picture import OtherPicture
from hfmedia_tui.widgets.plain import running_time

__all__ = ['Preview']

log = logging.getLogger(__name__)

_LIKENESS: Final = 100_000
"""Bytes of what stands for four large pictures until they may go out; it is not paced."""
_HELD_UP: Final = 0.03
"""Seconds that it may hold up a key; else it is made of larger blocks."""
_COARSER: Final = 5
_SETTLING: Final = 0.12
"""Seconds without another resize or scroll before a picture is made or drawn for the new place."""
_LOOKED_AT: Final = 0.3
"""Seconds that a draft is looked at before the whole picture follows it."""


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
        align: center middle;
        content-align: center middle;
        text-align: center;
        color: $text-muted;
    }
    """

    source: var[Path | None] = var(None, init=False)
    """The file that is shown, or None for the placeholder."""
    placeholder: var[str] = var('', init=False)
    """Shown while there is no source."""
    lens: var[Lens] = var(WHOLE, init=False)
    """How closely it is looked at."""
    shown: var[Path | None] = var(None, init=False)
    """The file that is drawn, or of which is said why it cannot be; behind `source` while the next one is made."""

    def __init__(
        self,
        pictures: Pictures,
        *,
        source: Path | None = None,
        placeholder: str = '',
        patient: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a preview fed by `pictures`; `placeholder` is shown while there is no source.

        A `patient` one draws what it has begun before it turns to the newest source. Where sources come faster than
        pictures can be made, another one would never show any.
        """
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._pictures = pictures
        self._other = (
            OtherPicture(pictures.terminal, pictures.cell)
            if pictures.terminal.graphics is Graphics.TEXTUAL_IMAGE
            else None
        )
        self.set_reactive(Preview.placeholder, placeholder)
        self._words = '' if source else placeholder
        self._picture: Picture | None = None
        self.nearness = 0.0
        """How far it is from what the user looks at: the nearest is made, sent and drawn first."""
        self._number = 0
        """Where the terminal keeps the picture, by Kitty's protocol; 0 while it does not."""
        self._made_for = Size(0, 0)
        """The area for which a picture was made last."""
        self._era = 0
        self._coarse: set[int] = set()
        """Rows that were written coarse, because there was no room for more."""
        self._granted: set[int] = set()
        """Rows that have got their turn, and are written in full next time."""
        self._lines: dict[Look, list[Strip]] = {}
        self._drawn_as: tuple[Size, Style] | None = None
        self._place: Region | None = None
        self._loading: asyncio.Task[None] | None = None
        self._patient = patient
        self._drew = True
        """Whether what is being made has been drawn, if only as a draft."""
        self._is_outrun = False
        """Whether a newer source waits until it has been."""
        self._rest: Timer | None = None
        """Runs while the widget moves."""
        self.set_reactive(Preview.source, source)

    def compose(self) -> ComposeResult:
        if self._other is not None:
            yield self._other

    @property
    def picture(self) -> Picture | None:
        """What is drawn now; behind `source` while the next one is being made."""
        return self._picture

    def clear(self) -> None:
        """Draw nothing until the next picture is ready."""
        self._show(None)

    def watch_source(self) -> None:
        self._load()

    def watch_placeholder(self) -> None:
        if self.source is None:
            self._load()

    def watch_lens(self) -> None:
        self._load()

    def on_mount(self) -> None:
        self._pictures.warm_up()

    def on_resize(self) -> None:
        self._load(settling=_SETTLING if self._picture else 0)

    def on_unmount(self) -> None:
        self._stop_loading()
        self._show(None, keep=False)  # Textual's caches of arrangements keep removed widgets alive

    @property
    def is_settled(self) -> bool:
        """Whether what is drawn is what shall be."""
        return self._loading is None or self._loading.done()

    def _load(self, settling: float = 0) -> None:
        """Make and draw the picture, in place of any other that is being made.

        A plain task: a Textual worker tells all its ancestors of each of its states, and many previews begin at once.
        """
        if self._patient and not self._drew and not self.is_settled:
            self._is_outrun = True
            return
        self._stop_loading()
        self._drew = self.source is None
        self._loading = asyncio.create_task(self._make(settling), name='preview')

    def _stop_loading(self) -> None:
        self._is_outrun = False
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None

    async def _make(self, settling: float) -> None:
        source, (columns, rows) = self.source, self.content_size
        self._made_for = self.content_size
        if source is None:
            self._show(None, words=self.placeholder)
            return
        if not columns or not rows:
            self._show(None)
            return
        if settling:
            await asyncio.sleep(settling)
        pictures, lens, near = self._pictures, self.lens, self.nearness
        made = pictures.glance(source, columns, rows, lens)
        try:
            if made is not None:
                await self._bring(made)
            elif pictures.needs_draft(columns, rows):
                draft = await pictures.render(source, columns, rows, lens=lens, draft=True, nearness=near)
                await self._bring(draft)
                await asyncio.sleep(_LOOKED_AT)
            await self._bring(await pictures.render(source, columns, rows, lens=lens, nearness=near))
        except MediaError as error:
            self._show(None, words=str(error))
        except Exception:
            log.exception('a picture could not be shown')
            self._show(None, words='It could not be shown; the log tells why.')

    async def _bring(self, picture: Picture) -> None:
        """Draw `picture`, once the terminal keeps it where it has to; a coarse one stands in for it if that is long."""
        if (
            picture is self._picture
            and not self._is_stale
            and (self._number or not picture.upload or not self._pictures.kept.usable)
        ):
            self._turn_to_newest()
            return
        if not picture.upload or not self._pictures.kept.usable:
            self._show(picture, words='' if picture.lines else _in_words(picture))
            return
        kept = self._pictures.kept
        number = kept.find(picture.key)
        if not number:
            long = self._pictures.pacer.expect(sum(map(len, picture.upload))) > _SETTLING
            if long and not self._is_of(picture):
                self._show(picture)
            number = await kept.bring(picture.key, picture.upload, picture.columns, picture.rows, self.nearness)
        self._show(picture, number)

    def _is_of(self, picture: Picture) -> bool:
        """Whether what is drawn now is made from the same file as `picture`."""
        return self._picture is not None and self._picture.path == picture.path

    def _show(self, picture: Picture | None, number: int = 0, words: str = '', *, keep: bool = True) -> None:
        """Draw `picture`, or `words` where there is none, in place of what was drawn.

        The terminal may `keep` what was drawn for a while: it is likely to be wanted again.
        """
        kept = self._pictures.kept
        left = self._picture if self._number and self._era == kept.era else None
        self._number = number
        self._era = kept.era
        self._picture = picture
        self.shown = picture.path if picture else self.source
        self._words = words
        self._drawn_as = None
        self._lines.clear()
        self._coarse.clear()
        self._granted.clear()
        self._place = None
        self._pictures.pacer.forget(self)
        if self._other is not None:
            self._other.show(picture)
        self.refresh()
        if left and picture:  # once the new one is painted: before, the old one's cells would be seen empty
            self.app.call_after_refresh(kept.leave, left.key, keep=True)
        elif left:
            kept.leave(left.key, keep=keep)
        self._turn_to_newest()

    def _turn_to_newest(self) -> None:
        self._drew = True
        if self._is_outrun:
            self._load()

    # ------------------------------------------------------------------------------------------ drawing

    def _may_go(self, row: int, size: int) -> bool:
        """Whether a row may go out in full; if not, it waits for its turn."""
        if row in self._granted:
            self._granted.discard(row)
        elif not self._pictures.pacer.take(size):
            self._coarse.add(row)
            self._pictures.pacer.wait(self)
            return False
        self._coarse.discard(row)
        return True

    def go_on(self, budget: int) -> int:
        """Have rows drawn in full that were drawn coarse, for about `budget` bytes; return for how many."""
        drawn: list[Region] = []
        total = 0
        lines = self._draw() if self._is_drawn else []
        for row in sorted(self._coarse):
            if total >= budget:
                break
            self._coarse.discard(row)
            line = lines[row] if row < len(lines) else None
            if isinstance(line, PacedStrip):
                total += line.size
                self._granted.add(row)
                drawn.append(Region(0, row, self.size.width, 1))
        if drawn:
            self.refresh(*drawn)
        return total

    def render(self) -> Content:
        return Content(self._words)

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.source is not None and self._made_for != self.content_size and self.is_settled:
            self._load()  # Textual does not tell of every size that a widget gets while it is new
        if self.gutter.totals != (0, 0) or not self._is_drawn:
            if self._words or self._other is not None or self.gutter.totals != (0, 0):
                return super().render_lines(crop)
            return [Strip.blank(crop.width, self.visual_style.rich_style)] * crop.height
        lines = self._draw()[crop.y : crop.bottom]
        if crop.width == self.size.width:
            return lines
        left, right = crop.column_span
        return [line.crop(left, right) for line in lines]

    def render_line(self, y: int) -> Strip:
        return self._draw()[y] if self._is_drawn else super().render_line(y)

    @property
    def _is_drawn(self) -> bool:
        return self._other is None and self._picture is not None and bool(self._picture.lines)

    def _draw(self) -> list[Strip]:
        """Return all the lines, as good as they may be now."""
        drawn_as = (self.content_size, self.visual_style.rich_style)
        if drawn_as != self._drawn_as:
            self._drawn_as = drawn_as
            self._lines.clear()
        if self._is_stale and self.is_settled:
            self._load(settling=_SETTLING)
        screen = self.screen
        look = self._choose(screen.is_active)
        last = screen.size.height - 1 - self._place.y if self._place else -1
        if look is Look.BEST and 0 <= last < self.content_size.height:  # on the screen's last row, xterm scrolls
            return [*self._lines_as(look)[:last], self._lines_as(Look.HALVES)[last], *self._lines_as(look)[last + 1 :]]
        return self._lines_as(look)

    @property
    def _is_stale(self) -> bool:
        """Whether the terminal's cells have another size since, or it is another terminal."""
        picture = self._picture
        if picture is None:
            return False
        moved = bool(picture.upload) and self._era != self._pictures.kept.era
        return moved or (picture.cell is not None and picture.cell != self._pictures.cell)

    def _lines_as(self, look: Look) -> list[Strip]:
        if look not in self._lines:
            assert self._picture is not None
            assert self._drawn_as is not None
            terminal = self._pictures.terminal
            drawing = Drawing(
                self._picture,
                *self._drawn_as,
                self.app.console,
                self._may_go,
                self._number,
                in_tmux=terminal.tmux,
                coarseness=_COARSER if self._pictures.pacer.expect(_LIKENESS) > _HELD_UP else 1,
            )
            self._lines[look] = drawing.lines(look)
        return self._lines[look]

    def _choose(self, active: bool) -> Look:
        """Choose how good the picture may be: under a modal screen it is dimmed, and Sixel must wait while it moves.

        Each step of a scroll would send its Sixel images again.
        """
        if not active:
            return Look.MOSAIC
        if self._picture and self._picture.upload and not self._pictures.kept.usable:
            return Look.HALVES
        if not (self._picture and self._picture.sixels):
            return Look.BEST
        place = self.region
        if place != self._place:
            moved, self._place = self._place is not None, place
            if moved:
                if self._rest:
                    self._rest.stop()
                self._rest = self.set_timer(_SETTLING, self._come_to_rest)
        return Look.HALVES if self._rest else Look.BEST

    def _come_to_rest(self) -> None:
        self._rest = None
        self.refresh()


def _in_words(picture: Picture) -> str:
    facts = f'{picture.width} x {picture.height}'
    if not picture.is_film:
        return f'Picture, {facts}'
    return f'Film, {facts}' if picture.duration is None else f'Film, {facts}, {running_time(picture.duration)}'
