"""Files that change their place: whole under one of two names at every moment, and never laid over another's."""

import errno
import filecmp
import itertools
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from hfmedia_tui.durable import copy, sync_folder

__all__ = ['free_place', 'is_file', 'move']


def move(source: Path, target: Path) -> None:
    """Give a file another name, on disk when this returns. Blocking.

    Where both names hold the same bytes, which is how a death half-way leaves them, `source` goes. Raises
    FileExistsError where something else is called `target`, and OSError for what cannot be done: nothing is lost then.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # a file stands where the folder was: another name would not help
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), error.filename) from None
    try:
        _name(source, target)
    except FileExistsError:
        if not (is_file(target) and filecmp.cmp(source, target, shallow=False)):
            raise
    finally:
        _part(target).unlink(missing_ok=True)  # of this time, or of one that was cut off
    sync_folder(target.parent)
    source.unlink()
    sync_folder(source.parent)


def is_file(path: Path) -> bool:
    """Whether a file lies there: not a folder, and not a link to somewhere else. Blocking; raises OSError."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False


def free_place(taken: Path) -> Path:
    """A name beside `taken` that nothing has. Blocking."""
    names = (
        f'{taken.stem}-restored{f"-{number}" if number > 1 else ""}{taken.suffix}' for number in itertools.count(1)
    )
    return next(place for place in map(taken.with_name, names) if not os.path.lexists(place))


def _name(source: Path, target: Path) -> None:
    """Let the file be called `target` too. A link is used because, unlike a rename, it never replaces a file."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # another file system, or one that has no links
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    part = _part(target)
    new = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, 'O_NOFOLLOW', 0), 0o600)
    copy(source, new)
    shutil.copystat(source, part)
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        part.rename(target)


def _part(target: Path) -> Path:
    """What a file is called while it is copied."""
    return target.with_name(f'.{target.name}.part')
