"""What lies here in full holds no place at a provider, and is neither lost nor forgotten before it is finished."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hfmedia_tui.domain import FINAL_STATES, Job, JobState, MediaFacts, Stage
from hfmedia_tui.engine.writing import write_whole
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Limits, Services
from tests.engine.loopback import Server
from tests.engine.provider import Provider
from tests.houses import opened

ONE_AT_A_TIME = Limits(total=1, per_provider=1)


class Gate:
    """Holds whoever decodes a result until it is opened."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def __call__(self, path: Path) -> MediaFacts:
        assert self._open.wait(30)
        return inspect(path)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr('hfmedia_tui.services.opening.inspect', gate)
    yield gate
    gate.open()


@pytest.fixture(params=['hf-inference', 'fal-ai'])
def named(request: pytest.FixtureRequest) -> str:
    """A provider that answers with the picture itself, and one that answers with a link."""
    return str(request.param)


@asynccontextmanager
async def saving(
    paths: Paths, server: Server, provider: str, *, count: int
) -> AsyncIterator[tuple[Services, list[Job]]]:
    """A house with room for one job, while as many of an order are being saved as may be."""
    async with opened(paths, server.url, limits=ONE_AT_A_TIME) as house:
        subscription = house.pool.subscribe()
        jobs = await house.submit(Ask(model='a/b', prompt='a fox', provider=provider, count=count))
        reached = set[str]()
        async with asyncio.timeout(30):
            async for job in subscription:
                if job.progress.stage is Stage.SAVING:
                    reached.add(job.id)
                if len(reached) == min(count, 2):
                    break
        subscription.close()
        yield house, list(jobs)


async def test_the_next_one_is_asked_for_meanwhile(
    paths: Paths, server: Server, provider: Provider, gate: Gate, named: str
) -> None:
    async with saving(paths, server, named, count=4) as (house, jobs):
        states = [house.pool.jobs[job.id].state for job in jobs]
        assert states == [JobState.RUNNING, JobState.RUNNING, JobState.QUEUED, JobState.QUEUED]
        fractions = [house.pool.jobs[job.id].progress.fraction for job in jobs[:2]]
        assert fractions == [1.0 if named == 'fal-ai' else None] * 2, 'what has come does not shrink again'
        assert provider.submits == 2, 'as many wait to be finished as may be asked for, and no more are asked for'
        gate.open()
        await house.pool.idle()
        assert {job.state for job in house.pool.jobs.values()} == {JobState.SUCCEEDED}
    assert provider.submits == 4


async def test_an_answer_that_came_inside_the_reply_holds_no_place_while_it_is_written(
    paths: Paths, server: Server, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write = threading.Event()

    def write_late(path: Path, data: bytes) -> None:
        assert may_write.wait(30)
        write_whole(path, data)

    monkeypatch.setattr('hfmedia_tui.engine.results.write_whole', write_late)
    async with opened(paths, server.url, limits=ONE_AT_A_TIME) as house:
        subscription = house.pool.subscribe()
        ask = Ask(model='a/b', prompt='a fox', provider='hf-inference', count=2)
        first, second = await house.submit(ask)
        try:
            async with asyncio.timeout(20):
                async for job in subscription:
                    if job.id == second.id and job.state is JobState.RUNNING:
                        break
            assert house.pool.jobs[first.id].progress.stage is Stage.SUBMITTING, 'nothing of it is on the disk yet'
        finally:
            may_write.set()
        await house.pool.idle()
        assert {job.state for job in house.pool.jobs.values()} == {JobState.SUCCEEDED}
    assert provider.submits == 2


async def test_waiting_for_the_end_waits_for_it(
    paths: Paths, server: Server, provider: Provider, gate: Gate, named: str
) -> None:
    async with saving(paths, server, named, count=2) as (house, jobs):
        assert [job.id for job in house.pool.if_left().collected] == [job.id for job in jobs]
        settling = asyncio.create_task(house.pool.settle())
        idle = asyncio.create_task(house.pool.idle())
        await asyncio.sleep(0)
        assert not settling.done()
        assert not idle.done()
        gate.open()
        await asyncio.gather(settling, idle)
        assert {house.pool.jobs[job.id].state for job in jobs} == {JobState.SUCCEEDED}


async def test_what_is_left_then_is_collected_and_not_asked_for_anew(
    paths: Paths, server: Server, provider: Provider, gate: Gate, named: str
) -> None:
    async with saving(paths, server, named, count=2) as (house, jobs):
        leaving = asyncio.create_task(house.pool.leave())
        await asyncio.sleep(0)
        gate.open()
        await leaving
    async with opened(paths, server.url) as house:
        assert all(job.state not in FINAL_STATES for job in await house.ledger.unowned())
        await house.pool.resume(house.router)
        await house.pool.idle()
        assert [(await house.ledger.find(job.id)).state for job in jobs] == [JobState.SUCCEEDED] * 2
    assert provider.submits == 2


async def test_it_can_be_cancelled_and_collected_all_the_same(
    paths: Paths, server: Server, provider: Provider, gate: Gate, named: str
) -> None:
    async with saving(paths, server, named, count=2) as (house, jobs):
        waiting = jobs[-1]
        cancelling = asyncio.create_task(house.pool.cancel(waiting.id))
        await asyncio.sleep(0)
        gate.open()
        await cancelling
        assert house.pool.jobs[waiting.id].state is JobState.CANCELLED
        await house.pool.idle()
        assert house.pool.jobs[jobs[0].id].state is JobState.SUCCEEDED
        await house.retry(waiting.id)
        await house.pool.idle()
        assert house.pool.jobs[waiting.id].state is JobState.SUCCEEDED
    assert provider.submits == 2


async def test_a_kill_then_loses_nothing_and_asks_for_nothing_anew(
    paths: Paths, server: Server, provider: Provider, named: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *('-m', 'tests.engine.stuck_saving', str(paths.data.parent), server.url, named),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert await process.stdout.readline()
    process.kill()
    await process.wait()
    assert provider.submits == 2
    async with opened(paths, server.url) as house:
        taken, _ = await house.pool.resume(house.router)
        assert len(taken) == 2
        await house.pool.idle()
        assert {job.state for job in house.pool.jobs.values()} == {JobState.SUCCEEDED}
        files = {Path(output.path) for job in house.pool.jobs.values() for output in job.outputs}
        assert files == set(house.paths.output.iterdir())
        assert {file.read_bytes() for file in files} == {provider.picture}
    assert provider.submits == 2
