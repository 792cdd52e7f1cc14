"""Four pictures that are shown anew and anew while somebody types: ours, or the peer's, in the same bare app.

Run by `python -m tests.bench.ssh`, at the other end of a connection: `python -m tests.bench.typing_scene SIDE FOLDER`.
"""

import sys
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid
from textual.widgets import Static

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import probe
from tests.bench.scenes import Bare

ECHO = 'echo {:04}'
"""What stands on the screen as soon as so many keys have been pressed."""


class Typing(Bare):
    """Answers every `x` with the count of them, shows the next four pictures at every `n`, and leaves at `q`."""

    CSS = """
    Grid { grid-size: 2; grid-columns: 80; grid-rows: 40; }
    .one { width: 80; height: 40; }
    #echo { height: 1; }
    """

    def __init__(self, pictures: Pictures, side: str, folder: Path) -> None:
        super().__init__(pictures, 'typing', side, folder / '0.png')
        self.typed = 0
        self.shown = 0

    def compose(self) -> ComposeResult:
        yield Static('', id='echo')
        with Grid():
            for _ in range(4):
                yield self._picture('one')

    async def on_ready(self, event: events.Ready) -> None:  # type: ignore[override]
        event.prevent_default()
        self._echo()

    def on_key(self, event: events.Key) -> None:
        match event.key:
            case 'x':
                self.typed += 1
                self._echo()
            case 'n':
                self._fill(self.query('.one'), self.files[self.shown :])
                self.shown += 4
            case 'q':
                self.exit()

    def _echo(self) -> None:
        self.query_one('#echo', Static).update(ECHO.format(self.typed))


def main(side: str, folder: str) -> None:
    terminal = probe()
    if side == 'peer':
        import textual_image.widget  # noqa: F401 - it asks the terminal for its cells, which only works before Textual
    pictures = Pictures(terminal)
    Typing(pictures, side, Path(folder)).run()
    pictures.close()


if __name__ == '__main__':
    main(*sys.argv[1:])
