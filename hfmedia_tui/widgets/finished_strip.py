"""A line whose text for the terminal is already finished."""

from collections.abc import Callable

from rich.segment import Segment
from textual.strip import Strip

__all__ = ['FinishedStrip']


class FinishedStrip(Strip):
    """A line that goes to the terminal as it was finished elsewhere, without a Segment for each cell.

    Textual writes a strip's rendered text wherever the strip is whole. Segments are what it cuts, tints and filters:
    they are built only then, and may be a plainer likeness of the line.
    """

    __slots__ = ('_build', '_built')

    def __init__(self, text: str, cell_length: int, build: Callable[[], list[Segment]]) -> None:
        """Make a line of `cell_length` cells from finished `text`; `build` makes its Segments."""
        self._build = build
        super().__init__((), cell_length)
        self._built: list[Segment] | None = None
        self._render_cache = text
        self._cell_count = cell_length

    @property
    def _segments(self) -> list[Segment]:
        if self._built is None:
            self._built = self._build()
        return self._built

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Ignore the empty list that Strip sets when it is made."""
