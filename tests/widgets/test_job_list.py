"""Jobs as lines: what each says, and what a second costs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from textual.app import App, ComposeResult

from hfmedia_tui.domain import (
    Attempt,
    Failure,
    FailureCode,
    Job,
    JobProgress,
    JobState,
    Order,
    Output,
    ProviderMapping,
    Stage,
    Task,
)
from hfmedia_tui.widgets.job_details import JobDetails, caption
from hfmedia_tui.widgets.job_list import JobList
from hfmedia_tui.widgets.live_jobs import LiveJobs
from hfmedia_tui.widgets.row_list import Part
from tests.reading import TORTURE, screen_text

NOW = datetime.now(UTC)


def job(number: int = 1, *, prompt: str = 'a fox', age: float = 0, **fields: Any) -> Job:
    order = Order(
        id=f'o{number}',
        task=Task.TEXT_TO_IMAGE,
        model='owner/model',
        prompt=prompt,
        mappings=(ProviderMapping(provider='fal-ai', provider_id='x', task='text-to-image'),),
        created_at=NOW - timedelta(seconds=age),
    )
    return Job(
        id=f'j{number}', order=order, index=0, sequence=10_000 - int(age), seed=7, created_at=order.created_at, **fields
    )


def running(number: int = 1, progress: JobProgress | None = None, **fields: Any) -> Job:
    return job(
        number,
        state=JobState.RUNNING,
        provider='fal-ai',
        started_at=NOW - timedelta(seconds=5),
        progress=progress or JobProgress(stage=Stage.RUNNING),
        **fields,
    )


def ticks(jobs: JobList) -> bool:
    """Whether the list's clock is running."""
    return bool(jobs._clock._active.is_set())


class ListApp(App[None]):
    def __init__(self, list_type: type[JobList] = JobList) -> None:
        super().__init__()
        self.list_type = list_type

    def compose(self) -> ComposeResult:
        yield self.list_type()
        yield JobDetails()

    @property
    def jobs(self) -> JobList:
        return self.query_one(JobList)


@pytest.mark.parametrize(
    ('shown', 'words'),
    [
        (job(), ('waiting', 'a fox')),
        (running(progress=JobProgress(stage=Stage.QUEUED, queue_position=3)), ('queued', '3 ahead', 'fal-ai')),
        (running(progress=JobProgress(stage=Stage.QUEUED, queue_position=0)), ('queued', 'next')),
        (running(progress=JobProgress(stage=Stage.RUNNING, fraction=0.41)), ('running', '41%', '━')),
        (running(progress=JobProgress(stage=Stage.DOWNLOADING, bytes=1_500_000)), ('downloading', '1.5 MB')),
        (running(), ('running',)),
        (
            job(
                state=JobState.FAILED,
                error=Failure(code=FailureCode.MODERATED, message='Flagged [/].'),
                started_at=NOW,
                finished_at=NOW + timedelta(seconds=65),
            ),
            ('failed', 'Flagged [/].', '1 m 05 s'),
        ),
        (job(state=JobState.CANCELLED), ('cancelled', 'a fox')),
        (job(state=JobState.INTERRUPTED), ('interrupted',)),
    ],
)
async def test_each_state_says_what_is_true(shown: Job, words: Iterable[str]) -> None:
    app = ListApp()
    async with app.run_test(size=(110, 12)) as pilot:
        app.jobs.show_rows([shown])
        await pilot.pause()
        for word in words:
            assert word in screen_text(app)


async def test_no_bar_is_drawn_where_no_fraction_is_told() -> None:
    app = ListApp()
    async with app.run_test(size=(110, 12)) as pilot:
        app.jobs.show_rows([running()])
        await pilot.pause()
        assert '━' not in screen_text(app)
        assert '%' not in screen_text(app)


async def test_a_second_draws_only_running_lines_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = list[str]()
    draw = JobList.draw

    def count_and_draw(self: JobList, row: Job, width: int) -> Iterable[Part]:
        drawn.append(row.id)
        return draw(self, row, width)

    monkeypatch.setattr(JobList, 'draw', count_and_draw)
    app = ListApp()
    async with app.run_test(size=(80, 10)) as pilot:
        far_more = [running(number, age=number) for number in range(100)]
        app.jobs.show_rows([*far_more, *(job(number, age=number) for number in range(100, 500))])
        await pilot.pause()
        drawn.clear()
        app.jobs._tick()
        await pilot.pause()
        assert drawn == [shown.id for shown in app.jobs.rows[: app.jobs.size.height]]
        assert len(drawn) < 10


async def test_the_clock_stands_still_while_nothing_runs() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.jobs.show_rows([job(1)])
        await pilot.pause()
        runs = [ticks(app.jobs)]
        for snapshot in (running(1), job(1, state=JobState.CANCELLED)):
            app.jobs.update_jobs([snapshot])
            runs.append(ticks(app.jobs))
        assert runs == [False, True, False]


async def test_those_that_run_come_first_then_the_line_then_the_newest() -> None:
    old, new = running(1, age=60), job(2, state=JobState.CANCELLED)
    ahead, behind = job(3, age=10, priority=5), job(4, age=6)
    for list_type in (JobList, LiveJobs):
        app = ListApp(list_type)
        async with app.run_test(size=(80, 10)):
            app.jobs.update_jobs([old])
            app.jobs.update_jobs([new, behind, ahead])
            assert [shown.id for shown in app.jobs.rows] == ['j1', 'j3', 'j4', 'j2']
            app.jobs.update_jobs([msgspec.structs.replace(old, state=JobState.CANCELLED)])
            assert [shown.id for shown in app.jobs.rows] == ['j3', 'j4', 'j2', 'j1']


async def test_what_runs_stays_in_sight_where_the_highlighted_job_goes_down() -> None:
    """The highlight stays on its job; who looks at the top of the list sees what runs now too."""
    app = ListApp()
    async with app.run_test(size=(80, 24)) as pilot:
        jobs = app.jobs
        jobs.styles.height = 8
        jobs.focus()
        jobs.show_rows([running(1), *(job(number, age=number) for number in range(2, 6))])
        done = running(1)
        done = msgspec.structs.replace(done, state=JobState.SUCCEEDED, finished_at=NOW)
        jobs.update_jobs([done, running(2, age=2), running(3, age=3)])
        await pilot.pause()
        assert jobs.row is not None
        assert (jobs.row.id, jobs.scroll_offset.y) == ('j1', 0)
        jobs.update_jobs([running(number) for number in range(10, 20)])
        await pilot.pause()
        assert jobs.row.id == 'j1'
        assert jobs.highlighted in range(jobs.scroll_offset.y, jobs.scroll_offset.y + 8), 'it is not lost either'


async def test_hostile_jobs_are_shown_as_they_stand() -> None:
    app = ListApp()
    async with app.run_test(size=(100, 40)) as pilot:
        for number, text in enumerate(TORTURE):
            shown = job(
                number,
                prompt=text,
                state=JobState.FAILED,
                provider=text[:60],
                error=Failure(code=FailureCode.PROVIDER, message=text, hint=text[:50]),
                attempts=(Attempt(provider=text[:50], status=500, error=text),),
                outputs=(Output(path=f'/tmp/{text[:50]}', media_type=text[:50], size=3, sha256='0'),),
                note=text[:80],
            )
            app.jobs.show_rows([shown])
            app.query_one(JobDetails).job = shown
            await pilot.pause()
            assert text[:8].split('\n')[0] in screen_text(app)
            assert caption(shown)
