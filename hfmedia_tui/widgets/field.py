"""One labelled control of a form, with room for what is wrong with its value or worth knowing of it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from hfmedia_tui.widgets.type_ahead import KeyClock

__all__ = ['Entry', 'Field']


class Entry(Input):
    """A line to type in; Down and Up go through values worth trying, and Enter sends it, unless it was pasted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('down', 'suggest(1)', 'Next suggestion', show=False, id='entry.next'),
        Binding('up', 'suggest(-1)', 'Previous suggestion', show=False, id='entry.previous'),
    ]

    def __init__(
        self, *, placeholder: str = '', suggestions: Sequence[str] = (), value: str = '', number: bool = False
    ) -> None:
        """Make it; what is typed takes the place of a `number`, and is added to any other text."""
        super().__init__(value, placeholder=placeholder, compact=True, select_on_focus=number)
        self.suggestions = tuple(suggestions)
        self._clock = KeyClock()

    async def _on_key(self, event: events.Key) -> None:
        if self._clock.pasted(event) and event.key == 'enter':
            event.stop()  # the end of a pasted line: it sends nothing
            event.prevent_default()
            return
        await super()._on_key(event)

    def action_suggest(self, step: int) -> None:
        if self.suggestions:
            values = ('', *self.suggestions)
            place = values.index(self.value) if self.value in values else 0
            self.value = values[(place + step) % len(values)]
            self.cursor_position = len(self.value)


class Field(Widget):
    """A label, its control, and under them the error, or without one the caution.

    It draws its text itself, behind its control: a form of many fields mounts quickly with few widgets.
    """

    DEFAULT_CSS = """
    Field {
        layout: horizontal;
        height: auto;
        color: $text-muted;
        &.-focused { color: $primary; }
        &.-wrong { color: $error; }
        &:ansi { text-style: dim; }
        &:ansi.-focused, &:ansi.-wrong { text-style: none; }
        & > * { margin-left: 16; width: 1fr; }
        Input { background: $surface; padding: 0 1 !important; }
        Input:focus { background: $panel; background-tint: $foreground 0%; }
        &:ansi Input:focus { text-style: underline; }
    }
    """

    error: reactive[str] = reactive('', layout=True)
    """What is wrong with the value, in a sentence; empty while nothing is."""
    caution: reactive[str] = reactive('', layout=True)
    """What a provider would make of the value, where that is not what was meant."""

    def __init__(
        self, label: str, control: Widget, *, help: str = '', id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.label = label
        self.control = control
        self.help = help
        """What the value means, in a sentence."""

    @property
    def hint(self) -> str:
        """What to know while the control is focused: its meaning, and values worth trying."""
        suggestions = self.control.suggestions if isinstance(self.control, Entry) else ()
        return f'{self.help}  ↓ {", ".join(suggestions)}' if suggestions else self.help

    def compose(self) -> ComposeResult:
        yield self.control

    def render(self) -> Content:
        return Content('\n').join([Content(self.label), *self._told(self.size.width)])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1 + len(self._told(width))

    def _told(self, width: int) -> list[Content]:
        told = Content(self.error) if self.error else Content.styled(self.caution, '$warning')
        return told.wrap(max(1, width)) if told else []

    def watch_error(self, error: str) -> None:
        self.set_class(bool(error), '-wrong')

    def on_descendant_focus(self) -> None:
        self.add_class('-focused')

    def on_descendant_blur(self) -> None:
        self.remove_class('-focused')
