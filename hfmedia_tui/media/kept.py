"""Which pictures the terminal keeps, by Kitty's protocol: each sent once, and freed when it is not needed."""

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Final

from msgspec import Struct

from hfmedia_tui.media import kitty
from hfmedia_tui.media.pacer import Pacer
from hfmedia_tui.media.tmux import insist, through_tmux

__all__ = ['Kept']

_RESTING: Final = 60
"""Pictures that are kept though nothing shows them: what was scrolled past is soon scrolled back to."""
_RESTING_BYTES: Final = 8 << 20
"""Bytes of all of these as they were sent; unpacked, the terminal holds some eight times as many."""

_REMEMBERED: Final = 200
"""Numbers that are freed once more at the end."""


class _Place(Struct, eq=False):
    number: int
    size: int
    """Bytes that were sent."""
    sent: asyncio.Task[None]
    shown: int = 0
    """How many widgets show it."""


class Kept:
    """The pictures in one terminal, by what they are; for the thread of the event loop."""

    def __init__(self, pacer: Pacer, *, in_tmux: bool) -> None:
        self._pacer = pacer
        self._in_tmux = in_tmux
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()
        self.sent = 0
        """Bytes of all pictures and frames that were sent so far, without what they are wrapped in for tmux."""
        self.era = 0
        """Counts up when what was kept is there no more, as in another terminal."""
        self.usable = True
        self.on_sent: Callable[[], object] = lambda: None
        """Called when a picture has been sent."""
        self._number = (
            int.from_bytes(os.urandom(4)) % kitty.LARGEST_NUMBER
        )  # another program may keep pictures there too
        self._given: deque[int] = deque(maxlen=_REMEMBERED)
        """Numbers of late."""

    def __len__(self) -> int:
        return len(self._places)

    def find(self, key: Hashable) -> int:
        """Return under which number a picture can be shown at once, for one more widget; 0 where it is not there."""
        place = self._places.get(key)
        if place is None or not place.sent.done():
            return 0
        place.shown += 1
        self._places.move_to_end(key)
        return place.number

    async def bring(self, key: Hashable, pieces: tuple[str, ...], columns: int, rows: int, nearness: float) -> int:
        """Bring a picture to the terminal if it is not there, and return its number, for one more widget.

        Cancelled while nobody else waits for it, what has not begun to be sent is not sent.
        """
        place = self._places.get(key)
        if place is None:
            number = self.next_number()
            commands = kitty.upload(pieces, number, columns, rows)
            sending = asyncio.create_task(self.send(commands, nearness), name='picture to the terminal')
            place = self._places[key] = _Place(number, sum(map(len, pieces)), sending)
        place.shown += 1
        self._places.move_to_end(key)
        try:
            await asyncio.shield(place.sent)
        except asyncio.CancelledError:
            self._leave(key, place)
            if not place.shown and not place.sent.done():
                self._places.pop(key, None)
                place.sent.cancel()
                place.sent.add_done_callback(lambda _: self._free(place))
            raise
        return place.number

    async def send(self, commands: tuple[str, ...], nearness: float = 0.0) -> None:
        """Send commands of Kitty's protocol, and return when they are written."""
        await self._pacer.upload(self._wrap(*commands), nearness)
        self.sent += sum(map(len, commands))
        self.on_sent()

    def leave(self, key: Hashable, *, keep: bool) -> None:
        """Say that one widget shows a picture no more.

        Unless it is to be kept for a while it is freed; and with the last that is shown, all the others are.
        """
        if (place := self._places.get(key)) is None:
            return
        self._leave(key, place)
        if not keep and not place.shown:
            self._drop(key)
        shown = any(place.shown for place in self._places.values())
        self._trim(*((_RESTING, _RESTING_BYTES) if keep or shown else (0, 0)))

    def free_resting(self) -> None:
        """Free what nothing shows."""
        self._trim(0, 0)

    def free_all(self) -> None:
        for key in list(self._places):
            self._drop(key)

    def insist_on_freeing(self, screen: int) -> None:
        """Free everything once more after the end: tmux may not have passed it on. Blocking."""
        if self._in_tmux and self._given:
            insist(tuple(map(kitty.release, self._given)), screen)

    def move(self, *, usable: bool) -> None:
        """Take note that the terminal is another one, which keeps nothing, and whether it is `usable` for pictures."""
        self.era += 1
        self.usable = usable
        self._places.clear()

    def send_again(self) -> None:
        """Take note that something on the way to the terminal was lost, nobody knows what."""
        self.free_all()
        self.move(usable=self.usable)

    def _leave(self, key: Hashable, place: _Place) -> None:
        place.shown = max(0, place.shown - 1)
        if key in self._places:
            self._places.move_to_end(key)

    def _trim(self, most: int, most_bytes: int) -> None:
        resting = [key for key, place in self._places.items() if not place.shown and place.sent.done()]
        size = sum(self._places[key].size for key in resting)
        for count, key in zip(range(len(resting), 0, -1), resting, strict=True):
            if count <= most and size <= most_bytes:
                return
            size -= self._places[key].size
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        place = self._places.pop(key)
        if place.sent.done():
            self._free(place)
        else:
            place.sent.cancel()
            place.sent.add_done_callback(lambda _: self._free(place))

    def _free(self, place: _Place) -> None:
        self._pacer.tell(*self._wrap(kitty.release(place.number)))

    def _wrap(self, *commands: str) -> tuple[str, ...]:
        return tuple(map(through_tmux, commands)) if self._in_tmux else commands

    def next_number(self) -> int:
        """Return a number that no picture here has, for one that is kept and freed elsewhere."""
        self._number = self._number % kitty.LARGEST_NUMBER + 1
        self._given.append(self._number)
        return self._number
