"""The worker pool: which job runs when, and the one place that every change of a job is told from.

It outlives any screen. Jobs wait in a line, in the order they came unless they were moved; a job starts when a place
is free in all and at the provider it would ask first, and neither it nor the line is paused.
"""

import asyncio
import logging
import math
import random
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType, TracebackType
from typing import Final, NamedTuple, Self

import msgspec

from hfmedia_tui.domain import AttemptRecord, Driver, Failure, FailureCode, Job, JobState, Order
from hfmedia_tui.engine.beginning import Foreseen, foresee
from hfmedia_tui.engine.endings import CANCELLED_UNSENT
from hfmedia_tui.engine.events import Stream, Subscription
from hfmedia_tui.engine.line import Line
from hfmedia_tui.engine.places import Places
from hfmedia_tui.engine.runner import Runner, first_provider
from hfmedia_tui.engine.tools import Limits, Tools
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.parameters import MAXIMUM_RANDOM_SEED

__all__ = ['IfLeft', 'Pool', 'jobs_of', 'new_order_id']

log = logging.getLogger(__name__)

replace = msgspec.structs.replace

_ALPHABET: Final = '0123456789abcdefghjkmnpqrstvwxyz'
"""Letters of an id: none that look alike."""
_LISTEN_SECONDS: Final = 0.5
"""Between two looks at what other processes ask of our jobs."""


def new_order_id() -> str:
    """A new id: eight letters, short enough to type and rare enough to be one's own."""
    return ''.join(secrets.choice(_ALPHABET) for _ in range(8))


def _seed(order: Order, index: int) -> int:
    if order.seed is None:
        return random.randint(0, MAXIMUM_RANDOM_SEED)
    return order.seed if order.same_seed else order.seed + index


def jobs_of(order: Order) -> tuple[Job, ...]:
    """The generations of an order, each with its seed: where none is chosen, they are drawn anew each time."""
    return tuple(
        Job(
            id=f'{order.id}-{index + 1}',
            order=order,
            index=index,
            seed=_seed(order, index),
            created_at=order.created_at,
        )
        for index in range(order.count)
    )


class IfLeft(NamedTuple):
    """The unfinished jobs of a pool, by what leaving them does."""

    collected: tuple[Job, ...]
    """A provider has accepted them: `resume` collects them."""
    interrupted: tuple[Job, ...]
    """A provider is being asked: nobody would hear its answer."""
    waiting: tuple[Job, ...]
    """Nothing was sent, or it was turned away: they wait for the next start."""
    paused: tuple[Job, ...]
    """Nothing was sent, and nothing is before the user says so."""

    @property
    def moves(self) -> bool:
        """Whether any of them ends without a word of the user's."""
        return bool(self.collected or self.interrupted or self.waiting)


class Pool:
    """Runs jobs until it is closed. Enter it on the event loop that it is to run on."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._stream = Stream()
        self._jobs: dict[str, Job] = {}
        self._line = Line()
        self._running: dict[str, tuple[Runner, asyncio.Task[None]]] = {}
        self._ending: set[str] = set()
        """Jobs that were cancelled and have not ended yet."""
        self._unsaved: dict[str, Runner | None] = {}
        """Jobs that ended here and not in the ledger, which could not be told; and what drove them."""
        self._places = Places(tools.limits, freed=self._fill)
        self._graces: dict[str, asyncio.Task[None]] = {}
        """Orders that can still be taken back, each with what counts its time down; those sent together share it."""
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
        while self._running:
            await asyncio.wait([task for _, task in self._running.values()])

    def if_left(self) -> 'IfLeft':
        """What would become of the jobs if they were left now."""
        runners = [runner for runner, _ in self._running.values()]
        return IfLeft(
            collected=tuple(runner.job for runner in runners if runner.accepted),
            interrupted=tuple(runner.job for runner in runners if runner.submitting),
            waiting=(
                *(runner.job for runner in runners if not runner.accepted and not runner.submitting),
                *(job for job in self._line.jobs.values() if self._line.goes_on(job)),
            ),
            paused=tuple(job for job in self._line.jobs.values() if not self._line.goes_on(job)),
        )

    async def leave(self) -> None:
        """Leave every job where it stands, to be resumed. A submit without an answer yet is interrupted."""
        self.stop_starting()
        if self._listener is not None:
            self._listener.cancel()
        for countdown in self._graces.values():
            countdown.cancel()
        await asyncio.sleep(0)  # a task made in this very turn would end before it began
        tasks = []
        for job_id, (runner, task) in self._running.items():
            runner.left = job_id not in self._ending
            task.cancel()
            tasks.append(task)
        if tasks:
            await asyncio.wait(tasks)

    # ------------------------------------------------------------------------------------------ what others see

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The latest snapshot of every job of this session by id, in the order they came."""
        return MappingProxyType(self._jobs)

    def silence(self, job_id: str) -> float | None:
        """Seconds for which the provider of a job of ours has not answered; None while it is not being asked."""
        running = self._running.get(job_id)
        return None if running is None else running[0].silence

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
            names = frozenset(order.id for order in orders)
            countdown = asyncio.create_task(self._count_down(names, grace), name=f'grace of {orders[0].id}')
            self._graces.update(dict.fromkeys(names, countdown))
        self._look_again()
        return jobs

    def send_now(self, order_id: str) -> None:
        """End the grace of an order, and of those sent together with it, before its time."""
        if names := self._end_grace(order_id):
            self._tell_grace(names, None)
            self._look_again()

    def _end_grace(self, order_id: str) -> frozenset[str]:
        """Stop the time of an order and of those sent together with it, and name them all; none when it is over."""
        if (countdown := self._graces.get(order_id)) is None:
            return frozenset()
        countdown.cancel()
        names = frozenset(name for name, shared in self._graces.items() if shared is countdown)
        for name in names:
            del self._graces[name]
        return names

    async def take_back(self, order_id: str) -> tuple[Job, ...]:
        """Cancel the jobs of an order whose grace still runs, and of those sent together with it.

        Returns them as they ended: none of them was sent.
        Raises StoreError when the ledger cannot be told; they are not sent by this process all the same.
        """
        if not (names := self._end_grace(order_id)):
            return ()
        held = [job for job in self._of_orders(names) if job.sent_in is not None and job.id not in self._ending]
        self._ending.update(job.id for job in held)
        return await whole(self._take_back(held))

    async def _take_back(self, held: list[Job]) -> tuple[Job, ...]:
        ended = tuple(self._cancelled(job, 'Taken back before anything was sent.') for job in held)
        try:
            await self._tools.ledger.save_all(ended)
        except StoreError:
            self._unsaved.update((job.id, None) for job in ended)
            raise
        finally:
            for job in ended:
                del self._line.jobs[job.id]
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
        elif (running := self._running.get(job_id)) is not None:
            _, task = running
            await asyncio.sleep(0)  # a task made in this very turn would end before it began
            if job_id not in self._ending:
                self._ending.add(job_id)
                task.cancel()
            await asyncio.wait([task])

    async def _give_up(self, job: Job, *, reachable: bool = True) -> Job:
        """End a job that waits, and return it as it ended."""
        runner = self._runner(replace(job, sent_in=None))
        await runner.give_up(reachable=reachable)
        self._line.jobs.pop(job.id, None)
        return runner.job

    async def cancel_left(self, job_id: str, *, reachable: bool) -> Job | None:
        """End a job that no living process drives, and return it as it ended; None when it is not to be had.

        A provider that has accepted it is asked to stop, where it is `reachable` from here. Raises StoreError.
        """

        async def end() -> Job | None:
            taken = await self._tools.ledger.take_up(job_id, asked=False)
            return None if taken is None else await self._give_up(taken, reachable=reachable)

        return await whole(end())

    def _cancelled(self, job: Job, note: str) -> Job:
        return replace(
            job,
            state=JobState.CANCELLED,
            finished_at=self._tools.now(),
            sent_in=None,
            note=note,
            error=Failure(code=FailureCode.CANCELLED, message='Cancelled.', hint=note, provider=job.provider),
        )

    async def cancel_all(self) -> tuple[Job, ...]:
        """Cancel every job that has not ended, and return them as they ended. Raises StoreError."""
        self.stop_starting()
        names = (*self._line.jobs, *self._running)
        await self.cancel_unsent()
        await asyncio.gather(*(self.cancel(job_id) for job_id in (*self._line.jobs, *self._running)))
        return tuple(self._jobs[job_id] for job_id in names)

    async def cancel_unsent(self) -> None:
        """Cancel every job that waits and that no provider was asked for; the others go on waiting, to be collected.

        All of them at once: thousands take no longer than one. Raises StoreError; then none was cancelled.
        """
        unsent = [
            job
            for job in tuple(self._line.jobs.values())
            if job.id not in self._ending and not (job.attempts and await self._was_sent(job.id))
        ]
        self._ending.update(job.id for job in unsent)
        try:
            await whole(self._give_up_unsent(unsent))
        finally:
            self._ending.difference_update(job.id for job in unsent)
            self._fill()
            self._check_idle()

    async def _give_up_unsent(self, jobs: list[Job]) -> None:
        ended = [self._cancelled(job, CANCELLED_UNSENT) for job in jobs]
        await self._tools.ledger.save_all(ended)
        for job in ended:
            del self._line.jobs[job.id]
            self._publish(job)

    async def _was_sent(self, job_id: str) -> bool:
        """Whether a provider was asked for the job: it has accepted it, or nobody heard its answer."""
        last = await self._last_attempt(job_id)
        return last is not None and last.sent

    async def _last_attempt(self, job_id: str) -> AttemptRecord | None:
        records = await self._tools.ledger.attempts(job_id)
        return records[-1] if records else None

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
        if job_id in self._unsaved:
            if (runner := self._unsaved[job_id]) is not None:
                await runner.save_again()
            await self._tools.ledger.let_go(job_id)
            del self._unsaved[job_id]
        queued = await self._tools.ledger.take_up(job_id, asked=asked, seen=seen, sent_only=sent_only)
        if queued is None:
            job = await self._tools.ledger.find(job_id)
            if job.state is JobState.SUCCEEDED:
                raise UsageError(f'Job {job.id} has succeeded.', 'Generate again for another result.')
            if sent_only and job.driver is not Driver.OTHER:
                raise UsageError(f"Job {job.id} is not in any provider's hands: there is nothing to collect.")
            raise UsageError(f'Job {job.id} is under way already, or was ended by another process.')
        sent = False
        with suppress(StoreError):  # it is this process's from here on; the run that looks again fails with the reason
            sent = bool(queued.attempts) and await self._was_sent(job_id)
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
        return self._places.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._places.limit(limits)
        self._fill()

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
                self._start(job, first_provider(job))
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
        self._line.jobs[job.id] = job
        self._publish(job)

    def _of_orders(self, names: frozenset[str]) -> list[Job]:
        """The jobs of orders that wait."""
        return [job for job in self._line.jobs.values() if job.order.id in names]

    async def _count_down(self, names: frozenset[str], grace: float) -> None:
        """Let the grace of orders pass, telling each second of it, and let their jobs start."""
        clock = asyncio.get_running_loop().time
        end = clock() + grace
        while (left := end - clock()) > 0:
            self._tell_grace(names, math.ceil(left))
            await asyncio.sleep(1 - (math.ceil(left) - left))
        self.send_now(next(iter(names)))

    def _tell_grace(self, names: frozenset[str], seconds: int | None) -> None:
        for job in self._of_orders(names):
            if job.sent_in is not None and job.sent_in != seconds:
                self._queue(replace(job, sent_in=seconds))

    def _fill(self) -> None:
        """Give free places away: first to running jobs that go on to their next provider, then to those that wait."""
        self._places.serve()
        if self._closing or len(self._running) >= self._places.limits.total:
            return
        for job in self._line.ready():
            if len(self._running) >= self._places.limits.total:
                return
            if job.id in self._ending:
                continue
            first = first_provider(job)
            if first is None or self._places.has(first):
                self._start(job, first)

    def _start(self, job: Job, provider: str | None) -> None:
        """Start a job that waits, at the provider that it asks first."""
        if provider is not None:
            self._places.hold(job.id, provider)
        del self._line.jobs[job.id]
        self._line.collecting.discard(job.id)
        runner = self._runner(job)
        task = asyncio.create_task(self._run(runner), name=f'job {job.id}')
        self._running[job.id] = (runner, task)

    def _runner(self, job: Job) -> Runner:
        return Runner(job, self._tools, self._publish, partial(self._places.change, job.id), self._places.allowances)

    async def _run(self, runner: Runner) -> None:
        job_id = runner.job.id
        try:
            await runner.run()
        finally:
            if runner.unsaved:
                self._unsaved[job_id] = runner
            del self._running[job_id]
            self._ending.discard(job_id)
            self._places.let_go(job_id)
            self._fill()
            self._check_idle()

    def _check_idle(self) -> None:
        if not self._running and not self._line.moves:
            self._idle.set()

    def _publish(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._stream.publish(job)

    async def _listen(self) -> None:
        """Do what other processes ask of our jobs."""
        while True:
            await asyncio.sleep(_LISTEN_SECONDS)
            if not self._line.jobs and not self._running:
                continue
            try:
                for job_id in await self._tools.ledger.asked_to_cancel():
                    await self.cancel(job_id)
            except StoreError as error:
                log.warning('the ledger could not be asked: %s', error.message)
