"""For a moment after it was asked for, a job can be taken back before anything leaves the machine."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from hfmedia_tui.domain import Job, JobState
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask
from tests.engine.conftest import CountSubmits, OpenHouse

ASK = Ask(model='black-forest-labs/FLUX.1-dev', prompt='a fox', provider='hf-inference', count=3)
LONG = 60.0


async def test_what_is_taken_back_is_never_sent(open_house: OpenHouse, count_submits: CountSubmits) -> None:
    before = await count_submits()
    async with open_house() as services:
        jobs = await services.submit(ASK, grace=LONG)
        taken = await services.pool.take_back(jobs[0].order.id)
        await services.pool.idle()
        assert [job.id for job in taken] == [job.id for job in jobs]
        for job in taken:
            assert (job.state, job.attempts, job.sent_in) == (JobState.CANCELLED, (), None)
            assert job.note == 'Taken back before anything was sent.'
            assert await services.ledger.find(job.id) == job
            assert not await services.ledger.attempts(job.id)
        assert await services.pool.take_back(jobs[0].order.id) == ()
    assert await count_submits() == before


async def test_the_time_is_counted_down_and_then_it_is_sent(open_house: OpenHouse, count_submits: CountSubmits) -> None:
    before = await count_submits()
    async with open_house() as services:
        subscription = services.pool.subscribe()
        began = asyncio.get_running_loop().time()
        (job,) = await services.submit(Ask(model=ASK.model, prompt='a fox'), grace=1.2)
        told = list[Job]()
        async for snapshot in subscription:
            if snapshot.state is not JobState.QUEUED:
                break
            told.append(snapshot)
        assert asyncio.get_running_loop().time() - began >= 1.2
        assert [snapshot.sent_in for snapshot in told] == [2, 1, None]
        assert await services.pool.take_back(job.order.id) == ()
        await services.pool.idle()
        assert services.pool.jobs[job.id].state is JobState.SUCCEEDED
    assert await count_submits() - before == 1


async def test_each_order_has_a_time_of_its_own_and_can_be_sent_at_once(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    before = await count_submits()
    async with open_house() as services:
        first = await services.submit(ASK, grace=LONG)
        second = await services.submit(ASK, grace=LONG)
        services.pool.send_now(second[0].order.id)
        await services.pool.take_back(first[0].order.id)
        await services.pool.idle()
        states = [services.pool.jobs[job.id].state for job in (*first, *second)]
        assert states == [JobState.CANCELLED] * 3 + [JobState.SUCCEEDED] * 3
    assert await count_submits() - before == 3


async def test_one_job_of_an_order_is_cancelled_in_its_grace(open_house: OpenHouse) -> None:
    async with open_house() as services:
        jobs = await services.submit(ASK, grace=LONG)
        await services.pool.cancel(jobs[1].id)
        services.pool.send_now(jobs[0].order.id)
        await services.pool.idle()
        states = [services.pool.jobs[job.id].state for job in jobs]
        assert states == [JobState.SUCCEEDED, JobState.CANCELLED, JobState.SUCCEEDED]


async def test_a_death_in_the_grace_leaves_it_waiting(open_house: OpenHouse, count_submits: CountSubmits) -> None:
    before = await count_submits()
    async with open_house() as services:
        (job,) = await services.submit(Ask(model=ASK.model, prompt='a fox'), grace=LONG)
    assert await count_submits() == before
    async with open_house() as services:
        left = await services.ledger.find(job.id)
        assert (left.state, left.sent_in) == (JobState.QUEUED, None)
        taken, _ = await services.resume()
        assert [each.id for each in taken] == [job.id]
        await services.pool.idle()
        assert services.pool.jobs[job.id].state is JobState.SUCCEEDED, 'resuming gives no grace'


async def test_what_cannot_be_recorded_as_taken_back_is_not_sent_all_the_same(
    open_house: OpenHouse, count_submits: CountSubmits, paths: Paths
) -> None:
    before = await count_submits()
    async with open_house() as services:
        (job,) = await services.submit(Ask(model=ASK.model, prompt='a fox'), grace=LONG)
        with closing(sqlite3.connect(paths.ledger)) as connection:
            connection.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
            with pytest.raises(StoreError, match='disk is full'):
                await services.pool.take_back(job.order.id)
            connection.execute('DROP TRIGGER full')
        await services.pool.idle()
        assert services.pool.jobs[job.id].state is JobState.CANCELLED
        await services.pool.retry(job.id)
        await services.pool.idle()
        assert services.pool.jobs[job.id].state is JobState.SUCCEEDED
    assert await count_submits() - before == 1


async def test_orders_that_were_sent_together_are_taken_back_and_sent_on_together(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    before = await count_submits()
    asks = [Ask(model=ASK.model, prompt=prompt, provider='hf-inference') for prompt in ('a fox', 'an owl', 'an elk')]
    async with open_house() as services:
        jobs = await services.submit_all(asks, grace=LONG)
        taken = await services.pool.take_back(jobs[1].order.id)
        assert [job.id for job in taken] == [job.id for job in jobs]
        jobs = await services.submit_all(asks, grace=LONG)
        services.pool.send_now(jobs[2].order.id)
        await services.pool.idle()
        assert {services.pool.jobs[job.id].state for job in jobs} == {JobState.SUCCEEDED}
    assert await count_submits() - before == 3


async def test_asks_are_recorded_all_or_none(open_house: OpenHouse) -> None:
    async with open_house() as services:
        with pytest.raises(UsageError):
            await services.submit_all([Ask(model=ASK.model, prompt='a fox'), Ask(model=ASK.model, prompt='')])
        orders = await services.orders([ASK, Ask(model=ASK.model, prompt='an owl')])
        with pytest.raises(StoreError):
            await services.pool.submit(*orders, orders[0])
        assert not services.pool.jobs
        assert not await services.ledger.jobs()
