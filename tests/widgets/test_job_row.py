"""A job's line: what is expected of it, and how hung, far back and left look different."""

from itertools import product

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Attempt, Driver, Failure, FailureCode, Job, JobProgress, JobState, Stage
from hfmedia_tui.outlook import Outlook, PastRuns
from hfmedia_tui.widgets.job_row import draw_job, expectation, state_mark
from tests.widgets.test_job_list import NOW, job, running

TWENTY = PastRuns(range(1, 21))


@pytest.mark.parametrize(
    ('past', 'elapsed', 'told'),
    [
        (None, 5, ''),
        (PastRuns([8.2]), 5, 'took 8.2 s before'),
        (PastRuns([8.2]), 500, 'took 8.2 s before'),
        (PastRuns([14, 8, 10]), 5, 'usually 8–14 s'),
        (PastRuns([14, 8, 10]), 15, 'slower than all 3 past runs'),
        (TWENTY, 18, 'usually 3–18 s'),
        (TWENTY, 18.5, 'slower than 90 % of past runs'),
        (TWENTY, 19.5, 'slower than 95 % of past runs'),
        (TWENTY, 21, 'slower than all 20 past runs'),
        (PastRuns([200, 300, 400]), 5, 'usually 3–7 min'),
    ],
)
def test_only_what_past_runs_say_is_said(past: PastRuns | None, elapsed: float, told: str) -> None:
    assert expectation(past, elapsed) == told


NOTHING = Outlook()


def line(shown: Job, width: int, outlook: Outlook = NOTHING) -> str:
    text = ''.join(part for part, _ in draw_job(shown, width, NOW, outlook))
    assert len(text) == width
    return text


def test_what_is_expected_stands_beside_what_the_provider_tells() -> None:
    outlook = Outlook(PastRuns([14, 8, 10]))
    assert 'usually 8–14 s' in line(running(), 78, outlook)
    halfway = running(progress=JobProgress(stage=Stage.RUNNING, fraction=0.5))
    assert 'usually 8–14 s · a fox' in line(halfway, 110, outlook)
    assert '50%' in line(halfway, 110, outlook)
    twice = running(attempts=(Attempt(provider='novita', status=402, error='no'), Attempt(provider='fal-ai')))
    assert 'attempt 2 · a fox' in line(twice, 110)


def test_what_stands_in_the_way_is_said_where_the_prompt_was() -> None:
    assert 'busy (429)' in line(replace(running(), note='fal-ai is busy (429): again in 4 s.'), 78)


def test_jobs_of_several_models_are_told_apart_wherever_there_is_room() -> None:
    done = job(state=JobState.SUCCEEDED, started_at=NOW, finished_at=NOW)
    for shown, width in product((job(), done), (60, 66, 78, 120)):
        assert 'model' in line(shown, width), 'without a column of its own it stands where a running one is measured'


@pytest.mark.parametrize('width', [45, 58, 66, 78, 110, 160])
def test_why_a_job_failed_comes_before_what_is_known_besides(width: int) -> None:
    reason = 'The content was flagged.'
    error = Failure(code=FailureCode.MODERATED, message=reason)
    failed = job(state=JobState.FAILED, error=error, provider='fal-ai', started_at=NOW, finished_at=NOW)
    assert reason in line(failed, width)
    assert ('fal-ai' in line(failed, width)) == (width >= 110)


def test_far_back_hung_and_left_look_different() -> None:
    back = running(progress=JobProgress(stage=Stage.QUEUED, queue_position=12654))
    left = replace(running(), driver=Driver.NOBODY)
    hung, slow = Outlook(silence=45), Outlook(PastRuns([50, 60, 70]), silence=45)
    assert len({state_mark(back), state_mark(running(), hung), state_mark(left)}) == 3
    assert 'queued' in line(back, 78)
    assert '12,654 ahead' in line(back, 78)
    assert 'no answer 45 s' in line(running(), 78, hung)
    assert 'left' in line(left, 78)
    assert 'no answer' not in line(running(), 78, slow), 'its like took longer'
    assert 'left' in line(job(state=JobState.QUEUED, driver=Driver.NOBODY), 78)


def test_what_waits_for_the_user_is_paused_and_what_a_provider_accepted_is_not() -> None:
    paused = Outlook(line_paused=True)
    waiting = job(state=JobState.QUEUED)
    assert 'waiting' in line(waiting, 78)
    assert '‖ paused' in line(waiting, 78, paused)
    assert '‖ paused' in line(replace(waiting, paused=True), 78)
    accepted = replace(waiting, attempts=(Attempt(provider='fal-ai'),))
    elsewhere = replace(waiting, driver=Driver.OTHER)
    assert 'paused' not in line(accepted, 78, paused) + line(elsewhere, 78, paused)
