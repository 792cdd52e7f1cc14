"""The worker pool: which job runs when, and the one place that every change of a job is told from.

It outlives any screen. Jobs wait in a line, in the order they came unless they were moved; a job starts when a place
is free in all and at the provider it would ask first, and neither it nor the line is paused. It holds its place until
its answer has come in full.
"""

import asyncio
import logging
import math
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType, TracebackType
from typing import Final, Self

import msgspec

from hfmedia_tui.domain import Job, Order
from hfmedia_tui.engine.beginning import Foreseen, foresee
from hfmedia_tui.engine.endings import cancelled_unsent
from hfmedia_tui.engine.events import Stream, Subscription
from hfmedia_tui.engine.generations import jobs_of
from hfmedia_tui.engine.graces import Graces
from hfmedia_tui.engine.leaving import IfLeft, if_left
from hfmedia_tui.engine.line import Line
from hfmedia_tui.engine.runner import Runner
from hfmedia_tui.engine.taking_up import take_up, was_sent
from hfmedia_tui.engine.tools import Limits, Tools
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.engine.workers import Workers
from hfmedia_tui.errors import StoreError, UsageError

__all__ = ['Pool']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

_LISTEN_SECONDS: Final = 0.5
"""Between two looks at what other processes ask of our jobs."""


class Pool:
    """Runs jobs until it is closed. Enter it on the event loop that it is to run on."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._stream = Stream()
        self._jobs: dict[str, Job] = {}
        self._line = Line()
        self._workers = Workers(tools, self._publish, ended=self._ended, freed=self._fill)
        self._ending: set[str] = set()
        """Jobs that were cancelled and have not ended yet."""
        self._unsaved: dict[str, Runner | None] = {}
        """Jobs that ended here and not in the ledger, which could not be told; and what drove them."""
        self._graces = Graces(self._tell_grace, self.send_now)
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
        await self.leave()
        self._stream.close()

    def stop_starting(self) -> None:
        """Start nothing more: what waits goes on waiting."""
        self._closing = True

    async def settle(self) -> None:
        """Start nothing more, and return when nothing runs: what only waits is left waiting."""
        self.stop_starting()
        await self._workers.settle()

    def if_left(self) -> IfLeft:
        """What would become of the jobs if they were left now."""
        return if_left(self._workers.runners, self._line)

    async def leave(self) -> None:
        """Leave every job where it stands, to be resumed. A submit without an answer yet is interrupted."""
        self.stop_starting()
        if self._listener is not None:
            self._listener.cancel()
        self._graces.stop()
        await self._workers.leave(self._ending)

    # ------------------------------------------------------------------------------------------ what others see

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The latest snapshot of every job of this session by id, in the order they came."""
        return MappingProxyType(self._jobs)

    def silence(self, job_id: str) -> float | None:
        """Seconds for which the provider of a job of ours has not answered; None while it is not being asked."""
        return self._workers.silence(job_id)

    def subscribe(self) -> Subscription:
        """Every snapshot from now on."""
        return self._stream.subscribe()

    def tell(self, job: Job) -> None:
        """Tell of a job that has ended and was changed since by others, as by a move to the trash."""
        if job.id in self._jobs:
            self._jobs[job.id] = job
        self._stream.publish(job)

    async def idle(self) -> None:
        """Return when nothing runs, and nothing waits but what is paused."""
        await self._idle.wait()

    def foresee(self, order: Order) -> tuple[Foreseen, ...]:
        """What the jobs of an order would send first; nothing is recorded or sent."""
        return tuple(foresee(job, self._tools) for job in jobs_of(order))

    # ------------------------------------------------------------------------------------------ what others ask

    async def submit(self, *orders: Order, grace: float = 0.0) -> tuple[Job, ...]:
        """Record orders and queue their jobs, all or none. Raises StoreError: then nothing was queued.

        For `grace` seconds none of them starts, and `take_back` undoes it all.
        """
        jobs = tuple(job for order in orders for job in jobs_of(order))
        # Also when this is cancelled meanwhile: what is recorded is known to the pool.
        return await whole(self._record(orders, jobs, grace))

    async def _record(self, orders: tuple[Order, ...], jobs: tuple[Job, ...], grace: float) -> tuple[Job, ...]:
        jobs = await self._tools.ledger.add_all(orders, jobs)
        for job in jobs:
            self._queue(replace(job, sent_in=math.ceil(grace)) if grace else job)
        if grace and not self._closing:
            self._graces.begin(frozenset(order.id for order in orders), grace)
        self._look_again()
        return jobs

    def send_now(self, order_id: str) -> None:
        """End the grace of an order, and of those sent together with it, before its time."""
        if names := self._graces.end(order_id):
            self._tell_grace(names, None)
            self._look_again()

    async def take_back(self, order_id: str) -> tuple[Job, ...]:
        """Cancel the jobs of an order whose grace still runs, and of those sent together with it.

        Returns them as they ended: none of them was sent.
        Raises StoreError when the ledger cannot be told; they are not sent by this process all the same.
        """
        if not (names := self._graces.end(order_id)):
            return ()
        held = [job for job in self._of_orders(names) if job.sent_in is not None and job.id not in self._ending]
        self._ending.update(job.id for job in held)
        return await whole(self._take_back(held))

    async def _take_back(self, held: list[Job]) -> tuple[Job, ...]:
        now, note = self._tools.now(), 'Taken back before anything was sent.'
        ended = tuple(cancelled_unsent(job, now, note) for job in held)
        try:
            await self._tools.ledger.save_all(ended)
        except StoreError:
            self._unsaved.update((job.id, None) for job in ended)
            raise
        finally:
            for job in ended:
                self._line.drop(job.id)
                self._ending.discard(job.id)
                self._publish(job)
            self._check_idle()
        return ended

    async def cancel(self, job_id: str) -> None:
        """Cancel a job of this session that has not ended; its note says what that did. Raises StoreError."""
        if (job := self._line.jobs.get(job_id)) is not None and job_id not in self._ending:
            self._ending.add(job_id)
            try:
                await whole(self._give_up(job))
            finally:
                self._ending.discard(job_id)
                self._fill()
                self._check_idle()
        elif (task := self._workers.task(job_id)) is not None:
            await asyncio.sleep(0)  # a task made in this very turn would end before it began
            if job_id not in self._ending:
                self._ending.add(job_id)
                task.cancel()
            await asyncio.wait([task])

    async def _give_up(self, job: Job, *, reachable: bool = True) -> Job:
        """End a job that waits, and return it as it ended."""
        runner = self._workers.runner(replace(job, sent_in=None))
        await runner.give_up(reachable=reachable)
        self._line.drop(job.id)
        return runner.job

    async def cancel_left(self, job_id: str, *, reachable: bool) -> Job | None:
        """End a job that no living process drives, and return it as it ended; None when it is not to be had.

        A provider that has accepted it is asked to stop, where it is `reachable` from here. Raises StoreError.
        """

        async def end() -> Job | None:
            taken = await self._tools.ledger.take_up(job_id, asked=False)
            return None if taken is None else await self._give_up(taken, reachable=reachable)

        return await whole(end())

    async def cancel_all(self) -> tuple[Job, ...]:
        """Cancel every job that has not ended, and return them as they ended. Raises StoreError."""
        self.stop_starting()
        names = (*self._line.jobs, *self._workers.names)
        await self.cancel_unsent()
        await asyncio.gather(*(self.cancel(job_id) for job_id in (*self._line.jobs, *self._workers.names)))
        return tuple(self._jobs[job_id] for job_id in names)

    async def cancel_unsent(self) -> None:
        """Cancel every job that waits and that no provider was asked for; the others go on waiting, to be collected.

        All of them at once: thousands take no longer than one. Raises StoreError; then none was cancelled.
        """
        unsent = [
            job
            for job in tuple(self._line.jobs.values())
            if job.id not in self._ending and not await was_sent(self._tools.ledger, job)
        ]
        self._ending.update(job.id for job in unsent)
        try:
            await whole(self._give_up_unsent(unsent))
        finally:
            self._ending.difference_update(job.id for job in unsent)
            self._fill()
            self._check_idle()

    async def _give_up_unsent(self, jobs: list[Job]) -> None:
        now = self._tools.now()
        ended = [cancelled_unsent(job, now) for job in jobs]
        await self._tools.ledger.save_all(ended)
        for job in ended:
            self._line.drop(job.id)
            self._publish(job)

    async def retry(self, job_id: str, seen: Job | None = None, *, sent_only: bool = False) -> Job:
        """Queue an ended job again: it goes on at the earliest step that is not paid for. Raises UsageError.

        A job that waits unowned, left by a process that is gone, is queued as well. With `seen`, one that has ended
        anew since is not: the user has not been told of that ending. With `sent_only` one that no provider was asked
        for is not either: then nothing is submitted.
        """
        return await whole(self._take_up(job_id, asked=True, seen=seen, sent_only=sent_only))

    async def resume(
        self, router: str, *, sent_only: bool = False, paused: bool = True
    ) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
        """Queue what no living process drives: jobs that wait, and jobs that can be collected.

        Only those of `router`, and with `sent_only` only those that a provider was asked for already: then nothing is
        submitted. Without `paused` those that the user paused stay as they are. Returns the jobs taken up and those
        left alone; what another process takes up meanwhile is neither.
        """
        taken, others = list[Job](), list[Job]()
        for job in await self._tools.ledger.unowned(sent_only=sent_only):
            if job.order.router != router:
                others.append(job)
                continue
            if job.paused and not paused:
                continue
            with suppress(UsageError):
                taken.append(await whole(self._take_up(job.id, asked=False, sent_only=sent_only)))
        return tuple(taken), tuple(others)

    async def _take_up(self, job_id: str, *, asked: bool, seen: Job | None = None, sent_only: bool = False) -> Job:
        ledger = self._tools.ledger
        if job_id in self._unsaved:
            if (runner := self._unsaved[job_id]) is not None:
                await runner.save_again()
            await ledger.let_go(job_id)
            del self._unsaved[job_id]
            seen = None  # the ledger never knew of that ending, and nobody else had the job
        queued = await take_up(ledger, job_id, asked=asked, seen=seen, sent_only=sent_only)
        sent = False
        with suppress(StoreError):  # it is this process's from here on; the run that looks again fails with the reason
            sent = await was_sent(ledger, queued)
        (self._line.collecting.add if sent else self._line.collecting.discard)(job_id)
        self._queue(queued)
        self._look_again()
        return queued

    # ------------------------------------------------------------------------------------------ the line

    @property
    def paused(self) -> bool:
        """Whether nothing new starts. What runs goes on, and so does what a provider was asked for."""
        return self._line.paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._line.paused = paused
        self._look_again()

    @property
    def limits(self) -> Limits:
        """How many jobs run at once. Fewer than run now stop none of them."""
        return self._workers.places.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._workers.places.limit(limits)
        self._fill()

    @property
    def lowered(self) -> Mapping[str, int]:
        """Providers that said that it was too much, and how many jobs run there for now: fewer than is allowed."""
        return self._workers.places.allowances.lowered

    async def pause(self, job_id: str, *, paused: bool = True) -> bool:
        """Have one job wait until it is said otherwise; False where it does not wait any more. Raises StoreError."""
        if (job := self._at_hand(job_id)) is None:
            return False
        await self._arrange([replace(job, paused=paused)])
        return True

    async def move(self, job_id: str, step: int) -> bool:
        """Move a job that waits ahead in the line, by a negative `step`, or behind.

        False where it does not wait any more. Raises StoreError.
        """
        if self._at_hand(job_id) is None:
            return False
        await self._arrange(self._line.moved(job_id, step))
        return True

    async def start_now(self, job_id: str) -> bool:
        """Start a job that waits, past every limit and though it or the line is paused.

        The grace of its order ends with it. False where it does not wait any more. Raises StoreError.
        """
        if self._closing or (job := self._at_hand(job_id)) is None:
            return False
        if job.sent_in is not None:
            self.send_now(job.order.id)
        if (job := self._at_hand(job_id)) is not None:
            if job.paused:
                await whole(self._tools.ledger.arrange([job := replace(job, paused=False)]))
            if self._at_hand(job_id) is not None:
                self._idle.clear()
                self._start(job)
        return True

    def _at_hand(self, job_id: str) -> Job | None:
        """The job, if it waits and is not about to end."""
        return None if job_id in self._ending else self._line.jobs.get(job_id)

    async def _arrange(self, jobs: list[Job]) -> None:
        """Take on where jobs stand in the line, and record it."""
        for job in jobs:
            self._queue(job)
        self._look_again()
        await whole(self._tools.ledger.arrange(jobs))

    def _look_again(self) -> None:
        """Start what may start now, and take note of whether anything may."""
        if self._line.moves:
            self._idle.clear()
        self._fill()
        self._check_idle()

    # ------------------------------------------------------------------------------------------ scheduling

    def _queue(self, job: Job) -> None:
        self._idle.clear()
        self._line.put(job)
        self._publish(job)

    def _of_orders(self, names: frozenset[str]) -> list[Job]:
        """The jobs of orders that wait."""
        return [job for job in self._line.jobs.values() if job.order.id in names]

    def _tell_grace(self, names: frozenset[str], seconds: int | None) -> None:
        for job in self._of_orders(names):
            if job.sent_in is not None and job.sent_in != seconds:
                self._queue(replace(job, sent_in=seconds))

    def _fill(self) -> None:
        """Give free places away: first to running jobs that go on to their next provider, then to those that wait."""
        self._workers.places.serve()
        if self._closing or not self._workers.have_room():
            return
        for job in self._line.ready(self._workers.places.has):
            if not self._workers.have_room():
                return
            if job.id in self._ending:
                continue
            self._start(job)

    def _start(self, job: Job) -> None:
        """Start a job that waits, whether there is a place or not."""
        self._line.drop(job.id)
        self._line.collecting.discard(job.id)
        self._workers.start(job)

    def _ended(self, runner: Runner) -> None:
        job_id = runner.job.id
        if runner.unsaved:
            self._unsaved[job_id] = runner
        self._ending.discard(job_id)
        self._fill()
        self._check_idle()

    def _check_idle(self) -> None:
        if not self._workers and not self._line.moves:
            self._idle.set()

    def _publish(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._stream.publish(job)

    async def _listen(self) -> None:
        """Do what other processes ask of our jobs."""
        while True:
            await asyncio.sleep(_LISTEN_SECONDS)
            if not self._line.jobs and not self._workers:
                continue
            try:
                for job_id in await self._tools.ledger.asked_to_cancel():
                    await self.cancel(job_id)
            except StoreError as error:
                log.warning('the ledger could not be asked: %s', error.message)
