"""Who may run: so many jobs at each provider, and no more in all."""

import asyncio
from collections import Counter
from collections.abc import Callable

from hfmedia_tui.engine.allowances import Allowances
from hfmedia_tui.engine.tools import Limits

__all__ = ['Places']


class Places:
    """The places at providers that running jobs hold, each job one at most.

    A job that goes on to its next provider lets its place go and waits for one there, before any that has not begun.
    """

    def __init__(self, limits: Limits, freed: Callable[[], None]) -> None:
        """`freed` is called when a job has let its place go, and is to call `serve`."""
        self.limits = limits
        self.allowances = Allowances(limits.per_provider)
        self._freed = freed
        self._held: dict[str, str] = {}
        """Which provider each running job holds a place at."""
        self._taken: Counter[str] = Counter()
        self._claims: list[tuple[str, str, asyncio.Future[None]]] = []
        """Running jobs that wait for a place at their next provider: job, provider, and the word to go on."""

    def limit(self, limits: Limits) -> None:
        """Give another number of places from now on; who has one keeps it."""
        self.limits = limits
        self.allowances.most = limits.per_provider

    def has(self, provider: str) -> bool:
        """Whether a place is free at `provider`."""
        return self._taken[provider] < self.allowances.of(provider)

    def hold(self, job_id: str, provider: str) -> None:
        """Give a job a place at `provider`, free or not."""
        self._held[job_id] = provider
        self._taken[provider] += 1

    def let_go(self, job_id: str) -> None:
        """Take a job's place from it, if it has one."""
        if (provider := self._held.pop(job_id, None)) is not None:
            self._taken[provider] -= 1

    def serve(self) -> None:
        """Give free places to running jobs that wait for one."""
        for claim in tuple(self._claims):
            job_id, provider, go_on = claim
            if not go_on.done() and self.has(provider):
                self._claims.remove(claim)
                self.hold(job_id, provider)
                go_on.set_result(None)

    async def change(self, job_id: str, provider: str) -> None:
        """Wait for a place at `provider`, having let go of the one that the job held before."""
        if self._held.get(job_id) == provider:
            return
        self.let_go(job_id)
        claim = (job_id, provider, asyncio.get_running_loop().create_future())
        self._claims.append(claim)
        self._freed()
        try:
            await claim[2]
        finally:
            if claim in self._claims:
                self._claims.remove(claim)
