"""Help: every key that does something here, read from the bindings themselves."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

__all__ = ['HelpScreen']

_MOST_KEYS = 2
"""Keys told for one action."""


class HelpScreen(ModalScreen[None]):
    """The keys of the focused widget, of the place, and of the program."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape,f1,question_mark,q', 'dismiss', 'Back', show=False, id='help.leave'),
        Binding('j', 'scroll_keys(1)', show=False, id='help.down'),
        Binding('k', 'scroll_keys(-1)', show=False, id='help.up'),
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(id='help'):
            yield Static(Content.assemble(('Keys', 'bold'), ('   Escape closes this', '$foreground-muted')), id='title')
            with VerticalScroll():
                yield Static(self._keys())

    def _keys(self) -> Content:
        groups: dict[str, dict[str, tuple[list[str], str]]] = {}
        for node, binding, enabled, _ in self._about.active_bindings.values():
            told = binding.tooltip or binding.description
            if not enabled or not told or not (binding.id or binding.action == 'command_palette'):
                continue
            title = 'Everywhere' if node is self.app else 'In this place' if node is self._about else 'Where you are'
            keys, _ = groups.setdefault(title, {}).setdefault(binding.action, ([], told))
            if len(keys) < _MOST_KEYS:
                keys.append(self.app.get_key_display(binding))
        width = max(len('  '.join(keys)) for rows in groups.values() for keys, _ in rows.values())
        lines: list[Content] = []
        for title in ('In this place', 'Everywhere', 'Where you are'):
            if rows := groups.get(title):
                lines += [*([Content('')] if lines else []), Content.styled(title, 'bold $primary')]
                lines += [
                    Content.assemble((f'{"  ".join(keys):<{width}}', '$foreground'), '   ', (told, '$foreground-muted'))
                    for keys, told in rows.values()
                ]
        return Content('\n').join(lines)

    def action_scroll_keys(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)
