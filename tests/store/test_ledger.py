"""The ledger keeps what it was told, and tells apart whose a job is."""

import multiprocessing
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import (
    Attempt,
    Draw,
    Facts,
    Failure,
    FailureCode,
    Fetch,
    JobProgress,
    JobState,
    Matrix,
    Media,
    Output,
    Progress,
    Request,
    Send,
    SendKind,
    Stage,
    Wait,
)
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.migrations import MIGRATIONS
from tests.jobs import MAPPING, NOW, job, order


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'data' / 'ledger.sqlite3'


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[Ledger]:
    ledger = Ledger(path)
    await ledger.open()
    yield ledger
    await ledger.close()


async def test_everything_comes_back_as_it_was(ledger: Ledger) -> None:
    asked = order(
        seed=2**64 + 1, extra={'large': 2**80, 'nested': [1.5, None, {'a': True}]}, parameters={'width': 512}, count=2
    )
    jobs = await ledger.add(asked, (job(asked, 0, seed=2**64 + 1), job(asked, 1, seed=2**64 + 2)))
    assert [added.sequence for added in jobs] == [1, 2]
    assert await ledger.jobs() == jobs
    ended = replace(
        jobs[0],
        state=JobState.FAILED,
        provider='fal-ai',
        progress=JobProgress(stage=Stage.RUNNING, queue_position=None, fraction=0.5, bytes=7),
        outputs=(Output(path='/a.png', media_type='image/png', width=1, height=2, size=3, sha256='0'),),
        error=Failure(code=FailureCode.TIMEOUT, message='m', hint='h', provider='fal-ai', status=504),
        note='n',
        started_at=NOW,
        finished_at=NOW,
    )
    await ledger.save(ended)
    assert await ledger.find(ended.id) == ended
    assert await ledger.last_order(asked.router) == asked
    assert await ledger.last_order('elsewhere') is None


@pytest.mark.parametrize(
    'step',
    [
        Send(request=Request(method='POST', path='/a', query={'b': 'c'}, body={'seed': 2**70}), kind=SendKind.SUBMIT),
        Wait(seconds=1.5),
        Fetch(media=(Media(url='https://a/b.png?signature=x'), Media(data=b'\x00\xff'), Media(file='/a.part'))),
    ],
)
async def test_a_progress_survives(ledger: Ledger, step: Send | Wait | Fetch) -> None:
    asked = order()
    await ledger.add(asked, [job(asked)])
    progress = Progress(
        provider='fal-ai', step=step, accepted=True, memory={'path': '/x'}, facts=Facts(seed=2**70, nsfw=(True,))
    )
    await ledger.save_attempt(job(asked), 0, MAPPING, progress)
    (record,) = await ledger.attempts(f'{asked.id}-1')
    assert (record.progress, record.mapping, record.finished) == (progress, MAPPING, False)
    await ledger.end_attempt(job(asked), 0, MAPPING, Attempt(provider='fal-ai', status=402, error='no credit'))
    (record,) = await ledger.attempts(f'{asked.id}-1')
    assert record.finished
    assert (await ledger.find(f'{asked.id}-1')).attempts == (Attempt(provider='fal-ai', status=402, error='no credit'),)


async def test_jobs_are_found_by_the_beginning_of_their_id(ledger: Ledger) -> None:
    asked = order()
    await ledger.add(asked, [job(asked, 0), job(asked, 1)])
    assert (await ledger.find('abcdefgh-2')).index == 1
    for name in ('abc', '', 'nothing', '%', 'ABCDEFGH-1'):
        with pytest.raises(UsageError):
            await ledger.find(name)


async def test_listing(ledger: Ledger) -> None:
    asked = order(count=3)
    jobs = await ledger.add(asked, [job(asked, index) for index in range(3)])
    await ledger.save(replace(jobs[1], state=JobState.SUCCEEDED))
    assert [found.index for found in await ledger.jobs(newest_first=True, limit=2)] == [2, 1]
    assert [found.index for found in await ledger.jobs(states=[JobState.QUEUED])] == [0, 2]
    assert await ledger.jobs(states=[]) == ()


def _live_elsewhere(
    path: Path, ready: 'multiprocessing.synchronize.Event', stop: 'multiprocessing.synchronize.Event'
) -> None:
    import asyncio

    async def live() -> None:
        ledger = Ledger(path)
        await ledger.open()
        asked = order('elsewher')
        await ledger.add(asked, [job(asked)])
        ready.set()
        await asyncio.to_thread(stop.wait)
        os._exit(9)  # as if killed: nothing is closed

    asyncio.run(live())


async def test_a_job_of_a_living_process_is_its_own_and_a_dead_ones_is_anybodys(ledger: Ledger, path: Path) -> None:
    import asyncio

    context = multiprocessing.get_context('spawn')
    ready, stop = context.Event(), context.Event()
    process = context.Process(target=_live_elsewhere, args=(path, ready, stop))
    process.start()
    try:
        assert await asyncio.to_thread(ready.wait, 30)
        assert await ledger.unowned() == ()
        assert await ledger.take_up('elsewher-1', asked=True) is None
        assert await ledger.ask_to_cancel('elsewher-1')
    finally:
        stop.set()
        await asyncio.to_thread(process.join)
    assert [found.id for found in await ledger.unowned()] == ['elsewher-1']
    assert not await ledger.ask_to_cancel('elsewher-1')
    taken = await ledger.take_up('elsewher-1', asked=False)
    assert taken is not None
    assert taken.state is JobState.QUEUED
    assert await ledger.unowned() == (), 'it is ours now'
    assert await ledger.take_up('elsewher-1', asked=True) is None, 'and under way'
    assert await ledger.take_up('nothing', asked=True) is None


async def test_an_ended_job_that_was_paid_for_can_be_taken_up(ledger: Ledger) -> None:
    asked = order()
    await ledger.add(asked, [job(asked)])
    assert await ledger.unowned() == ()
    await ledger.save(job(asked, state=JobState.FAILED), collectable=True)
    assert len(await ledger.unowned()) == 1
    assert await ledger.take_up(f'{asked.id}-1', asked=False)
    await ledger.save(job(asked, state=JobState.FAILED), collectable=False)
    assert await ledger.unowned() == ()


@pytest.mark.parametrize(
    ('state', 'collectable', 'unasked', 'asked'),
    [
        (JobState.SUCCEEDED, False, False, False),
        (JobState.FAILED, True, True, True),
        (JobState.FAILED, False, False, True),
        (JobState.CANCELLED, True, False, True),
        (JobState.INTERRUPTED, False, False, True),
    ],
)
async def test_what_is_taken_up_unasked_and_asked(
    ledger: Ledger, state: JobState, collectable: bool, unasked: bool, asked: bool
) -> None:
    for wanted, is_asked in ((unasked, False), (asked, True)):
        of = order('asked---' if is_asked else 'unasked-')
        await ledger.add(of, [job(of)])
        await ledger.save(job(of, state=state), collectable=collectable)
        assert (await ledger.take_up(f'{of.id}-1', asked=is_asked) is not None) == wanted


@pytest.mark.parametrize(('table', 'column'), [('jobs', 'progress'), ('attempts', 'mapping')])
async def test_a_job_that_cannot_be_read_keeps_nobody_from_the_others(
    ledger: Ledger, path: Path, table: str, column: str
) -> None:
    of = order(count=2)
    await ledger.add(of, [job(of, 0), job(of, 1)])
    await ledger.save_attempt(job(of, 0), 0, MAPPING, None)
    with closing(sqlite3.connect(path)) as connection, connection:
        row = {'jobs': 'position = 0', 'attempts': 'ordinal = 0'}[table]
        connection.execute(f"UPDATE {table} SET {column} = '{{' WHERE {row}")
    connection.close()
    assert [found.index for found in await ledger.jobs()] == [1]


async def test_an_attempt_that_cannot_be_read_is_an_error_of_the_ledger(ledger: Ledger, path: Path) -> None:
    of = order()
    await ledger.add(of, [job(of)])
    await ledger.save_attempt(job(of), 0, MAPPING, Progress(provider='fal-ai', step=Wait(seconds=1)))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE attempts SET progress = '{}'")
    connection.close()
    with pytest.raises(StoreError, match=f'{of.id}-1'):
        await ledger.attempts(f'{of.id}-1')


async def test_many_jobs_are_read_in_as_many_queries_as_one(ledger: Ledger) -> None:
    async def statements() -> int:
        traced = list[str]()
        await ledger._database.read(lambda connection: connection.set_trace_callback(traced.append))
        await ledger.jobs()
        await ledger._database.read(lambda connection: connection.set_trace_callback(None))
        return len(traced)

    of = order(count=20)
    await ledger.add(order('aaaaaaaa'), [job(order('aaaaaaaa'))])
    one = await statements()
    await ledger.add(of, [job(of, index) for index in range(20)])
    assert await statements() == one


async def test_an_ending_that_nobody_has_seen_is_not_retried(ledger: Ledger) -> None:
    of = order()
    await ledger.add(of, [job(of)])
    seen = job(of, state=JobState.FAILED, finished_at=NOW)
    for since in (
        job(of, state=JobState.INTERRUPTED, finished_at=NOW),
        job(of, state=JobState.FAILED, finished_at=NOW + timedelta(seconds=1)),
    ):
        await ledger.save(since)
        assert await ledger.take_up(seen.id, asked=True, seen=seen) is None
        assert await ledger.take_up(seen.id, asked=True)
    await ledger.save(seen)
    assert await ledger.take_up(seen.id, asked=True, seen=seen) is not None


async def test_what_was_held_back_overnight_counts_from_when_it_is_sent(ledger: Ledger, path: Path) -> None:
    one = job(order())
    await ledger.add(one.order, [one])
    await ledger.save_attempt(one, 0, MAPPING, None)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE attempts SET started_at = '2020-01-01T23:59:59+00:00'")
    send = Send(request=Request(method='POST', path='/x'), kind=SendKind.SUBMIT)
    await ledger.save_attempt(one, 0, MAPPING, Progress(provider='fal-ai', step=send))
    today = datetime.now(UTC) - timedelta(hours=1)
    assert await ledger.spending.requests(today, free_router='sandbox', free_providers=()) == 1


async def test_the_file_is_the_users_alone(ledger: Ledger, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_half_done_transaction_leaves_nothing(ledger: Ledger) -> None:
    asked = order()
    with pytest.raises(StoreError):
        await ledger.add(asked, [job(asked), job(asked)])
    assert await ledger.last_order(asked.router) is None
    assert await ledger.jobs() == ()


async def test_a_commit_that_fails_ends_its_transaction_and_not_the_ledger(ledger: Ledger) -> None:
    def violate(connection: sqlite3.Connection) -> None:
        connection.execute('PRAGMA defer_foreign_keys = ON')  # so that it is found by the commit
        connection.execute("INSERT INTO attempts VALUES ('nobody', 0, '{}', NULL, NULL, NULL, '', NULL)")

    with pytest.raises(StoreError, match='FOREIGN KEY'):
        await ledger._database.write(violate)
    asked = order()
    await ledger.add(asked, [job(asked)])
    assert len(await ledger.jobs()) == 1


async def test_a_newer_ledger_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f'PRAGMA user_version = {len(MIGRATIONS) + 1}')
    connection.close()
    with pytest.raises(StoreError, match='newer'):
        await Ledger(path).open()


async def test_favourites_and_what_was_used_last(ledger: Ledger) -> None:
    assert await ledger.models.favourites() == await ledger.models.recent(9) == ()
    for model in ('a/first', 'a/second'):
        await ledger.models.mark_favourite(model, favourite=True)
        await ledger.models.mark_favourite(model, favourite=True)
    assert await ledger.models.favourites() == ('a/second', 'a/first')
    await ledger.models.mark_favourite('a/second', favourite=False)
    assert await ledger.models.favourites() == ('a/first',)
    for number, model in enumerate(('a/x', 'a/y', 'a/x', 'a/z')):
        asked = order(f'order{number}', model=model, created_at=NOW + timedelta(seconds=number))
        await ledger.add(asked, [job(asked)])
    assert await ledger.models.recent(9) == ('a/z', 'a/x', 'a/y')
    assert await ledger.models.recent(1) == ('a/z',)


@pytest.mark.parametrize(
    ('field', 'value'),
    [('draw', Draw(count=2, place=1)), ('matrix', Matrix(models=('owner/name', 'owner/other'), every_provider=True))],
)
async def test_an_order_keeps_what_it_belongs_to_and_one_of_before_says_nothing_of_it(
    ledger: Ledger, path: Path, field: str, value: Draw | Matrix
) -> None:
    asked = replace(order(prompt='a', template='{a|b|c}'), **{field: value})
    await ledger.add(asked, [job(asked)])
    assert await ledger.last_order(asked.router) == asked
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE orders SET body = json_remove(body, '$.{field}')")
    assert await ledger.last_order(asked.router) == replace(asked, **{field: None})


async def test_each_prompt_is_remembered_once_by_its_newest_order(ledger: Ledger, path: Path) -> None:
    for number, prompt in enumerate(('a fox', 'a wolf', 'a fox', 'a bear')):
        asked = order(f'order{number}', prompt=prompt, created_at=NOW + timedelta(seconds=number))
        await ledger.add(asked, [job(asked)])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE orders SET body = 'x' || body WHERE id = 'order3'")
    connection.close()
    assert [past.id for past in await ledger.past_prompts()] == ['order2', 'order1']


async def test_what_a_start_asks_for_takes_no_longer_after_a_long_past(tmp_path: Path) -> None:
    async def steps(count: int) -> int:
        """How many hundreds of SQLite's instructions it takes behind so many jobs that have succeeded."""
        taken = 0

        def note() -> int:
            nonlocal taken
            taken += 1
            return 0

        async with Ledger(tmp_path / f'{count}.sqlite3') as ledger:
            asked = order('o1')
            ended = [job(asked, index, state=JobState.SUCCEEDED) for index in range(count)]
            left = order('o2', model='owner/other')
            await ledger.add_all([asked, left], [*ended, job(left)])
            await ledger.save_all(ended)
            await ledger._database.read(lambda connection: connection.set_progress_handler(note, 100))
            await ledger.unowned()
            await ledger.models.recent(10)
            await ledger.news()
            await ledger.last_order(asked.router)
            await ledger.jobs(limit=20, newest_first=True)
            await ledger.older(None, 20)
        return taken

    assert await steps(2_000) < 2 * await steps(100)
