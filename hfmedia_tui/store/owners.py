"""Who drives a job: a process that holds a lock on a file of its own, which dies with it."""

import os
import re
import secrets
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

from hfmedia_tui import private

__all__ = ['Owner', 'is_alive', 'living']


_PROBE_SECONDS: Final = 0.003
_NAME: Final = re.compile(r'[0-9]+-[0-9a-f]{8}')


class Owner:
    """This process as an owner of jobs, for as long as it is entered."""

    def __init__(self, folder: Path) -> None:
        self.name = f'{os.getpid()}-{secrets.token_hex(4)}'
        """Written beside each job that this process drives."""
        self._folder = folder
        self._lock = FileLock(folder / f'{self.name}.lock', mode=0o600, is_singleton=False)

    def __enter__(self) -> Self:
        private.make_folder(self._folder)
        while True:
            self._lock.acquire(timeout=5)
            if Path(self._lock.lock_file).exists():
                return self
            # Another process looked at the file between its making and its locking, and cleared it away.
            self._lock.release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def is_alive(folder: Path, name: str) -> bool:
    """Whether the process that called itself `name` still runs, told by the lock that only it can hold."""
    path = folder / f'{name}.lock'
    if not _NAME.fullmatch(name) or not path.exists():  # what a damaged row names is nobody, and no file elsewhere
        return False
    probe = FileLock(path, is_singleton=False)
    try:
        # More than once: another process that asks the same holds the lock of a dead one for a moment.
        probe.acquire(timeout=_PROBE_SECONDS, poll_interval=_PROBE_SECONDS / 3)
    except Timeout:
        return True
    probe.release()
    path.unlink(missing_ok=True)
    return False


def living(folder: Path) -> frozenset[str]:
    """Names of all owners that still run. Locks of the dead are cleared away."""
    return frozenset(path.stem for path in folder.glob('*.lock') if is_alive(folder, path.stem))
