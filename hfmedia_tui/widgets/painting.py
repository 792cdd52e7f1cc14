"""What of a screen is painted anew: what changed.

No widget is asked for its lines that only stands between two that changed, or behind them.
"""

from collections.abc import Iterable

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

__all__ = ['Painting']


class Painting(Compositor):
    """Textual's own asks every widget for its lines that touches the one box around all that changed."""

    def __init__(self) -> None:
        super().__init__()
        self._painted: tuple[Region, ...] | None = None
        """What is painted in this moment; None for all of it."""

    def render_partial_update(self) -> ChopsUpdate | None:
        self._painted = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._painted = None

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if self._painted is None:
            yield from super()._get_renders(crop)
            return
        left = self._painted
        for widget, (region, clip) in self.visible_widgets.items():  # those in front before those behind them
            seen = region.intersection(clip)
            if any(map(seen.overlaps, left)):
                yield region, clip, widget.render_lines(seen.translate(-region.offset))
                left = tuple(painted for painted in left if not seen.contains_region(painted))
