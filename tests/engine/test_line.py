"""The line as the user arranges it: paused, moved, started past the limits; and what a restart knows of it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec.structs import replace

from hfmedia_tui.domain import Job, JobState, Order, Stage, Task
from hfmedia_tui.engine.line import Line
from hfmedia_tui.services import Ask, Limits, Services
from tests.engine.conftest import CountSubmits, OpenHouse
from tests.engine.test_pool import IMAGE, reach

STUCK = Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', provider='fal-ai', timeout=60)
NOW = datetime.now(UTC)


def waiting(sequence: int, priority: int = 0) -> Job:
    order = Order(id='o', task=Task.TEXT_TO_IMAGE, model='o/m', prompt='', mappings=(), created_at=NOW)
    job = Job(id=f'j{sequence}', order=order, index=0, sequence=sequence, seed=0, created_at=NOW)
    return replace(job, priority=priority)


def named(line: Line) -> list[str]:
    return [job.id for job in line.ready(lambda provider: True)]


def move(line: Line, job_id: str, step: int) -> int:
    """Move a job, and return how many changed."""
    changed = line.moved(job_id, step)
    for job in changed:
        line.put(job)
    return len(changed)


def line_of(jobs: Iterable[Job]) -> Line:
    line = Line()
    for job in jobs:
        line.put(job)
    return line


def test_neighbours_exchange_their_turns_and_nobody_else_moves() -> None:
    line = line_of(map(waiting, range(1, 1001)))
    assert move(line, 'j1000', -1) == 2
    assert named(line)[-2:] == ['j1000', 'j999']
    assert move(line, 'j2', 1) == 2
    assert named(line)[:4] == ['j1', 'j3', 'j2', 'j4']
    move(line, 'j900', -10_000)
    move(line, 'j1', 10_000)
    assert (named(line)[0], named(line)[-1]) == ('j900', 'j1')
    move(line, 'j900', -1)
    assert named(line)[0] == 'j900', 'there is nobody ahead of it'


def test_jobs_with_the_same_turn_can_be_moved() -> None:
    line = line_of((waiting(1), waiting(2, priority=1), waiting(3, priority=2), waiting(4)))
    assert named(line) == ['j1', 'j2', 'j3', 'j4']
    move(line, 'j3', -1)
    assert named(line) == ['j1', 'j3', 'j2', 'j4']


def test_who_may_start_is_found_without_looking_at_all() -> None:
    line = line_of(map(waiting, range(1, 10_001)))
    free, looks = True, 0

    def has_place(provider: str | None) -> bool:
        nonlocal looks
        looks += 1
        return free

    for number in range(1, 9_999):
        first = next(line.ready(has_place))
        assert first.id == f'j{number}'
        line.drop(first.id)
    assert looks == 2 * 9_998, 'each time whether there is a place at all, and for the first'
    free, looks = False, 0
    assert not list(line.ready(has_place))
    assert looks == 1


def test_who_comes_back_has_its_old_turn() -> None:
    line = line_of(map(waiting, range(1, 5)))
    for job_id in ('j1', 'j2', 'j3'):
        line.drop(job_id)
    line.put(waiting(3))
    line.put(waiting(2, priority=-5))
    assert named(line) == ['j3', 'j4', 'j2']
    line.put(waiting(2, priority=1))
    assert named(line) == ['j2', 'j3', 'j4']


async def begun(services: Services, count: int) -> tuple[Job, ...]:
    """Jobs of which the first is stuck at its provider and the others wait."""
    jobs = await services.submit(replace(STUCK, count=count))
    await reach(services, jobs[0].id, Stage.QUEUED)
    return jobs


async def test_paused_nothing_starts_and_what_runs_goes_on(open_house: OpenHouse) -> None:
    async with open_house() as services:
        (stuck,) = await begun(services, 1)
        await services.waiting.pause_all(True)
        (later,) = await services.submit(Ask(model=IMAGE, prompt='a fox'))
        assert services.pool.jobs[later.id].state is JobState.QUEUED
        await services.pool.cancel(stuck.id)
        await services.pool.idle()
        assert services.pool.jobs[later.id].state is JobState.QUEUED
    async with open_house() as services:
        await services.waiting.restore()
        assert services.waiting.paused
        ((again,), _) = await services.resume()
        await services.pool.idle()
        assert services.pool.jobs[again.id].state is JobState.QUEUED
        await services.waiting.pause_all(False)
        await services.pool.idle()
        assert services.pool.jobs[again.id].state is JobState.SUCCEEDED
    async with open_house() as services:
        await services.waiting.restore()
        assert not services.waiting.paused


async def test_what_a_provider_was_asked_for_is_collected_though_all_is_paused(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    async with open_house() as services:
        (job,) = await begun(services, 1)
    before = await count_submits()
    async with open_house() as services:
        services.pool.paused = True
        await services.resume(sent_only=True)
        await reach(services, job.id, Stage.QUEUED)
        await services.pool.cancel(job.id)
    assert await count_submits() == before


async def test_one_is_paused_and_the_others_pass_it_also_after_a_restart(open_house: OpenHouse) -> None:
    async with open_house(Limits(total=1, per_provider=1)) as services:
        first, second, third = await begun(services, 3)
        await services.waiting.pause(second)
        await services.pool.cancel(first.id)
        await reach(services, third.id, Stage.QUEUED)
        assert services.pool.jobs[second.id].paused
        await services.pool.cancel(third.id)
    async with open_house() as services:
        assert not await services.left_waiting()
        assert not any(await services.resume(paused=False))
        left = await services.ledger.find(second.id)
        assert left.paused
        await services.retry(left.id)
        await reach(services, second.id, Stage.QUEUED)
        assert not services.pool.jobs[second.id].paused
        await services.pool.cancel(second.id)


async def test_a_job_is_moved_ahead_and_stays_there_after_a_restart(open_house: OpenHouse) -> None:
    async with open_house(Limits(total=1, per_provider=1)) as services:
        first, second, third = await begun(services, 3)
        await services.waiting.move(third, -1)
        await services.pool.cancel(first.id)
        await reach(services, third.id, Stage.QUEUED)
        await services.pool.cancel(third.id)
        await reach(services, second.id, Stage.QUEUED)
        fourth, fifth = await services.submit(replace(STUCK, count=2))
        await services.waiting.move(fifth, -1)
        await services.pool.cancel(second.id)
        await services.pool.cancel(fifth.id)
        await reach(services, fourth.id, Stage.QUEUED)
        sixth, seventh = await services.submit(replace(STUCK, count=2))
        await services.waiting.move(seventh, -1)
        await services.pool.cancel(fourth.id)
        services.pool.stop_starting()
        await services.pool.cancel(seventh.id)
        await services.retry(seventh.id)
    async with open_house(Limits(total=1, per_provider=1)) as services:
        services.pool.paused = True
        await services.resume()
        services.pool.paused = False
        await reach(services, seventh.id, Stage.QUEUED)
        assert services.pool.jobs[sixth.id].state is JobState.QUEUED
        await services.pool.cancel_all()


async def test_one_is_started_past_the_limits_and_limits_are_changed_meanwhile(open_house: OpenHouse) -> None:
    async with open_house(Limits(total=1, per_provider=1)) as services:
        first, second, third, fourth = await begun(services, 4)
        services.pool.paused = True
        await services.waiting.pause(third)
        await services.waiting.start_now(services.pool.jobs[third.id])
        await reach(services, third.id, Stage.QUEUED)
        services.pool.paused = False
        assert services.pool.jobs[second.id].state is JobState.QUEUED
        services.pool.limits = Limits(total=3, per_provider=3)
        await reach(services, second.id, Stage.QUEUED)
        assert services.pool.jobs[fourth.id].state is JobState.QUEUED
        assert services.pool.jobs[first.id].state is JobState.RUNNING
        await services.pool.cancel_all()
