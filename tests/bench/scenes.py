"""What is measured, as it happens in a bare app: the program's own pictures, or the peer's, and nothing else.

Run by `python -m tests.bench`, in a pseudo-terminal: `python -m tests.bench.scenes SCENE SIDE GRAPHICS PICTURE REPORT`.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.geometry import Size
from textual.widget import Widget

from hfmedia_tui.cli.interface import TURN_SECONDS
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import probe
from hfmedia_tui.widgets.picture_grid import PictureGrid
from hfmedia_tui.widgets.picture_tile import GridItem
from hfmedia_tui.widgets.pictures_app import PicturesApp
from hfmedia_tui.widgets.preview import Preview
from tests.bench.watching import LoopWatch, Output, resident

_QUIET: Final = 0.4
"""Seconds without a byte written after which a scene is over."""


class Bare(PicturesApp):
    """An app that holds pictures and nothing else, and watches its own event loop."""

    CSS: ClassVar[str] = """
    Grid { grid-size: 4; grid-columns: 40; grid-rows: 20; }
    .one { width: 80; height: 40; }
    .many { width: 40; height: 20; }
    """

    def __init__(self, pictures: Pictures, scene: str, side: str, picture: Path) -> None:
        super().__init__()
        if side == 'ours':
            sys.setswitchinterval(TURN_SECONDS)
        self.pictures = pictures
        self.scene, self.side, self.picture = scene, side, picture
        self.report: dict[str, float] = {}
        self.files = [picture.with_name(f'{index}.png') for index in range(200)]

    # ------------------------------------------------------------------------------------------ the two sides

    def _picture(self, classes: str = '') -> Widget:
        if self.side == 'ours':
            return Preview(self.pictures, classes=classes)
        return self._peer(classes)

    def _peer(self, classes: str, path: Path | None = None) -> Widget:
        from textual_image import widget

        kinds: dict[str, Any] = {'kitty': widget.TGPImage, 'sixel': widget.SixelImage}
        made: Widget = kinds.get(self.pictures.terminal.graphics, widget.HalfcellImage)(path, classes=classes)
        return made

    def _fill(self, widgets: Iterable[Widget], paths: Iterable[Path]) -> None:
        for widget, path in zip(widgets, paths, strict=False):
            if isinstance(widget, Preview):
                widget.source = path
            else:
                widget.image = path  # type: ignore[attr-defined]

    def compose(self) -> ComposeResult:
        match self.scene:
            case 'arrive':
                with Grid():
                    for _ in range(16):
                        yield self._picture('many')
            case 'one':
                yield self._picture('one')
            case 'scroll' if self.side == 'ours':
                yield PictureGrid(self.pictures, tile=Size(42, 22))
            case 'scroll':
                with VerticalScroll():
                    for path in self.files:
                        yield self._peer('many', path)

    # ------------------------------------------------------------------------------------------ the scenes

    async def on_ready(self) -> None:
        self.output = Output(self, quiet=_QUIET)
        self.pictures.pacer.open(self.output.write, self.call_after_refresh)
        self.run_worker(self._play(), exit_on_error=True)

    async def _play(self) -> None:
        await self.output.settle()
        watch = LoopWatch()
        watching = asyncio.create_task(watch.run())
        self.output.mark('begin')
        started = time.perf_counter()
        match self.scene:
            case 'arrive':
                self._fill(self.query('.many'), self.files)
            case 'one':
                self._fill(self.query('.one'), [self.picture])
            case 'scroll':
                await self._scroll()
        await self.output.settle()
        self.output.mark('end')
        watching.cancel()
        self.report['seconds'] = self.output.written_at - started
        self.report |= watch.report()
        self.report['resident'] = resident()
        if self.scene == 'scroll':
            await self.query(VerticalScroll if self.side == 'peer' else PictureGrid).remove()
            await self.output.settle()
            gc.collect()
            self.report['given back'] = resident()
        if self.pictures.pacer.rate:
            self.report['rate'] = self.pictures.pacer.rate
        self.exit()

    async def _scroll(self) -> None:
        if self.side == 'ours':
            grid = self.query_one(PictureGrid)
            grid.items = [GridItem(path, path.name) for path in self.files]
            await self.output.settle()
            while grid.selected < len(self.files) - grid.columns:
                grid.action_page(1)
                await self.output.settle()
            return
        box = self.query_one(VerticalScroll)
        while box.scroll_y < box.max_scroll_y:
            box.scroll_page_down(animate=False)
            await self.output.settle()


def main(scene: str, side: str, graphics: str, picture: str, report: str) -> None:
    terminal = probe(choice=graphics)
    if side == 'peer':
        import textual_image.widget  # noqa: F401 - it asks the terminal for its cells, which only works before Textual
    pictures = Pictures(terminal)
    app = Bare(pictures, scene, side, Path(picture))
    app.run()
    pictures.close()
    Path(report).write_text(json.dumps(app.report))


if __name__ == '__main__':
    main(*sys.argv[1:])
