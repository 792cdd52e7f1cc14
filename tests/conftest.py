"""Fixtures that more than one room's tests use."""

from collections.abc import Iterator

import pytest
from anyio.from_thread import start_blocking_portal

from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.process import running


@pytest.fixture(scope='session')
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """One sandbox for the whole session, on a home of its own and at pace 0: nothing in it takes time."""
    home = tmp_path_factory.mktemp('sandbox')
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(running(home, pace=0)) as addresses:
        yield addresses
