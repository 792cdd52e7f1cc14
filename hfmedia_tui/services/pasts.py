"""How long past runs took, kept at hand for whoever draws a running job."""

import logging
from collections.abc import Iterable

from hfmedia_tui.domain import Job, JobState
from hfmedia_tui.errors import StoreError
from hfmedia_tui.outlook import PastRuns
from hfmedia_tui.store.history import History

__all__ = ['Pasts']

log = logging.getLogger(__name__)


class Pasts:
    """The past of each model and provider that jobs ran with in this session, asked for once and after each success."""

    def __init__(self, history: History, router: str) -> None:
        self._history = history
        self._router = router
        self._known: dict[tuple[str, str], PastRuns | None] = {}

    def of(self, job: Job) -> PastRuns | None:
        """The past of a job's like, as far as it was asked for; none once another provider was asked before."""
        if job.provider is None or len(job.attempts) > 1 or job.order.router != self._router:
            return None
        return self._known.get((job.order.model, job.provider))

    def missing(self, jobs: Iterable[Job]) -> frozenset[tuple[str, str]]:
        """Models and providers of which `learn` is to be asked, now that these jobs have changed."""
        return frozenset(
            (job.order.model, job.provider)
            for job in jobs
            if job.provider is not None
            and ((job.order.model, job.provider) in self._known) is (job.state is JobState.SUCCEEDED)
            and job.state in (JobState.RUNNING, JobState.SUCCEEDED)
        )

    async def learn(self, models: Iterable[tuple[str, str]]) -> None:
        """Ask the ledger for the past of models at providers."""
        for model, provider in models:
            self._known.setdefault((model, provider), None)
            try:
                seconds = await self._history.runs(self._router, model, provider)
            except StoreError as error:
                log.warning('past runs are not known: %s', error.message)
            else:
                self._known[model, provider] = PastRuns(seconds) if seconds else None
