"""Nothing is paid for twice, and nothing that was paid for is called unsent: by two processes, haste or trouble."""

import asyncio
import threading
from pathlib import Path

import pytest

from hfmedia_tui.domain import FailureCode, Job, JobState, Progress, Request, Send, SendKind, Stage
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Limits, Services
from tests.engine.loopback import Answer, Server
from tests.engine.provider import Provider, as_json
from tests.houses import ended, opened


async def left_in_flight(house: Services) -> Job:
    """A job as a process leaves it that dies between a submit and its answer."""
    order = await house.order(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    job = Job(id=f'{order.id}-1', order=order, index=0, seed=1, created_at=order.created_at)
    send = Send(request=Request(method='POST', path='/x', body={}), kind=SendKind.SUBMIT)
    await house.ledger.add(order, [job])
    await house.ledger.save_attempt(job, 0, order.mappings[0], Progress(provider='fal-ai', step=send))
    return job


async def test_two_that_resume_at_once_send_nothing(paths: Paths, server: Server, provider: Provider) -> None:
    async with opened(paths, server.url) as dying:
        job = await left_in_flight(dying)
    async with opened(paths, server.url) as one, opened(paths, server.url) as other:
        listed = await one.ledger.unowned()
        assert [found.id for found in listed] == [job.id]
        taken = await asyncio.gather(one.pool.resume(one.router), other.pool.resume(other.router))
        await asyncio.gather(one.pool.idle(), other.pool.idle())
        assert sum(len(jobs) for jobs, _ in taken) == 1
        assert (await one.ledger.find(job.id)).state is JobState.INTERRUPTED
        assert await other.pool.resume(other.router) == ((), ())
    assert provider.submits == 0


async def test_retry_pressed_three_times_is_one_retry(house: Services, provider: Provider) -> None:
    provider.submit = lambda: as_json({'error': 'no'}, 422)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    assert (await ended(house, job)).state is JobState.FAILED
    provider.submit = lambda: None
    outcomes = await asyncio.gather(*(house.retry(job.id) for _ in range(3)), return_exceptions=True)
    assert [isinstance(outcome, UsageError) for outcome in outcomes].count(True) == 2
    assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert provider.submits == 2


async def test_what_could_not_be_sent_is_simply_sent_later(paths: Paths, server: Server, provider: Provider) -> None:
    closed = 'http://127.0.0.1:9'
    async with opened(paths, server.url, closed, patience=0) as house:
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        failed = await ended(house, job)
        assert failed.error is not None
        assert failed.error.code is FailureCode.NETWORK
        assert failed.error.hint is not None
        assert 'Nothing was sent' in failed.error.hint
        await house.retry(job.id)
        assert (await ended(house, job)).state is JobState.FAILED, 'and not interrupted'
    assert provider.submits == 0


async def test_leaving_while_turned_away_leaves_the_job_waiting(
    paths: Paths, server: Server, provider: Provider
) -> None:
    turned_away = threading.Event()

    def busy() -> Answer:
        turned_away.set()
        return Answer(429, {'retry-after': '60', 'content-type': 'application/json'}, b'{"error": "busy"}')

    provider.submit = busy
    async with opened(paths, server.url) as house:
        subscription = house.pool.subscribe()
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        async for snapshot in subscription:
            if snapshot.note and 'busy' in snapshot.note:
                break
    assert turned_away.is_set()
    provider.submit = lambda: None
    async with opened(paths, server.url) as house:
        assert (await house.ledger.find(job.id)).state is JobState.QUEUED
        assert [found.id for found in (await house.pool.resume(house.router))[0]] == [job.id]
        assert (await ended(house, job)).state is JobState.SUCCEEDED


async def test_a_folder_that_cannot_be_written_is_found_before_anything_is_paid(
    house: Services, provider: Provider, tmp_path: Path
) -> None:
    (tmp_path / 'file').write_text('in the way')
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', output=str(tmp_path / 'file' / 'sub')))
    failed = await ended(house, job)
    assert failed.error is not None
    assert failed.error.code is FailureCode.STORAGE
    assert failed.error.hint is not None
    assert 'Nothing was sent' in failed.error.hint
    assert provider.submits == 0


async def test_an_answer_that_finds_no_place_waits_in_the_shelter(
    house: Services, provider: Provider, tmp_path: Path
) -> None:
    folder = tmp_path / 'results'

    def snatch() -> None:
        folder.rmdir()
        folder.write_text('in the way')

    provider.submit = snatch
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='hf-inference', output=str(folder)))
    failed = await ended(house, job)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error.hint is not None
    assert 'paid for' in failed.error.hint
    folder.unlink()
    await house.retry(job.id)
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert Path(done.outputs[0].path).parent == folder
    assert provider.submits == 1


async def test_an_answer_that_is_no_picture_is_final_and_kept(house: Services, provider: Provider) -> None:
    provider.submit = lambda: Answer(200, {'content-type': 'image/png'}, b'these are words')
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='hf-inference'))
    failed = await ended(house, job)
    assert failed.error is not None
    assert failed.error.code is FailureCode.BAD_MEDIA
    assert 'collects' not in (failed.error.hint or '')
    assert [path.read_bytes() for path in (house.paths.data / 'shelter').iterdir()] == [b'these are words']
    provider.submit = lambda: Answer(200, {'content-type': 'image/png'}, b'and others')
    await house.retry(job.id)
    assert (await ended(house, job)).state is JobState.FAILED
    kept = {path.read_bytes() for path in (house.paths.data / 'shelter').iterdir()}
    assert kept == {b'these are words', b'and others'}, 'each is paid for'
    provider.submit = lambda: None
    await house.retry(job.id)
    assert (await ended(house, job)).state is JobState.SUCCEEDED


async def test_a_cancelled_job_comes_back_only_when_asked_for(paths: Paths, server: Server, provider: Provider) -> None:
    provider.poll = lambda: as_json({'status': 'IN_QUEUE', 'queue_position': 3})
    async with opened(paths, server.url, limits=Limits(total=1, per_provider=1)) as house:
        subscription = house.pool.subscribe()
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        async for snapshot in subscription:
            if snapshot.progress.stage is Stage.QUEUED:
                break
        await asyncio.gather(house.pool.cancel(job.id), house.pool.cancel(job.id))
        assert (await ended(house, job)).state is JobState.CANCELLED
        assert await house.pool.resume(house.router) == ((), ())
        blocker, waiting = await house.submit(Ask(model='a/b', prompt='an owl', provider='fal-ai', count=2))
        await house.retry(job.id)
        await house.pool.cancel(job.id)
        note = house.pool.jobs[job.id].note
        assert note is not None
        assert 'bill' in note, 'it waited here, and was accepted there'
        await house.pool.cancel(waiting.id)
        assert house.pool.jobs[waiting.id].note == 'Cancelled. Nothing was sent that could be billed.'
        await house.pool.cancel(blocker.id)
    provider.poll = lambda: as_json({'status': 'COMPLETED'})
    submits = provider.submits
    async with opened(paths, server.url) as house:
        await house.retry(job.id)
        assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert provider.submits == submits


async def test_what_was_accepted_is_written_down_when_the_disk_recovers(
    house: Services, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hfmedia_tui.engine.run._SAVING_STEP', 0.01)
    save, failures = house.ledger.save_attempt, 0

    async def failing(job: Job, ordinal: int, mapping: object, progress: Progress | None) -> None:
        nonlocal failures
        if progress is not None and progress.accepted and failures < 5:
            failures += 1
            raise StoreError('The disk is full.')
        await save(job, ordinal, mapping, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(house.ledger, 'save_attempt', failing)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert failures == 5
    assert provider.submits == 1


async def test_going_on_to_the_next_provider_waits_for_no_newcomer(
    paths: Paths, server: Server, provider: Provider
) -> None:
    answers = iter([as_json({'error': 'no credit'}, 402)])
    provider.submit = lambda: next(answers, None)
    async with opened(paths, server.url, limits=Limits(total=4, per_provider=1)) as house:
        (first,) = await house.submit(Ask(model='a/b', prompt='first'))
        others = await house.submit(Ask(model='a/b', prompt='others', provider='hf-inference', count=8))
        subscription = house.pool.subscribe()
        order = list[str]()
        watching = asyncio.create_task(_collect(subscription, order))
        await house.pool.idle()
        subscription.close()
        await watching
        assert {house.pool.jobs[job.id].state for job in (first, *others)} == {JobState.SUCCEEDED}
        assert order.index(first.id) < len(order) - 4


async def _collect(subscription: object, order: list[str]) -> None:
    async for job in subscription:  # type: ignore[attr-defined]
        if job.state is JobState.SUCCEEDED:
            order.append(job.id)
