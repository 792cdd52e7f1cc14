"""A line in which the tags of results are written."""

import re
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from hfmedia_tui.domain import clean
from hfmedia_tui.widgets.keys import Hint, keyed
from hfmedia_tui.widgets.plain import cells, plural
from hfmedia_tui.widgets.popup import Popup

__all__ = ['TagEditor', 'read_tags']

_LONGEST: Final = 40
"""Characters of a tag."""
_MOST: Final = 20
"""Tags of one result."""
_WIDTH: Final = 52
_KEYS: Final = '{enter} saves, {tags.leave} leaves them as they were'


class TagEditor(Popup[tuple[str, ...] | None]):
    """Shows the tags that results have in common; dismissed with those that they shall have, or None for no change."""

    CSS_PATH = 'question.tcss'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape', 'dismiss', 'Back', show=False, id='tags.leave'),
        Binding('tab', 'complete', 'Complete', show=False, priority=True, id='tags.complete'),
    ]

    def __init__(self, tags: Sequence[str], known: Sequence[str], *, count: int) -> None:
        super().__init__()
        self._tags = tags
        self._known = known
        self._count = count

    def compose(self) -> ComposeResult:
        about = 'Tags' if self._count == 1 else f'Tags of {plural(self._count, "result")}'
        with Vertical(id='question'):
            yield Static(Content.assemble((about, 'bold'), ('   words, with spaces between', '$foreground-muted')))
            yield Input(' '.join([*self._tags, '']).lstrip(), compact=True, select_on_focus=False)
            yield Hint(id='known')

    def on_mount(self) -> None:
        self._show_known()

    @on(Input.Changed)
    def _show_known(self) -> None:
        begun = self._fitting()
        words = Content(cells('  '.join(begun[:12]), _WIDTH)) if begun else keyed(_KEYS)
        self.query_one('#known', Static).update(words.stylize('$foreground-muted'))

    def _fitting(self) -> list[str]:
        """The tags in use that the last word may become."""
        words = self.query_one(Input).value.split(' ')
        begun, before = words[-1].lower(), frozenset(words[:-1])
        return [tag for tag in self._known if tag not in before and tag.lower().startswith(begun)]

    def action_complete(self) -> None:
        if fitting := self._fitting():
            line = self.query_one(Input)
            line.value = ' '.join([*line.value.split(' ')[:-1], fitting[0], ''])
            line.cursor_position = len(line.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(read_tags(event.value))


def read_tags(text: str) -> tuple[str, ...]:
    """Read tags as they are typed: words with spaces or commas between, without what the filter language needs."""
    words = (clean(word, _LONGEST) for word in re.split(r'[\s,"#]+', text))
    return tuple(dict.fromkeys(word for word in words if word))[:_MOST]
