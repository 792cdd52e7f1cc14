"""What an application does for the pictures in it: it lends them its terminal."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from textual import events, messages
from textual.app import App
from textual.timer import Timer

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import CellSize, Graphics, has_placeholders
from hfmedia_tui.media.tmux import COUNTED, TmuxClient, find_tmux_client

__all__ = ['PicturesApp']

_LOOKING: Final = 2.0
"""Seconds between two looks at who is attached to tmux, and at what it lost."""


class _Look(NamedTuple):
    client: TmuxClient
    sent: int
    """Bytes of pictures that were sent before."""


class PicturesApp(App[None]):
    """An app whose terminal is written to by `pictures`, and whose answers reach them."""

    pictures: Pictures
    """Set before the app runs."""
    _cell: CellSize | None = None
    _looking: Timer | None = None

    def __init__(self) -> None:
        super().__init__()
        self._looks: deque[_Look] = deque(maxlen=2)
        """The last ones at who is attached to tmux."""

    async def on_mount(self) -> None:
        # Textual gives no public way to write to the terminal; through its own writer nothing is torn apart.
        driver = self._driver
        if driver is not None:
            answers = not (self.is_headless or self.is_web)
            self.pictures.pacer.open(driver.write, self.call_after_refresh, answers=answers)
            terminal = self.pictures.terminal
            if answers and terminal.tmux and terminal.graphics is Graphics.KITTY:
                self.set_interval(_LOOKING, self._look_at_tmux)
                self.call_later(self._look_at_tmux)  # who attaches elsewhere at once is another one than now
                self.pictures.kept.on_sent = self._look_soon

    @contextmanager
    def lend_terminal(self) -> Iterator[None]:
        """Let another program have the terminal; nothing is drawn meanwhile, and everything else goes on.

        Raises SuspendNotSupported where there is no terminal to lend.
        """
        with self.batch_update(), self.suspend():
            self.pictures.pacer.hold()
            try:
                yield
            finally:
                self.call_after_refresh(self.pictures.pacer.go_on)

    def _look_soon(self) -> None:
        """Look whether what was just sent was passed on, once tmux has counted what it threw away."""
        if self._looking is not None:
            self._looking.stop()
        self._looking = self.set_timer(COUNTED, self._look_at_tmux)

    async def _look_at_tmux(self) -> None:
        """Send the pictures anew when tmux shows us in another terminal, or has not passed on what we sent.

        It tells nobody of either; text that it threw away it draws again by itself.
        """
        sent = self.pictures.kept.sent
        client = await asyncio.to_thread(find_tmux_client)
        if client is None:
            return
        if self._looks:
            before = self._looks[-1].client
            if client.since != before.since:
                self.pictures.kept.move(usable=has_placeholders(client.name, tmux=True))
            elif (
                client.discarded != before.discarded
                or (client.visible and not before.visible)
                or self._has_lost(client)
            ):
                self.pictures.kept.send_again()
            else:
                self._looks.append(_Look(client, sent))
                return
            self._looks.clear()
            self.refresh()
        self._looks.append(_Look(client, sent))

    def _has_lost(self, client: TmuxClient) -> bool:
        """Whether less has gone to the terminal since the last look but one than was sent until the last."""
        first, last = self._looks[0], self._looks[-1]
        return client.written - first.client.written < last.sent - first.sent

    def on_resize(self) -> None:
        """Have the screen drawn: with another font the cells have another size, though they are as many."""
        cell = self.pictures.cell
        if cell != self._cell:
            self._cell = cell
            self.refresh()

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        self.pictures.pacer.acknowledge(event.y + 1, event.x + 1)

    def on_exit_app(self, _: messages.ExitApp) -> None:
        self.pictures.pacer.finish()
        self.pictures.kept.free_all()  # while the screen that they are on is still there

    async def on_unmount(self) -> None:
        self.pictures.pacer.close()
