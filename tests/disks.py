"""Small file systems to run out of."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

__all__ = ['fill', 'make_read_only', 'mounted']


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system of `size` at `folder`, in memory. Skips where that is not allowed."""
    if os.name != 'posix' or os.geteuid() != 0:
        pytest.skip('only root may mount a file system')
    folder.mkdir(parents=True)
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', folder], check=False).returncode:
        pytest.skip('no file system can be mounted here')
    try:
        yield folder
    finally:
        subprocess.run(['umount', '-l', folder], check=True)


def fill(folder: Path) -> None:
    """Leave no room there."""
    with (folder / '.filling').open('wb', buffering=0) as filling, suppress(OSError):
        while True:
            filling.write(bytes(4096))


def make_read_only(folder: Path) -> None:
    subprocess.run(['mount', '-o', 'remount,ro', folder], check=True)
