"""A popup that asks for one line of text, in the open or masked."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from hfmedia_tui.errors import AppError
from hfmedia_tui.widgets.keys import Hint, keyed
from hfmedia_tui.widgets.popup import Popup

__all__ = ['TextQuestion']


class TextQuestion(Popup[str | None]):
    """Asks for a text, and is dismissed with it when `take` has taken it; with None when it was left."""

    CSS_PATH = 'question.tcss'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape', 'dismiss', 'Back', show=False, id='text.leave'),
    ]

    def __init__(
        self,
        title: str,
        about: str,
        *,
        take: Callable[[str], Awaitable[object]],
        text: str = '',
        masked: bool = False,
        waiting: str = '',
    ) -> None:
        """Make it; `take` raises AppError for a text that cannot be taken, and while it works `waiting` is said."""
        super().__init__()
        self._title = title
        self._about = about
        self._take = take
        self._text = text
        self._masked = masked
        self._waiting = waiting

    def compose(self) -> ComposeResult:
        with Vertical(id='question'):
            yield Static(Content.styled(self._title, 'bold'))
            yield Static(Content(self._about), id='text')
            yield Input(self._text, password=self._masked, compact=True, select_on_focus=False)
            yield Static(id='error')
            yield Hint(keyed('{enter} takes it, {text.leave} leaves'), id='keys')

    @on(Input.Changed)
    def _typed(self) -> None:
        self._say('')

    @on(Input.Submitted)
    @work(group='take', exclusive=True, exit_on_error=False, description='take what was entered')  # not its words
    async def _entered(self, event: Input.Submitted) -> None:
        self._say(self._waiting)
        try:
            await self._take(event.value)
        except AppError as error:
            self._say(str(error), wrong=True)
        else:
            self.dismiss(event.value)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.query_one('#error', Static).update(Content.styled(sentence, '$error' if wrong else '$foreground-muted'))
