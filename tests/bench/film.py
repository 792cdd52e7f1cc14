"""How many bits a second a film takes by each protocol, here and with textual-image's widget fed frame by frame.

`python -m tests.bench film` measures it for a link without bounds and for one of 10 Mbit/s. The film is as hard to
pack as a film can be: a pan over a photograph with a sensor's noise, 1280 by 720 pixels, played at eight frames a
second in 80 by 23 cells.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple

import av
from PIL import Image, ImageDraw

from tests.bench.photograph import photograph
from tests.bench.table import Row
from tests.bench.terminal import KITTY, PLAIN, XTERM, Answering

__all__ = ['hard_film', 'measure']

_SIZE: Final = '80x23'
_SECONDS: Final = 5.0
_GRAPHICS: Final = {'kitty': KITTY, 'sixel': XTERM, 'half-cells': PLAIN}
_GOAL: Final = 5.0
"""Mbit/s at eight frames a second."""
_LINK: Final = 10.0
"""Mbit/s."""
_ROUND_TRIP: Final = 0.05
_MARK: Final = 16
"""Bytes that may come in two reads and belong together."""
_PAUSE: Final = 0.2
"""Seconds between two keys."""
_END: Final = re.compile(rb'\x1b\]2;end (\d+) ([\d.]+)\x07')


class Measured(NamedTuple):
    frames: float
    """A second."""
    megabits: float
    """A second."""
    gap: float
    """The longest that the event loop was away, in milliseconds."""
    key: float
    """From a key to its letter on the screen, in milliseconds, for 19 of 20."""

    @property
    def at_eight(self) -> float:
        """Megabits for a second of film at eight frames a second."""
        return 8 * self.megabits / max(self.frames, 0.1)


def hard_film(folder: Path, seconds: int = 9) -> Path:
    """Write a film that pans over a photograph, with something red that moves before it."""
    path = folder / 'pan.mp4'
    picture = Image.open(photograph(folder / 'photograph.png', 2048))
    with av.open(str(path), 'w') as container:
        stream: Any = container.add_stream('libx264', rate=24, options={'crf': '20', 'preset': 'veryfast'})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, 'yuv420p'
        for index in range(24 * seconds):
            frame = picture.crop((2 * index, index, 2 * index + 1280, index + 720))
            ImageDraw.Draw(frame).ellipse((100 + 4 * index, 200, 300 + 4 * index, 400), fill=(250, 80, 40))
            container.mux(stream.encode(av.VideoFrame.from_image(frame)))  # type: ignore[no-untyped-call]
        container.mux(stream.encode())
    return path


def _play(who: str, graphics: str, film: Path, link: float | None) -> Measured:
    """Play a film in a pseudo-terminal of its own, over a link of so many Mbit/s."""
    terminal = Answering(_GRAPHICS[graphics], columns=100, rows=30, megabits=link)
    terminal.round_trip = _ROUND_TRIP if link else 0.0
    seen = bytearray()
    marks: dict[bytes, int] = {}
    letters = iter('абвгдежзийклмнопрстуфхцчшщэюя')
    typed, moment = b'', 0.0
    delays: list[float] = []

    def watch(read: bytes) -> bytes:
        nonlocal typed, moment
        seen.extend(read)
        fresh = seen[-len(read) - _MARK :]
        now = monotonic()
        for mark in (b'\x1b]2;begin\x07', b'\x1b]2;end '):
            if mark not in marks and mark in fresh:
                marks[mark] = terminal.total
        if typed and typed in fresh:
            delays.append(now - moment)
            typed = b''
        if not typed and b'\x1b]2;begin\x07' in marks and now - moment > _PAUSE:
            typed, moment = next(letters, '').encode(), now
            return typed
        return b''

    command = [sys.executable, '-m', 'tests.bench.film_app', who, graphics, _SIZE, str(film), str(_SECONDS)]
    environment = {**os.environ, 'TERM': 'xterm-256color', 'COLORTERM': 'truecolor', 'PYTHONPATH': '.'}
    terminal.run(command, environment, watch=watch)
    begin, end = marks.values()
    found = _END.search(seen)
    assert found
    late = sorted(delays)[int(0.95 * len(delays))] if delays else _SECONDS
    return Measured(int(found[1]) / _SECONDS, 8 * (end - begin) / _SECONDS / 1e6, float(found[2]), 1000 * late)


def measure(*, quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        film = hard_film(Path(folder))
        for link in (None,) if quick else (None, _LINK):
            where = f'over {_LINK:g} Mbit/s' if link else 'without bounds'
            for graphics in _GRAPHICS:
                ours, peer = (_play(who, graphics, film, link) for who in ('ours', 'peer'))
                what = f'film of 80x23 cells, {graphics}, {where}'
                yield Row(
                    what=f'{what}: a second at 8 frames',
                    ours=ours.at_eight,
                    unit='Mbit',
                    against='textual-image, frame by frame',
                    theirs=peer.at_eight,
                    at_most=_GOAL,
                )
                yield Row(what=f'{what}: longest stall', ours=ours.gap, against='textual-image', theirs=peer.gap)
                yield Row(what=f'{what}: key to letter, p95', ours=ours.key, against='textual-image', theirs=peer.key)
