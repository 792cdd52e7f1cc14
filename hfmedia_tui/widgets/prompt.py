"""The field that the prompt is written in."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from hfmedia_tui.paths import named_file
from hfmedia_tui.widgets.type_ahead import KeyClock

__all__ = ['Prompt']


class Prompt(TextArea):
    """A text of several lines; Enter sends it, and a paste never does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            'ctrl+n,ctrl+j,shift+enter',
            'new_line',
            'New line',
            show=False,
            id='prompt.new_line',
            tooltip='Begin a new line in the prompt',
        ),
        Binding(
            'ctrl+t', 'clear', 'Clear', show=False, id='prompt.clear', tooltip='Empty the prompt, which can be undone'
        ),
    ]

    class Submitted(Message):
        """The user pressed Enter."""

    @dataclass
    class FilePasted(Message):
        """What was pasted names a file, as a terminal writes one that is dropped on it; it stands in the prompt."""

        path: Path

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            id=id,
            compact=True,
            soft_wrap=True,
            tab_behavior='focus',
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder='What do you want to see?',
        )
        self._clock = KeyClock()

    async def _on_key(self, event: events.Key) -> None:
        pasted = self._clock.pasted(event)
        if event.key == 'enter' and not pasted:
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())
            return
        await super()._on_key(event)

    def on_paste(self, event: events.Paste) -> None:
        if (path := named_file(event.text)) is not None:
            self.post_message(self.FilePasted(path))

    def write_over(self, text: str) -> None:
        """Put `text` in the place of everything; Ctrl+Z brings back what was there."""
        self.history.checkpoint()
        self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def append(self, text: str) -> None:
        """Write `text` at the end, on a line of its own where something stands before it."""
        self.insert(f'\n{text}' if self.text else text, self.document.end)
        self.move_cursor(self.document.end)

    def action_new_line(self) -> None:
        self.insert('\n')

    def action_clear(self) -> None:
        self.clear()
