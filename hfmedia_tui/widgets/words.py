"""The field in which lists are searched."""

from typing import Final

from textual.geometry import Size
from textual.reactive import Reactive, reactive
from textual.widgets import Input

__all__ = ['Words']

_COMPACT: Final = '-textual-compact'


class Words(Input):
    """A field of one line whose width is given: what is typed into it lays out nothing anew.

    Textual lays out the whole screen for each key, because a field may be as wide as what stands in it.
    """

    virtual_size = Reactive(Size(0, 0))
    compact = reactive(True, toggle_class=_COMPACT)
    """As Textual's, and so from the start: a field that turns compact is styled twice before it stands anywhere."""

    def __init__(self, placeholder: str, *, id: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, id=id, classes=_COMPACT)
