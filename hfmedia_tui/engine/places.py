"""Who may run: so many jobs at each provider, and no more in all; and who may be finished here meanwhile."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from typing import Final

from hfmedia_tui.engine.allowances import Allowances
from hfmedia_tui.engine.tools import Limits

__all__ = ['Places']

_SAVED_AT_ONCE: Final = max(2, (os.cpu_count() or 2) // 2)
"""How many jobs are finished at once: decoding takes a processor each, and whoever waits for answers needs one too.

Two at least: one decodes while the other waits for the disk.
"""
_SAVING_SHARE: Final = 1
"""For each job that may be at a provider, so many may wait here to be finished before none is started any more."""


class Places:
    """The places at providers that running jobs hold, each job one at most.

    A job that goes on to its next provider lets its place go and waits for one there, before any that has not begun.
    One whose answer lies here in full lets it go for good: what is left to do with it is nobody's business but ours.
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
        self._saving: set[str] = set()
        """Running jobs that ask nobody anything any more."""
        self.saving_turns = asyncio.Semaphore(_SAVED_AT_ONCE)
        """To be held while what has arrived is decoded and written."""

    def limit(self, limits: Limits) -> None:
        """Give another number of places from now on; who has one keeps it."""
        self.limits = limits
        self.allowances.most = limits.per_provider

    def has_room(self, running: int) -> bool:
        """Whether one more job may be started where so many run."""
        total = self.limits.total
        return running - len(self._saving) < total and running < total + _SAVING_SHARE * total

    def has(self, provider: str | None) -> bool:
        """Whether a place is free at `provider`; whoever asks none needs none."""
        return provider is None or self._taken[provider] < self.allowances.of(provider)

    def hold(self, job_id: str, provider: str) -> None:
        """Give a job a place at `provider`, free or not."""
        self._held[job_id] = provider
        self._taken[provider] += 1

    def let_go(self, job_id: str) -> None:
        """Take a job's place from it, if it has one."""
        self._saving.discard(job_id)
        if (provider := self._held.pop(job_id, None)) is not None:
            self._taken[provider] -= 1

    def give_back(self, job_id: str) -> None:
        """Give a job's place to the next one, because its answer lies here in full."""
        self.let_go(job_id)
        self._saving.add(job_id)
        self._freed()

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
