"""Leaving while jobs are not finished, and coming back to what was left."""

import pytest

from hfmedia_tui.domain import JobState
from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.leaving import Farewell
from hfmedia_tui.services import Ask, Limits, open_services
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.widgets.popup import Popup
from tests.screens.conftest import Start
from tests.screens.studio import Studio

STUCK = 'sandbox/fails-stuck-in-queue'
IMAGE = 'black-forest-labs/FLUX.1-schnell'


async def begin(studio: Studio, count: int = 1) -> None:
    """Have jobs that no provider ever finishes, and ask to leave."""
    await studio.choose(STUCK)
    await studio.generate('a fox', count)
    await studio.until(lambda: studio.services.pool.if_left().collected)
    await studio.press('ctrl+q')
    await studio.until(lambda: isinstance(studio.app.screen, Choice))


async def states(paths: Paths) -> list[JobState]:
    ledger = Ledger(paths.ledger)
    await ledger.open()
    jobs = await ledger.jobs()
    await ledger.close()
    return [job.state for job in jobs]


async def test_leaving_is_asked_about_and_escape_stays(start: Start) -> None:
    """You should see who has accepted the job, and four ways on."""
    async with start((80, 24)) as studio:
        await begin(studio)
        for words in ('1 job running', 'Accepted by', 'Wait', 'Leave running', 'Cancel all', 'Stay'):
            assert words in studio.text
        await studio.press('escape')
        assert studio.app.is_running
        assert studio.app.current_mode == 'compose'


@pytest.mark.parametrize('popup', [('f1',), ('f7', 'slash', *'spend', 'enter', 'enter')], ids=' '.join)
async def test_the_program_is_left_from_a_popup_too(start: Start, popup: tuple[str, ...]) -> None:
    async with start((80, 24)) as studio:
        await studio.press(*popup)
        await studio.until(lambda: isinstance(studio.app.screen, Popup))
        await studio.press('ctrl+q')
        await studio.until(lambda: studio.app._exit)


async def test_what_runs_is_left_to_be_collected(start: Start, paths: Paths) -> None:
    async with start((80, 24)) as studio:
        await begin(studio)
        await studio.press('down', 'enter')
        await studio.until(lambda: studio.app._exit)
    assert studio.app.rooms.services is None
    assert studio.app.to_collect
    assert 'In the background' in studio.app.farewell[0]
    assert await states(paths) == [JobState.RUNNING]


async def test_cancelling_says_afterwards_what_it_did(start: Start, paths: Paths) -> None:
    async with start((80, 24)) as studio:
        await begin(studio)
        await studio.press('down', 'down', 'enter')
        await studio.until(lambda: studio.app._exit)
    (said,) = studio.app.farewell
    assert 'queue before it ran' in said or 'may finish and bill it' in said or 'may still be billed' in said
    assert not studio.app.to_collect
    assert await states(paths) == [JobState.CANCELLED]


async def test_waiting_can_be_given_up_and_ends_with_the_last_job(start: Start, paths: Paths) -> None:
    """You should see how many are left, and a way back."""
    async with start((80, 24)) as studio:
        await begin(studio)
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, Farewell))
        await studio.until_shown('1 job running')
        await studio.press('escape')
        assert not isinstance(studio.app.screen, Farewell)
        await studio.press('ctrl+q', 'enter')
        await studio.until(lambda: isinstance(studio.app.screen, Farewell))
        (job_id,) = studio.services.pool.jobs
        await studio.services.pool.cancel(job_id)
        await studio.until(lambda: studio.app._exit)
    assert await states(paths) == [JobState.CANCELLED]


async def test_waiting_is_not_offered_for_what_waits_for_the_user(start: Start, paths: Paths) -> None:
    """You should see that the job is paused, and three ways on, none of which ends by itself."""
    async with start((80, 24)) as studio:
        await studio.services.waiting.pause_all(True)
        studio.app.paused = True
        await studio.choose(IMAGE)
        await studio.generate('a fox', 2)
        await studio.until_shown('‖2')
        await studio.press('ctrl+q')
        await studio.until(lambda: isinstance(studio.app.screen, Choice))
        assert '2 jobs paused' in studio.text
        for words in ('none of them is sent', 'what is paused stays so'):
            assert words in studio.text
        assert 'Wait' not in studio.text
        await studio.press('enter')
        await studio.until(lambda: studio.app._exit)
    (said,) = studio.app.farewell
    assert said.startswith('2 jobs paused')
    assert await states(paths) == [JobState.QUEUED] * 2


@pytest.mark.parametrize(
    ('at_start', 'then'), [('ask', 'the next start asks'), ('run', 'sends them'), ('pause', 'until you take them up')]
)
async def test_what_becomes_of_jobs_that_only_wait_is_told(
    start: Start, paths: Paths, at_start: str, then: str
) -> None:
    paths.settings.parent.mkdir(parents=True, exist_ok=True)
    paths.settings.write_text(f'[jobs]\nat_start = "{at_start}"\n')
    async with start((80, 24)) as studio:
        studio.services.pool.stop_starting()
        await studio.services.submit(Ask(model=IMAGE, prompt='a fox'))
        await studio.press('ctrl+q')
        await studio.until(lambda: isinstance(studio.app.screen, Choice))
        await studio.until_shown(then)


async def test_waiting_ends_when_only_paused_jobs_are_left(start: Start, paths: Paths) -> None:
    async with start((80, 24)) as studio:
        studio.services.pool.limits = Limits(total=1)
        running, paused = await studio.services.submit(Ask(model=STUCK, prompt='a fox', provider='fal-ai', count=2))
        await studio.services.waiting.pause(paused)
        await studio.until(lambda: studio.services.pool.if_left().collected)
        await studio.press('ctrl+q')
        await studio.until_shown('1 job running, 1 paused')
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, Farewell))
        await studio.services.pool.cancel(running.id)
        await studio.until(lambda: studio.app._exit)
    assert await states(paths) == [JobState.CANCELLED, JobState.QUEUED]


async def leave_waiting(paths: Paths, environment: dict[str, str], count: int = 1) -> None:
    """Leave jobs behind that were never sent."""
    async with open_services(paths, environment=environment, limits=Limits(total=1)) as services:
        services.pool.stop_starting()
        await services.submit(Ask(model=IMAGE, prompt='a bay at dawn', count=count))


async def test_jobs_that_were_left_waiting_are_asked_about(
    start: Start, paths: Paths, environment: dict[str, str]
) -> None:
    """You should see how many wait, what they are, and three answers."""
    await leave_waiting(paths, environment, count=4)
    async with start((80, 24)) as studio:
        await studio.until_shown('4 jobs of an earlier session wait')
        await studio.until_asked()
        for words in ('a bay at dawn ×4', 'Keep waiting', 'Run', 'Cancel'):
            assert words in studio.text
        await studio.press('down', 'enter')
        await studio.until(lambda: len(studio.services.pool.jobs) == 4)
        jobs = await studio.settle()
        assert {job.state for job in jobs} == {JobState.SUCCEEDED}


async def test_they_keep_waiting_or_are_cancelled(start: Start, paths: Paths, environment: dict[str, str]) -> None:
    await leave_waiting(paths, environment)
    async with start((80, 24)) as studio:
        await studio.until_shown('1 job of an earlier session waits')
        await studio.press('escape')
        assert not studio.services.pool.jobs
    assert await states(paths) == [JobState.QUEUED]
    async with start((80, 24)) as studio:
        await studio.until_asked()
        await studio.press('down', 'down', 'enter')
        await studio.until(lambda: [job.state for job in studio.app.jobs.values()] == [JobState.CANCELLED])
    assert await states(paths) == [JobState.CANCELLED]


async def test_the_settings_say_what_becomes_of_them_unasked(
    start: Start, paths: Paths, environment: dict[str, str]
) -> None:
    await leave_waiting(paths, environment)
    paths.settings.parent.mkdir(parents=True, exist_ok=True)
    paths.settings.write_text('[jobs]\nat_start = "run"\n')
    async with start((80, 24)) as studio:
        await studio.until(lambda: studio.services.pool.jobs)
        (job,) = await studio.settle()
    assert job.state is JobState.SUCCEEDED


async def test_jobs_of_another_process_are_shown_as_they_go(
    start: Start, paths: Paths, environment: dict[str, str]
) -> None:
    """You should see that another process drives it, and be able to cancel it."""
    async with start((80, 24)) as studio, open_services(paths, environment=environment, patience=0.02) as other:
        await studio.press('f4')
        (job,) = await other.submit(Ask(model=STUCK, prompt='a far fox', provider='fal-ai'))
        await studio.until_shown('elsewhere · a far fox')
        await studio.until(lambda: studio.app.tally.running == 1)
        assert not studio.services.pool.jobs
        assert 'Another process drives it' in studio.text
        await studio.press('c')
        await studio.until(lambda: studio.app.jobs[job.id].state is JobState.CANCELLED)
        assert studio.app.tally.running == 0


async def test_what_another_process_leaves_is_collected_here(
    start: Start, paths: Paths, environment: dict[str, str]
) -> None:
    async with start((80, 24)) as studio:
        async with open_services(paths, environment=environment, patience=0.02) as other:
            (job,) = await other.submit(Ask(model=STUCK, prompt='a fox', provider='fal-ai'))
            await studio.until(lambda: other.pool.if_left().collected)
        await studio.until(lambda: job.id in studio.services.pool.jobs)
        await studio.until(lambda: studio.app.tally.running == 1)
