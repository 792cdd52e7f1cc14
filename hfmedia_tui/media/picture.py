"""The one pipeline from a file to what a terminal draws."""

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media import halfcells
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.formats import Format, recognise
from hfmedia_tui.media.scale import Scaled, scale
from hfmedia_tui.media.terminal import CellSize, Graphics, Terminal, measure_cell

__all__ = ['Picture', 'Pictures']

CACHE_BYTES: Final = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture, or the first frame of a film, ready for an area of cells; nothing of it is larger than that area."""

    columns: int
    rows: int
    width: int
    """Of the file, in pixels."""
    height: int
    duration: float | None = None
    """Seconds, for a film."""
    is_film: bool = False
    halves: bytes = b''
    """RGB of `columns` by 2 * `rows` pixels: what is left of it where it is dimmed or cut."""
    lines: tuple[str, ...] = ()
    """Finished text for each row; empty where the terminal draws no pictures."""

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly."""
        return 500 + len(self.halves) + sum(map(len, self.lines))


class _Key(NamedTuple):
    path: Path
    modified: int
    size: int
    columns: int
    rows: int
    cell: CellSize


class Pictures:
    """Makes pictures ready in a thread of its own, and keeps the latest ones up to a number of bytes.

    Made once. Everything but `render`, `terminal` and `close` belongs to that thread.
    """

    def __init__(self, terminal: Terminal, *, screen: int = 1, cache_bytes: int = CACHE_BYTES) -> None:
        """Make the pipeline for `terminal`, whose file descriptor is `screen`."""
        self.terminal: Final = terminal
        self._screen = screen
        self._cache: OrderedDict[_Key, Picture] = OrderedDict()
        self._cache_bytes = cache_bytes
        self._cached_bytes = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='pictures')

    async def render(self, path: Path, columns: int, rows: int) -> Picture:
        """Make the picture at `path` ready for an area of `columns` by `rows` cells, which are at least one each.

        Cancelled before its turn, it costs nothing. Raises MediaError where the file cannot be shown.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._render, path, columns, rows)

    def close(self) -> None:
        """Let the thread end; what still waits for it is cancelled."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _render(self, path: Path, columns: int, rows: int) -> Picture:
        try:
            status = path.stat()
        except OSError as error:
            raise MediaError(f'{clean(path.name, 80)} cannot be read: {clean(error.strerror or "", 200)}.') from error
        cell = measure_cell(self._screen) or self.terminal.cell
        key = _Key(path, status.st_mtime_ns, status.st_size, columns, rows, cell)
        if (picture := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            return picture
        picture = self._make(path, columns, rows, cell)
        self._cache[key] = picture
        self._cached_bytes += picture.weight
        while self._cached_bytes > self._cache_bytes:
            self._cached_bytes -= self._cache.popitem(last=False)[1].weight
        return picture

    def _make(self, path: Path, columns: int, rows: int, cell: CellSize) -> Picture:
        form = recognise(path)
        area = Area(columns, rows, cell, halves=self.terminal.graphics in (Graphics.HALF, Graphics.NONE))
        return _encode(scale(path, form, area), form, self.terminal)


def _encode(scaled: Scaled, form: Format, terminal: Terminal) -> Picture:
    columns, rows = scaled.place.columns, scaled.place.rows
    halves = scaled.pixels
    lines: tuple[str, ...] = ()
    if terminal.graphics is Graphics.NONE:
        columns = rows = 0
    else:
        lines = halfcells.encode(scaled.pixels, terminal.colours)
    return Picture(
        columns=columns,
        rows=rows,
        width=scaled.width,
        height=scaled.height,
        duration=scaled.duration,
        is_film=form.is_film,
        halves=halves.tobytes(),
        lines=lines,
    )
