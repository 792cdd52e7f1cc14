"""How large a picture becomes in an area of cells, and how much of it is seen."""

import math
from typing import Final, NamedTuple

from hfmedia_tui.media.terminal import CellSize

__all__ = ['ALL', 'WHOLE', 'Area', 'Crop', 'Fit', 'Lens', 'fit']

_CLOSEST: Final = 64.0


class Area(NamedTuple):
    """Where a picture shall go."""

    columns: int
    rows: int
    cell: CellSize
    halves: bool = False
    """Whether a cell is two pixels, one above the other, instead of as many as the terminal has."""


class Fit(NamedTuple):
    """A picture's size in its area: in pixels, and in the cells that these touch."""

    width: int
    height: int
    columns: int
    rows: int


def fit(width: int, height: int, area: Area) -> Fit:
    """Fit a picture of `width` by `height` pixels into an area, as large as it can be, keeping its shape.

    In halves, only whole cells are filled, so the shape is off by at most half a cell.
    """
    cell = area.cell
    scale = min(area.columns * cell.width / width, area.rows * cell.height / height)
    wide = min(area.columns * cell.width, max(1, round(width * scale)))
    high = min(area.rows * cell.height, max(1, round(height * scale)))
    if area.halves:
        columns = max(1, round(wide / cell.width))
        rows = max(1, round(high / cell.height))
        return Fit(columns, 2 * rows, columns, rows)
    return Fit(wide, high, math.ceil(wide / cell.width), math.ceil(high / cell.height))


class Crop(NamedTuple):
    """Which part of a picture is seen, in shares of its width and height."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom in a picture of this size."""
        left, top = self.left * width, self.top * height
        return left, top, min(width, left + self.width * width), min(height, top + self.height * height)


ALL: Final = Crop()


class Lens(NamedTuple):
    """How closely a picture is looked at, and where; the same for pictures of any size."""

    zoom: float = 1.0
    """How many times larger than where all of it is seen."""
    x: float = 0.5
    """What is in the middle, in shares of the width."""
    y: float = 0.5

    def crop(self, width: int, height: int, area: Area) -> Crop:
        """Return what is seen of a picture of `width` by `height` pixels in an area: it fills as much as it can."""
        if self.zoom <= 1:
            return ALL
        scale = self.zoom * min(area.columns * area.cell.width / width, area.rows * area.cell.height / height)
        wide = min(1.0, area.columns * area.cell.width / scale / width)
        high = min(1.0, area.rows * area.cell.height / scale / height)
        # At least a pixel each way, or there would be nothing to scale.
        wide, high = max(wide, 1 / width), max(high, 1 / height)
        left, top = (max(0.0, min(1 - size, at - size / 2)) for at, size in ((self.x, wide), (self.y, high)))
        return Crop(left, top, wide, high)

    def zoomed(self, factor: float) -> 'Lens':
        """Look closer, or from further away, down to all of it."""
        zoom = min(_CLOSEST, self.zoom * factor)
        return self._replace(zoom=zoom) if zoom > 1.01 else WHOLE

    def moved(self, right: float, down: float, seen: Crop) -> 'Lens':
        """Look further to the right and down, by shares of what is seen, as far as the picture goes."""
        x = max(seen.width / 2, min(1 - seen.width / 2, self.x + right * seen.width))
        y = max(seen.height / 2, min(1 - seen.height / 2, self.y + down * seen.height))
        return self._replace(x=x, y=y)


WHOLE: Final = Lens()
