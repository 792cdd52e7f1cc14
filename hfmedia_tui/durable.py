"""What outlives a power cut: a file's bytes are synced by who writes them, and its name by its folder.

https://man7.org/linux/man-pages/man2/fsync.2.html
"""

import os
from contextlib import suppress
from pathlib import Path

__all__ = ['sync_folder']


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system lets a folder be opened. Blocking."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
