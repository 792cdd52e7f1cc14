"""A popup to choose one of a few."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hfmedia_tui.widgets.keys import Hint, keyed
from hfmedia_tui.widgets.plain import cells, one_line
from hfmedia_tui.widgets.popup import Popup

__all__ = ['Choice']

_LINGERING: Final = 0.1
"""Seconds on one option before it is shown: who walks through them sees none of it."""


class Choice(Popup[str | None]):
    """Shows options, each with a value, a label and a note; dismissed with a value, or None for no choice.

    A letter or digit goes to the next option that begins with it, but for j and k, which go down and up.
    """

    CSS_PATH = 'choice.tcss'
    LETTERS: ClassVar[bool] = True
    """Whether letters and digits go to options at all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape', 'dismiss', 'Back', show=False, id='choice.leave'),
        Binding('j', 'move(1)', show=False, id='choice.down'),
        Binding('k', 'move(-1)', show=False, id='choice.up'),
    ]

    def __init__(
        self,
        title: str,
        options: Sequence[tuple[str, str, str]],
        *,
        chosen: str,
        text: str = '',
        show: Callable[[str], None] | None = None,
    ) -> None:
        """Make a choice; `show` is told which value is highlighted, once nobody moves on."""
        super().__init__()
        self._title = title
        self._options = options
        self._chosen = chosen
        self._text = text
        self._show = show

    def compose(self) -> ComposeResult:
        with Vertical(id='choice'):
            yield Static(Content.styled(self._title, 'bold'), id='title')
            if self._text:
                yield Static(Content(self._text), id='text')
            yield OptionList(
                *(
                    Option(Content.assemble(cells(one_line(label), 20), '  ', (one_line(note), '$foreground-muted')))
                    for _, label, note in self._options
                ),
                compact=True,
            )
            yield Hint(keyed('{enter} takes it, {choice.leave} goes back'), id='keys')

    def on_mount(self) -> None:
        values = [value for value, _, _ in self._options]
        self.query_one(OptionList).highlighted = values.index(self._chosen) if self._chosen in values else 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._show is not None:
            self._show_soon(self._show, self._options[event.option_index][0])

    @work(group='show', exclusive=True, exit_on_error=False)
    async def _show_soon(self, show: Callable[[str], None], value: str) -> None:
        await asyncio.sleep(_LINGERING)
        if self.is_current:
            show(value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index][0])

    def on_key(self, event: events.Key) -> None:
        """Go to the next option that begins with what is typed."""
        choices = self.query_one(OptionList)
        if self.LETTERS and event.is_printable and event.character and choices.highlighted is not None:
            places = [(choices.highlighted + step) % len(self._options) for step in range(1, len(self._options) + 1)]
            begun = event.character.casefold()
            fitting = (place for place in places if self._options[place][1].casefold().startswith(begun))
            choices.highlighted = next(fitting, choices.highlighted)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.LETTERS or action != 'move'

    def action_move(self, step: int) -> None:
        choices = self.query_one(OptionList)
        choices.action_cursor_down() if step > 0 else choices.action_cursor_up()
