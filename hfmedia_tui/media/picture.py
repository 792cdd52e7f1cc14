"""The one pipeline from a file to what a terminal draws."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media import halfcells, kitty, sixel
from hfmedia_tui.media.fit import ALL, WHOLE, Area, Crop, Lens
from hfmedia_tui.media.kept import Kept
from hfmedia_tui.media.memory import hand_back
from hfmedia_tui.media.pacer import Pacer
from hfmedia_tui.media.terminal import CellSize, Graphics, Terminal, measure_cell
from hfmedia_tui.media.turns import Turns

if TYPE_CHECKING:
    from PIL.Image import Image

    from hfmedia_tui.media.formats import Format
    from hfmedia_tui.media.scale import Scaled

__all__ = ['Picture', 'Pictures']

CACHE_BYTES: Final = 32 << 20
_HALVES: Final = (Graphics.HALF_CELLS, Graphics.NONE)
_DRAFTED: Final = (Graphics.KITTY, Graphics.SIXEL)
_BYTES_A_CELL: Final = 110
"""What a cell of a photograph takes by Kitty's protocol, and about as much by Sixel."""
_SOON: Final = 0.2
"""Seconds that a whole picture may take to arrive; where it takes longer, a draft goes before it."""


class Picture(Struct, frozen=True, kw_only=True):
    """A picture, or the first frame of a film, ready for an area of cells; nothing of it is larger than that area."""

    columns: int
    rows: int
    width: int
    """Of the file, in pixels."""
    height: int
    crop: Crop = ALL
    """What of it is seen."""
    key: Hashable = None
    """What it was made from and for what, by which the terminal keeps it; None for a frame that is soon replaced."""
    path: Path | None = None
    cell: CellSize | None = None
    """A cell's size, where its pixels are those of the terminal."""
    draft: bool = False
    """Whether it was made to arrive soon: with few colours, or half as sharp."""
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
    pixels: 'Image | None' = None
    """RGB of the area, where textual-image draws it."""

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly."""
        return (
            500
            + len(self.halves)
            + len(self.mosaic)
            + sum(map(len, (*self.lines, *self.sixels, *self.upload)))
            + (3 * self.pixels.width * self.pixels.height if self.pixels else 0)
        )


class _Key(NamedTuple):
    path: Path
    modified: int
    size: int
    columns: int
    rows: int
    cell: CellSize
    draft: bool
    lens: Lens


class _Wish(NamedTuple):
    path: Path
    columns: int
    rows: int
    draft: bool
    lens: Lens


class Pictures:
    """Makes pictures ready in a thread of its own, and keeps the latest ones up to a number of bytes.

    Made once; whoever makes it closes it. Only that thread changes the cache.
    """

    def __init__(self, terminal: Terminal, *, screen: int = 1, cache_bytes: int = CACHE_BYTES) -> None:
        """Make the pipeline for `terminal`, whose file descriptor is `screen`."""
        self.terminal: Final = terminal
        self.pacer: Final = Pacer()
        """The way to the terminal."""
        self.kept: Final = Kept(self.pacer, in_tmux=terminal.tmux)
        """What the terminal keeps, by Kitty's protocol."""
        self._screen = screen
        self._cache: OrderedDict[_Key, Picture] = OrderedDict()
        self._cache_bytes = cache_bytes
        self._cached_bytes = 0
        self._latest: dict[_Wish, _Key] = {}
        self._turns = Turns()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='pictures')

    def warm_up(self) -> None:
        """Load the decoders in the background, so that the first picture does not make the interface wait for them."""
        self._thread.submit(_import_decoders)

    @property
    def cell(self) -> CellSize:
        """A cell's size now; it changes with the terminal's font."""
        return measure_cell(self._screen) or self.terminal.cell

    def needs_draft(self, columns: int, rows: int) -> bool:
        """Whether a picture of that area would be long on its way to the terminal."""
        size = columns * rows * _BYTES_A_CELL
        return self.terminal.graphics in _DRAFTED and self.pacer.expect(size) > _SOON

    async def render(
        self,
        path: Path,
        columns: int,
        rows: int,
        *,
        lens: Lens = WHOLE,
        draft: bool = False,
        nearness: float = 0.0,
    ) -> Picture:
        """Make the picture at `path` ready for an area of `columns` by `rows` cells, which are at least one each.

        Of it, what the `lens` shows.

        Of those that wait, the one of the least `nearness` is first. Cancelled before its turn, it costs nothing.
        Raises MediaError where the file cannot be shown.
        """
        wish = _Wish(path, columns, rows, draft, lens)
        async with self._turns.turn(nearness):
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._render, wish)

    def glance(self, path: Path, columns: int, rows: int, lens: Lens = WHOLE) -> Picture | None:
        """Return what was last made of the file for that area, if it is still kept: the file is not looked at."""
        for draft in (False, True):
            key = self._latest.get(_Wish(path, columns, rows, draft, lens))
            if key is not None and key.cell == self.cell and (picture := self._cache.get(key)) is not None:
                return picture
        return None

    def give_back(self) -> None:
        """Free all that is not shown, here and in the terminal."""
        self.kept.free_resting()
        self._thread.submit(self._forget)

    def close(self) -> None:
        """Let the thread end; what still waits for it is cancelled."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _forget(self) -> None:
        self._latest.clear()
        self._cache.clear()
        self._cached_bytes = 0
        hand_back()

    def _render(self, wish: _Wish) -> Picture:
        path = wish.path
        try:
            status = path.stat()
        except (OSError, ValueError) as error:  # a record may name what no file can be called
            from hfmedia_tui.media.formats import reason

            raise MediaError(f'{clean(path.name, 80)} cannot be read: {clean(reason(error), 200)}.') from error
        cell = self.cell
        key = _Key(path, status.st_mtime_ns, status.st_size, wish.columns, wish.rows, cell, wish.draft, wish.lens)
        if (picture := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            return picture
        picture = self._make(key)
        self._cache[key] = picture
        self._latest[wish] = key
        self._cached_bytes += picture.weight
        while self._cached_bytes > self._cache_bytes:
            old, least = self._cache.popitem(last=False)
            self._latest.pop(_Wish(old.path, old.columns, old.rows, old.draft, old.lens), None)
            self._cached_bytes -= least.weight
        return picture

    def _make(self, key: _Key) -> Picture:
        from hfmedia_tui.media.formats import recognise  # no first screen waits for what only files need
        from hfmedia_tui.media.scale import scale

        form = recognise(key.path)
        columns = self.terminal.fillable(key.columns, key.cell)
        area = Area(columns, key.rows, key.cell, halves=self.terminal.graphics in _HALVES)
        return _encode(scale(key.path, form, area, key.lens), form, key, self.terminal)


def _import_decoders() -> None:
    from PIL import Image

    Image.preinit()


def _encode(scaled: 'Scaled', form: 'Format', key: _Key, terminal: Terminal) -> Picture:
    pixels, columns, rows = scaled.pixels, scaled.place.columns, scaled.place.rows
    from PIL import Image

    halves = pixels
    sixels: tuple[str, ...] = ()
    upload: tuple[str, ...] = ()
    if terminal.graphics not in _HALVES:
        halves = pixels.resize((columns, 2 * rows), Image.Resampling.BOX)
    if terminal.graphics is Graphics.SIXEL:
        sixels = sixel.encode(pixels, key.cell.height, sixel.FEW_COLOURS if key.draft else sixel.COLOURS)
    elif terminal.graphics is Graphics.KITTY and max(columns, rows) <= kitty.LARGEST_SIDE:
        upload = kitty.encode(pixels.reduce(2) if key.draft else pixels)  # the terminal makes it as large as its cells
    return Picture(
        key=key,
        path=key.path,
        cell=key.cell if sixels else None,
        draft=key.draft,
        columns=columns,
        rows=rows,
        width=scaled.width,
        height=scaled.height,
        crop=scaled.crop,
        duration=scaled.duration,
        is_film=form.is_film,
        halves=halves.tobytes(),
        mosaic=bytes(
            value & 0xF0 for value in halves.resize(((columns + 1) // 2, rows), Image.Resampling.BOX).tobytes()
        ),
        lines=() if terminal.graphics is Graphics.NONE else halfcells.encode(halves, terminal.colours),
        sixels=sixels,
        upload=upload,
        pixels=pixels if terminal.graphics is Graphics.TEXTUAL_IMAGE else None,
    )
