"""How long runs took: only those that tell something, and found without a look at the others."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Attempt, Failure, FailureCode, Job, JobState
from hfmedia_tui.outlook import TrackRecord
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.migrations import MIGRATIONS
from tests.jobs import MAPPING, NOW, job, order

LONG_AGO = NOW - timedelta(days=365)
"""Before the clock that stamps an attempt."""


async def run(ledger: Ledger, name: str, seconds: float, *, attempts: int = 1, started: float = 0) -> Job:
    """Run a job to its success; it began `started` seconds after a moment long ago."""
    (asked,) = await ledger.add(of := order(name, router='here'), [job(of)])
    start = LONG_AGO + timedelta(seconds=started)
    running = replace(asked, state=JobState.RUNNING, provider='fal-ai', started_at=start)
    for ordinal in range(attempts):
        await ledger.save_attempt(running, ordinal, MAPPING, None)
    done = replace(running, state=JobState.SUCCEEDED, finished_at=start + timedelta(seconds=seconds))
    await ledger.end_attempt(done, attempts - 1, MAPPING, Attempt(provider='fal-ai', status=200))
    return done


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'ledger.sqlite3'


async def test_runs_in_one_go_are_remembered_by_what_they_can_be_compared_with(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.open()
    await run(ledger, 'aaaaaaaa', 8.25)
    await run(ledger, 'bbbbbbbb', 3.5)
    await run(ledger, 'cccccccc', 99, attempts=2)
    taken_up_again = timedelta(days=2 * 365).total_seconds()
    await run(ledger, 'dddddddd', 99, started=taken_up_again)
    assert await ledger.history.runs('here', 'owner/name', 'fal-ai') == pytest.approx((3.5, 8.25), abs=0.002)
    for other in (('there', 'owner/name', 'fal-ai'), ('here', 'owner/x', 'fal-ai'), ('here', 'owner/name', 'novita')):
        assert await ledger.history.runs(*other) == ()
    await ledger.close()


async def test_what_ran_before_there_was_a_history_is_in_it(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.open()
    await run(ledger, 'aaaaaaaa', 8)
    await run(ledger, 'bbbbbbbb', 99, attempts=2)
    await ledger.close()
    version = next(number for number, steps in enumerate(MIGRATIONS) if 'CREATE TABLE runs' in steps[0])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('DROP TRIGGER job_ran')
        connection.execute('DROP TABLE runs')
        for step in MIGRATIONS[version]:
            connection.execute(step)
        found = connection.execute('SELECT model, provider, seconds FROM runs').fetchall()
    connection.close()
    assert found == [('owner/name', 'fal-ai', pytest.approx(8, abs=0.002))]


def test_a_hundred_thousand_other_runs_are_not_looked_at(path: Path) -> None:
    connection = sqlite3.connect(path)
    for steps in MIGRATIONS:
        for step in steps:
            connection.execute(step)
    plan = connection.execute(
        'EXPLAIN QUERY PLAN SELECT seconds FROM runs WHERE router = ? AND model = ? AND provider = ?'
        ' ORDER BY sequence DESC LIMIT 200',
        ('', '', ''),
    ).fetchall()
    connection.close()
    assert [row[3] for row in plan] == ['SEARCH runs USING PRIMARY KEY (router=? AND model=? AND provider=?)']


async def end(ledger: Ledger, name: str, state: JobState, code: FailureCode, words: str, *, minutes: int) -> None:
    """End a job whose one attempt no provider refused, so many minutes after the usual moment."""
    asked = NOW + timedelta(minutes=minutes)
    (added,) = await ledger.add(of := order(name, router='here', created_at=asked), [job(of)])
    ended = replace(added, state=state, provider='fal-ai', error=Failure(code=code, message=words))
    await ledger.save_attempt(added, 0, MAPPING, None)
    await ledger.end_attempt(ended, 0, MAPPING, Attempt(provider='fal-ai', error=words))


async def test_how_well_a_provider_has_served_tells_nothing_that_is_not_its_doing(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.open()
    assert await ledger.history.track_records('here', 'owner/name') == {}
    for name, seconds in (('aaaaaaaa', 8.25), ('bbbbbbbb', 3.5), ('cccccccc', 4.5)):
        await run(ledger, name, seconds)
    await end(ledger, 'dddddddd', JobState.FAILED, FailureCode.TIMEOUT, 'Not finished within 120 s.', minutes=2)
    await end(ledger, 'eeeeeeee', JobState.FAILED, FailureCode.STORAGE, 'The disk is full.', minutes=3)
    await end(ledger, 'ffffffff', JobState.CANCELLED, FailureCode.CANCELLED, 'Cancelled.', minutes=4)
    await end(ledger, 'gggggggg', JobState.INTERRUPTED, FailureCode.INTERRUPTED, 'Who knows.', minutes=5)

    (fallen_back,) = await ledger.add(of := order('hhhhhhhh', router='here'), [job(of)])
    novita = replace(MAPPING, provider='novita')
    await ledger.save_attempt(fallen_back, 0, MAPPING, None)
    await ledger.end_attempt(fallen_back, 0, MAPPING, Attempt(provider='fal-ai', status=402, error='Out of credit.'))
    done = replace(fallen_back, state=JobState.SUCCEEDED, provider='novita')
    await ledger.save_attempt(fallen_back, 1, novita, None)
    await ledger.end_attempt(done, 1, novita, Attempt(provider='novita', status=200))

    record, other = (await ledger.history.track_records('here', 'owner/name')).values()
    assert record.median == pytest.approx(4.5, abs=0.002)
    assert record[:3] == (3, 2, 1)
    assert record.last_failure == 'Not finished within 120 s.'
    assert other == TrackRecord(finished=1, failed=0, unheard=0, median=None, last_failure='')
    assert await ledger.history.track_records('there', 'owner/name') == {}
    await ledger.close()


async def test_a_damaged_row_costs_its_own_word_alone(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.open()
    for name in ('aaaaaaaa', 'bbbbbbbb'):
        await run(ledger, name, 3.5)
    await end(ledger, 'cccccccc', JobState.FAILED, FailureCode.TIMEOUT, 'Too slow.', minutes=1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE attempts SET mapping = '{' WHERE job_id = 'aaaaaaaa-1'")
        connection.execute("UPDATE jobs SET error = '[' WHERE id = 'cccccccc-1'")
    connection.close()
    record = (await ledger.history.track_records('here', 'owner/name'))['fal-ai']
    assert (record.finished, record.failed) == (1, 0)
    await ledger.close()
