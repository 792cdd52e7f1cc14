"""A field for one of several values."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from hfmedia_tui.widgets.plain import cells, one_line

__all__ = ['Chooser', 'Option']


class Option(NamedTuple):
    """A value, and how it is told."""

    value: str
    label: str
    note: str = ''


class Chooser(Widget, can_focus=True):
    """One line with the value that is chosen; the arrows go through the others, and Enter asks for the list.

    It is a single widget: a form of several is there at once.
    """

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('down,right', 'step(1)', 'Next value', show=False, id='chooser.next'),
        Binding('up,left', 'step(-1)', 'Previous value', show=False, id='chooser.previous'),
        Binding('enter,space', 'open', 'List', show=False, id='chooser.open'),
    ]

    DEFAULT_CSS = """
    Chooser {
        height: 1;
        padding: 0 1;
        background: $surface;
        color: $text-muted;
        text-wrap: nowrap;
        &.-chosen { color: $foreground; }
        &:focus { background: $panel; }
        &:ansi:focus { text-style: underline; }
    }
    """

    options: reactive[tuple[Option, ...]] = reactive(())
    """What can be chosen; the value of the first, the usual one, is empty."""
    value: reactive[str] = reactive('')
    """What is chosen."""

    class ChooserMessage(Message):
        """Something about one chooser."""

        def __init__(self, chooser: 'Chooser') -> None:
            super().__init__()
            self.chooser = chooser

        @property
        def control(self) -> 'Chooser':
            return self.chooser

    class Changed(ChooserMessage):
        """Another value was chosen."""

    class Opened(ChooserMessage):
        """The user asked to choose from the list."""

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        self.set_reactive(Chooser.options, tuple(options))

    def validate_value(self, value: str) -> str:
        return value if any(option.value == value for option in self.options) else ''

    def watch_options(self) -> None:
        self.value = self.validate_value(self.value)

    def watch_value(self, value: str) -> None:
        self.set_class(bool(value), '-chosen')
        if self.is_mounted:
            self.post_message(self.Changed(self))

    def render(self) -> Content:
        chosen = next((option for option in self.options if option.value == self.value), Option('', ''))
        return Content(f'{cells(one_line(chosen.label), max(0, self.size.width - 2))} ▾')

    def action_step(self, step: int) -> None:
        values = [option.value for option in self.options]
        if values:
            self.value = values[(values.index(self.value) + step) % len(values)]

    def action_open(self) -> None:
        self.post_message(self.Opened(self))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open()
