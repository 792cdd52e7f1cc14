"""Opens the house on what a test serves, and waits for what it does there."""

from contextlib import AbstractAsyncContextManager

from hfmedia_tui.domain import Job
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Limits, Services, open_services
from hfmedia_tui.settings import Output, Settings

AS_THEY_CAME = Settings(output=Output(embed=False, sidecar=False))
"""Results stay as the provider sent them: what is written into them is for tests/metadata to tell."""

__all__ = ['AS_THEY_CAME', 'ended', 'environment_for', 'opened']


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
