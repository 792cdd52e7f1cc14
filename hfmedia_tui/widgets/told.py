"""A text that is told anew and anew, and drawn when it is another one."""

from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.visual import VisualType
from textual.widgets import Static

__all__ = ['Told']


class Told(Static):
    """Text that may be told again as it is: then nothing is done, where a `Static` has its whole screen laid out."""

    virtual_size = Reactive(Size(0, 0))
    """As Textual's, but that a screen which has given it another size is not laid out once more for that."""

    def update(self, content: VisualType = '', *, layout: bool = True) -> None:
        told = self.content
        if not (isinstance(told, Content) and isinstance(content, Content) and told.is_same(content)):
            super().update(content, layout=layout)
