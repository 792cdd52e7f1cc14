"""A picture, or a film that plays where its first frame stood."""

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import ClassVar, Final

from textual import errors, events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import NoScreen
from textual.message import Message
from textual.reactive import reactive, var
from textual.widget import Widget

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.film_reel import Reel
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.formats import Format
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Graphics
from hfmedia_tui.widgets.film_animation import FilmAnimation
from hfmedia_tui.widgets.film_stage import FilmStage
from hfmedia_tui.widgets.plain import running_time
from hfmedia_tui.widgets.playhead import Playhead
from hfmedia_tui.widgets.preview import Preview

__all__ = ['FilmPlayer']

_EXTENSIONS: Final = frozenset(form.value.extension for form in Format if form.is_film)
_USUAL_RATE: Final = 8.0
"""Frames a second."""
_BEST_RATE: Final = 12.0
"""Frames a second where the link bears several times as many."""
_SIXEL_RATE: Final = 6.0
_LEAST_RATE: Final = 1.0
"""Frames a second below which nothing is seen to move."""
_TRIAL: Final = 6.0
"""Seconds that a film may try."""
_LOOKED_AT: Final = 0.3
"""Seconds after which a frame that stands is looked at."""
_TELLING: Final = 0.25
"""Seconds between two tellings of the time, where the terminal plays by itself."""
_AMPLE: Final = 3_000_000
"""Bytes a second from which a link bears anything that a film sends."""
_STEP: Final = 1.0
"""Seconds that a step goes, in a film that is not long."""
_LONG: Final = 20.0
"""Seconds of a film whose steps are a twentieth of it."""


class FilmPlayer(Widget):
    """Shows the file at `source` as a preview does; a film, when it is asked for, plays in the same place.

    It plays at the rate that link and terminal take, dropping frames, and over and over. Out of sight, covered, or
    in a terminal without the focus it pauses.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('space,enter', 'play', 'Play', id='film.play', tooltip='Play or pause the film'),
        Binding('left', 'scrub(-1)', 'Back', show=False, id='film.back', tooltip='Go back in the film'),
        Binding('right', 'scrub(1)', 'Ahead', show=False, id='film.ahead', tooltip='Go ahead in the film'),
        Binding('home', 'go_to(0)', 'Start', show=False, id='film.start', tooltip="Go to the film's start"),
        Binding('end', 'go_to(1)', 'End', show=False, id='film.end', tooltip="Go to the film's end"),
        Binding('backspace', 'stop', 'Stop', show=False, id='film.stop', tooltip='Stop the film'),
    ]

    DEFAULT_CSS = """
    FilmPlayer {
        width: 1fr;
        height: 1fr;
        & > FilmStage { display: none; }
        &.-rolling > FilmStage { display: block; }
        &.-rolling > Preview { display: none; }
        &:focus > FilmStage > .film--bar { color: $primary; }
    }
    """

    source: reactive[Path | None] = reactive(None, init=False)
    """The file that is shown, or None for the placeholder."""
    placeholder: var[str] = var('', init=False)
    """Shown while there is no source."""

    class Started(Message):
        """A film began to play: no other one should."""

        def __init__(self, player: 'FilmPlayer') -> None:
            super().__init__()
            self.player = player

        @property
        def control(self) -> 'FilmPlayer':
            return self.player

    def __init__(
        self, pictures: Pictures, *, placeholder: str = '', patient: bool = False, id: str | None = None
    ) -> None:
        """Make a player fed by `pictures`; `placeholder` is shown while there is no source.

        `patient` is as with `Preview`.
        """
        super().__init__(id=id)
        self._pictures = pictures
        self.set_reactive(FilmPlayer.placeholder, placeholder)
        self._patient = patient
        self._playhead = Playhead()
        self._pace = _Pace()
        self._rolling = False
        self._dragged = False
        """Whether the mouse moved since it was pressed: letting go of it is no click then."""
        self._wake = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Preview(self._pictures, placeholder=self.placeholder, patient=self._patient)
        yield FilmStage(self._pictures)

    @property
    def _stage(self) -> FilmStage:
        return self.query_one(FilmStage)

    # ------------------------------------------------------------------------------------------ what is asked

    @property
    def has_film(self) -> bool:
        """Whether the source is called a film; that it is one is seen when it is opened."""
        return self.source is not None and self.source.suffix in _EXTENSIONS

    @property
    def playing(self) -> bool:
        return self._rolling and self._playhead.playing

    @property
    def position(self) -> float:
        """Seconds from the film's start."""
        return self._playhead.position

    def watch_source(self, source: Path | None) -> None:
        self.stop()
        self.query_one(Preview).source = source
        self.can_focus = self.has_film
        if self.has_focus and not self.can_focus:
            self.blur()

    def watch_placeholder(self, placeholder: str) -> None:
        self.query_one(Preview).placeholder = placeholder

    def on_resize(self) -> None:
        self._wake.set()

    def on_focus(self) -> None:
        self._wake.set()

    def on_blur(self) -> None:
        self._wake.set()

    def play(self) -> None:
        """Play the film from where it is, or from its start."""
        if not self.has_film:
            return
        self._playhead.play()
        self.post_message(self.Started(self))
        self._go_on()

    def pause(self) -> None:
        """Let the film stand where it is."""
        if self.playing:
            self._playhead.pause()
            self._go_on()

    def stop(self, words: str = '') -> None:
        """Put the first frame back in the film's place, or `words` that say why there is no film."""
        self.workers.cancel_group(self, 'film')
        self._playhead = Playhead()
        self._rolling = False
        self._stage.clear(words)
        self.set_class(bool(words), '-rolling')

    def action_play(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def action_scrub(self, steps: int) -> None:
        length = self._playhead.length
        step = length / 20 if length and length > _LONG else _STEP
        self._jump(self._playhead.position + steps * step)

    def action_go_to(self, share: float) -> None:
        if self._playhead.length is not None or not share:
            self._jump(share * (self._playhead.length or 0.0))

    def action_stop(self) -> None:
        self.stop()

    @on(FilmStage.Sought)
    def _sought(self, event: FilmStage.Sought) -> None:
        event.stop()
        self.action_go_to(event.share)

    @on(FilmStage.Lost)
    def _show_again(self, event: FilmStage.Lost) -> None:
        event.stop()
        self._wake.set()

    def on_mouse_down(self) -> None:
        self._dragged = False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._dragged = self._dragged or bool(event.button)

    def on_click(self, event: events.Click) -> None:
        if self.has_film:
            event.stop()
            if not self._dragged:
                self.action_play()

    def _jump(self, position: float) -> None:
        if self._rolling:
            self._playhead.jump(position)
            self._go_on()

    def _go_on(self) -> None:
        self._wake.set()
        if not self._rolling:
            self._rolling = True
            self._roll()

    # ------------------------------------------------------------------------------------------ playing

    @work(exclusive=True, group='film', exit_on_error=False, description='film')
    async def _roll(self) -> None:
        """Show the film until it is stopped."""
        try:
            while self.source is not None:
                while (area := self._area()) is None:  # not laid out yet, or hidden
                    self._wake.clear()
                    await self._wake.wait()
                reel = Reel(self.source, self._pictures.terminal, area)
                try:
                    await reel.open()
                    await self._project(reel, area)
                finally:
                    reel.close()
        except MediaError as error:
            self.call_next(self.stop, str(error))

    def _area(self) -> Area | None:
        columns, rows = self.content_size
        if not columns or not rows:
            return None
        terminal, cell = self._pictures.terminal, self._pictures.cell
        plain = terminal.graphics not in (Graphics.KITTY, Graphics.SIXEL)
        return Area(terminal.fillable(columns, cell), rows, cell, halves=plain)

    async def _project(self, reel: Reel, area: Area) -> None:
        """Show the film until the area is another one, or the terminal."""
        if self._pictures.terminal.graphics is Graphics.NONE:
            await self._show_filmstrip(reel)
            return
        era = self._pictures.kept.era
        animation = None
        if self._has_animations:
            animation = FilmAnimation(self._stage, reel, self._playhead, partial(self._tell_time, reel))
        if animation and not await animation.load():
            self._stage.clear()
            animation = None
        while self._area() == area and self._pictures.kept.era == era:
            self._wake.clear()
            if animation:
                await animation.follow()
                self._tell_time(reel)
                await self._rest(_TELLING)
            elif self._pace.hopeless:
                await self._show_filmstrip(reel)
            else:
                await self._show_frame(reel)
                self._pace.count(playing=self.playing)
            if self.playing and not self._in_sight:
                self._playhead.pause()
            elif not self.playing:
                await self._stand(reel, sharpen=animation is None)

    async def _show_frame(self, reel: Reel) -> None:
        """Show the frame that it is time for, and wait until it is time for the next one."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        period = 1 / min(reel.rate, self._rate)
        self._playhead.length = reel.length
        frame = await reel.frame_at(self._playhead.position, period / 2 if self._playhead.rounds else 0.0)
        await self._stage.project(frame.picture)
        self._tell_time(reel)
        await self._rest(started + period - loop.time())

    async def _stand(self, reel: Reel, *, sharpen: bool) -> None:
        """Wait until something is asked; what is looked at for a while becomes as good as a picture."""
        await self._rest(_LOOKED_AT)
        if sharpen and not self._wake.is_set():
            still = await reel.still_at(self._playhead.position)
            if still is not None and not self._wake.is_set():
                await self._stage.project(still)
        await self._wake.wait()

    async def _show_filmstrip(self, reel: Reel) -> None:
        """Show a few frames instead of the film, or say in words what they look like, until it is asked to play."""
        strip, picture = await reel.filmstrip()
        self._playhead.pause()
        times = [running_time(int(moment)) for moment in strip.moments]
        if self._pictures.terminal.graphics is Graphics.NONE:
            looks = [f'{time}  {look}' for time, look in zip(times, strip.tones, strict=True)]
            self._stage.clear('\n'.join(['Frames of the film', *looks]))
        else:
            await self._stage.project(picture)
            self._stage.label(f' Too slow  {" ".join(times)} ')
        self.add_class('-rolling')
        self._wake.clear()
        await self._wake.wait()
        self._pace = _Pace()
        self._stage.label('')

    def _tell_time(self, reel: Reel) -> None:
        self._playhead.length = reel.length
        self._stage.tell(self._playhead.position, reel.length, playing=self.playing)
        self.add_class('-rolling')

    async def _rest(self, seconds: float) -> None:
        """Wait, or until something is asked."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(0.0, seconds))

    @property
    def _has_animations(self) -> bool:
        """Whether the terminal plays by itself: of those that have Kitty's graphics, only Kitty does."""
        terminal = self._pictures.terminal
        may = terminal.graphics is Graphics.KITTY and self._pictures.kept.usable
        return may and terminal.version.startswith('kitty(')

    @property
    def _rate(self) -> float:
        """Frames a second that are tried."""
        if self._pictures.terminal.graphics is Graphics.SIXEL:
            return _SIXEL_RATE
        return _BEST_RATE if (self._pictures.pacer.rate or 0) > _AMPLE else _USUAL_RATE

    @property
    def _in_sight(self) -> bool:
        """Whether anybody could be looking."""
        try:
            return self.screen.is_active and self.app.app_focus and bool(self.screen.find_widget(self).visible_region)
        except (NoScreen, errors.NoWidget):
            return False


class _Pace:
    """How a film gets on."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._frames = 0

    def count(self, *, playing: bool) -> None:
        """Take note of a frame; while the film stands, nothing is counted."""
        if not playing:
            self._since = None
        elif self._since is None:
            self._since, self._frames = monotonic(), 0
        else:
            self._frames += 1

    @property
    def hopeless(self) -> bool:
        """Whether so few frames arrive that they show no movement."""
        if self._since is None or (elapsed := monotonic() - self._since) < _TRIAL:
            return False
        return self._frames / elapsed < _LEAST_RATE
