"""How large a picture becomes in an area of cells."""

import math
from typing import NamedTuple

from hfmedia_tui.media.terminal import CellSize

__all__ = ['Area', 'Fit', 'fit']


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
