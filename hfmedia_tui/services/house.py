"""The open house: what is asked of its rooms together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Final

from hfmedia_tui.catalog.catalog import Catalog
from hfmedia_tui.composition import Entries
from hfmedia_tui.domain import FINAL_STATES, SANDBOX, Driver, Job, JobState, Model, Order, Task
from hfmedia_tui.engine.addresses import Endpoints
from hfmedia_tui.engine.pool import Pool
from hfmedia_tui.engine.tools import Limits
from hfmedia_tui.errors import OverLimit, UsageError
from hfmedia_tui.outlook import Outlook, TrackRecord
from hfmedia_tui.paths import Paths, named_folder
from hfmedia_tui.services.account import Account
from hfmedia_tui.services.hooks import Hooks
from hfmedia_tui.services.matrix import expand, plan
from hfmedia_tui.services.offers import Offers
from hfmedia_tui.services.ordering import Ask, Ordering
from hfmedia_tui.services.pasts import Pasts
from hfmedia_tui.services.spending import over_limit, paid_requests, paid_retries
from hfmedia_tui.services.trash import UndoableTrash
from hfmedia_tui.services.waiting import Waiting
from hfmedia_tui.settings import Settings
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.saved_templates import SavedTemplates
from hfmedia_tui.store.wildcards import read_wildcards
from hfmedia_tui.templates import Template, read_template, wildcard_names

__all__ = ['Services']

_MOST_RECENT: Final = 50


class Services:
    """The open house. `router` is what an order says of where it was sent."""

    def __init__(
        self,
        *,
        paths: Paths,
        settings: Settings,
        endpoints: Endpoints,
        router: str,
        ledger: Ledger,
        catalog: Catalog,
        pool: Pool,
        offers: Offers,
        account: Account,
        ordering: Ordering,
        hooks: Hooks,
        trash: UndoableTrash,
        hear_keys: Callable[[Settings], None],
    ) -> None:
        self.paths = paths
        self.settings = settings
        self.endpoints = endpoints
        self.router = router
        self.ledger = ledger
        self.catalog = catalog
        self.pool = pool
        self.offers = offers
        self.account = account
        self.hooks = hooks
        self.trash = trash
        self.pasts = Pasts(ledger.history, router)
        self.waiting = Waiting(ledger, pool)
        self.templates = SavedTemplates(paths.templates)
        """What the user has given a name."""
        self._ordering = ordering
        self._hear_keys = hear_keys

    @property
    def sandbox(self) -> bool:
        """Whether the sandbox stands in for the Hub and the providers."""
        return self.router == SANDBOX

    @property
    def output(self) -> Path:
        """Where results go when nothing else is said. Raises UsageError for a folder that cannot be."""
        folder = self.settings.output.folder
        return named_folder(folder) if folder else self.paths.output

    def take_settings(self, settings: Settings) -> None:
        """Do at once what the user's settings say now. Raises UsageError for a key that cannot be used."""
        before, self.settings = self.settings, settings
        if settings.jobs != before.jobs:
            self.pool.limits = Limits(total=settings.jobs.total, per_provider=settings.jobs.per_provider)
        if settings.keys != before.keys:
            self._hear_keys(settings)

    # ------------------------------------------------------------------------------------------ asking

    async def submit(self, ask: Ask, *, grace: float = 0.0) -> tuple[Job, ...]:
        """Turn an ask into an order, record it, and queue its jobs; for `grace` seconds they can be taken back.

        Raises UsageError for what cannot be asked, OverLimit for more than the user allows, HubError when the Hub does
        not tell who serves the model, and StoreError when nothing can be recorded; each time nothing was queued.
        """
        return await self.submit_all((ask,), grace=grace)

    async def submit_all(self, asks: Sequence[Ask], *, grace: float = 0.0, over_limit: bool = False) -> tuple[Job, ...]:
        """Do as `submit` does for several asks: all of them or none. With `over_limit` no ceiling counts."""
        return await self.submit_orders(await self.orders(asks), grace=grace, over_limit=over_limit)

    async def submit_orders(
        self, orders: Sequence[Order], *, grace: float = 0.0, over_limit: bool = False
    ) -> tuple[Job, ...]:
        """Record orders and queue their jobs, all or none. Raises OverLimit, without `over_limit`, and StoreError."""
        async with self._within_limits(0 if over_limit else self.paid_requests(orders)):
            return await self.pool.submit(*orders, grace=grace)

    @staticmethod
    def paid_requests(orders: Iterable[Order]) -> int:
        """How many requests that may be billed are sent for `orders`."""
        return paid_requests(orders)

    @staticmethod
    def paid_retries(jobs: Iterable[Job]) -> int:
        """How many requests that may be billed are sent where `jobs` are tried again."""
        return paid_retries(jobs)

    async def over_limit(self, paid: int) -> str | None:
        """Why so many more paid requests are more than the user allows; None where they are not. Raises StoreError."""
        return await over_limit(paid, self.settings.spend, self.ledger.spending)

    async def check_spend(self, paid: int) -> None:
        """Raise OverLimit where so many more paid requests are more than the user allows; also StoreError."""
        if reason := await self.over_limit(paid):
            raise OverLimit(reason, 'Nothing was sent. Add --over-limit, or raise the ceiling in the settings.')

    @asynccontextmanager
    async def _within_limits(self, paid: int) -> AsyncIterator[None]:
        """Record in this what sends so many more paid requests: no other process passes a ceiling beside it.

        Raises OverLimit and StoreError.
        """
        async with self.ledger.spending.turn() if paid and self.settings.spend.per_day else nullcontext():
            await self.check_spend(paid)
            yield

    async def order(self, ask: Ask) -> Order:
        """The order that `submit` would record. Raises UsageError and HubError."""
        (order,) = await self.orders((ask,))
        return order

    async def orders(self, asks: Sequence[Ask]) -> tuple[Order, ...]:
        """The orders that `submit_all` would record. Raises UsageError and HubError."""
        return await self._ordering.orders(asks, self.settings)

    async def template(self, text: str) -> Template:
        """Read a template with the user's wildcards. Raises UsageError."""

        def read() -> Template:
            return read_template(text, read_wildcards(self.paths.wildcards, names))

        names = wildcard_names(text)
        return await asyncio.to_thread(read) if names else read_template(text)

    async def expand(self, ask: Ask) -> tuple[Ask, ...]:
        """An ask for each prompt that the prompt of `ask`, read as a template, stands for. Raises UsageError."""
        return expand(await self.template(ask.prompt), ask)

    def plan(self, template: Template, models: Sequence[Model], entries: Entries) -> tuple[Ask, ...]:
        """What is asked for when a template is composed for models. Raises UsageError."""
        return plan(template, models, entries, self.offers)

    async def retry(
        self, job_id: str, seen: Job | None = None, *, sent_only: bool = False, over_limit: bool = False
    ) -> Job:
        """Queue a job again, from the earliest step that is not paid for; with `seen`, only as it was seen to end.

        With `sent_only`, only where a provider was asked for it, so that nothing is submitted. With `over_limit` no
        ceiling counts.

        Raises UsageError for one that succeeded, that is under way anywhere, or that was sent to another router;
        OverLimit, without `over_limit`; and StoreError.
        """
        job = await self.ledger.find(job_id)
        if job.deleted:
            raise UsageError(f'Job {job.id} was deleted for good.', 'Generate again for another result.')
        if job.trashed_at is not None:
            raise UsageError(f'Job {job.id} is in the trash.', 'Restore it first.')
        if job.order.router != self.router:
            raise UsageError(
                f'Job {job.id} was sent to {job.order.router}, and this is {self.router}.',
                'Point HFMEDIA_ROUTER_URL there to go on with it.',
            )
        async with self._within_limits(0 if over_limit or sent_only else self.paid_retries([job])):
            return await self.pool.retry(job.id, seen, sent_only=sent_only)

    async def cancel(self, job: Job) -> str:
        """Cancel a job, whichever process drives it, and say what that did.

        One that failed and can still be collected is given up. Raises UsageError when it has ended, and StoreError.
        """
        if job.state in FINAL_STATES and not job.collectable:
            raise UsageError(f'Job {job.id} has ended already: it is {job.state}.')
        driven = self.pool.jobs.get(job.id)
        if driven is not None and driven.state not in FINAL_STATES and driven.driver is Driver.OURS:
            await self.pool.cancel(job.id)
            ended: Job | None = self.pool.jobs[job.id]
        elif await self.ledger.ask_to_cancel(job.id):
            ended = None
        else:
            ended = await self.pool.cancel_left(job.id, reachable=job.order.router == self.router)
        if ended is not None and ended.state is not JobState.CANCELLED:  # sooner than it could be cancelled
            raise UsageError(f'Job {job.id} has ended already: it is {ended.state}.')
        return (ended.note or 'Cancelled.') if ended is not None else 'The process that drives it was asked.'

    async def resume(self, *, sent_only: bool = False, paused: bool = True) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
        """Queue what nobody drives and what can be collected; returns those taken up and those left alone.

        With `sent_only` only what a provider was asked for: that costs nothing anew. Without `paused` those that the
        user paused stay so.
        """
        return await self.pool.resume(self.router, sent_only=sent_only, paused=paused)

    async def left_waiting(self) -> tuple[Job, ...]:
        """Jobs of this router that an earlier process left, that no provider was asked for, and nobody paused."""
        left = await self.ledger.unowned()
        sent = {job.id for job in await self.ledger.unowned(sent_only=True)}
        return tuple(job for job in left if job.id not in sent and not job.paused and job.order.router == self.router)

    # ------------------------------------------------------------------------------------------ looking ahead

    def outlook(self, job: Job) -> Outlook:
        """What can be said now of a job that has not ended."""
        return Outlook(self.pasts.of(job), self.pool.silence(job.id), self.pool.paused)

    # ------------------------------------------------------------------------------------------ looking back

    async def track_records(self, model: str) -> Mapping[str, TrackRecord]:
        """How well each provider has served a model here, by the provider's name. Raises StoreError."""
        return await self.ledger.history.track_records(self.router, model)

    async def last_order(self) -> Order | None:
        """The newest order that was sent where this house sends them."""
        return await self.ledger.last_order(self.router)

    async def usual_model(self, task: Task | None = None) -> str:
        """The model used last, if it does `task` where one is given; or else the first of the list for that.

        Without a task it is the first that makes pictures, as a film costs many times as much, or the first of all.
        Raises UsageError and HubError.
        """
        last = await self.last_order()
        if last is not None and task in (None, last.task):
            return last.model
        models = await self.catalog.models()
        wanted = task or Task.TEXT_TO_IMAGE
        first = next((model.id for model in models if model.task is wanted), None)
        if first is None and models and task is None:
            first = models[0].id
        if first is None:
            raise UsageError('The Hub lists no model that can be used now.', 'Name one.')
        return first

    async def familiar_models(self) -> tuple[str, ...]:
        """Ids of the user's favourites, then of the models used last. Raises StoreError."""
        return (*await self.ledger.models.favourites(), *await self.ledger.models.recent(_MOST_RECENT))
