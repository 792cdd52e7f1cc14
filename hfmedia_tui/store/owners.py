"""Who drives a job: a process that holds a lock on a file of its own, which dies with it.

Where the file system knows no locks it is a lease that the process renews, and that runs out some time after it.
"""

import errno
import os
import re
import secrets
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

from hfmedia_tui import private

__all__ = ['Owner', 'is_alive', 'living']

_PROBE_SECONDS: Final = 0.003
_LEASE_SECONDS: Final = 30.0
"""How long a process that does not renew its lease is taken to run."""
_NO_LOCKS: Final = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)
_NAME: Final = re.compile(r'[0-9]+-[0-9a-f]{8}')


class Owner:
    """This process as an owner of jobs, for as long as it is entered."""

    def __init__(self, folder: Path) -> None:
        self.name = f'{os.getpid()}-{secrets.token_hex(4)}'
        """Written beside each job that this process drives."""
        self._folder = folder
        self._lock = FileLock(folder / f'{self.name}.lock', mode=0o600, is_singleton=False)
        self._lease = folder / f'{self.name}.lease'
        self._left = Event()
        self._renewing: Thread | None = None

    def __enter__(self) -> Self:
        private.make_folder(self._folder)
        if not _has_locks(self._folder):
            os.close(private.open_file(self._lease, os.O_WRONLY | os.O_CREAT))
            self._renewing = Thread(target=self._renew, name='lease', daemon=True)
            self._renewing.start()
            return self
        while True:
            self._lock.acquire(timeout=5)
            if Path(self._lock.lock_file).exists():
                return self
            # Another process looked at the file between its making and its locking, and cleared it away.
            self._lock.release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._renewing is not None:
            self._left.set()
            self._renewing.join()
            self._lease.unlink(missing_ok=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def _renew(self) -> None:
        while not self._left.wait(_LEASE_SECONDS / 6):
            with suppress(OSError):  # tried again, and the lease outlasts a few failures
                self._lease.touch(mode=0o600)


def is_alive(folder: Path, name: str) -> bool:
    """Whether the process that called itself `name` still runs, told by the lock that only it can hold.

    Where there are no locks its lease tells, some time later. Who cannot be asked is taken to run.
    """
    path, lease = folder / f'{name}.lock', folder / f'{name}.lease'
    if not _NAME.fullmatch(name):  # what a damaged row names is nobody, and no file elsewhere
        return False
    if lease.exists():
        return _is_running(lease)
    if not path.exists():
        return False
    probe = FileLock(path, is_singleton=False)
    try:
        # More than once: another process that asks the same holds the lock of a dead one for a moment.
        probe.acquire(timeout=_PROBE_SECONDS, poll_interval=_PROBE_SECONDS / 3)
    except (Timeout, OSError):
        return True
    probe.release()
    path.unlink(missing_ok=True)
    return False


def living(folder: Path) -> frozenset[str]:
    """Names of all owners that still run. Locks and leases of the dead are cleared away."""
    marks = (path for path in folder.glob('*.l*') if path.suffix in ('.lock', '.lease'))
    return frozenset(path.stem for path in marks if is_alive(folder, path.stem))


def _has_locks(folder: Path) -> bool:
    """Whether the folder's file system knows locks: some that come over a network do not."""
    if sys.platform == 'win32':
        return True
    import fcntl

    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return False
            raise
    return True


def _is_running(lease: Path) -> bool:
    """Whether a lease was renewed lately, by the clock of its own file system."""
    with suppress(FileNotFoundError), tempfile.TemporaryFile(dir=lease.parent) as now:
        if os.fstat(now.fileno()).st_mtime - lease.stat().st_mtime < _LEASE_SECONDS:
            return True
        lease.unlink()
    return False
