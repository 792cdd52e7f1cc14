"""The engine's tests run the whole house on the sandbox: real HTTP, a real ledger, real files."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from hfmedia_tui.paths import Paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.services import Limits, Services
from tests.engine.loopback import Server, serving
from tests.engine.provider import Provider
from tests.houses import opened

OpenHouse = Callable[..., AbstractAsyncContextManager[Services]]
CountSubmits = Callable[[], Awaitable[int]]


@pytest.fixture
def open_house(paths: Paths, sandbox: Addresses) -> OpenHouse:
    """Opens services on the session's sandbox; more than once, as processes would one after the other."""

    def open_it(limits: Limits | None = None) -> AbstractAsyncContextManager[Services]:
        return opened(paths, sandbox.hub, sandbox.router, limits=limits, patience=0.02)

    return open_it


@pytest.fixture
def count_submits(sandbox: Addresses) -> CountSubmits:
    """How many predictions the sandbox has been asked for so far, by anyone."""

    async def count() -> int:
        async with httpx.AsyncClient() as client:
            told = (await client.get(f'{sandbox.hub}/sandbox/submits')).json()
        return int(told['total'])

    return count


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def server(provider: Provider) -> Iterator[Server]:
    """The provider at its address."""
    with serving(provider) as server:
        provider.url = server.url
        yield server


@pytest.fixture
async def house(paths: Paths, server: Server) -> AsyncIterator[Services]:
    """Services on that one provider."""
    async with opened(paths, server.url) as services:
        yield services
