"""The field in which lists are searched."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

__all__ = ['Words']


class Words(Input):
    """A field of one line whose width is given: what is typed into it lays out nothing anew.

    Textual lays out the whole screen for each key, because a field may be as wide as what stands in it.
    """

    virtual_size = Reactive(Size(0, 0))

    def __init__(self, placeholder: str, *, id: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, id=id)
