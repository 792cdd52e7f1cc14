"""What an application does so that its style sheets are read once, and a place is not styled over and over as it opens.

Textual 8 reads all style sheets anew when a widget of another class comes, but for the 64 that it has read last: there
are more, so that none is ever found again. It forgets all of them when it reads them for another theme. It takes the
styles of every new mode for outdated, and learns how wide and high a screen is only when everything in it has its
styles.
"""

from typing import Any, Final

from textual.app import App
from textual.cache import LRUCache
from textual.screen import Screen

__all__ = ['StylesApp']

_MOST_SHEETS: Final = 1_000


class StylesApp(App[None]):
    """An app that opens its places and dialogs for the first time without keeping keys waiting."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._disable_tooltips = True  # no widget has one, and each screen would have a widget for them
        self.stylesheet._parse_cache = LRUCache(_MOST_SHEETS)
        self.stylesheet.reparse = self.stylesheet.parse  # type: ignore[method-assign]  # what was read is kept

    def _end_batch(self) -> None:
        super()._end_batch()
        if not self._batch_count and self.screen_stack:
            self.screen.call_later(self.screen._compositor_refresh)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Take on the style sheets of a screen that is about to open.

        They are about this screen alone: no other widget is styled anew, as Textual would.
        """
        for path in screen.css_path:
            if not self.stylesheet.has_source(str(path)):
                self.stylesheet.read(path)
        super()._load_screen_css(screen)
        if screen._css_update_count < 0:
            screen._css_update_count = self._css_update_count
            for size, breakpoints in (
                (self.size.width, screen.HORIZONTAL_BREAKPOINTS),
                (self.size.height, screen.VERTICAL_BREAKPOINTS),
            ):
                screen.add_class(*screen._get_breakpoint_classes(size, breakpoints or []), update=False)
