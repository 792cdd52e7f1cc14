"""A question that must be answered before anything goes on."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from hfmedia_tui.widgets.popup import Popup
from hfmedia_tui.widgets.unexpected import Unexpected

__all__ = ['Question']


class Question(Unexpected[bool], Popup[bool]):
    """Asks for yes or no, in the words of what each does; what was typed before it could be read never says yes."""

    CSS_PATH = 'question.tcss'

    # No letters: one that was typed for another screen must not bring the focus to yes.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape', 'answer(False)', 'Back', show=False, id='question.no'),
        Binding('left,up', 'app.focus_previous', show=False, id='question.previous'),
        Binding('right,down', 'app.focus_next', show=False, id='question.next'),
    ]

    def __init__(self, title: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        with Vertical(id='question'):
            yield Static(Content.styled(self._title, 'bold'))
            yield Static(Content(self._text), id='text')
            with Horizontal(id='answers'):
                yield Button(Content(self._no), id='no', compact=True)
                yield Button(Content(self._yes), id='yes', compact=True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == 'yes')

    def leave(self) -> None:
        self.dismiss(False)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
