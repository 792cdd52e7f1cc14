"""The line as the user arranges it in the jobs' place: paused, moved, started, written anew, limited, tried again."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Job, JobState, Stage
from hfmedia_tui.errors import StoreError
from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.limits import LimitsScreen
from hfmedia_tui.services import Ask, Limits
from hfmedia_tui.settings import read_settings
from tests.screens.conftest import Start
from tests.screens.studio import Studio

STUCK = Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', provider='fal-ai', timeout=60)


async def begun(studio: Studio, count: int) -> tuple[Job, ...]:
    """Show jobs of which the first is stuck at its provider and the others wait, in their place."""
    studio.services.pool.limits = Limits(total=1, per_provider=1)
    jobs = await studio.services.submit(replace(STUCK, count=count))
    await studio.press('f4')
    await studio.until(lambda: len(studio.jobs.jobs.rows) == count and studio.app.jobs[jobs[0].id].progress.stage)
    await studio.until(lambda: studio.app.jobs[jobs[0].id].progress.stage is Stage.QUEUED)
    return jobs


def names(studio: Studio) -> list[str]:
    return [job.id for job in studio.jobs.jobs.rows]


async def test_a_job_is_moved_paused_and_started_past_the_limits(start: Start) -> None:
    async with start((80, 24)) as studio:
        first, second, third = await begun(studio, 3)
        await studio.press('G')
        assert studio.jobs.job is not None
        await studio.press('K')
        await studio.until(lambda: names(studio) == [first.id, third.id, second.id])
        assert studio.jobs.job.id == third.id, 'the highlight goes with it'
        await studio.press('shift+down')
        await studio.until(lambda: names(studio) == [first.id, second.id, third.id])
        await studio.press('p')
        await studio.until_shown('‖ paused')
        await studio.press('exclamation_mark')
        await studio.until(lambda: studio.app.jobs[third.id].state is JobState.RUNNING)
        assert studio.app.jobs[second.id].state is JobState.QUEUED
        await studio.services.pool.cancel_all()


async def test_all_is_paused_and_told_in_every_place(start: Start) -> None:
    async with start((80, 24)) as studio:
        first, second = await begun(studio, 2)
        await studio.press('P')
        await studio.until_shown('Paused: P starts again')
        await studio.until_shown('‖ paused')
        assert '●1 ‖1 ' in studio.text, 'nothing is said to wait for its turn that waits for the user'
        await studio.press('f3')
        await studio.until_shown('‖ paused')
        await studio.until_shown('Paused: F4 to start again')
        await studio.press('f4', 'c')
        await studio.until(lambda: studio.app.jobs[first.id].state is JobState.CANCELLED)
        assert studio.app.jobs[second.id].state is JobState.QUEUED
        await studio.press('f2')
        await studio.until_shown('1 paused')
        await studio.press('f4')
        await studio.pilot.click('#standing', offset=(4, 0))
        await studio.until(lambda: studio.app.jobs[second.id].state is JobState.RUNNING)
        assert 'Paused' not in studio.text
        await studio.press('f3')
        await studio.until_shown('Generate 1')
        assert 'Paused' not in studio.text
        await studio.services.pool.cancel_all()


async def test_a_job_that_waits_is_written_anew_or_put_back(start: Start) -> None:
    async with start() as studio:
        _, waiting = await begun(studio, 2)
        await studio.press('j', 'e')
        await studio.until(lambda: studio.app.current_mode == 'compose')
        await studio.until(lambda: studio.compose.prompt.text == 'a fox')
        assert studio.app.jobs[waiting.id].paused or studio.services.pool.jobs[waiting.id].paused
        await studio.press('f4')
        await studio.until(lambda: not studio.services.pool.jobs[waiting.id].paused)

        await studio.press('e')
        await studio.until(lambda: studio.app.current_mode == 'compose')
        studio.compose.prompt.text = 'a hen'
        await studio.press('f5')
        await studio.until(lambda: studio.app.jobs[waiting.id].state is JobState.CANCELLED)
        assert [job.order.prompt for job in studio.services.pool.jobs.values()] == ['a fox', 'a fox', 'a hen']
        await studio.services.pool.cancel_all()


@pytest.mark.parametrize('sent', [True, False])
async def test_who_leaves_while_it_is_sent_does_not_put_back_what_it_replaces(
    start: Start, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    """The job is sent in one of its two forms, and never in both."""
    async with start() as studio:
        _, waiting = await begun(studio, 2)
        await studio.press('j', 'e')
        await studio.until(lambda: studio.app.current_mode == 'compose')
        await studio.until(lambda: studio.compose.prompt.text == 'a fox')
        come, go_on = studio.hold_submits(monkeypatch, None if sent else StoreError('The disk is full.'))
        studio.compose.prompt.text = 'a hen'
        await studio.press('f5')
        await asyncio.wait_for(come.wait(), 30)
        await studio.press('f4')
        await studio.until(lambda: studio.app.current_mode == 'jobs')
        await studio.pilot.pause()
        assert studio.services.pool.jobs[waiting.id].paused
        go_on.set()
        if sent:
            await studio.until(lambda: studio.app.jobs[waiting.id].state is JobState.CANCELLED)
            assert [job.order.prompt for job in studio.services.pool.jobs.values()] == ['a fox', 'a fox', 'a hen']
        else:
            await studio.until(lambda: not studio.services.pool.jobs[waiting.id].paused)
        await studio.services.pool.cancel_all()


async def test_a_job_that_cannot_be_replaced_is_told_of_beside_the_one_that_was_sent(
    start: Start, paths: Paths
) -> None:
    """You should read that the new job is on its way, and that the old one stays paused."""
    async with start(toasts=True) as studio:
        _, waiting = await begun(studio, 2)
        await studio.press('j', 'e')
        await studio.until(lambda: studio.app.current_mode == 'compose')
        await studio.until(lambda: studio.compose.prompt.text == 'a fox')
        with closing(sqlite3.connect(paths.ledger)) as connection, connection:
            connection.execute(
                "CREATE TRIGGER never BEFORE UPDATE ON jobs WHEN NEW.state = 'cancelled'"
                " BEGIN SELECT RAISE(ABORT, 'not today'); END"
            )
        studio.compose.prompt.text = 'a hen'
        await studio.press('f5')
        await studio.until_shown('could not be cancelled')
        assert len(studio.services.pool.jobs) == 3
        await studio.until(lambda: not studio.app.draft.text)
        assert studio.services.pool.jobs[waiting.id].paused
        with closing(sqlite3.connect(paths.ledger)) as connection, connection:
            connection.execute('DROP TRIGGER never')
        connection.close()
        await studio.services.pool.cancel_all()


async def test_limits_are_changed_while_jobs_run_and_kept(start: Start) -> None:
    async with start((80, 24)) as studio:
        _, second = await begun(studio, 2)
        await studio.press('l')
        await studio.until(lambda: isinstance(studio.app.screen, LimitsScreen))
        await studio.press('right', 'down', 'plus')
        await studio.until(lambda: studio.services.pool.limits == Limits(total=2, per_provider=2))
        await studio.until(lambda: studio.app.jobs[second.id].state is JobState.RUNNING)
        await studio.services.pool.cancel_all()
        await studio.settle()
        await studio.press('left', 'escape')
        await studio.until_shown('at most 2 at once, 1 at one provider')
        settings = read_settings(studio.app.paths.settings)
        assert (settings.jobs.total, settings.jobs.per_provider) == (2, 1)


async def test_all_that_failed_and_fits_is_tried_again_after_one_question(start: Start) -> None:
    """You should see how many requests that is, and why they failed."""
    async with start((80, 24)) as studio:
        moderated = Ask(model='sandbox/fails-moderated', prompt='a fox', count=2)
        await studio.services.submit(moderated)
        (cut_off,) = await studio.services.submit(Ask(model='sandbox/fails-cut-off', prompt='a fox'))
        (other,) = await studio.services.submit(replace(moderated, prompt='a hen', count=1))
        failed = {job.id: job for job in await studio.settle()}
        await studio.press('f4', 'slash', *'prompt:fox', 'enter')
        await studio.until(lambda: len(studio.jobs.jobs.rows) == 3)
        await studio.press('R')
        await studio.until_asked()
        for words in ('Retry 3 failed jobs?', '2 paid requests', '1 job paid for already', '2 × '):
            assert words in studio.text
        await studio.press('right', 'enter')
        await studio.until(lambda: all(job.state is JobState.QUEUED or job != failed[job.id] for job in shown(studio)))
        await studio.settle()
        assert len(studio.app.jobs[cut_off.id].attempts) == 1, 'it is collected'
        assert studio.app.jobs[other.id] == failed[other.id]


def shown(studio: Studio) -> list[Job]:
    return [studio.app.jobs[name] for name in names(studio)]


async def test_a_ledger_that_cannot_be_told_of_what_is_tried_again_is_told_of(start: Start, paths: Paths) -> None:
    """You should read that the job was left alone."""
    async with start((80, 24), toasts=True) as studio:
        (failed,) = await studio.services.submit(Ask(model='sandbox/fails-moderated', prompt='a fox'))
        await studio.settle()
        with closing(sqlite3.connect(paths.ledger)) as connection, connection:
            connection.execute(
                "CREATE TRIGGER never BEFORE UPDATE ON jobs WHEN NEW.state = 'queued'"
                " BEGIN SELECT RAISE(ABORT, 'not today'); END"
            )
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job is not None and studio.jobs.job.id == failed.id)
        await studio.press('R')
        await studio.until_asked()
        await studio.press('right', 'enter')
        await studio.until_shown('Left alone: 1 job')
