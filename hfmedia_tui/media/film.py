"""A film's frames, decoded one after another and never held together.

How much is decoded for one frame, how large a frame may be and how long it may take have bounds of their own: a
damaged, endless or lying file costs a sentence, and not the program.
"""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.decode import film_duration, open_film, shown_size
from hfmedia_tui.media.formats import recognise

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ['MAXIMUM_PLAYED_PIXELS', 'FilmReader', 'Shot']

log = logging.getLogger(__name__)

MAXIMUM_PLAYED_PIXELS: Final = 4096 * 2304
"""A decoder may keep sixteen frames of the file's own size: of larger films only the first one is shown."""

_MOST_SECONDS: Final = 24 * 3600.0
"""A film that claims to be longer is taken for one that does not tell its length."""
_PATIENCE: Final = 2.0
"""Seconds of decoding for one frame; then the latest one on the way must do."""
_FAR: Final = 2.0
"""Seconds ahead from which it is sooner to jump than to decode all between."""
_MOST_FRUITLESS: Final = 500
"""Packets in a row without a frame, after which the rest of the film is given up."""
_USUAL_RATE: Final = 24.0


class Shot(NamedTuple):
    """A decoded frame."""

    moment: float
    """Seconds from the first frame."""
    frame: 'VideoFrame'


class FilmReader:
    """One film, open, with a place in it. It belongs to one thread: only `stop` may be called from others."""

    def __init__(self, path: Path) -> None:
        """Open the film at `path` and decode its first frame. Raises MediaError where it cannot be played."""
        self.length: float | None = None
        """Seconds; None where neither the file tells them nor its end was seen."""
        self._path = path
        self._files = ExitStack()
        self._stopped = Event()
        self._deadline = monotonic() + _PATIENCE
        try:
            self._open()
            told = film_duration(self._container)
            if told is not None and 0 < told <= _MOST_SECONDS:
                self.length = told
            first = self._ahead()
            if first is None:
                raise MediaError(f'{self._name} has no frame that can be shown.')
            self.width, self.height = shown_size(self._container, first.frame)
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        """Begin at the first frame, in the file opened anew."""
        self._files.close()
        self._container = self._files.enter_context(open_film(self._path, recognise(self._path)))
        stream = self._container.streams.video[0]
        if stream.width * stream.height > MAXIMUM_PLAYED_PIXELS:
            raise MediaError(f'{self._name} is too large to play: {stream.width} by {stream.height} pixels.')
        rate = float(stream.average_rate or 0)
        self.rate = rate if 1 <= rate <= 240 else _USUAL_RATE
        """Frames a second, on average."""
        self._origin: float | None = None
        self._begin()

    def _begin(self) -> None:
        """Read on from where the file is."""
        self._packets: Iterator[Any] = self._container.demux(self._container.streams.video[0])
        self._ready: deque[VideoFrame] = deque()
        self._now: Shot | None = None
        self._next: Shot | None = None
        self._ended = False

    @property
    def _name(self) -> str:
        return clean(self._path.name, 80)

    def stop(self) -> None:
        """Let a decoding that goes on end soon."""
        self._stopped.set()

    def close(self) -> None:
        self._now = self._next = None
        self._packets = iter(())
        self._ready = deque()
        self._files.close()

    def shot_at(self, moment: float) -> Shot:
        """Return the frame that is shown `moment` seconds after the first one, or the last one there is.

        Where it takes too long to come there, the latest one on the way. Raises MediaError where there is none.
        """
        self._deadline = monotonic() + _PATIENCE
        here = self._now or self._next
        if here is None or moment < here.moment or moment > here.moment + _FAR:
            self._jump(moment)
        while (ahead := self._ahead()) is not None and (self._now is None or ahead.moment <= moment):
            self._now, self._next = ahead, None
        if self._now is None:
            raise MediaError(f'{self._name} is damaged: nothing of it can be shown from here on.')
        return self._now

    def _jump(self, moment: float) -> None:
        """Go to the last frame before `moment` that can be decoded by itself."""
        stream = self._container.streams.video[0]
        try:
            self._container.seek(int((moment + (self._origin or 0)) / (stream.time_base or 1)), stream=stream)
        except Exception:  # a damaged index, or a film that is a stream
            self._open()
        else:
            self._begin()

    def _ahead(self) -> Shot | None:
        """Return the frame after the present one; None at the end, or where the time is up."""
        if self._next is None and (frame := self._read()) is not None:
            before = self._now.moment + 1 / self.rate if self._now else 0.0
            told: float | None = frame.time
            if self._origin is None:
                self._origin = told or 0.0
            moment = before if told is None else told - self._origin
            self._next = Shot(max(moment, self._now.moment if self._now else 0.0), frame)
        if self._ended and self._next is None and self._now is not None:
            self.length = self._now.moment + 1 / self.rate
        return self._next

    def _read(self) -> 'VideoFrame | None':
        fruitless = 0
        while not self._ready and not self._ended:
            if self._stopped.is_set() or monotonic() > self._deadline:
                return None
            try:
                packet = next(self._packets, None)
                self._ended = packet is None
                if packet is not None:
                    self._ready.extend(filter(_is_playable, packet.decode()))
            except Exception as error:  # damaged files raise nearly anything: the stretch is stepped over
                log.debug('%s: %r', self._name, error)
            fruitless += 1
            self._ended = self._ended or fruitless > _MOST_FRUITLESS
        return self._ready.popleft() if self._ready else None


def _is_playable(frame: 'VideoFrame') -> bool:
    """Whether a frame has a size within bounds: within a film it may change."""
    return 0 < frame.width * frame.height <= MAXIMUM_PLAYED_PIXELS
