"""Keys in what is told: named by what they do, so that who moves a binding reads its new key, and may click it."""

import re
from typing import Final

from textual import events
from textual.content import Content
from textual.keys import key_to_character
from textual.style import Style
from textual.widgets import Static

from hfmedia_tui.widgets.keymap import bound_keys

__all__ = ['Hint', 'key_name', 'keyed']

_NAMES: Final = {
    'slash': '/',
    'backslash': '\\',
    'at': '@',
    'minus': '-',
    'plus': '+',
    'underscore': '_',
    'pageup': 'PgUp',
    'pagedown': 'PgDn',
    'enter': 'Enter',
    'escape': 'Esc',
    'tab': 'Tab',
    'up': '↑',
    'down': '↓',
    'left': '←',
    'right': '→',
    'home': 'Home',
    'end': 'End',
    'space': 'Space',
    'delete': 'Del',
    'backspace': 'Backspace',
}
_BRACES: Final = re.compile(r'\{([a-z_]+(?:\.\w+)?)\}')


def key_name(key: str) -> str:
    """A key's name as it is shown."""
    *modifiers, key = key.split('+')
    character = key_to_character(key) or ''
    is_function = len(key) > 1 and key[0] == 'f' and key[1:].isdecimal()
    named = key.upper() if is_function else character if character.isprintable() and character else key
    shown = _NAMES.get(key, named)
    return '+'.join(
        [*(name.capitalize() for name in modifiers), shown.upper() if modifiers and len(shown) == 1 else shown]
    )


def keyed(sentence: str) -> Content:
    """Put keys in the place of what stands in braces: a binding's id, or a key that nobody can move.

    `sentence` must be the program's own. Where a `Hint` shows it, a click on a key presses that key.
    """
    parts: list[Content] = []
    for place, part in enumerate(_BRACES.split(sentence)):
        if place % 2:
            key = bound_keys(part)[0] if '.' in part else part
            parts.append(Content.styled(key_name(key), Style.from_meta({'key': key})))
        else:
            parts.append(Content(part))
    return Content('').join(parts)


class Hint(Static):
    """A text in which keys are named; a click on one presses it."""

    ALLOW_SELECT = False

    def on_click(self, event: events.Click) -> None:
        key = event.style.meta.get('key')
        if isinstance(key, str):
            event.stop()
            self.app.simulate_key(key)
