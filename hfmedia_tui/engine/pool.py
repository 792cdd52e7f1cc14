"""The worker pool: which job runs when, and the one place that every change of a job is told from.

It outlives any screen. Jobs wait in order of priority, then of coming; a job starts when a place is free in all and
at the provider it would ask first.
"""

import asyncio
import logging
import random
import secrets
from collections import Counter
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType, TracebackType
from typing import Final, Self

import msgspec

from hfmedia_tui.domain import Failure, FailureCode, Job, JobProgress, JobState, Order
from hfmedia_tui.engine.events import Stream, Subscription
from hfmedia_tui.engine.runner import Runner, first_provider
from hfmedia_tui.engine.tools import Tools
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.parameters import MAXIMUM_RANDOM_SEED

__all__ = ['Pool', 'new_order_id']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

_ALPHABET: Final = '0123456789abcdefghjkmnpqrstvwxyz'
"""Letters of an id: none that look alike."""
_LISTEN_SECONDS: Final = 0.5
"""Between two looks at what other processes ask of our jobs."""


def new_order_id() -> str:
    """A new id: eight letters, short enough to type and rare enough to be one's own."""
    return ''.join(secrets.choice(_ALPHABET) for _ in range(8))


class Pool:
    """Runs jobs until it is closed. Enter it on the event loop that it is to run on."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._stream = Stream()
        self._jobs: dict[str, Job] = {}
        self._waiting: dict[str, Job] = {}
        self._running: dict[str, tuple[Runner, asyncio.Task[None]]] = {}
        self._places: dict[str, str] = {}
        """Which provider each running job holds a place at."""
        self._place_freed = asyncio.Condition()
        self._idle = asyncio.Event()
        self._idle.set()
        self._listener: asyncio.Task[None] | None = None
        self._closing = False

    async def __aenter__(self) -> Self:
        self._listener = asyncio.create_task(self._listen(), name='pool listener')
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave every job where it stands, to be resumed. A submit without an answer yet is interrupted."""
        self._closing = True
        if self._listener is not None:
            self._listener.cancel()
        await asyncio.sleep(0)  # a task made in this very turn would end before it began
        tasks = []
        for runner, task in self._running.values():
            runner.left = True
            task.cancel()
            tasks.append(task)
        if tasks:
            await asyncio.wait(tasks)
        self._stream.close()

    # ------------------------------------------------------------------------------------------ what others see

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The latest snapshot of every job of this session by id, in the order they came."""
        return MappingProxyType(self._jobs)

    def subscribe(self) -> Subscription:
        """Every snapshot from now on."""
        return self._stream.subscribe()

    async def idle(self) -> None:
        """Return when nothing waits and nothing runs."""
        await self._idle.wait()

    # ------------------------------------------------------------------------------------------ what others ask

    async def submit(self, order: Order) -> tuple[Job, ...]:
        """Record an order and queue its jobs. Raises StoreError: then nothing was queued."""
        jobs = tuple(
            Job(
                id=f'{order.id}-{index + 1}',
                order=order,
                index=index,
                seed=random.randint(0, MAXIMUM_RANDOM_SEED) if order.seed is None else order.seed + index,
                created_at=order.created_at,
            )
            for index in range(order.count)
        )
        await self._tools.ledger.add(order, jobs)
        for job in jobs:
            self._queue(job)
        self._fill()
        return jobs

    async def cancel(self, job_id: str) -> None:
        """Cancel a job of this session that has not ended; its note says what that did."""
        if (job := self._waiting.pop(job_id, None)) is not None:
            ended = replace(
                job,
                state=JobState.CANCELLED,
                finished_at=self._tools.now(),
                note='Cancelled before anything was sent.',
                error=Failure(code=FailureCode.CANCELLED, message='Cancelled.', hint='Nothing was sent.'),
            )
            await self._tools.ledger.save(ended)
            self._publish(ended)
            self._check_idle()
        elif (running := self._running.get(job_id)) is not None:
            _, task = running
            await asyncio.sleep(0)  # a task made in this very turn would end before it began
            task.cancel()
            await asyncio.wait([task])

    async def cancel_waiting(self) -> None:
        """Cancel every job that was not started."""
        for job_id in tuple(self._waiting):
            await self.cancel(job_id)

    async def retry(self, job_id: str) -> Job:
        """Queue an ended job again: it goes on at the earliest step that is not paid for. Raises UsageError.

        A job that waits unowned, left by a process that is gone, is queued as well.
        """
        job = await self._tools.ledger.find(job_id)
        if job.id in self._waiting or job.id in self._running:
            raise UsageError(f'Job {job.id} is under way already.')
        if job.state is JobState.SUCCEEDED:
            raise UsageError(f'Job {job.id} has succeeded.', 'Generate again for another result.')
        return await self._take_up(job)

    async def resume(self, router: str, *, paid_only: bool = False) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
        """Queue what no living process drives: jobs that wait, and jobs that can be collected.

        Only those of `router`, and with `paid_only` only those that a provider was asked for already. Returns the jobs
        taken up and the others.
        """
        taken, others = list[Job](), list[Job]()
        for job in await self._tools.ledger.unowned():
            if job.order.router != router or (paid_only and not job.attempts):
                others.append(job)
                continue
            try:
                taken.append(await self._take_up(job))
            except UsageError:
                others.append(job)
        return tuple(taken), tuple(others)

    async def _take_up(self, job: Job) -> Job:
        if not await self._tools.ledger.adopt((job.id,)):
            raise UsageError(f'Job {job.id} is being driven by another process.')
        queued = replace(
            job,
            state=JobState.QUEUED,
            progress=JobProgress(),
            error=None,
            note=None,
            outputs=(),
            started_at=None,
            finished_at=None,
        )
        await self._tools.ledger.save(queued)
        self._queue(queued)
        self._fill()
        return queued

    # ------------------------------------------------------------------------------------------ scheduling

    def _queue(self, job: Job) -> None:
        self._idle.clear()
        self._waiting[job.id] = job
        self._publish(job)

    def _fill(self) -> None:
        """Start what may start now."""
        if self._closing:
            return
        for job in sorted(self._waiting.values(), key=lambda job: -job.priority):
            if len(self._running) >= self._tools.limits.total:
                return
            first = first_provider(job)
            if first is not None and not self._has_place(first):
                continue
            del self._waiting[job.id]
            if first is not None:
                self._places[job.id] = first
            runner = Runner(job, self._tools, self._publish, partial(self._take_place, job))
            task = asyncio.create_task(self._run(runner), name=f'job {job.id}')
            self._running[job.id] = (runner, task)

    async def _run(self, runner: Runner) -> None:
        try:
            await runner.run()
        finally:
            job = runner.job
            del self._running[job.id]
            self._places.pop(job.id, None)
            self._fill()
            self._check_idle()
            async with self._place_freed:
                self._place_freed.notify_all()

    def _has_place(self, provider: str) -> bool:
        return Counter(self._places.values())[provider] < self._tools.limits.per_provider

    async def _take_place(self, job: Job, provider: str) -> None:
        """Wait for a place at `provider` and let go of the one that the job held before."""
        if self._places.get(job.id) == provider:
            return
        self._places.pop(job.id, None)
        async with self._place_freed:
            self._place_freed.notify_all()
            await self._place_freed.wait_for(lambda: self._has_place(provider))
            self._places[job.id] = provider

    def _check_idle(self) -> None:
        if not self._waiting and not self._running:
            self._idle.set()

    def _publish(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._stream.publish(job)

    async def _listen(self) -> None:
        """Do what other processes ask of our jobs."""
        while True:
            await asyncio.sleep(_LISTEN_SECONDS)
            if self._idle.is_set():
                continue
            try:
                for job_id in await self._tools.ledger.asked_to_cancel():
                    await self.cancel(job_id)
            except StoreError as error:
                log.warning('the ledger could not be asked: %s', error.message)
