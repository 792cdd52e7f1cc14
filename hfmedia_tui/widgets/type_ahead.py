"""Typing ahead: keys keep their order, however many arrive at once."""

import asyncio
from contextlib import suppress
from typing import Final

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.widget import Widget

from hfmedia_tui.domain import harmless
from hfmedia_tui.widgets.unexpected import Unexpected

__all__ = ['KeyClock', 'TypeAheadApp']

_PATIENCE: Final = 3.0
"""Seconds after which the next key is handled although the last one still is."""
_BURST: Final = 0.01
"""Seconds: keys that follow each other faster were not pressed one by one."""
_ROUNDS: Final = 3
"""How often what a key set off may bubble up before it is done: the key, a widget's message, and a screen's."""


class KeyClock:
    """Tells keys that a person pressed from those of a paste, where a terminal does not mark pastes."""

    def __init__(self) -> None:
        self._last = 0.0

    def pasted(self, event: events.Key) -> bool:
        """Whether `event`, the newest key, came with the one before it."""
        since, self._last = event.time - self._last, event.time
        return since < _BURST


class TypeAheadApp(App[None]):
    """An app that handles a key to its end before it looks at the next one.

    A key goes to the widget that has the focus, and bubbles up to whoever is bound to it. A widget takes a letter at
    once, while a bound key is still on its way: of keys that arrive together, as they do over a slow link, backspace
    would come after the letter typed behind it, and what is typed behind a Tab, or behind the Enter that goes to
    another screen, would stay where the focus was before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: asyncio.Queue[events.Key | events.Paste] = asyncio.Queue()
        self._typist: asyncio.Task[None] | None = None
        self.typed_at = 0.0
        """When the last key came, on the clock of events."""

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Paste):
            event.text = harmless(event.text.replace('\r\n', '\n').replace('\r', '\n'))
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self._typist is None:
                self._typist = asyncio.create_task(self._type(), name='keys in their order')
            self.typed_at = event.time
            self._keys.put_nowait(event)
            return
        await super().on_event(event)

    async def on_unmount(self) -> None:
        if self._typist is not None:
            self._typist.cancel()

    async def _type(self) -> None:
        while True:
            event = await self._keys.get()
            screen = self.screen
            if isinstance(screen, Unexpected) and isinstance(event, events.Key) and not screen.hears(event):
                continue
            path = _path(self)
            written = _is_written(event, self.focused)
            try:
                await super().on_event(event)
                if written:
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PATIENCE):
                        await _settled(self, path)
            except Exception as error:  # as Textual does with what a handler raises
                self._handle_exception(error)


def _is_written(event: events.Key | events.Paste, focused: Widget | None) -> bool:
    """Whether the focused widget takes the event itself: such events keep their order without being waited for."""
    if focused is None or isinstance(event, events.Paste):
        return focused is not None
    return focused.check_consume_key(event.key, event.character)


def _path(app: App[None]) -> list[DOMNode]:
    """Return who hears of a key: the focused widget first, the app last."""
    return (app.focused or app.screen).ancestors_with_self


async def _settled(app: App[None], path: list[DOMNode]) -> None:
    """Return when what bubbles up along `path` has arrived, and the focus stays where that left it."""
    rounds = 0
    while rounds < _ROUNDS:
        for node in path:
            await _caught_up(node)
        rounds = rounds + 1 if path == _path(app) else 0
        path = _path(app)


async def _caught_up(node: MessagePump) -> None:
    """Return when `node` has handled every message that has reached it."""
    caught_up = asyncio.Event()
    if node.call_later(caught_up.set):
        await caught_up.wait()
