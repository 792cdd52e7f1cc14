"""What outlives a power cut: a file's bytes are synced by who writes them, and its name by its folder.

https://man7.org/linux/man-pages/man2/fsync.2.html
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ['copy', 'sync_folder']

_PIECE: Final = 2**20
"""Bytes that are copied at once."""


def copy(source: Path, target: int) -> None:
    """Have a file's bytes on the disk in the open file `target` too, which is closed. Blocking; raises OSError."""
    with os.fdopen(target, 'wb') as copied, source.open('rb') as original:
        shutil.copyfileobj(original, copied, _PIECE)
        copied.flush()
        os.fsync(copied.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system lets a folder be opened. Blocking."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
