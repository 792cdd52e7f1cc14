"""Typing ahead: keys keep their order, however many arrive at once."""

import asyncio
from typing import Final

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

__all__ = ['TypeAheadApp']

_PATIENCE: Final = 0.25
"""Seconds after which the next key is handled although the last one still is."""


class TypeAheadApp(App[None]):
    """An app that handles a key to its end before it looks at the next one.

    A key goes to the widget that has the focus, and bubbles up to whoever is bound to it. A widget takes a letter at
    once, while a bound key is still on its way: of keys that arrive together, as they do over a slow link, backspace
    would come after the letter typed behind it, and what is typed behind a Tab would stay in the field before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: asyncio.Queue[events.Key | events.Paste] = asyncio.Queue()
        self._typist: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self._typist is None:
                self._typist = asyncio.create_task(self._type(), name='keys in their order')
            self._keys.put_nowait(event)
            return
        await super().on_event(event)

    async def on_unmount(self) -> None:
        if self._typist is not None:
            self._typist.cancel()

    async def _type(self) -> None:
        while True:
            event = await self._keys.get()
            path = (self.focused or self.screen).ancestors_with_self
            try:
                await super().on_event(event)
            except Exception as error:  # as Textual does with what a handler raises
                self._handle_exception(error)
            try:
                async with asyncio.timeout(_PATIENCE):
                    for node in path:
                        await _caught_up(node)
            except TimeoutError:
                continue


async def _caught_up(node: MessagePump) -> None:
    """Return when `node` has handled every message that has reached it."""
    caught_up = asyncio.Event()
    if node.call_later(caught_up.set):
        await caught_up.wait()
