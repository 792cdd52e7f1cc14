"""A popup that waits for a key."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.popup import Popup

__all__ = ['KeyQuestion']


class KeyQuestion(Popup[str | None]):
    """Asks for a key, and is dismissed with its name; with None on Escape. The app must leave every key to it."""

    CSS_PATH = 'question.tcss'
    TAKES_EVERY_KEY: ClassVar[bool] = True
    """No key is bound to anything in the app while it is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, title: str, check: Callable[[str], str]) -> None:
        """`check` says what speaks against a key, or nothing; pressed again, it is taken all the same."""
        super().__init__()
        self._title = title
        self._check = check
        self._doubted = ''

    def compose(self) -> ComposeResult:
        with Vertical(id='question'):
            yield Static(Content.styled(self._title, 'bold'))
            yield Static('Press the key that is to do this.', id='text')
            yield Static(id='error')
            yield Static(keyed('{escape} leaves'), id='keys')

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key == 'escape':
            self.dismiss(None)
        elif event.key == self._doubted or not (doubt := self._check(event.key)):
            self.dismiss(event.key)
        else:
            self._doubted = event.key
            told = f'{doubt} Press it again to take it all the same.'
            self.query_one('#error', Static).update(Content.styled(told, '$warning'))
