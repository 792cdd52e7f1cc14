"""Small file systems to run out of."""

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

__all__ = ['can_mount', 'fill', 'make_read_only', 'mounted']


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system of `size` at `folder`, in memory. Skips where that is not allowed."""
    if not can_mount():
        pytest.skip('no file system can be mounted here')
    folder.mkdir(parents=True)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(['umount', '-l', folder], check=True)


@functools.cache
def can_mount() -> bool:
    """Whether file systems can be mounted here: it takes root, and a container that lets it."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]
        if shutil.which('mount') is None or subprocess.run(mount, check=False, capture_output=True).returncode:
            return False
        subprocess.run(['umount', folder], check=True)
    return True


def fill(folder: Path) -> None:
    """Leave no room there."""
    with (folder / '.filling').open('wb', buffering=0) as filling, suppress(OSError):
        while True:
            filling.write(bytes(4096))


def make_read_only(folder: Path) -> None:
    subprocess.run(['mount', '-o', 'remount,ro', folder], check=True)
