"""Help: what every key does, here and elsewhere, read from the bindings themselves."""

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Static

from hfmedia_tui.screens.everywhere import actions_by_place
from hfmedia_tui.widgets.keys import Hint, key_name, keyed
from hfmedia_tui.widgets.popup import Popup

__all__ = ['HelpScreen']

_MOST_KEYS = 2
"""Keys told for one action."""
_WIDEST = 80
_SHARE = 0.96
"""How wide it is, in cells and of the screen, as its style sheet says."""
_FRAME = 9
"""Cells of that beside the text."""
_FILTERS = (
    ('red fox', 'both words, anywhere'),
    ('"red fox"', 'the words as they stand'),
    ('provider:fal-ai,replicate', 'a field holds one of them'),
    ('likes:>1000', 'a number, compared'),
    ('is:favourite', 'a flag'),
    ('!nsfw', 'not that'),
)
"""Examples of the filter language, and what each asks for."""


class _Row(NamedTuple):
    """A line of the help."""

    keys: str
    told: str
    run: tuple[str, DOMNode] | None = None
    """The action that its keys do now, and who has it; None where they do nothing here."""


class HelpScreen(Popup[tuple[str, DOMNode] | None]):
    """The keys of the focused widget, of the place and of the program, and if wished for all the others.

    Dismissed with the action whose line was clicked, and who has it.
    """

    CSS_PATH = 'help.tcss'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape,f1,question_mark,q', 'dismiss', 'Back', show=False, id='help.leave'),
        Binding('j', 'scroll_keys(1)', show=False, id='help.down'),
        Binding('k', 'scroll_keys(-1)', show=False, id='help.up'),
    ]

    def __init__(
        self,
        about: Screen[object],
        *,
        everything: bool,
    ) -> None:
        """Help with `about`; and with `everything`, tell the keys of the other places and how lists are filtered."""
        super().__init__()
        self._about = about
        self._everything = everything
        self._runs: list[tuple[str, DOMNode]] = []

    def compose(self) -> ComposeResult:
        title = 'Help' if self._everything else 'Keys here'
        with VerticalScroll(id='help'):
            ways = keyed('   {help.leave} closes this').stylize('$foreground-muted')
            yield Hint(Content.assemble((title, 'bold'), ways), id='title')
            yield Static(self._told(), id='told')

    def _told(self) -> Content:
        groups = self._keys_here()
        if self._everything:
            groups |= self._keys_elsewhere()
            groups['Filters, in every list'] = [_Row(example, told) for example, told in _FILTERS]
        room = min(_WIDEST, int(self.app.size.width * _SHARE)) - _FRAME
        lines: list[Content] = []
        for title, rows in groups.items():
            lines += [*([Content('')] if lines else []), Content.styled(title, 'bold $primary')]
            width = max(len(row.keys) for row in rows) + 3
            for row in rows:
                first, *rest = wrap(row.told, max(20, room - width))
                words = [Content.assemble((f'{row.keys:<{width}}', '$foreground'), (first, '$foreground-muted'))]
                words += [Content.styled(' ' * width + line, '$foreground-muted') for line in rest]
                if row.run is not None:
                    run = Style.from_meta({'run': len(self._runs)})
                    words = [line.stylize(run) for line in words]
                    self._runs.append(row.run)
                lines += words
        return Content('\n').join(lines)

    def _keys_here(self) -> dict[str, list['_Row']]:
        """What the keys do now, by where they do it."""
        found: dict[str, dict[str, tuple[list[str], Binding, DOMNode]]] = {}
        place = getattr(self._about, 'NAME', '')
        for node, binding, enabled, _ in sorted(
            self._about.active_bindings.values(), key=lambda active: _rank(active.binding, place)
        ):
            if not enabled or not _told(binding) or not binding.id:
                continue
            title = 'Everywhere' if node is self.app else 'In this place' if node is self._about else 'Where you are'
            one = _told(binding) if binding.group is not None else binding.action
            keys, *_ = found.setdefault(title, {}).setdefault(one, ([], binding, node))
            keys.append(self.app.get_key_display(binding))
        return {
            title: [
                _Row(_shown(keys, binding), _told(binding), None if binding.group else (binding.action, node))
                for keys, binding, node in found[title].values()
            ]
            for title in ('In this place', 'Everywhere', 'Where you are')
            if title in found
        }

    def _keys_elsewhere(self) -> dict[str, list['_Row']]:
        """What the keys do in the other places."""
        groups = dict[str, list[_Row]]()
        for place, deeds in actions_by_place(self._about).items():
            if isinstance(self._about, place):
                continue
            keys = dict[str, list[str]]()
            for deed in deeds:
                keys.setdefault(_told(deed.action.binding), []).extend(map(key_name, deed.action.keys))
            told = dict[str, dict[str, None]]()
            for deed in deeds:
                one = _told(deed.action.binding)
                told.setdefault(_shown(keys[one], deed.action.binding), {})[one] = None
            groups[f'In {place.NAME.capitalize()}'] = [_Row(shown, '; '.join(ones)) for shown, ones in told.items()]
        return groups

    def on_click(self, event: events.Click) -> None:
        place = event.style.meta.get('run')
        if isinstance(place, int):
            self.dismiss(self._runs[place])

    def action_scroll_keys(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


def _rank(binding: Binding, place: str) -> tuple[bool, ...]:
    """How soon a binding is told of: what the footer tells, what is the place's own, what is shared, the views."""
    named = binding.id or ''
    return not binding.show, named.startswith('view.'), not named.startswith(f'{place}.')


def _told(binding: Binding) -> str:
    """What a binding does, or what it does with the others of its group."""
    return binding.group.description if binding.group is not None else binding.tooltip or binding.description


def _shown(keys: Sequence[str], binding: Binding) -> str:
    if binding.group is not None and len(keys) > _MOST_KEYS:
        return f'{keys[0]} … {keys[-1]}'
    return '  '.join(keys[:_MOST_KEYS])
