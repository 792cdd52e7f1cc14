from collections.abc import AsyncIterator

import httpx
import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from tests.sandbox.asking import TOKEN, connected


@pytest.fixture
async def router(sandbox: Addresses) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the router, with a token."""
    async with connected(base_url=sandbox.router, headers=TOKEN) as client:
        yield client


@pytest.fixture
async def hub(sandbox: Addresses) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the Hub, without a token."""
    async with connected(base_url=sandbox.hub) as client:
        yield client


@pytest.fixture
async def media(sandbox: Addresses) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the media host, without a token."""
    async with connected(base_url=sandbox.media) as client:
        yield client
