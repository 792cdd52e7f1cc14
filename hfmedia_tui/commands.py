"""The command palette: every action that has a key here, and the places."""

from collections.abc import Callable, Iterator
from functools import partial

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

__all__ = ['KeyedCommands']


class KeyedCommands(Provider):
    """Offers the actions of the bindings that are active where the palette was opened.

    A binding that is worth a command says what it does in its tooltip; the others, such as moving a cursor, do not.
    """

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        app: App[object] = self.app
        seen = set()
        for node, binding, enabled, _ in self.screen.active_bindings.values():
            if not binding.id or not binding.tooltip or not enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            run = partial(app.run_action, binding.action, node)
            yield binding.description, f'{binding.tooltip}  ({app.get_key_display(binding)})', run

    async def discover(self) -> Hits:
        for name, told, run in self._commands():
            yield DiscoveryHit(Content(name), run, text=name, help=told)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, told, run in self._commands():
            score = max(matcher.match(name), 0.8 * matcher.match(told))
            if score > 0:
                yield Hit(score, matcher.highlight(name), run, text=name, help=told)
