"""Which of the results is shown: a line of numbers to step through."""

from typing import Final

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive, reactive
from textual.style import Style
from textual.widget import Widget

__all__ = ['ResultStrip']

_REACH: Final = 4
"""Numbers shown on each side of the present one."""


class ResultStrip(Widget):
    """Numbers of the results, oldest first, the shown one marked; a click chooses another."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    ResultStrip { height: 1; width: auto; color: $text-muted; }
    """

    virtual_size = Reactive(Size(0, 0))
    """As Textual's, but that a screen which has given it another size is not laid out once more for that."""
    count: reactive[int] = reactive(0)
    """How many results there are."""
    place: reactive[int] = reactive(0)
    """Which one is shown, from 0."""

    class Chosen(Message):
        """The user chose another result."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def watch_count(self) -> None:
        self._take_room()

    def watch_place(self) -> None:
        self._take_room()

    def _take_room(self) -> None:
        """Have the screen laid out, but only for another width: most results change the numbers alone."""
        if self.render().cell_length != self.size.width:
            self.refresh(layout=True)

    def render(self) -> Content:
        if not self.count:
            return Content('')
        first = max(0, min(self.place - _REACH, self.count - 2 * _REACH - 1))
        last = min(self.count, first + 2 * _REACH + 1)
        numbers = []
        for place in range(first, last):
            number = Content(f' {place + 1} ')
            if place == self.place:
                number = number.stylize('bold reverse $primary')
            numbers.append(number.stylize(Style.from_meta({'place': place})))
        return Content.assemble('‹' if first else ' ', *numbers, '›' if last < self.count else ' ')

    def on_click(self, event: events.Click) -> None:
        place = event.style.meta.get('place')
        if isinstance(place, int):
            event.stop()
            self.post_message(self.Chosen(place))
