import pytest

from hfmedia_tui.media.fit import Area, Fit, fit
from hfmedia_tui.media.terminal import CellSize

CELL = CellSize(10, 20)


@pytest.mark.parametrize(
    ('size', 'area', 'expected'),
    [
        ((1024, 1024), Area(80, 40, CELL), Fit(800, 800, 80, 40)),
        ((1024, 1024), Area(80, 20, CELL), Fit(400, 400, 40, 20)),
        ((1024, 576), Area(40, 40, CELL), Fit(400, 225, 40, 12)),
        ((576, 1024), Area(40, 20, CELL), Fit(225, 400, 23, 20)),
        ((64, 64), Area(20, 10, CELL), Fit(200, 200, 20, 10)),  # small pictures grow
        ((10_000, 1), Area(40, 20, CELL), Fit(400, 1, 40, 1)),
        ((1, 10_000), Area(40, 20, CELL), Fit(1, 400, 1, 20)),
        ((300, 200), Area(1, 1, CELL), Fit(10, 7, 1, 1)),
    ],
)
def test_a_picture_is_as_large_as_its_area_allows(size: tuple[int, int], area: Area, expected: Fit) -> None:
    assert fit(*size, area) == expected


@pytest.mark.parametrize(
    ('size', 'expected'),
    [
        ((1024, 1024), Fit(40, 40, 40, 20)),
        ((1024, 576), Fit(40, 22, 40, 11)),
        ((576, 1024), Fit(22, 40, 22, 20)),
        ((10_000, 1), Fit(40, 2, 40, 1)),
    ],
)
def test_in_halves_whole_cells_are_filled(size: tuple[int, int], expected: Fit) -> None:
    assert fit(*size, Area(40, 20, CELL, halves=True)) == expected


@pytest.mark.parametrize('halves', [True, False])
@pytest.mark.parametrize('cell', [CellSize(7, 15), CellSize(9, 19), CellSize(20, 20)])
def test_no_picture_leaves_its_area(cell: CellSize, halves: bool) -> None:
    for columns in range(1, 30, 3):
        for rows in range(1, 20, 2):
            for size in ((1024, 576), (3, 2), (1, 999), (999, 1)):
                place = fit(*size, Area(columns, rows, cell, halves))
                assert 1 <= place.columns <= columns
                assert 1 <= place.rows <= rows
                assert place.height <= (2 * rows if halves else rows * cell.height)
                assert place.width <= (columns if halves else columns * cell.width)
