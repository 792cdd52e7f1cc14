"""What is measured, as rows of one table: our figure, what it is held against, and whether the goal is met."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

__all__ = ['HEADER', 'Row', 'in_markdown', 'in_text', 'in_turn', 'percentile']

HEADER: Final = ('', 'What', 'Ours', 'Against', 'Its figure', 'Ratio', 'Goal')
_WIDTHS: Final = (1, 68, 10, 34, 10, 7, 16)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured figure; less is better in all of them."""

    what: str
    ours: float
    unit: str = 'ms'
    against: str = ''
    """What `theirs` is the figure of."""
    theirs: float | None = None
    at_most: float | None = None
    """What `ours` may come to, in `unit`; None where nothing is promised."""
    times_at_most: float | None = None
    """What the ratio may come to; None where nothing is promised."""

    @property
    def ratio(self) -> float | None:
        """How many times theirs ours is; None without theirs."""
        return self.ours / max(self.theirs, 1e-9) if self.theirs is not None else None

    @property
    def is_met(self) -> bool:
        """Whether every goal that there is is met."""
        return (self.at_most is None or self.ours <= self.at_most) and (
            self.times_at_most is None or (self.ratio is not None and self.ratio <= self.times_at_most)
        )


def _cells(row: Row) -> tuple[str, ...]:
    goals = [] if row.at_most is None else [f'{row.at_most:g} {row.unit}']
    if row.times_at_most is not None:
        goals.append(f'{row.times_at_most:g}x')
    return (
        ('✓' if row.is_met else '✗') if goals else '',
        row.what,
        _figure(row.ours, row.unit),
        row.against,
        '' if row.theirs is None else _figure(row.theirs, row.unit),
        '' if row.ratio is None else f'{row.ratio:.2f}x',
        f'at most {", ".join(goals)}' if goals else '',
    )


def _figure(value: float, unit: str) -> str:
    return f'{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}'


def in_text(row: Row | None = None) -> str:
    """Return a row as a line of text; the header for None."""
    cells = HEADER if row is None else _cells(row)
    numbers = (2, 4, 5)
    return ' '.join(
        cell.rjust(width) if index in numbers else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ).rstrip()


def in_markdown(rows: Sequence[Row]) -> str:
    """Return the table as Markdown."""
    lines = [HEADER, (':-:', '---', '--:', '---', '--:', '--:', '---'), *map(_cells, rows)]
    return '\n'.join(f'| {" | ".join(cells)} |' for cells in lines)


def in_turn(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """Return the median of each side, measured in turn: what else the machine does falls on all of them."""
    taken = [[side() for side in sides] for _ in range(rounds)]
    return [median(figures) for figures in zip(*taken, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all are not above."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]
