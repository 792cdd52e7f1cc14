"""One film in a bare app, by this project's player or by textual-image's widget: what `tests.bench.film` runs.

python -m tests.bench.film_app WHO GRAPHICS COLUMNSxROWS FILM SECONDS
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import av
from textual.app import App, ComposeResult
from textual.widgets import Input

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Terminal, probe
from hfmedia_tui.widgets import film as player_module
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.film_stage import FilmStage
from hfmedia_tui.widgets.pictures_app import PicturesApp

RATE = 8.0
BEGIN, END = '\x1b]2;begin\x07', '\x1b]2;end {} {:.1f}\x07'
_BEAT = 0.005
_BEGINNING = 2.0
"""Seconds until it plays as it will go on playing."""


class Bench(App[None]):
    """Waits until what is played has begun, measures for some seconds, and ends."""

    AUTO_FOCUS = 'Input'

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.frames = 0

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[None]:
        assert self._driver is not None
        await asyncio.sleep(_BEGINNING)
        self._driver.write(BEGIN)
        self.frames, longest, before = 0, 0.0, perf_counter()
        end = before + self.seconds
        while (now := perf_counter()) < end:
            longest, before = max(longest, now - before), now
            await asyncio.sleep(_BEAT)
        self._driver.write(END.format(self.frames, 1000 * (longest - _BEAT)))
        yield
        self.exit()


class Ours(Bench, PicturesApp):
    def __init__(self, terminal: Terminal, film: Path, columns: int, rows: int, seconds: float) -> None:
        super().__init__(seconds)
        self.pictures = Pictures(terminal)
        self.film = film
        self.player = FilmPlayer(self.pictures)
        self.player.styles.width, self.player.styles.height = columns, rows

    def compose(self) -> ComposeResult:
        yield self.player
        yield Input(compact=True)

    async def on_mount(self) -> None:
        self.player.source = self.film
        self.run_worker(self._measure())

    async def _measure(self) -> None:
        stage = self.query_one(FilmStage)
        project = stage.project

        async def counted(picture: Any) -> None:
            await project(picture)
            self.frames += 1

        stage.project = counted  # type: ignore[method-assign]
        self.player.play()
        async with self.measured():
            pass
        self.pictures.close()


class Peer(Bench):
    """Textual-image's widget, given a decoded frame eight times a second."""

    def __init__(self, kind: Any, film: Path, columns: int, rows: int, seconds: float) -> None:
        super().__init__(seconds)
        self.film = film
        self.image = kind()
        self.image.styles.width, self.image.styles.height = columns, rows

    def compose(self) -> ComposeResult:
        yield self.image
        yield Input(compact=True)

    def on_mount(self) -> None:
        self.run_worker(self._play())
        self.run_worker(self._measure())

    async def _measure(self) -> None:
        async with self.measured():
            pass

    async def _play(self) -> None:
        while True:
            with av.open(str(self.film)) as container:
                frames = container.decode(video=0)
                step = float(container.streams.video[0].average_rate or 24) / RATE
                due, index = 0.0, 0
                while (frame := await asyncio.to_thread(next, frames, None)) is not None:
                    index += 1
                    if index >= due:
                        due += step
                        self.image.image = await asyncio.to_thread(frame.to_image)
                        self.frames += 1
                        await asyncio.sleep(1 / RATE)


def main() -> None:
    who, graphics, size, film, seconds = sys.argv[1:]
    columns, rows = map(int, size.split('x'))
    around = {name: value for name, value in os.environ.items() if name.startswith('TMUX')}
    told = {'HFMEDIA_GRAPHICS': graphics, 'TERM': 'xterm-256color', 'COLORTERM': 'truecolor', **around}
    terminal = probe(environment=told)
    player_module._BEST_RATE = RATE  # type: ignore[misc]
    if who == 'ours':
        app = Ours(terminal, Path(film), columns, rows, float(seconds))
        app.run()
        app.pictures.kept.insist_on_freeing(sys.stdout.fileno())
        return
    from textual_image.widget import HalfcellImage, SixelImage, TGPImage

    kind = {'kitty': TGPImage, 'sixel': SixelImage}.get(graphics, HalfcellImage)
    Peer(kind, Path(film), columns, rows, float(seconds)).run()


if __name__ == '__main__':
    main()
