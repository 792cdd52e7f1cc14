"""Fixtures that more than one room's tests use."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.sandbox.addresses import Addresses
from tests.disks import mounted
from tests.houses import sandbox_at


def pytest_configure() -> None:
    # Python's own pace takes a sixth of the time of tests that start the program; apps of a few tests may pile up.
    gc.set_threshold(50_000, 5, 2)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption('--renew-snapshots', action='store_true', help='keep what the screens show now')


@pytest.fixture(scope='session')
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """One sandbox for the whole session, on a home of its own and at pace 0: nothing in it takes time."""
    with sandbox_at(tmp_path_factory.mktemp('sandbox'), pace=0) as addresses:
        yield addresses


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths({'HFMEDIA_HOME': str(tmp_path)})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with room for a quarter of a megabyte."""
    with mounted(tmp_path / 'disk', '256k') as folder:
        yield folder
