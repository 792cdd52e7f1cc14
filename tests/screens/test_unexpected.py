"""What comes while somebody types takes none of it for an answer."""

from textual import events

from hfmedia_tui.domain import JobState
from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.question import Question
from hfmedia_tui.services import Ask
from tests.screens.conftest import Start
from tests.screens.studio import Studio
from tests.screens.test_leaving import leave_waiting


def typed(text: str) -> list[events.Key]:
    """Keys that are pressed now, and arrive when they are posted."""
    return [events.Key('enter' if key == '\n' else key, None if key == '\n' else key) for key in text]


async def arrive(studio: Studio, keys: list[events.Key]) -> None:
    for key in keys:
        studio.app.post_message(key)
    await studio.pilot.pause()


async def test_a_question_about_money_is_not_answered_by_what_was_typed_before_it(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.services.submit(Ask(model='sandbox/fails-moderated', prompt='a fox', count=2))
        failed = await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: len(studio.jobs.jobs.rows) == 2)
        ahead = typed('hello\nl\n')
        await studio.press('R')
        await studio.until(lambda: isinstance(studio.app.screen, Question))
        await arrive(studio, ahead)
        await studio.until_asked()
        assert isinstance(studio.app.screen, Question)
        assert studio.app.focused is studio.app.screen.query_one('#no')
        await studio.press('l', 'j')
        assert studio.app.focused is studio.app.screen.query_one('#no'), 'a letter is of a text, whenever it comes'
        await studio.press('right', 'enter')
        await studio.until(lambda: all(studio.app.jobs[job.id] != job for job in failed))


async def test_escape_says_no_at_once(start: Start) -> None:
    async with start((80, 24)) as studio:
        answers = list[bool | None]()
        ahead = [events.Key('escape', None)]
        studio.app.push_screen(Question('Send 9 paid requests?', '', yes='Send', no='Back'), answers.append)
        await studio.until(lambda: isinstance(studio.app.screen, Question))
        await arrive(studio, ahead)
        await studio.until(lambda: answers == [False])


async def test_who_types_on_is_waited_for(start: Start) -> None:
    """Keys that follow one another as in a text are of that text, however long it is."""
    async with start((80, 24)) as studio:
        question = Question('Send 9 paid requests?', '', yes='Send', no='Back')
        first, second, third, last = typed('hi l')
        await studio.app.push_screen(question)
        await studio.until_asked()
        # The moments are those of keys beside the one when it was painted.
        last.time = (heard_from := question._heard_from) + 0.5
        first.time, second.time, third.time = (heard_from + beside for beside in (-0.05, 0.05, 0.15))
        assert [question.hears(key) for key in (first, second, third)] == [False, False, False]
        assert question.hears(last)


async def test_jobs_left_waiting_are_not_sent_by_what_was_typed_before_they_were_told(
    start: Start, paths: Paths, environment: dict[str, str]
) -> None:
    await leave_waiting(paths, environment)
    ahead = typed('j\n')
    async with start((80, 24)) as studio:
        await studio.until_shown('1 job of an earlier session waits')
        await arrive(studio, ahead)
        await studio.until_asked()
        assert 'Keep waiting' in studio.text
        question = studio.app.screen.query_one('#choice').region
        assert (question.x, question.width) == (8, 64), 'it is a popup in the middle'
        (job,) = await studio.services.ledger.jobs()
        assert job.state is JobState.QUEUED


async def test_a_prompt_that_is_written_over_that_question_sends_nothing(
    start: Start, paths: Paths, environment: dict[str, str]
) -> None:
    """You should see what waits go on waiting, whatever letters were typed before Enter."""
    await leave_waiting(paths, environment)
    async with start((80, 24)) as studio:
        await studio.until_asked()
        await studio.press(*'a car jk r', 'enter')
        await studio.until(lambda: not isinstance(studio.app.screen, Choice))
        assert not studio.services.pool.jobs
        (job,) = await studio.services.ledger.jobs()
        assert job.state is JobState.QUEUED
