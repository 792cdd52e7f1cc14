"""What is wrong with a ledger that cannot be used, and what a person can do about it.

The codes are SQLite's: https://www.sqlite.org/rescode.html
"""

import errno
import sqlite3
from pathlib import Path

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import StoreError

__all__ = ['damaged', 'trouble']

_ELSEWHERE = 'or point HFMEDIA_HOME elsewhere.'


def trouble(path: Path, error: OSError | sqlite3.Error) -> StoreError:
    """Say what `error` tells of the ledger at `path`."""
    reason = clean(getattr(error, 'strerror', None) or str(error), 200).rstrip('.')
    match _kind(error):
        case 'FULL':
            return StoreError(
                f'The disk is full: the ledger {path} cannot be written.',
                f'Make room on it, {_ELSEWHERE} Nothing is sent that could not be recorded.',
            )
        case 'BUSY' | 'LOCKED':
            return StoreError(
                f'The ledger {path} is held by another program.',
                'Close what has it open, such as a database browser or a backup, then try again.',
            )
        case 'READONLY' | 'CANTOPEN' | 'PERM' | 'AUTH':
            return StoreError(
                f'The ledger {path} cannot be written: {reason}.',
                f'Make its folder and its files writable, {_ELSEWHERE}',
            )
        case 'CORRUPT' | 'NOTADB' | 'ERROR':  # every statement of ours is right where the tables are
            return damaged(path, reason)
        case _:
            return StoreError(
                f'The ledger {path} cannot be used: {reason}.', f'Check the disk that it lies on, {_ELSEWHERE}'
            )


def damaged(path: Path, reason: str) -> StoreError:
    """Say that the ledger is damaged: it stays as it is, because what it tells may be all that is known."""
    return StoreError(
        f'The ledger {path} is damaged: {clean(reason, 200)}. It was left as it is.',
        f"Move it aside to begin a new one, with the files whose names begin alike; `sqlite3 {path} '.recover'` shows "
        'what can still be read of it.',
    )


def _kind(error: OSError | sqlite3.Error) -> str:
    """The first part of SQLite's name for it, which is the general one."""
    if isinstance(error, sqlite3.Error):
        name = getattr(error, 'sqlite_errorname', '').removeprefix('SQLITE_')
        # What lies beside the ledger cannot grow: the name is one of input and output, the cause is a full disk.
        return 'FULL' if name == 'IOERR_SHMSIZE' else name.partition('_')[0]
    return {
        errno.ENOSPC: 'FULL',
        errno.EDQUOT: 'FULL',
        errno.EROFS: 'READONLY',
        errno.EACCES: 'READONLY',
        errno.EPERM: 'READONLY',
    }.get(error.errno or 0, 'IOERR')
