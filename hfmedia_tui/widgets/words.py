"""The field in which lists are searched."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.keys import KEY_NAME_REPLACEMENTS
from textual.reactive import Reactive, reactive
from textual.widgets import Input

__all__ = ['Words']

_CHARACTERS: Final = frozenset(KEY_NAME_REPLACEMENTS.values())
"""Names of keys that Textual does not take for the characters that they type, as `slash`."""
_COMPACT: Final = '-textual-compact'
_VALID: Final = '-valid'
"""Textual's class for what passes no or every check: with the first letter it is given, and the field styled anew."""


class Words(Input):
    """A field of one line whose width is given: what is typed into it lays out nothing anew.

    Textual lays out the whole screen for each key, because a field may be as wide as what stands in it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('enter', 'submit', 'List', id='words.list'),
    ]

    virtual_size = Reactive(Size(0, 0))
    compact = reactive(True, toggle_class=_COMPACT)
    """As Textual's, and so from the start: a field that turns compact is styled twice before it stands anywhere."""

    def __init__(self, placeholder: str, *, id: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, id=id, classes=f'{_COMPACT} {_VALID}')

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key types something: what else it does is done elsewhere, and not told here."""
        return key in _CHARACTERS or super().check_consume_key(key, character)
