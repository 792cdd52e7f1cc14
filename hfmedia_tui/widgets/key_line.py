"""The line at the bottom: the few keys that matter most where the user is."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

__all__ = ['MOST_KEYS', 'Key', 'KeyLine']

MOST_KEYS: Final = 7
"""More than that nobody reads; the others are in the help and in the palette."""


class Key(NamedTuple):
    """One key, and what it does."""

    key: str
    shown: str
    told: str
    enabled: bool


class KeyLine(Widget):
    """Shows the active bindings that ask to be shown, those in its screen's `FIRST_KEYS` first; a click presses one.

    It is one widget: Textual's own footer mounts a widget for each key again whenever the focus or a choice moves.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $footer-description-foreground;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    keys: reactive[tuple[Key, ...]] = reactive(())
    """What is shown."""

    covered: reactive[bool] = reactive(False)
    """Whether a popup lies over its screen: none of these keys does anything then, and the popup tells its own."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._take_bindings)
        self.app.screen_change_signal.subscribe(self, self._see_popup, immediate=True)  # before the popup is drawn
        self._see_popup()

    def _see_popup(self, _: object = None) -> None:
        self.covered = any(screen.is_modal for screen in self.app.screen_stack[-1:])

    def _take_bindings(self, screen: Screen[object]) -> None:
        found: dict[str, Key] = {}
        ids: dict[str, str | None] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and binding.description and binding.action not in found:
                shown = self.app.get_key_display(binding)
                ids[binding.action] = binding.id
                found[binding.action] = Key(binding.key, shown, binding.description, enabled)
        first = getattr(screen, 'FIRST_KEYS', ())
        keys = tuple(found[action] for action in sorted(found, key=lambda action: _rank(ids[action], first)))
        # The last is the app's own, which tells all the others.
        self.keys = keys if len(keys) <= MOST_KEYS else (*keys[: MOST_KEYS - 1], keys[-1])

    def render(self) -> Content:
        if self.covered:
            return Content('')
        words = []
        for key, shown, told, enabled in self.keys:
            word = Content.assemble((shown, 'bold $footer-key-foreground'), f' {told}')
            word = word if enabled else Content(f'{shown} {told}').stylize('dim')
            words.append(word.stylize(Style.from_meta({'key': key})))
        while len(words) > 1 and sum(word.cell_length + 2 for word in words) - 2 > self.size.width:
            del words[-2]  # the last one tells of all
        return Content('  ').join(words)

    def on_click(self, event: events.Click) -> None:
        key = event.style.meta.get('key')
        if isinstance(key, str):
            event.stop()
            self.app.simulate_key(key)


def _rank(binding_id: str | None, first: Sequence[str | None]) -> int:
    """Where a binding comes in the line: those that the screen names come first, in its order."""
    return first.index(binding_id) if binding_id in first else len(first)
