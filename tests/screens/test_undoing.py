"""A slip is taken back: a job thrown away, or an order that has not left the machine."""

from pathlib import Path

import pytest
from textual.widgets import Static

from hfmedia_tui.domain import JobState
from hfmedia_tui.screens.question import Question
from hfmedia_tui.widgets.live_jobs import LiveJobs
from hfmedia_tui.widgets.preview import Preview
from hfmedia_tui.widgets.result_strip import ResultStrip
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-schnell'
LONG = 60.0


@pytest.mark.parametrize('size', [(80, 24), (200, 50)])
async def test_a_job_is_thrown_away_and_brought_back(start: Start, size: tuple[int, int]) -> None:
    """You should see the row leave, be told how to undo it, and find the job in the trash with its picture."""
    async with start(size, toasts=True) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox', count=3)
        await studio.settle()
        await studio.press('f4', 'j')
        job = studio.jobs.job
        assert job is not None
        await studio.press('x')
        await studio.until(lambda: len(studio.jobs.jobs.rows) == 2)
        assert studio.jobs.jobs.highlighted == 1, 'the highlight stays where it was'
        await studio.until_shown('u brings it back')
        assert not Path(job.outputs[0].path).exists()

        await studio.press('t')
        await studio.until_shown('Trash: 1 job')
        await studio.until_shown('In the trash since')
        lying = studio.jobs.job
        assert lying is not None
        assert studio.jobs.query_one(Preview).source == Path(lying.outputs[0].path)
        assert studio.jobs.check_action('retry', ()) is False
        await studio.press('escape')
        assert len(studio.jobs.jobs.rows) == 2

        await studio.press('u')
        await studio.until(lambda: len(studio.jobs.jobs.rows) == 3)
        assert job in studio.jobs.jobs.rows
        assert Path(job.outputs[0].path).is_file()
        await studio.press('u')
        await studio.until_shown('nothing to undo')


async def test_the_trash_of_an_earlier_session_is_restored_and_emptied(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox', count=2)
        first, second = await studio.settle()
        await studio.services.trash.put([first.id, second.id])
    async with start((80, 24)) as studio:
        await studio.press('f4', 't')
        await studio.until_shown('Trash: 2 jobs')
        await studio.press('r')
        await studio.until_shown('Trash: 1 job,')
        await studio.press('X')
        await studio.until_asked()
        assert 'Delete 1 job with' in studio.text
        assert 'what it cost stay in' in studio.text
        await studio.press('enter')
        await studio.until(lambda: not isinstance(studio.app.screen, Question))
        assert len(await studio.services.ledger.trash.jobs()) == 1
        await studio.press('x')
        await studio.until_asked()
        await studio.press('right', 'enter')
        await studio.until_shown('The trash is empty')
        await studio.press('t')
        assert len(studio.jobs.jobs.rows) == 1
        (deleted,) = await studio.services.ledger.jobs(deleted=True)
        assert {deleted.id, studio.jobs.jobs.rows[0].id} == {first.id, second.id}


async def test_what_has_not_ended_is_not_thrown_away(start: Start) -> None:
    async with start((80, 24), toasts=True) as studio:
        await studio.choose('sandbox/fails-stuck-in-queue')
        await studio.generate('a fox')
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.jobs.rows)
        await studio.press('x')
        await studio.until_shown('c cancels it.')
        assert len(studio.jobs.jobs.rows) == 1


async def test_a_result_is_thrown_away_where_it_is_looked_at(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox', count=2)
        await studio.settle()
        compose = studio.compose
        shown = compose.query_one(Preview).source
        await studio.press('f8', 'x')
        await studio.until(lambda: compose.query_one(ResultStrip).count == 1)
        assert compose.query_one(Preview).source not in (shown, None)
        await studio.press('x')
        await studio.until(lambda: compose.query_one(Preview).source is None)
        assert not compose.query_one(LiveJobs).rows
        await studio.press('u', 'u')
        await studio.until(lambda: compose.query_one(ResultStrip).count == 2)
        assert compose.query_one(Preview).source == shown
        await studio.press('f8')
        compose.prompt.focus()
        await studio.press('x')
        assert compose.prompt.text == 'xa fox'
        assert compose.query_one(ResultStrip).count == 2


async def test_an_order_is_taken_back_from_the_prompt(start: Start) -> None:
    """You should see how long there is, and the prompt again where it was cleared meanwhile."""
    async with start((80, 24), grace=LONG) as studio:
        await studio.choose(MODEL)
        await studio.generate('  a fox\nand a hen ', count=2)
        await studio.until_shown('Ctrl+Z')
        cost = studio.compose.query_one('#cost', Static)
        assert str(cost.render()).startswith('Sends in ')
        assert 'goes in 60 s' in studio.text or 'goes in 59 s' in studio.text
        await studio.press('ctrl+t')
        assert studio.compose.prompt.text == ''
        await studio.press('ctrl+z')
        jobs = await studio.settle()
        assert [job.state for job in jobs] == [JobState.CANCELLED] * 2
        assert [job.attempts for job in jobs] == [(), ()]
        assert studio.compose.prompt.text == '  a fox\nand a hen '
        await studio.until(lambda: 'free request' in str(cost.render()) or 'paid request' in str(cost.render()))

        studio.compose.prompt.text = 'typed'
        await studio.press('!', 'ctrl+z')
        assert studio.compose.prompt.text == 'typed', 'with nothing to take back it undoes typing'

        await studio.press('enter')
        await studio.until(lambda: studio.compose.held is not None)
        studio.compose.prompt.text = 'something new'
        await studio.press('ctrl+z')
        await studio.settle()
        assert studio.compose.prompt.text == 'something new'


async def test_an_order_is_sent_at_once_or_taken_back_among_the_jobs(start: Start) -> None:
    async with start((80, 24), grace=LONG) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.generate('a hen')
        await studio.until(lambda: len(studio.app.jobs) == 2)
        await studio.press('f4')
        await studio.until_shown('Nothing has left this machine')
        assert studio.jobs.job is not None
        assert studio.jobs.job.order.prompt == 'a fox', 'the first that goes'
        await studio.press('j', 'u', 'k', 'exclamation_mark')
        fox, hen = await studio.settle()
        assert (fox.state, hen.state) == (JobState.SUCCEEDED, JobState.CANCELLED)


async def test_enter_on_a_job_that_is_held_sends_it(start: Start) -> None:
    async with start(grace=LONG) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.press('escape', 'enter')
        (job,) = await studio.settle()
        assert job.state is JobState.SUCCEEDED
