"""The first thing a newcomer sees: what this is, and how to begin without an account."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hfmedia_tui.widgets.key_line import KeyLine

__all__ = ['WelcomeScreen']

Choice = Literal['sandbox', 'paste', 'look', 'quit']

_ABOUT = (
    'Pictures and films by the models on Hugging Face, in your terminal.',
    'No token was found here, and none is needed to try it: the sandbox',
    'runs on this machine, with no account, no network and no bill.',
)
_CHOICES: tuple[tuple[Choice, str, str], ...] = (
    ('sandbox', 'Try the sandbox', 'a picture within a minute'),
    ('paste', 'Paste a token', 'checked, and kept where `hf` keeps it'),
    ('look', 'I logged in: look again', 'after `hf auth login` in another terminal'),
    ('quit', 'Quit', ''),
)


class WelcomeScreen(Screen[None]):
    """Says what this is in three lines, and asks how to begin."""

    CSS_PATH = 'welcome.tcss'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('s', "choose('sandbox')", 'Try the sandbox', id='welcome.sandbox', tooltip='Begin without an account'),
        Binding('p', "choose('paste')", 'Paste a token', id='welcome.paste', tooltip='Have a token kept, and begin'),
        Binding('l', "choose('look')", 'Look again', id='welcome.look', tooltip='Look again for a token'),
        Binding('q', "choose('quit')", 'Quit', id='welcome.quit'),
        Binding('j', 'move(1)', show=False, id='welcome.down'),
        Binding('k', 'move(-1)', show=False, id='welcome.up'),
    ]

    @dataclass
    class Chosen(Message):
        """How the user wants to begin."""

        choice: Choice

    def compose(self) -> ComposeResult:
        with Vertical(id='welcome'):
            yield Static(Content.styled('hfmedia', 'bold $primary'))
            yield Static(Content('\n'.join(_ABOUT)), id='about')
            yield OptionList(
                *(
                    Option(Content.assemble(f'{label:<26}', (told, '$foreground-muted')), id=choice)
                    for choice, label, told in _CHOICES
                ),
                compact=True,
            )
            yield Static(id='found')
        yield KeyLine()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.post_message(self.Chosen(_CHOICES[event.option_index][0]))

    def action_move(self, step: int) -> None:
        choices = self.query_one(OptionList)
        choices.action_cursor_down() if step > 0 else choices.action_cursor_up()

    def action_choose(self, choice: Choice) -> None:
        self.post_message(self.Chosen(choice))

    def tell(self, sentence: str) -> None:
        """Say what looking again found."""
        self.query_one('#found', Static).update(Content(sentence))
