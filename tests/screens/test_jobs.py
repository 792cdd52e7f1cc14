"""The jobs' own place: cancel, retry, reuse, copy, and every fact."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from hfmedia_tui.domain import JobProgress, JobState, Stage
from hfmedia_tui.engine.transport import Transport
from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.question import Question
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.services import open_services
from hfmedia_tui.widgets.field import Entry
from hfmedia_tui.widgets.job_details import JobDetails
from hfmedia_tui.widgets.job_list import JobList
from hfmedia_tui.widgets.preview import Preview
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-schnell'


@pytest.mark.parametrize('size', [(80, 24), (200, 50)])
async def test_a_result_is_described_and_shown(start: Start, size: tuple[int, int]) -> None:
    async with start(size) as studio:
        await studio.choose(MODEL)
        await studio.generate('a red fox in the snow')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until_shown('Succeeded')
        preview = studio.jobs.query_one(Preview)
        assert preview.source == Path(job.outputs[0].path)
        await studio.until(lambda: preview.picture is not None)
        for words in ('a red fox in the snow', MODEL, str(job.seed)):
            assert words in studio.text
        beside = '1024×1024' if size[0] > 100 else MODEL.rpartition('/')[2]
        assert f'✓ succeeded   {beside} ' in studio.text, 'a row has the model first, and the size where it has both'


async def test_the_details_show_what_the_provider_tells(start: Start) -> None:
    async with start((200, 50)) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until_shown('Computed')
        running = JobProgress(stage=Stage.RUNNING, log='loading the weights')
        studio.jobs.query_one(JobDetails).job = replace(job, state=JobState.RUNNING, progress=running)
        await studio.until_shown('loading the weights')


async def test_an_empty_place_says_how_to_fill_it(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.press('f4')
        await studio.until_shown('No jobs yet')
        for key in ('c', 'r', 'e', 'y', 'enter', 'j', 'G'):
            await studio.press(key)
        assert studio.app.current_mode == 'jobs'


async def test_a_key_that_is_for_another_job_says_so_once(start: Start) -> None:
    async with start((80, 24), toasts=True) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job is not None)
        await studio.press('down', 'Z', 'escape', 'r', 'r')
        await studio.until_shown('The highlighted job has not failed.')
        assert [told.title for told in studio.app._notifications] == ['Retry: not now']


async def test_a_running_job_is_cancelled_and_tried_again(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose('sandbox/fails-stuck-in-queue')
        await studio.generate('a fox')
        await studio.until_shown('next')
        await studio.press('f4')
        (job_id,) = studio.services.pool.jobs
        await studio.press('c')
        await studio.until(lambda: studio.app.jobs[job_id].state is JobState.CANCELLED)
        await studio.until_shown('cancelled')
        assert not studio.jobs.check_action('cancel', ())
        await studio.press('r')
        await studio.until(lambda: studio.app.jobs[job_id].state is JobState.RUNNING)
        await studio.until(lambda: '●1 ' in studio.text)


async def test_a_failed_job_tells_everything_and_can_be_retried(start: Start) -> None:
    async with start((200, 50)) as studio:
        await studio.choose('sandbox/fails-moderated')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until_shown('Failed')
        assert job.error is not None
        assert job.error.message[:40] in studio.text.replace('\n', ' ')
        assert job.facts.request_id is not None, 'what support asks for'
        attempts = len(job.attempts)
        await studio.press('r')
        await studio.until(lambda: len(studio.app.jobs[job.id].attempts) > attempts)
        await studio.settle()
        assert studio.app.jobs[job.id].state is JobState.FAILED


async def test_fallbacks_are_shown_as_attempts(start: Start) -> None:
    async with start((200, 50)) as studio:
        await studio.choose('sandbox/falls-back')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        assert job.state is JobState.SUCCEEDED
        assert len(job.attempts) == 2
        await studio.press('f4')
        await studio.until_shown('Attempts')
        assert job.attempts[0].error is not None
        assert '✗ fal-ai' in studio.text


async def test_a_job_is_composed_again_exactly(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.query_one('#num_inference_steps Entry', Entry).value = '4'
        await studio.generate('a fox\nin two lines')
        (job,) = await studio.settle()
        await studio.press('f2')
        await studio.choose('sandbox/falls-back')
        studio.compose.prompt.text = 'something else'
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job == job)
        await studio.press('e')
        await studio.until(lambda: studio.app.current_mode == 'compose')
        await studio.pilot.pause()
        assert studio.compose.prompt.text == 'a fox\nin two lines'
        assert studio.compose.model is not None
        assert studio.compose.model.id == MODEL
        assert studio.compose.query_one('#num_inference_steps Entry', Entry).value == '4'
        assert studio.compose.query_one('#seed Entry', Entry).value == str(job.seed)
        await studio.press('enter')
        await studio.until(lambda: len(studio.services.pool.jobs) == 2)
        again = (await studio.settle())[-1]
        with Image.open(again.outputs[0].path) as made, Image.open(job.outputs[0].path) as before:
            assert made.tobytes() == before.tobytes(), 'the same picture; each file tells of its own job'


async def test_enter_looks_at_the_result_alone_and_on_through_those_that_are_listed(start: Start) -> None:
    async with start((100, 30)) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox', 3)
        made = sorted(await studio.settle(), key=lambda job: job.sequence)
        await studio.choose('sandbox/fails-moderated')
        await studio.generate('a hen')
        await studio.until(lambda: len(studio.services.pool.jobs) == 4)
        await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job is not None)
        await studio.press('home')
        assert 'Enter' not in studio.text.splitlines()[-1]
        studio.jobs.jobs.highlight(made[2].id)
        await studio.until_shown('Enter Look')
        await studio.press('enter')
        await studio.until_shown('1 of 3')
        viewer = studio.app.screen
        assert isinstance(viewer, ViewerScreen)
        assert viewer.result is not None
        assert viewer.result.job == made[2]
        await studio.press('n', 'f')
        await studio.until_shown('2 of 3')
        await studio.until_shown('★')
        await studio.press('x')
        await studio.until_shown('2 of 2')
        await studio.press('escape')
        await studio.until(lambda: studio.app.screen is not viewer)
        assert studio.jobs.job == made[0]
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, ViewerScreen))
        await studio.app.action_show_job(made[2].id)
        assert studio.jobs.job == made[2], 'the job is seen, not what lay over the list'

        await studio.press('home', 'enter')
        await studio.until(lambda: studio.app.current_mode == 'compose')
        assert studio.compose.prompt.text == 'a hen'


async def test_jobs_of_earlier_sessions_are_there(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
    async with start() as studio:
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job is not None)
        assert studio.jobs.job == job
        assert not studio.app.tally.succeeded
        assert studio.jobs.query_one(JobList).row == job


async def test_trying_an_interrupted_job_again_asks_first(start: Start) -> None:
    """You should be told that it may be paid twice, and nothing is sent before you agree."""
    async with start((80, 24)) as studio:
        await studio.choose('sandbox/fails-lost-reply')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        assert job.state is JobState.INTERRUPTED
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job == job)
        await studio.press('r')
        await studio.until_asked()
        assert 'paid' in studio.text
        await studio.press('enter')
        await studio.until(lambda: not isinstance(studio.app.screen, Question))
        assert (await studio.settle()) == (job,)

        await studio.press('r')
        await studio.until_asked()
        await studio.press('right', 'enter')
        await studio.until(lambda: len(studio.app.jobs[job.id].attempts) > len(job.attempts))


async def test_trying_again_what_was_cancelled_while_a_provider_was_asked_asks_first(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """You should be told that it may be paid twice, as for an interrupted job."""
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        asked = asyncio.Event()

        async def unheard(*_: object, **__: object) -> None:
            asked.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(Transport, 'send', unheard)
        await studio.generate('a fox')
        await asyncio.wait_for(asked.wait(), 30)
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job is not None)
        await studio.press('c')
        (job,) = await studio.settle()
        assert job.state is JobState.CANCELLED
        await studio.until(lambda: studio.jobs.job == job)
        await studio.press('r')
        await studio.until_asked()
        assert 'paid' in studio.text
        await studio.press('enter')
        await studio.until(lambda: not isinstance(studio.app.screen, Question))
        assert (await studio.settle()) == (job,)


async def test_a_yes_to_an_ending_that_was_tried_again_elsewhere_sends_nothing(
    start: Start, paths: Paths, environment: dict[str, str]
) -> None:
    """You should be told that another process was first, and the job should have been sent twice, not three times."""
    async with start((80, 24), toasts=True) as studio:
        await studio.choose('sandbox/fails-lost-reply')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job == job)
        await studio.press('r')
        await studio.until_asked()
        async with open_services(paths, environment=environment, patience=0.02) as elsewhere:
            await elsewhere.retry(job.id)
            await elsewhere.pool.idle()
            assert elsewhere.pool.jobs[job.id].state is JobState.INTERRUPTED
        await studio.press('right', 'enter')
        await studio.until_shown('another process')
        assert len(await studio.services.ledger.attempts(job.id)) == 2


async def test_a_long_request_id_takes_one_line_with_both_its_ends(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job == job)
        told = studio.jobs.query_one(JobDetails).render().plain
        (line,) = (line for line in told.splitlines() if line.startswith('Request'))
        request_id = job.facts.request_id
        assert request_id
        assert line.endswith(request_id[-8:])
        assert len(line) <= studio.jobs.query_one(JobDetails).size.width
