"""Files and folders that only their user can read, whatever the umask, and also where they were there before.

What holds prompts, settings or the user's own doings lies in these; results do not: they are the user's to share.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

__all__ = ['make_folder', 'open_file', 'restrict', 'write_whole']


def make_folder(path: Path) -> None:
    """Make a folder of ours, and those above it as needed; it alone becomes private. Raises OSError."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    restrict(path)


def open_file(path: Path, flags: int) -> int:
    """Open a file as `os.open` does, private before anything is written to it. Raises OSError."""
    descriptor = os.open(path, flags, 0o600)
    restrict(path)
    return descriptor


def write_whole(path: Path, content: bytes) -> None:
    """Have `content` in a private file, in a private folder: all of it, or what was there. Blocking. Raises OSError."""
    partial = path.with_name(f'{path.name}.{os.getpid()}')
    make_folder(path.parent)
    try:
        with os.fdopen(open_file(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 'wb') as lines:
            lines.write(content)
            lines.flush()
            os.fsync(lines.fileno())
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink()
        raise


def restrict(path: Path) -> None:
    """Take everybody else's rights from what is there."""
    with suppress(OSError):  # not there, not ours, or on a file system without rights: it is used as it is
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & 0o700)
