"""The pool drives jobs to their ends, and nothing is paid for twice."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from PIL import Image

from hfmedia_tui.domain import Driver, FailureCode, Job, JobState, Progress, Request, Send, SendKind, Stage, Task
from hfmedia_tui.errors import UsageError
from hfmedia_tui.services import Ask, Limits, Services
from tests.engine.conftest import CountSubmits, OpenHouse

IMAGE = 'black-forest-labs/FLUX.1-dev'
FILM = 'Wan-AI/Wan2.2-TI2V-5B'


async def run(services: Services, ask: Ask) -> list[Job]:
    jobs = await services.submit(ask)
    await services.pool.idle()
    return [services.pool.jobs[job.id] for job in jobs]


async def reach(services: Services, job_id: str, stage: Stage) -> None:
    """Return when the job has come to `stage`."""
    subscription = services.pool.subscribe()
    if services.pool.jobs[job_id].progress.stage is stage:
        return
    async for job in subscription:
        if job.id == job_id and job.progress.stage is stage:
            return


async def test_four_generations_become_four_files(open_house: OpenHouse, count_submits: CountSubmits) -> None:
    before = await count_submits()
    async with open_house() as services:
        jobs = await run(services, Ask(model=IMAGE, prompt='a lighthouse in a storm', count=4, seed=7))
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 4
    assert [job.seed for job in jobs] == [7, 8, 9, 10]
    files = [Path(output.path) for job in jobs for output in job.outputs]
    assert len({file.read_bytes() for file in files}) == 4
    for job, file in zip(jobs, files, strict=True):
        output = job.outputs[0]
        with Image.open(file) as picture:
            assert picture.size == (output.width, output.height)
            assert f'image/{picture.format}'.lower() == output.media_type
        assert file.stat().st_size == output.size
        assert file.name.startswith('a-lighthouse-in-a-storm-')
    assert sorted(files) == sorted(files[0].parent.iterdir()), 'nothing else lies in the folder'
    assert await count_submits() - before == 4


async def test_a_film(open_house: OpenHouse) -> None:
    async with open_house() as services:
        (job,) = await run(services, Ask(model=FILM, prompt='waves'))
    assert job.state is JobState.SUCCEEDED
    assert job.order.task is Task.TEXT_TO_VIDEO
    assert job.outputs[0].media_type == 'video/mp4'
    assert job.outputs[0].duration
    assert job.outputs[0].duration > 1


@pytest.mark.parametrize('provider', ['fal-ai', 'replicate', 'together', 'hf-inference'])
async def test_every_provider_brings_a_picture_of_the_size_asked_for(open_house: OpenHouse, provider: str) -> None:
    async with open_house() as services:
        models = await services.catalog.models()
        model = next(
            model.id
            for model in models
            if model.task is Task.TEXT_TO_IMAGE
            and any(m.provider == provider and m.serves(model.task) for m in model.mappings)
        )
        ask = Ask(model=model, provider=provider, prompt='a fox', parameters={'width': 512, 'height': 384})
        (job,) = await run(services, ask)
    assert job.state is JobState.SUCCEEDED, job.error
    assert (job.outputs[0].width, job.outputs[0].height) == (512, 384)
    assert job.attempts[0].provider == provider
    assert job.attempts[0].status == 200
    assert job.attempts[0].error is None


async def test_a_refusal_goes_on_to_the_next_provider_and_is_recorded(open_house: OpenHouse) -> None:
    async with open_house() as services:
        (job,) = await run(services, Ask(model='sandbox/falls-back', prompt='a fox'))
    assert job.state is JobState.SUCCEEDED
    refused, served = job.attempts
    assert refused.status == 402
    assert refused.error is not None
    assert 'credits' in refused.error
    assert (served.status, served.error) == (200, None)


async def test_without_fallback_the_first_refusal_is_the_end(open_house: OpenHouse) -> None:
    async with open_house() as services:
        (job,) = await run(services, Ask(model='sandbox/falls-back', prompt='a fox', fallback=False))
        (named,) = await run(services, Ask(model='sandbox/falls-back', prompt='a fox', provider='fal-ai'))
    for ended in (job, named):
        assert ended.state is JobState.FAILED
        assert len(ended.attempts) == 1
        assert ended.error is not None
        assert ended.error.code is FailureCode.OUT_OF_CREDIT


async def test_when_all_refuse_every_reason_is_told(open_house: OpenHouse) -> None:
    async with open_house() as services:
        (job,) = await run(services, Ask(model='sandbox/fails-retired', prompt='a fox'))
    assert job.error is not None
    assert job.error.message.count('not supported') == 1, 'once, though each refusal names its provider'
    for attempt in job.attempts:
        assert attempt.provider in job.error.message
    assert len(job.attempts) == len(job.order.mappings) > 1


async def test_a_submit_without_an_answer_is_interrupted_and_sent_again_only_when_asked(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    before = await count_submits()
    async with open_house() as services:
        (job,) = await run(services, Ask(model='sandbox/fails-lost-reply', prompt='a fox'))
        assert job.state is JobState.INTERRUPTED
        assert job.error is not None
        assert 'may have been billed' in job.error.message
        sent = await count_submits() - before
        await services.pool.resume(services.router)
        await services.pool.idle()
        assert await count_submits() - before == sent == 1
        await services.retry(job.id)
        await services.pool.idle()
        assert await count_submits() - before == 2


async def test_a_download_that_breaks_is_collected_by_retry_without_a_new_submit(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    before = await count_submits()
    async with open_house() as services:
        (job,) = await run(services, Ask(model='sandbox/fails-cut-off', prompt='a fox'))
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert 'cut short' in job.error.message
        assert job.note is None, 'it is not tried again in so many seconds any more'
        assert os.listdir(job.order.output) == []
        await services.retry(job.id)
        await services.pool.idle()
        assert len(services.pool.jobs[job.id].attempts) == 1
    assert await count_submits() - before == 1


async def test_a_passed_deadline_keeps_the_handle_for_resume(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    before = await count_submits()
    async with open_house() as services:
        (job,) = await run(services, Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', timeout=0.5))
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert job.error.code is FailureCode.TIMEOUT
    async with open_house() as services:
        taken, others = await services.pool.resume(services.router)
        assert [job.id for job in taken] == [job.id]
        assert not others
        await services.pool.idle()
    assert await count_submits() - before == 1


async def test_closing_leaves_a_running_job_to_be_collected(open_house: OpenHouse, count_submits: CountSubmits) -> None:
    before = await count_submits()
    async with open_house() as services:
        (job,) = await services.submit(Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', timeout=60))
        await reach(services, job.id, Stage.QUEUED)
    async with open_house() as services:
        assert (await services.ledger.find(job.id)).state is JobState.RUNNING
        (again,), _ = await services.resume(sent_only=True)
        assert again.id == job.id
        await reach(services, job.id, Stage.QUEUED)
        await services.pool.cancel(job.id)
    assert await count_submits() - before == 1


async def test_what_was_left_is_stopped_at_the_provider(open_house: OpenHouse, count_submits: CountSubmits) -> None:
    ask = Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', provider='fal-ai', timeout=60)
    async with open_house() as services:
        (job,) = await services.submit(ask)
        await reach(services, job.id, Stage.QUEUED)
        submitted = await count_submits()
    async with open_house() as services:
        left = await services.ledger.find(job.id)
        assert left.driver is Driver.NOBODY
        assert await services.cancel(left) == "Removed from fal-ai's queue before it ran."
        ended = await services.ledger.find(job.id)
        assert ended.state is JobState.CANCELLED
        assert not ended.collectable
        with pytest.raises(UsageError, match='has ended'):
            await services.cancel(ended)
        assert await count_submits() == submitted


async def test_cancelling_says_what_it_did(open_house: OpenHouse, count_submits: CountSubmits) -> None:
    before = await count_submits()
    async with open_house(Limits(total=1, per_provider=1)) as services:
        ask = Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', provider='fal-ai', count=2, timeout=60)
        first, second = await services.submit(ask)
        await reach(services, first.id, Stage.QUEUED)
        await services.pool.cancel(second.id)
        await services.pool.cancel(first.id)
        await services.pool.idle()
        first, second = services.pool.jobs[first.id], services.pool.jobs[second.id]
        assert first.state is second.state is JobState.CANCELLED
        assert first.note == "Removed from fal-ai's queue before it ran."
        assert second.note == 'Cancelled. Nothing was sent that could be billed.'
        assert await count_submits() - before == 1
        await services.retry(first.id)
        await reach(services, first.id, Stage.QUEUED)
        assert await count_submits() - before == 2, 'it was removed, and is asked for anew'
        await services.pool.cancel(first.id)


async def test_cancelling_where_nobody_can_be_told_keeps_the_handle(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    before = await count_submits()
    async with open_house() as services:
        ask = Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', provider='wavespeed', timeout=60)
        (job,) = await services.submit(ask)
        await reach(services, job.id, Stage.QUEUED)
        await services.pool.cancel(job.id)
        note = services.pool.jobs[job.id].note
        assert note is not None
        assert 'may finish and bill' in note
        await services.retry(job.id)
        await reach(services, job.id, Stage.QUEUED)
        await services.pool.cancel(job.id)
    assert await count_submits() - before == 1


async def test_no_more_run_at_once_than_there_are_places(open_house: OpenHouse) -> None:
    async with open_house(Limits(total=3, per_provider=2)) as services:
        subscription = services.pool.subscribe()
        most = 0

        async def watch() -> None:
            nonlocal most
            running = set[str]()
            async for job in subscription:
                asked = job.state is JobState.RUNNING and job.progress.stage is not Stage.SAVING
                (running.add if asked else running.discard)(job.id)
                most = max(most, len(running))

        watching = asyncio.create_task(watch())
        await run(services, Ask(model=IMAGE, prompt='a fox', provider='fal-ai', count=6))
        subscription.close()
        await watching
    assert most == 2


async def test_a_model_that_only_others_serve_fails_naming_them(open_house: OpenHouse) -> None:
    async with open_house() as services:
        models = await services.catalog.models()
        model = next(m for m in models if not any(services.offers.speaks(mapping.provider) for mapping in m.mappings))
        (job,) = await run(services, Ask(model=model.id, prompt='a fox'))
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code is FailureCode.NO_PROVIDER
    for mapping in model.mappings:
        assert mapping.provider in job.error.message


@pytest.mark.parametrize(
    ('ask', 'problem'),
    [
        (Ask(model=IMAGE, prompt=' \n'), 'empty'),
        (Ask(model=IMAGE, prompt='a', count=0), 'generations'),
        (Ask(model=IMAGE, prompt='a', seed=-1), 'seed'),
        (Ask(model=IMAGE, prompt='a', timeout=0), 'timeout'),
        (Ask(model='../etc', prompt='a'), 'name of a model'),
        (Ask(model=IMAGE, prompt='a', aspect_ratio='7:1'), 'aspect ratio'),
        (Ask(model=IMAGE, prompt='a', provider='nobody'), 'does not serve'),
    ],
)
async def test_what_cannot_be_asked_is_said_and_nothing_is_queued(
    open_house: OpenHouse, ask: Ask, problem: str
) -> None:
    async with open_house() as services:
        with pytest.raises(UsageError, match=problem):
            await services.submit(ask)
        assert not services.pool.jobs
        assert not await services.ledger.jobs(limit=1, newest_first=True)


async def test_thousands_that_wait_are_cancelled_in_one_transaction(
    open_house: OpenHouse, count_submits: CountSubmits, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(Limits(total=1, per_provider=1)) as services:
        jobs = await services.submit(Ask(model='sandbox/fails-stuck-in-queue', prompt='a fox', count=1000))
        await reach(services, jobs[0].id, Stage.QUEUED)
        before = await count_submits()
        writes, write = 0, services.ledger.save_all

        async def counting(ended: Sequence[Job]) -> None:
            nonlocal writes
            writes += 1
            await write(ended)

        monkeypatch.setattr(services.ledger, 'save_all', counting)
        monkeypatch.setattr(services.ledger, 'save', None)  # not one by one
        await services.pool.cancel_unsent()
        monkeypatch.undo()
        assert writes == 1
        assert await count_submits() == before
        assert services.pool.jobs[jobs[0].id].state is JobState.RUNNING
        assert {services.pool.jobs[job.id].state for job in jobs[1:]} == {JobState.CANCELLED}
        assert len(await services.ledger.jobs(states=[JobState.CANCELLED])) == 999
        await services.pool.cancel(jobs[0].id)


class SetBack(datetime):
    """A clock that is an hour earlier each time that somebody looks."""

    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        cls.looks += 1
        return datetime.now(tz) - timedelta(hours=cls.looks)


async def test_a_clock_that_is_set_back_changes_no_duration_and_no_order(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ('engine.tools', 'services.ordering'):
        monkeypatch.setattr(f'hfmedia_tui.{place}.datetime', SetBack)
    async with open_house() as services:
        for prompt in ('first', 'second', 'third'):
            (job,) = await run(services, Ask(model=IMAGE, prompt=prompt))
            assert job.finished_at is not None
            assert 0 < job.elapsed(job.finished_at - timedelta(days=1)) < 60
        assert [job.order.prompt for job in await services.ledger.jobs(limit=3, newest_first=True)] == [
            'third',
            'second',
            'first',
        ]
        assert [job.sequence for job in services.pool.jobs.values()] == [1, 2, 3]
        last = await services.last_order()
        assert last is not None
        assert last.prompt == 'third'
    assert SetBack.looks == 9


async def test_what_a_dead_process_was_asking_is_not_cancelled_as_unsent(
    open_house: OpenHouse, count_submits: CountSubmits
) -> None:
    async with open_house() as services:
        order = await services.order(Ask(model=IMAGE, prompt='a fox', provider='fal-ai'))
        job = Job(id=f'{order.id}-1', order=order, index=0, seed=1, created_at=order.created_at)
        await services.ledger.add(order, (job,))
        send = Send(request=Request(method='POST', path='/x'), kind=SendKind.SUBMIT)
        await services.ledger.save_attempt(job, 0, order.mappings[0], Progress(provider='fal-ai', step=send))
    async with open_house() as services:
        services.pool.stop_starting()
        await services.resume()
        await services.pool.cancel_unsent()
        assert services.pool.jobs[job.id].state is JobState.QUEUED
        await services.pool.cancel(job.id)
        note = services.pool.jobs[job.id].note
        assert note is not None
        assert 'may have been billed' in note
        assert (await services.ledger.attempts(job.id))[-1].finished
