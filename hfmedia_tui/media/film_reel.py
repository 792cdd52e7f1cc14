"""A film that is being played: decoded, made into frames and kept, in a thread of its own."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.decode import shown_pixels
from hfmedia_tui.media.film import FilmReader
from hfmedia_tui.media.film_frames import Frames
from hfmedia_tui.media.filmstrip import Filmstrip, cut_filmstrip
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.picture import Picture
from hfmedia_tui.media.terminal import Terminal

__all__ = ['Frame', 'Reel']

KEPT_BYTES: Final = 8 << 20

Result = TypeVar('Result')


class Frame(NamedTuple):
    """A frame as it is drawn."""

    moment: float
    """Seconds from the film's start."""
    picture: Picture


class Reel:
    """One film for one area of cells.

    Frames are made when they are asked for, never ahead, and kept up to a number of bytes: a short film that goes
    round costs no decoding from the second time on. Made and used on the event loop; whoever makes it closes it.
    """

    def __init__(self, path: Path, terminal: Terminal, area: Area, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._path = path
        self._terminal = terminal
        self._area = area
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='film')
        self._reader: FilmReader | None = None
        self._frames: Frames | None = None
        self._last: Frame | None = None
        self._closed = False
        self._moments: list[float] = []
        self._kept: list[Picture] = []
        self._room = kept_bytes

    async def open(self) -> None:
        """Open the film. Raises MediaError where it cannot be played."""
        await self._in_thread(self._open)

    @property
    def length(self) -> float | None:
        """Seconds, as far as they are known."""
        return self._reader.length if self._reader else None

    @property
    def rate(self) -> float:
        """Frames a second that the film has, on average."""
        return self._reader.rate if self._reader else 0.0

    def settle(self) -> None:
        """Make all frames to come as good as the last one, and of its size."""
        if self._frames:
            self._frames.settled = True

    async def frame_at(self, moment: float, tolerance: float) -> Frame:
        """Return the frame that is shown at `moment`, or one that is kept and not further from it than `tolerance`.

        Both in seconds. Raises MediaError where nothing can be shown.
        """
        if (kept := self._near(moment, tolerance)) is not None:
            return kept
        frame = await self._in_thread(lambda: self._make(moment))
        self._keep(frame)
        return frame

    async def still_at(self, moment: float) -> Picture | None:
        """Return the frame at `moment` as good as a picture, if that is better than any other frame.

        Raises MediaError where nothing can be shown.
        """
        if self._frames is None or not self._frames.has_sharper:
            return None
        return await self._in_thread(lambda: self._sharpen(moment))

    async def filmstrip(self) -> tuple[Filmstrip, Picture]:
        """Cut a few frames, and make them ready as one picture. Raises MediaError where there are none."""
        return await self._in_thread(self._cut)

    def close(self) -> None:
        """Let go of the film; a decoding that goes on ends soon, and nobody waits for it."""
        self._closed = True
        if self._reader:
            self._reader.stop()
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)
        self._moments.clear()
        self._kept.clear()

    # ------------------------------------------------------------------------------------------ what is kept

    def _near(self, moment: float, tolerance: float) -> Frame | None:
        place = bisect_left(self._moments, moment)
        near = [index for index in (place - 1, place) if 0 <= index < len(self._moments)]
        if not near:
            return None
        nearest = min(near, key=lambda index: self._distance(index, moment))
        if self._distance(nearest, moment) > tolerance:
            return None
        return Frame(self._moments[nearest], self._kept[nearest])

    def _distance(self, index: int, moment: float) -> float:
        """Seconds from `moment` to the time for which a kept frame is shown."""
        start = self._moments[index]
        return max(0.0, start - moment, moment - start - 1 / self.rate)

    def _keep(self, frame: Frame) -> None:
        place = bisect_left(self._moments, frame.moment)
        known = place < len(self._moments) and self._moments[place] == frame.moment
        if not known and frame.picture.weight <= self._room and not self._closed:
            self._room -= frame.picture.weight
            self._moments.insert(place, frame.moment)
            self._kept.insert(place, frame.picture)

    # ------------------------------------------------------------------------------------------ in the thread

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except MediaError:
            raise
        except Exception as error:  # damaged files raise nearly anything from the decoders
            reason = clean(str(error), 200).rstrip('.')
            raise MediaError(f'{clean(self._path.name, 80)} cannot be played on: {reason}.') from error

    def _open(self) -> None:
        self._reader = FilmReader(self._path)
        self._frames = Frames(self._terminal, self._area, self._reader.width, self._reader.height)

    def _make(self, moment: float) -> Frame:
        assert self._reader is not None
        assert self._frames is not None
        shot = self._reader.shot_at(moment)
        if self._last is not None and self._last.moment == shot.moment:
            return self._last
        self._last = Frame(shot.moment, self._frames.make(shown_pixels(shot.frame, *self._frames.size)))
        return self._last

    def _sharpen(self, moment: float) -> Picture:
        assert self._reader is not None
        assert self._frames is not None
        return self._frames.sharpen(shown_pixels(self._reader.shot_at(moment).frame, *self._frames.full_size))

    def _cut(self) -> tuple[Filmstrip, Picture]:
        assert self._reader is not None
        assert self._frames is not None
        strip = cut_filmstrip(self._reader, *self._frames.size)
        return strip, self._frames.make(strip.pixels)

    def _close(self) -> None:
        self._last = None
        if self._reader:
            self._reader.close()
