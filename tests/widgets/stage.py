"""What widgets that show pictures are tried on: pictures without a terminal, and a driver that writes to nobody."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Graphics, Terminal

__all__ = ['Recording', 'pictures_for']


class Recording(HeadlessDriver):
    """Keeps what a driver would write."""

    def __init__(self, app: App[None], written: list[str]) -> None:
        super().__init__(app)
        self._written = written

    def write(self, data: str) -> None:
        self._written.append(data)


@contextmanager
def pictures_for(folder: Path, graphics: Graphics = Graphics.HALF_CELLS, **facts: Any) -> Iterator[Pictures]:
    """Pictures as a terminal with these `graphics` and other `facts` of it shows them; any `folder` that is there."""
    no_terminal = os.open(folder, os.O_RDONLY)
    pictures = Pictures(msgspec.structs.replace(Terminal(), graphics=graphics, **facts), screen=no_terminal)
    yield pictures
    pictures.close()
    os.close(no_terminal)
