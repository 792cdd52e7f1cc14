"""A short film that Kitty plays by itself: it is sent once, and then takes no bytes at all."""

from collections.abc import Callable
from typing import Final

from hfmedia_tui.media import kitty
from hfmedia_tui.media.film_reel import Reel
from hfmedia_tui.widgets.film_stage import FilmStage
from hfmedia_tui.widgets.playhead import Playhead

__all__ = ['FilmAnimation']

_LONGEST: Final = 8.0
"""Seconds of a film that is sent as a whole."""
_MOST_BYTES: Final = 1_500_000
_RATE: Final = 8.0
"""Frames a second."""


class FilmAnimation:
    """Kitty's own animation of one film, kept where the playhead is."""

    def __init__(self, stage: FilmStage, reel: Reel, playhead: Playhead, shown: Callable[[], None]) -> None:
        """Make the animation of a reel; `shown` is called whenever more of it can be seen."""
        self._shown = shown
        self._stage = stage
        self._reel = reel
        self._playhead = playhead
        self._gap = 1 / min(_RATE, reel.rate)
        self._loaded = 0
        self._complete = False
        self._told: tuple[bool, int] | None = None

    async def load(self) -> bool:
        """Send the film, playing what is there meanwhile; false where it is too long, or too large to be sent.

        Raises MediaError where a frame cannot be shown.
        """
        length = self._reel.length
        if length is None or length > _LONGEST:
            return False
        midway = self._playhead.position > self._gap  # in the midst of it, what comes is only seen when it is whole
        count = max(1, round(length / self._gap))
        size = 0
        for index in range(count):
            frame = await self._reel.frame_at(index * self._gap, 0.0)
            pieces = frame.picture.upload
            size += sum(map(len, pieces))
            if size / (index + 1) * count > _MOST_BYTES:
                return False
            if index == 0:
                self._reel.settle()
                await self._stage.project(frame.picture)
                await self._stage.send(kitty.time_first_frame(self._stage.number, self._gap))
            else:
                gap = self._gap if index + 1 < count else max(0.02, length - index * self._gap)
                await self._stage.send(*kitty.add_frame(pieces, self._stage.number, gap))
            self._loaded = index + 1
            if not midway and self._playhead.position > self._loaded * self._gap:
                self._playhead.jump(index * self._gap)  # it comes slower than it plays
            if not midway:
                await self.follow()
            self._shown()
        self._complete = True
        self._told = None
        await self.follow()
        return True

    async def follow(self) -> None:
        """Tell the terminal where the playhead is, if it was moved, stopped or set going."""
        now = (self._playhead.playing, self._playhead.jumps)
        if now == self._told:
            return
        self._told = now
        frame = min(self._loaded, 1 + int(self._playhead.position / self._gap))
        if self._playhead.playing:
            command = kitty.play(self._stage.number, frame, more=not self._complete)
        else:
            command = kitty.hold(self._stage.number, frame)
        await self._stage.send(command)
