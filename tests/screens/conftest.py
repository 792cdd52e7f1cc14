"""The interface's tests drive the whole program: real services on the real sandbox, keys by pilot."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from hfmedia_tui.app import HFMediaApp
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Terminal
from hfmedia_tui.paths import Paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.services import Services, open_services
from hfmedia_tui.settings import read_settings
from tests.houses import environment_for
from tests.screens.studio import Studio

Start = Callable[..., AbstractAsyncContextManager[Studio]]


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    pictures = Pictures(Terminal())
    yield pictures
    pictures.close()


@pytest.fixture
def environment(sandbox: Addresses) -> dict[str, str]:
    """What leads to the session's sandbox."""
    return environment_for(sandbox.hub, sandbox.router)


@pytest.fixture
def start(paths: Paths, pictures: Pictures, environment: dict[str, str]) -> Start:
    """Starts the program at a size, on the session's sandbox or on another Hub, and waits until it is open."""

    @asynccontextmanager
    async def start_it(
        size: tuple[int, int] = (120, 40),
        *,
        hub: str | None = None,
        wait: bool = True,
        grace: float = 0,
        toasts: bool = False,
        **options: Any,
    ) -> AsyncIterator[Studio]:
        here = {**environment, 'HF_ENDPOINT': hub} if hub else environment

        def opening(paths: Paths, _sandbox: bool) -> AbstractAsyncContextManager[Services]:
            settings = read_settings(paths.settings)
            settings = replace(settings, jobs=replace(settings.jobs, grace_seconds=grace))
            return open_services(paths, environment=here, patience=0.02, settings=settings, read_at_once=True)

        app = HFMediaApp(paths=paths, **{'pictures': pictures, 'token_found': True, 'opening': opening, **options})
        async with app.run_test(size=size, notifications=toasts) as pilot:
            studio = Studio(app, pilot)
            if wait:
                await studio.until(lambda: app.services is not None)
                await pilot.pause()
            yield studio

    return start_it
