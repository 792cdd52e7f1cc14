"""Writes media to files, in threads, and says in our words why that fails."""

import asyncio
import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from hfmedia_tui.domain import FailureCode
from hfmedia_tui.engine.trouble import Trouble
from hfmedia_tui.engine.whole import whole

__all__ = ['DownloadError', 'in_thread', 'open_partial', 'write', 'write_whole']

Parameters = ParamSpec('Parameters')
Result = TypeVar('Result')

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_FOLLOW: Final = getattr(os, 'O_NOFOLLOW', 0)


class DownloadError(Trouble):
    """Media did not come home; `status` is what the media host answered."""

    def __init__(
        self,
        code: FailureCode,
        message: str,
        hint: str | None = None,
        *,
        status: int | None = None,
        again: bool = False,
        pause: float | None = None,
    ) -> None:
        super().__init__(code, message, hint, status=status)
        self.again = again
        """Whether the same link may be asked again."""
        self.pause = pause
        """Seconds that the media host asks to be left alone."""


def open_partial(path: Path, *, goes_on: bool = False, mode: int = 0o666) -> int:
    """Open a file to be written, from its start or going on at its end. Blocking; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if goes_on else os.O_TRUNC)
    return os.open(path, flags | _NO_FOLLOW, mode)


def write(file: int, piece: bytes) -> None:
    """Write all of a piece. Blocking; raises OSError."""
    view = memoryview(piece)
    while view:
        view = view[os.write(file, view) :]


def write_whole(path: Path, data: bytes) -> None:
    """Have all of a file on the disk, for the user's eyes alone. Blocking; raises OSError."""
    file = open_partial(path, mode=0o600)
    try:
        write(file, data)
        os.fsync(file)
    finally:
        os.close(file)


async def in_thread(
    folder: Path, call: Callable[Parameters, Result], *values: Parameters.args, **named: Parameters.kwargs
) -> Result:
    """Call in a thread what writes to `folder`. Raises DownloadError where that fails.

    A cancel waits for it: nobody closes or deletes a file while it is being written.
    """
    try:
        # Not `to_thread`, which copies a context and takes a task: it is done several times for every job.
        return await whole(asyncio.get_running_loop().run_in_executor(None, partial(call, *values, **named)))
    except OSError as error:
        full = error.errno in _FULL
        raise DownloadError(
            FailureCode.STORAGE,
            f'The result could not be written to {folder}: {error.strerror or error}.',
            'Make room there.' if full else 'Check that the folder can be written to.',
        ) from error
