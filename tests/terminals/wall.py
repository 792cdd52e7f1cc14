"""A grid of all pictures in a folder, and nothing else: `python -m tests.terminals.wall FOLDER`."""

import sys
from pathlib import Path

from textual.app import ComposeResult
from textual.geometry import Size

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import probe
from hfmedia_tui.widgets.picture_grid import PictureGrid
from hfmedia_tui.widgets.picture_tile import GridItem
from hfmedia_tui.widgets.pictures_app import PicturesApp

__all__ = ['TILE']

TILE = Size(22, 10)
"""Cells of one picture with its frame; its caption stands in the last line, two cells from the left."""


class Wall(PicturesApp):
    """Pictures in rows and columns, each with its file's name."""

    def __init__(self, pictures: Pictures, folder: Path) -> None:
        super().__init__()
        self.pictures = pictures
        self._folder = folder

    def compose(self) -> ComposeResult:
        yield PictureGrid(self.pictures, tile=TILE)

    def on_ready(self) -> None:
        grid = self.query_one(PictureGrid)
        grid.items = [GridItem(path, path.stem) for path in sorted(self._folder.glob('*.png'))]
        grid.focus()


def main() -> None:
    pictures = Pictures(probe())
    Wall(pictures, Path(sys.argv[1])).run()
    pictures.close()


if __name__ == '__main__':
    main()
