"""How much may be under way to the terminal, so that a key's echo never waits behind pictures.

What is sent is followed by a question for the cursor's position (`CSI 6 n`, which every terminal answers in its turn:
https://invisible-island.net/xterm/ctlseqs/ctlseqs.html); its answer says that all before it has arrived. The more the
answers are late, the less is sent ahead of them, in the manner of TCP Vegas (https://doi.org/10.1145/190314.190317).
"""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

__all__ = ['Pacer', 'Waiting']

_LEAST: Final = 16 << 10
"""Bytes that may always be under way: some 13 ms at 10 Mbit/s."""
_MOST: Final = 4 << 20
_FIRST: Final = 32 << 10
_BATCH: Final = 16 << 10
"""Bytes after which a question is asked."""
_LATE: Final = 0.02
"""Seconds that an answer may take longer than the fastest: what a key waits for behind pictures."""
_LOST: Final = 2.0
"""Seconds after which an answer is taken for lost; each time in a row twice as many, as TCP does (RFC 6298, 5.5): the
link may be frozen, and all that is sent meanwhile comes before the next key's echo."""
_MOST_LOST: Final = 60.0
_TELLING: Final = 4 << 10
"""Bytes of which the time tells something of the link's rate."""
_QUEUED: Final = 0.015
"""Seconds from which on an answer tells what the link carries, and not what it takes in one gulp."""
_ROWS: Final = range(2, 8)
"""Rows of the screen that questions are asked from: a key's report that looks like an answer names the first. With each
answer that is taken for lost it is the next one, so that those that come at last are told from newer ones."""
_TAGS: Final = 16
"""Questions that can be told apart by the column they are asked from."""


class Waiting(Protocol):
    """Something to be sent, when it is its turn."""

    nearness: float
    """Who is sent first: the least."""

    def go_on(self, budget: int) -> int:
        """Send, or have drawn, about `budget` bytes, and return how many; 0 where nothing is left or wanted."""


class _Asked(NamedTuple):
    tag: int
    size: int
    moment: float
    arrived: int
    """Bytes that were known to have arrived when this was asked."""


class Pacer:
    """The one way of pictures to the terminal; for one thread, that of the event loop.

    Until it is opened uploads wait; where a terminal never answers, everything goes out at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._write: Callable[[str], None] | None = None
        self._held: Callable[[str], None] | None = None
        """What writes, while the terminal is another program's."""
        self._after_frame: Callable[[Callable[[], None]], object] = lambda _: None
        self._answers = False
        self._paced = False
        self._window = _FIRST
        self._asked: deque[_Asked] = deque()
        self._under_way = 0
        self._drawn = 0
        """Bytes in frames that no question was asked behind yet."""
        self._arrived = 0
        self._tag = 0
        self._losses = 0
        """How often in a row answers were taken for lost."""
        self._row = _ROWS[0]
        self._quickest = float('inf')
        self._rates: deque[float] = deque(maxlen=12)
        self._bottleneck: deque[float] = deque(maxlen=12)
        """Bytes a second, where the link was full."""
        self._waiting: dict[Waiting, None] = {}
        self._upload: _Upload | None = None
        """The one that has begun: nothing else of Kitty's protocol may come between its pieces."""
        self._later: list[str] = []
        self._watch: asyncio.TimerHandle | None = None
        self._pump_due = False
        self._finished = False

    # ------------------------------------------------------------------------------------------ the terminal's side

    def open(
        self,
        write: Callable[[str], None],
        after_frame: Callable[[Callable[[], None]], object],
        *,
        answers: bool = True,
    ) -> None:
        """Begin: `write` sends to the terminal, `after_frame` calls back when the next frame has been sent.

        Where nobody `answers`, nothing is paced.
        """
        self._write, self._after_frame, self._answers, self._paced = write, after_frame, answers, answers
        self._finished = False
        self._pump()

    def close(self) -> None:
        """End: nothing is written any more."""
        self._write = None
        self._answers = self._paced = False
        if self._watch:
            self._watch.cancel()
            self._watch = None
        self._forget_all()

    def hold(self) -> None:
        """Write nothing until `go_on`: the terminal is another program's."""
        self._held, self._write = self._write, None

    def go_on(self) -> None:
        """Send what has waited meanwhile."""
        if self._held is not None:
            self._write, self._held = self._held, None
            if self._upload is None:
                self.ended()
            self._pump()

    def acknowledge(self, row: int, column: int) -> None:
        """Take the terminal's answer, a position counted from 1; one that is none of ours changes nothing."""
        tags = [asked.tag for asked in self._asked]
        if row != self._row or column not in tags:
            self._paced = self._paced or (self._answers and row in _ROWS and column <= _TAGS)  # it answers, if late
            return
        self._losses = 0
        now = self._clock()
        for _ in range(tags.index(column) + 1):
            asked = self._asked.popleft()
            self._under_way -= asked.size
            self._arrived += asked.size
        took = max(now - asked.moment, 1e-6)
        self._quickest = min(self._quickest * 1.02, took)  # a way that has become longer is learnt in time
        rate = (self._arrived - asked.arrived) / took
        if self._arrived - asked.arrived >= _TELLING:
            self._rates.append(rate)
        if took < self._quickest + _LATE:
            self._window = min(_MOST, self._window + 2 * asked.size)
        else:
            self._window = max(_LEAST, round(self._window * 0.7))
        if took >= _QUEUED:
            self._bottleneck.append(rate)
        if self._bottleneck:  # what is more than that can only wait, and keys behind it
            self._window = max(_LEAST, min(self._window, round(max(self._bottleneck) * (self._quickest + _LATE))))
        self._guard()
        self._pump()

    @property
    def rate(self) -> float | None:
        """Bytes that arrive in a second, as far as it was seen: the best of late; None where nothing was measured."""
        return max(self._rates, default=None)

    @property
    def round_trip(self) -> float | None:
        """Seconds of the quickest answer of late."""
        return None if self._quickest == float('inf') else self._quickest

    def expect(self, size: int) -> float:
        """Say in how many seconds `size` bytes are likely to arrive; 0 where nothing is known."""
        return size / self.rate if self._paced and self.rate else 0.0

    # ------------------------------------------------------------------------------------------ the pictures' side

    def take(self, size: int) -> bool:
        """Whether `size` bytes may go out with the frame that is being drawn; if so, they are counted."""
        if not self._paced:
            return True
        if self._under_way and self._under_way + size > self._window:
            return False
        if not self._drawn:
            asyncio.get_running_loop().call_soon(self._ask)  # behind the frame, which is written before that
        self._drawn += size
        self._under_way += size
        return True

    def wait(self, waiting: Waiting) -> None:
        """Call `waiting` when there is room, as long as it has something left; twice is as good as once."""
        self._waiting[waiting] = None
        if not self._pump_due:
            self._pump_due = True
            asyncio.get_running_loop().call_soon(self._pump)

    def forget(self, waiting: Waiting) -> None:
        """Let no longer wait what is no longer wanted."""
        self._waiting.pop(waiting, None)

    async def upload(self, commands: tuple[str, ...], nearness: float = 0.0) -> None:
        """Send commands that belong together, and return when the last has been written.

        Cancelled before the first is, none of them is sent; later, all are. Then CancelledError comes at the end, as it
        does where the pacer has finished.
        """
        if self._finished:
            raise asyncio.CancelledError
        upload = _Upload(self, commands, nearness)
        self.wait(upload)
        try:
            await asyncio.shield(upload.done)
        except asyncio.CancelledError:
            if not upload.begun:
                self.forget(upload)
                upload.done.cancel()
            elif not upload.done.done():
                await asyncio.wait([upload.done])
            raise

    def tell(self, command: str) -> None:
        """Send a short command at once, or behind the upload that has begun."""
        if self._upload is not None or self._held is not None:
            self._later.append(command)
        elif self._write is not None:
            self._write(command)

    def finish(self) -> None:
        """Send the rest of the upload that has begun at once, whatever the pace, and what waited for its end.

        No other begins after it: half of one would swallow what the next program sends. Who waits for one is cancelled.
        """
        if self._upload is not None and self._write is not None:
            self._upload.go_on(sys.maxsize)
        self._finished = True
        self._forget_all()

    # ------------------------------------------------------------------------------------------ inside

    def _forget_all(self) -> None:
        for waiting in self._waiting:
            if isinstance(waiting, _Upload):
                waiting.done.cancel()
        self._waiting.clear()

    def _pump(self) -> None:
        self._pump_due = False
        while self._waiting and (room := self._room()) > 0:
            nearest = (
                self._upload if self._upload in self._waiting else min(self._waiting, key=lambda one: one.nearness)
            )
            used = nearest.go_on(min(room, _BATCH))
            if not used:
                self._waiting.pop(nearest, None)
            elif self._paced and not isinstance(nearest, _Upload):
                fresh = not self._drawn
                self._drawn += used
                self._under_way += used
                if fresh:
                    self._after_frame(self._ask)

    def _room(self) -> int:
        if self._write is None:
            return 0
        if not self._paced:
            return _MOST
        return _LEAST if not self._under_way else self._window - self._under_way

    def _ask(self) -> None:
        """Ask behind what was drawn."""
        if self._drawn:
            size, self._drawn = self._drawn, 0
            self._send('', size)

    def _send(self, text: str, size: int) -> None:
        if self._write is None:
            return
        if self._paced:
            self._tag = self._tag % _TAGS + 1
            # Saved and restored (DECSC, DECRC): the cursor stays where the interface has it.
            text += f'\x1b7\x1b[{self._row};{self._tag}H\x1b[6n\x1b8'
            self._asked.append(_Asked(self._tag, size, self._clock(), self._arrived))
            if self._watch is None:
                self._guard()
        self._write(text)

    def send_batch(self, text: str) -> None:
        """Send a part of an upload."""
        if self._paced:
            self._under_way += len(text)
        self._send(text, len(text))

    def began(self, upload: '_Upload') -> None:
        self._upload = upload

    def ended(self) -> None:
        """Send what came while an upload had to stay in one piece."""
        self._upload = None
        later, self._later = self._later, []
        for command in later:
            self.tell(command)

    def _guard(self) -> None:
        if self._watch:
            self._watch.cancel()
        patience = min(_MOST_LOST, _LOST * 2**self._losses)
        self._watch = asyncio.get_running_loop().call_later(patience, self._give_up) if self._asked else None

    def _give_up(self) -> None:
        """Count as arrived what nobody answered for; where nobody ever did, stop asking until somebody does."""
        self._watch = None
        self._paced = self.round_trip is not None
        self._losses += 1
        self._row = _ROWS[(_ROWS.index(self._row) + 1) % len(_ROWS)]
        self._asked.clear()
        self._under_way = self._drawn
        self._window = _FIRST
        self._pump()


class _Upload:
    """Commands that belong together, on their way."""

    def __init__(self, pacer: Pacer, commands: tuple[str, ...], nearness: float) -> None:
        self.nearness = nearness
        self.begun = False
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pacer = pacer
        self._commands = deque(commands)

    def go_on(self, budget: int) -> int:
        batch: list[str] = []
        size = 0
        while self._commands and size < budget:
            batch.append(self._commands.popleft())
            size += len(batch[-1])
        if not batch:
            return 0
        if not self.begun:
            self.begun = True
            self._pacer.began(self)
        self._pacer.send_batch(''.join(batch))
        if not self._commands:
            self._pacer.ended()
            if not self.done.done():
                self.done.set_result(None)
        return size
