"""A line whose text for the terminal is already finished."""

from collections.abc import Callable

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

__all__ = ['FinishedStrip', 'PacedStrip']


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


class PacedStrip(FinishedStrip):
    """A line that is written in full only when there is room for it on the way to the terminal, and plainer if not.

    That is decided when it is written, and at no time before: lines are drawn far more often than they are written.
    """

    __slots__ = ('_may_go', '_plainer', '_text', 'size')

    def __init__(
        self,
        text: str,
        cell_length: int,
        build: Callable[[], list[Segment]],
        plainer: Callable[[], str],
        may_go: Callable[[int], bool],
    ) -> None:
        """Make a line of `text`; `may_go` is asked with its size, and `plainer` makes what goes out instead."""
        super().__init__(text, cell_length, build)
        self.size = len(text)
        """Characters of the text in full, which are its bytes but for the half blocks."""
        self._text = text
        self._plainer = plainer
        self._may_go = may_go

    def render(self, console: Console) -> str:
        return self._text if self._may_go(self.size) else self._plainer()
