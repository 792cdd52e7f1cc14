"""A process that slept through its lease finds its jobs driven by another one, and takes its word for them."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from hfmedia_tui.domain import Driver, Job, JobState
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Services
from tests.engine.loopback import Answer, Server
from tests.engine.provider import Provider, as_json
from tests.houses import ended, opened


class Sleep:
    """What keeps one answer of the provider from the process that asked for it first."""

    def __init__(self, paths: Paths) -> None:
        self._owners = paths.data / 'owners'
        self._begun, self._over = threading.Event(), threading.Event()

    def holds(self) -> bool:
        """Whether this is the first answer; it comes only when the sleep is over."""
        if self._begun.is_set():
            return False
        self._begun.set()
        assert self._over.wait(30)
        return True

    async def begin(self) -> None:
        """Return when the process waits, and is taken for dead."""
        assert await asyncio.to_thread(self._begun.wait, 30)
        (lock,) = self._owners.iterdir()
        lock.unlink()

    def end(self) -> None:
        self._over.set()


@pytest.fixture
def sleep(paths: Paths) -> Sleep:
    return Sleep(paths)


@pytest.fixture
async def sleeper(paths: Paths, server: Server) -> AsyncIterator[Services]:
    async with opened(paths, server.url) as services:
        yield services


async def settled(house: Services, job: Job) -> Job:
    """The job as the house tells of it when nothing runs there, and as the ledger has it."""
    told = await ended(house, job)
    assert await house.ledger.find(job.id) == told
    return told


async def test_a_stale_failure_is_not_written_over_a_success(
    sleeper: Services, sleep: Sleep, paths: Paths, server: Server, provider: Provider
) -> None:
    provider.poll = lambda: as_json({'detail': 'no'}, 422) if sleep.holds() else as_json({'status': 'COMPLETED'})
    (job,) = await sleeper.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    await sleep.begin()
    async with opened(paths, server.url) as taker:
        await taker.retry(job.id)
        done = await ended(taker, job)
    assert done.state is JobState.SUCCEEDED, done.error
    sleep.end()
    assert await settled(sleeper, job) == done
    assert [str(path) for path in paths.output.iterdir()] == [output.path for output in done.outputs]
    assert provider.submits == 1


async def test_a_job_that_another_process_drives_is_told_as_that(
    sleeper: Services, sleep: Sleep, paths: Paths, server: Server, provider: Provider
) -> None:
    """Cancelling it is asked of the other one, too."""
    provider.poll = lambda: as_json({'detail': 'no'}, 422) if sleep.holds() else as_json({'status': 'IN_QUEUE'})
    (job,) = await sleeper.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    await sleep.begin()
    async with opened(paths, server.url) as taker:
        await taker.retry(job.id)
        sleep.end()
        told = await ended(sleeper, job)
        assert told.driver is Driver.OTHER
        assert told.error is None
        assert await sleeper.cancel(told) == 'The process that drives it was asked.'
        assert (await ended(taker, job)).state is JobState.CANCELLED


async def test_what_was_accepted_while_it_was_taken_for_in_doubt_is_collected(
    sleeper: Services, sleep: Sleep, paths: Paths, server: Server, provider: Provider
) -> None:
    def take() -> Answer | None:
        sleep.holds()
        return None

    provider.submit = take
    (job,) = await sleeper.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    await sleep.begin()
    async with opened(paths, server.url) as taker:
        await taker.resume()
        assert (await ended(taker, job)).state is JobState.INTERRUPTED
    sleep.end()
    done = await settled(sleeper, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert provider.submits == 1


async def test_what_was_given_up_meanwhile_stays_so(
    sleeper: Services, sleep: Sleep, paths: Paths, server: Server, provider: Provider
) -> None:
    def take() -> Answer | None:
        sleep.holds()
        return None

    provider.submit = take
    (job,) = await sleeper.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    await sleep.begin()
    async with opened(paths, server.url) as other:
        await other.cancel(await other.ledger.find(job.id))
    sleep.end()
    given_up = await settled(sleeper, job)
    assert given_up.state is JobState.CANCELLED
    assert given_up.in_doubt
