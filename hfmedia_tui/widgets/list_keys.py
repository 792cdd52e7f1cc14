"""The keys of every list, whatever its rows are: who moves one of them has moved it for all."""

from typing import Final

from textual.binding import Binding, BindingType

__all__ = ['LIST_KEYS']

LIST_KEYS: Final[list[BindingType]] = [
    Binding('enter', 'select', 'Select', show=False, id='list.select'),
    Binding('down,j', 'move(1)', 'Down', show=False, id='list.down'),
    Binding('up,k', 'move(-1)', 'Up', show=False, id='list.up'),
    Binding('home,g', 'first', 'First', show=False, id='list.first'),
    Binding('end,G', 'last', 'Last', show=False, id='list.last'),
    Binding('pagedown,ctrl+f', 'page(1)', 'Page down', show=False, id='list.page_down'),
    Binding('pageup,ctrl+u', 'page(-1)', 'Page up', show=False, id='list.page_up'),
]
