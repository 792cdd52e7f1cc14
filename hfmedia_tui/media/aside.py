"""textual-image, kept from talking with the terminal behind our back."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from hfmedia_tui.media.terminal import CellSize

__all__ = ['away_from_the_terminal']


@contextmanager
def away_from_the_terminal(stand_in: TextIO, cell: CellSize) -> Iterator[None]:
    """Let textual-image see `stand_in` where it looks for the terminal, and take the cell's size from us.

    Imported or asked for the cell's size beside a terminal, it asks that terminal questions and reads the answers
    from the keyboard; and Kitty's data it writes to the terminal itself. The variables are its own way to be told
    the size where there is nothing to ask (it has them from textual-serve).
    """
    told = {'TEXTUAL_CELL_WIDTH': str(cell.width), 'TEXTUAL_CELL_HEIGHT': str(cell.height)}
    before = {name: os.environ.get(name) for name in told}
    stdout = sys.__stdout__
    sys.__stdout__ = stand_in  # type: ignore[misc, assignment]  # what textual-image looks at, and nothing else does
    os.environ.update(told)
    try:
        yield
    finally:
        sys.__stdout__ = stdout  # type: ignore[misc]
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
