"""One process sees what the others do to the ledger, and takes over only what may be gone on with at no cost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Driver, Job, JobState, Progress, Request, Send, SendKind, Wait
from hfmedia_tui.store.ledger import Ledger
from tests.jobs import MAPPING, job, order

SUBMIT = Send(request=Request(method='POST', path='/x'), kind=SendKind.SUBMIT)

Open = Callable[[], Awaitable[Ledger]]


@pytest.fixture
async def another(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens one more ledger on the same file, as another process would."""
    opened = list[Ledger]()

    async def open_it() -> Ledger:
        ledger = Ledger(tmp_path / 'ledger.sqlite3')
        await ledger.open()
        opened.append(ledger)
        return ledger

    yield open_it
    for ledger in opened:
        await ledger.close()


async def asked(ledger: Ledger, name: str = 'abcdefgh') -> Job:
    one = job(order(name))
    (recorded,) = await ledger.add(one.order, [one])
    return recorded


async def test_jobs_of_another_process_are_news_as_they_change(another: Open) -> None:
    ours, theirs = await another(), await another()
    assert await ours.news() == ()
    new = await asked(theirs)
    assert await ours.news() == (replace(new, driver=Driver.OTHER),)
    assert await ours.news() == ()
    await theirs.save(replace(new, state=JobState.RUNNING))
    (running,) = await ours.news()
    assert (running.state, running.driver) == (JobState.RUNNING, Driver.OTHER)
    await theirs.save(ended := replace(new, state=JobState.CANCELLED))
    assert await ours.news() == (ended,)


async def test_our_own_jobs_are_no_news(another: Open) -> None:
    ours, theirs = await another(), await another()
    await ours.news()
    mine = await asked(ours)
    assert await ours.news() == ()
    await asked(theirs, 'zzzzzzzz')
    assert [job.order.id for job in await ours.news()] == ['zzzzzzzz']
    assert await ours.jobs(states=[JobState.QUEUED], limit=1) == (mine,)


async def test_the_first_news_are_all_unfinished_jobs_of_others(another: Open) -> None:
    gone, theirs = await another(), await another()
    left = await asked(gone, 'aaaaaaaa')
    await gone.close()
    new = await asked(theirs, 'bbbbbbbb')
    ours = await another()
    assert await ours.news() == (replace(left, driver=Driver.NOBODY), replace(new, driver=Driver.OTHER))


async def test_that_a_process_is_gone_is_news_of_its_jobs(another: Open) -> None:
    ours, theirs = await another(), await another()
    new = await asked(theirs)
    assert len(await ours.news()) == 1
    await theirs.close()
    assert await ours.news() == (replace(new, driver=Driver.NOBODY),)
    assert await ours.news() == ()


@pytest.mark.parametrize(
    ('progress', 'sent'),
    [
        (None, False),
        (Progress(provider='fal-ai', step=SUBMIT), True),
        (Progress(provider='fal-ai', step=Wait(seconds=1)), False),
        (Progress(provider='fal-ai', step=Wait(seconds=1), accepted=True), True),
    ],
)
async def test_only_what_was_sent_can_be_gone_on_with_at_no_cost(
    another: Open, progress: Progress | None, sent: bool
) -> None:
    gone = await another()
    left = await asked(gone)
    await gone.save_attempt(left, 0, MAPPING, progress)
    await gone.close()
    ours = await another()
    assert bool(await ours.unowned(sent_only=True)) == sent
    assert bool(await ours.take_up(left.id, asked=False, sent_only=True)) == sent


async def test_a_cancel_that_its_owner_did_not_live_to_do_is_asked_of_the_next(another: Open) -> None:
    theirs, ours = await another(), await another()
    one = await asked(theirs)
    assert await ours.ask_to_cancel(one.id)
    await theirs.close()
    await ours.take_up(one.id, asked=False)
    assert await ours.asked_to_cancel() == (one.id,)


async def test_a_job_that_cannot_be_read_is_named(another: Open, tmp_path: Path) -> None:
    ours = await another()
    bad, good = await asked(ours, 'aaaaaaaa'), await asked(ours, 'bbbbbbbb')

    def damage(connection) -> None:  # type: ignore[no-untyped-def]
        connection.execute("UPDATE jobs SET progress = '{' WHERE id = ?", (bad.id,))

    await ours._database.write(damage)
    assert await ours.jobs() == (good,)
    assert ours.unreadable == {bad.id}
