"""The one pipeline from a file to what a terminal draws."""

import asyncio
import secrets
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media import halfcells, kitty, sixel
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.formats import Format, reason, recognise
from hfmedia_tui.media.scale import Scaled, scale
from hfmedia_tui.media.terminal import CellSize, Graphics, Terminal, measure_cell

__all__ = ['Picture', 'Pictures']

CACHE_BYTES: Final = 32 << 20
_HALVES: Final = (Graphics.HALF, Graphics.NONE)


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
    """RGB of `columns` by 2 * `rows` pixels: the likeness that is left of a row where something covers part of it."""
    mosaic: bytes = b''
    """RGB of one pixel for each two cells of a row, in few colours: the likeness while all of it is dimmed."""
    lines: tuple[str, ...] = ()
    """Finished text of half-cells for each row; empty where the terminal draws no pictures."""
    sixels: tuple[str, ...] = ()
    """A Sixel image for each row, where the terminal draws them."""
    upload: tuple[str, ...] = ()
    """The picture in pieces, as Kitty's protocol takes it, where the terminal does."""

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly."""
        return 500 + len(self.halves) + len(self.mosaic) + sum(map(len, (*self.lines, *self.sixels, *self.upload)))


class _Key(NamedTuple):
    path: Path
    modified: int
    size: int
    columns: int
    rows: int
    cell: CellSize


class Pictures:
    """Makes pictures ready in a thread of its own, and keeps the latest ones up to a number of bytes.

    Made once; whoever makes it closes it. The cache belongs to that thread alone.
    """

    def __init__(self, terminal: Terminal, *, screen: int = 1, cache_bytes: int = CACHE_BYTES) -> None:
        """Make the pipeline for `terminal`, whose file descriptor is `screen`."""
        self.terminal: Final = terminal
        self._screen = screen
        self._cache: OrderedDict[_Key, Picture] = OrderedDict()
        self._cache_bytes = cache_bytes
        self._cached_bytes = 0
        self._number = secrets.randbelow(kitty.LARGEST_NUMBER)  # another program may keep pictures there too
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='pictures')

    def warm_up(self) -> None:
        """Load the decoders in the background, so that the first picture does not make the interface wait for them."""
        self._thread.submit(_import_decoders)

    async def render(self, path: Path, columns: int, rows: int) -> Picture:
        """Make the picture at `path` ready for an area of `columns` by `rows` cells, which are at least one each.

        Cancelled before its turn, it costs nothing. Raises MediaError where the file cannot be shown.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._render, path, columns, rows)

    def next_number(self) -> int:
        """Return a number to keep a picture under in the terminal, by Kitty's protocol."""
        self._number = self._number % kitty.LARGEST_NUMBER + 1
        return self._number

    def close(self) -> None:
        """Let the thread end; what still waits for it is cancelled."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _render(self, path: Path, columns: int, rows: int) -> Picture:
        try:
            status = path.stat()
        except (OSError, ValueError) as error:  # a record may name what no file can be called
            raise MediaError(f'{clean(path.name, 80)} cannot be read: {clean(reason(error), 200)}.') from error
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
        area = Area(columns, rows, cell, halves=self.terminal.graphics in _HALVES)
        return _encode(scale(path, form, area), form, cell, self.terminal)


def _import_decoders() -> None:
    from PIL import Image

    Image.preinit()


def _encode(scaled: Scaled, form: Format, cell: CellSize, terminal: Terminal) -> Picture:
    pixels, columns, rows = scaled.pixels, scaled.place.columns, scaled.place.rows
    from PIL import Image

    halves = pixels
    sixels: tuple[str, ...] = ()
    upload: tuple[str, ...] = ()
    if terminal.graphics not in _HALVES:
        halves = pixels.resize((columns, 2 * rows), Image.Resampling.BOX)
    if terminal.graphics is Graphics.SIXEL:
        sixels = sixel.encode(pixels, cell.height)
    elif terminal.graphics is Graphics.KITTY and max(columns, rows) <= kitty.LARGEST_SIDE:
        upload = kitty.encode(pixels)
    return Picture(
        columns=columns,
        rows=rows,
        width=scaled.width,
        height=scaled.height,
        duration=scaled.duration,
        is_film=form.is_film,
        halves=halves.tobytes(),
        mosaic=bytes(
            value & 0xF0 for value in halves.resize(((columns + 1) // 2, rows), Image.Resampling.BOX).tobytes()
        ),
        lines=() if terminal.graphics is Graphics.NONE else halfcells.encode(halves, terminal.colours),
        sixels=sixels,
        upload=upload,
    )
