"""The viewer: one result as large as the screen."""

from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from hfmedia_tui.domain import Result
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.fit import WHOLE, Lens
from hfmedia_tui.screens.looking import Looking
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.job_details import JobDetails
from hfmedia_tui.widgets.key_line import KeyLine
from hfmedia_tui.widgets.preview import Preview
from hfmedia_tui.widgets.result_words import result_line

__all__ = ['ViewerScreen']

_NEXT: Final = (1, -1, 2)
"""Places beside the one that is shown, in the order in which they are made ready."""


class ViewerScreen(Looking):
    """Shows one result of a shelf after another, from near or far."""

    CSS_PATH = 'gallery.tcss'
    NAME = 'viewer'
    AUTO_FOCUS = ''
    OPENED_BY = ('gallery', 'grid.select')
    FIRST_KEYS = ('viewer.next', 'viewer.previous', 'viewer.play', 'look.closer', 'viewer.facts', 'look.leave')

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('n,pagedown', 'step(1)', 'Next', id='viewer.next', tooltip='Show the next result'),
        Binding('p,pageup', 'step(-1)', 'Previous', id='viewer.previous', tooltip='Show the result before'),
        Binding('home,g', 'go(0)', 'First', show=False, id='viewer.first', tooltip='Show the newest result'),
        Binding('end,G', 'go(-1)', 'Last', show=False, id='viewer.last', tooltip='Show the oldest result'),
        Binding('space', 'play', 'Play', id='viewer.play', tooltip='Play or pause the film'),
        Binding(
            'left_square_bracket', 'scrub(-1)', 'Back', show=False, id='viewer.back', tooltip='Go back in the film'
        ),
        Binding(
            'right_square_bracket', 'scrub(1)', 'Ahead', show=False, id='viewer.ahead', tooltip='Go ahead in the film'
        ),
        Binding('i', 'facts', 'Facts', id='viewer.facts', tooltip='Show or hide what is known of the result'),
    ]

    def compose(self) -> ComposeResult:
        with Horizontal(id='view'):
            yield FilmPlayer(self._pictures)
            with VerticalScroll(id='facts', can_focus=False):
                yield JobDetails()
        yield Static(id='line')
        yield KeyLine()

    def on_mount(self) -> None:
        self._shelf.changed.subscribe(self, lambda _: self._show())
        self._show()

    @property
    def result(self) -> Result | None:
        return self._shelf.collection.peek(self._shelf.place)

    @property
    def player(self) -> FilmPlayer:
        return self.query_one(FilmPlayer)

    @property
    def preview(self) -> Preview:
        return self.player.query_one(Preview)

    # ------------------------------------------------------------------------------------------ what is shown

    @work(exclusive=True, group='show', exit_on_error=False)
    async def _show(self) -> None:
        """Show what is looked at, and make ready what is beside it."""
        shelf = self._shelf
        if not shelf.collection:
            self.dismiss()
            return
        shelf.look_at(shelf.place)
        place = shelf.place
        await self.tell(shelf.collection.load(range(place - len(_NEXT), place + len(_NEXT) + 1)))
        result = shelf.collection.peek(place)
        path = Path(result.output.path) if result else None
        if path != self.player.source:
            self.lens = WHOLE
            self.player.source = path
        self.query_one(JobDetails).job = result.job if result else None
        self._tell(result)
        self.refresh_bindings()
        columns, rows = self.preview.content_size
        if columns and rows:
            for beside in (shelf.collection.peek(place + step) for step in _NEXT):
                if beside is not None:
                    with suppress(MediaError):  # it says so when it is shown
                        await self._pictures.render(Path(beside.output.path), columns, rows, nearness=float('inf'))

    def _tell(self, result: Result | None) -> None:
        """Say in one line what is shown, and how closely."""
        if result is None:
            return
        zoom = f'  {self.lens.zoom:.1f}×' if self.lens != WHOLE else ''
        place = f'{self._shelf.place + 1:,} of {len(self._shelf.collection):,}  '
        line = result_line(result, self.size.width - 2, before=place, after=zoom)
        self.query_one('#line', Static).update(line)

    def on_resize(self) -> None:
        self._tell(self.result)

    def watch_lens(self, lens: Lens) -> None:
        self.preview.lens = lens
        self._tell(self.result)

    # ------------------------------------------------------------------------------------------ what the user does

    def on_click(self, event: events.Click) -> None:
        """Go on at the right side of a picture, go back at its left side, and look closer between them."""
        if self.dragged or not self.player.region.contains(*event.screen_offset):
            return
        third = (event.screen_x - self.player.region.x) * 3 // max(1, self.player.region.width)
        if third == 1:
            self.action_pixels()
        elif self.lens == WHOLE:
            self.action_step(1 if third else -1)

    def action_step(self, step: int) -> None:
        self.action_go(max(0, min(self._shelf.place + step, len(self._shelf.collection) - 1)))

    def action_go(self, place: int) -> None:
        self._shelf.look_at(place % max(1, len(self._shelf.collection)))
        self._show()

    def action_zoom(self, steps: int) -> None:
        self.player.stop()
        super().action_zoom(steps)

    def action_facts(self) -> None:
        self.toggle_class('-facts')
