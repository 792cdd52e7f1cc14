"""Opening a result in the program that this machine has for it, where there is a screen."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import AppError

__all__ = ['can_open', 'open_outside']


def _opener() -> str | None:
    """Return the program that opens a file, or None where nobody could see what it opens."""
    if sys.platform == 'darwin':
        return None if 'SSH_CONNECTION' in os.environ else shutil.which('open')
    if not (os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')):
        return None
    return shutil.which('xdg-open')


def can_open() -> bool:
    """Whether this machine has a screen to open a file on."""
    return _opener() is not None


async def open_outside(path: Path) -> None:
    """Open the file at `path`; raises AppError where that cannot be done."""
    opener = _opener()
    if opener is None:
        raise AppError('This machine has no screen to open it on.', 'Copy its path instead.')
    if not await asyncio.to_thread(path.is_file):
        raise AppError('The file is no longer there.', clean(str(path), 4096))
    await asyncio.create_subprocess_exec(
        opener,
        str(path),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
