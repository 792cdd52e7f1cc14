"""The walks through terminals make real pictures, and wait for them no longer than they must."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from tests.houses import environment_for, sandbox_at
from tests.terminals.journey import environment_of


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Walk through one terminal at a time, also where other tests run beside it: each takes most of a processor."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group('terminals'))


@pytest.fixture(scope='session')
def brisk_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A sandbox whose jobs are seen to run, and that takes 3 s for a film."""
    with sandbox_at(tmp_path_factory.mktemp('brisk'), pace=0.3) as addresses:
        yield addresses


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / 'home'


@pytest.fixture
def environment(home: Path, brisk_sandbox: Addresses) -> dict[str, str]:
    """A user with a token, to whom that sandbox is the Hub."""
    return {**environment_of(home), **environment_for(brisk_sandbox.hub, brisk_sandbox.router)}
