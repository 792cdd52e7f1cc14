"""The engine's tests run the whole house on the sandbox: real HTTP, a real ledger, real files."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.services import Limits, Services, open_services

OpenHouse = Callable[..., AbstractAsyncContextManager[Services]]
CountSubmits = Callable[[], Awaitable[int]]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths({'HFMEDIA_HOME': str(tmp_path)})


@pytest.fixture
def open_house(paths: Paths, sandbox: Addresses) -> OpenHouse:
    """Opens services on the session's sandbox; more than once, as processes would one after the other."""

    def open_it(limits: Limits | None = None) -> AbstractAsyncContextManager[Services]:
        environment = {'HF_ENDPOINT': sandbox.hub, 'HFMEDIA_ROUTER_URL': sandbox.router, 'HF_TOKEN': 'hf_test'}
        return open_services(paths, limits=limits, environment=environment, patience=0.02)

    return open_it


@pytest.fixture
def count_submits(sandbox: Addresses) -> CountSubmits:
    """How many predictions the sandbox has been asked for so far, by anyone."""

    async def count() -> int:
        async with httpx.AsyncClient() as client:
            told = (await client.get(f'{sandbox.hub}/sandbox/submits')).json()
        return int(told['total'])

    return count
