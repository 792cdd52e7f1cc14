"""Opens the house on what a test serves, and waits for what it does there."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from hfmedia_tui.domain import Job
from hfmedia_tui.paths import Paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.process import running
from hfmedia_tui.services import Limits, Services, open_services
from hfmedia_tui.settings import Output, Settings

__all__ = ['AS_THEY_CAME', 'ended', 'environment_for', 'opened', 'sandbox_at']

AS_THEY_CAME = Settings(output=Output(embed=False, sidecar=False))
"""Results stay as the provider sent them: what is written into them is for tests/metadata to tell."""


@contextmanager
def sandbox_at(home: Path, *, pace: float) -> Iterator[Addresses]:
    """A sandbox for tests of any kind, until the block ends; `pace` multiplies the time that it takes."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(running(home, pace=pace)) as addresses:
        yield addresses


def environment_for(hub: str, router: str | None = None) -> dict[str, str]:
    """What names a Hub and a router, the same host unless another is given, and a token for them."""
    return {'HF_ENDPOINT': hub, 'HFMEDIA_ROUTER_URL': router or hub, 'HF_TOKEN': 'hf_test'}


def opened(
    paths: Paths,
    hub: str,
    router: str | None = None,
    *,
    limits: Limits | None = None,
    patience: float = 0.01,
    silence: float = 60.0,
) -> AbstractAsyncContextManager[Services]:
    """The house on that Hub and router; more than once, as processes would beside or after one another."""
    return open_services(
        paths,
        environment=environment_for(hub, router),
        limits=limits,
        patience=patience,
        silence=silence,
        settings=AS_THEY_CAME,
    )


async def ended(house: Services, job: Job) -> Job:
    """The job when all is quiet."""
    await house.pool.idle()
    return house.pool.jobs[job.id]
