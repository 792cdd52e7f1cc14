"""The prompt that is being written, kept in a file until it is sent."""

import logging
from pathlib import Path
from typing import Final

from hfmedia_tui import private
from hfmedia_tui.domain import harmless

__all__ = ['Draft']

log = logging.getLogger(__name__)

_MOST_BYTES: Final = 1_000_000


class Draft:
    """One text, whole on the disk whenever the process ends; of two processes the last to write has its own kept."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._troubled = False
        self.text = ''
        """What was read, or handed over to be written last."""

    def read(self) -> None:
        """Take on what an earlier session left. Blocking."""
        try:
            with self._file.open('rb') as lines:
                self.text = harmless(lines.read(_MOST_BYTES).decode(errors='ignore'))
        except FileNotFoundError:
            pass
        except OSError as error:
            log.warning('the draft of the prompt cannot be read: %s', error)

    def write(self, text: str) -> None:
        """Keep `text` from now on; where that cannot be, only the log is told. Blocking."""
        self.text = text
        try:
            private.write_whole(self._file, text.encode(errors='ignore'))
        except OSError as error:
            if not self._troubled:
                log.warning('the draft of the prompt cannot be kept: %s', error)
            self._troubled = True
