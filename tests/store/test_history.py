"""How long runs took: only those that tell something, and found without a look at the others."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Attempt, Job, JobState
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
    await ledger.end_attempt(done, attempts - 1, Attempt(provider='fal-ai', status=200))
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
    with sqlite3.connect(path) as connection:
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
