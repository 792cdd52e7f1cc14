"""However and whenever a job ends, what is told of it is true, and what was paid for stays within reach."""

import asyncio
from pathlib import Path

import pytest

from hfmedia_tui.domain import FailureCode, Job, JobState, Progress, Request, Send, SendKind, Wait
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.errors import StoreError
from hfmedia_tui.services import Ask, Services
from tests import houses
from tests.engine.loopback import Answer
from tests.engine.provider import Provider, as_json

SUBMIT = Send(request=Request(method='POST', path='/x', body={}), kind=SendKind.SUBMIT)


async def ended(house: Services, job: Job) -> Job:
    """The job when all is quiet: the same here and in the ledger."""
    done = await houses.ended(house, job)
    assert done == await house.ledger.find(job.id)
    return done


async def left_behind(house: Services, provider: str, progress: Progress, **fields: object) -> Job:
    """A job as a process leaves it that dies while its attempt stands at `progress`."""
    order = await house.order(Ask(model='a/b', prompt='a fox', provider=provider, **fields))  # type: ignore[arg-type]
    job = Job(id=f'{order.id}-1', order=order, index=0, seed=1, created_at=order.created_at)
    await house.ledger.add(order, [job])
    await house.ledger.save_attempt(job, 0, order.mappings[0], progress)
    await house.ledger.let_go(job.id)
    return job


def accepted() -> Progress:
    memory = {'path': '/fal-ai/x/requests/r1'}
    return Progress(provider='fal-ai', step=Wait(seconds=0), accepted=True, handle='r1', memory=memory)


async def test_what_is_whole_is_not_cut_in_two_by_any_number_of_cancels() -> None:
    begun, finished = asyncio.Event(), asyncio.Event()
    go_on = asyncio.Event()

    async def work() -> None:
        begun.set()
        await go_on.wait()
        finished.set()

    task = asyncio.create_task(whole(work()))
    await begun.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished.is_set()


async def test_cancelling_at_the_first_moment_gives_nothing_up_that_was_accepted(
    house: Services, provider: Provider
) -> None:
    job = await left_behind(house, 'fal-ai', accepted())
    await house.retry(job.id)
    await house.pool.cancel(job.id)
    note = (await ended(house, job)).note
    assert note is not None
    assert 'Nothing was sent' not in note
    await house.retry(job.id)
    assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert provider.submits == 0


async def test_cancelling_at_the_first_moment_says_that_a_submit_was_in_flight(house: Services) -> None:
    job = await left_behind(house, 'fal-ai', Progress(provider='fal-ai', step=SUBMIT))
    await house.retry(job.id)
    await house.pool.cancel(job.id)
    cancelled = await ended(house, job)
    assert cancelled.note is not None
    assert 'may have been billed' in cancelled.note
    assert cancelled.in_doubt


async def test_a_deadline_at_the_first_moment_keeps_what_was_accepted(house: Services) -> None:
    job = await left_behind(house, 'fal-ai', accepted(), timeout=1e-9)
    await house.retry(job.id)
    late = await ended(house, job)
    assert late.error is not None
    assert late.error.code is FailureCode.TIMEOUT
    assert 'paid for' in (late.error.hint or '')
    assert [found.id for found in await house.ledger.unowned()] == [job.id]


@pytest.mark.parametrize('moment', ['save', 'end_attempt'])
async def test_a_cancel_that_comes_while_a_failure_is_written_leaves_no_doubt(
    house: Services, provider: Provider, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    provider.submit = lambda: as_json({'error': 'no'}, 422)
    real, cancels = getattr(house.ledger, moment), list[asyncio.Task[None]]()

    async def cancelling(job: Job, *values: object, **named: object) -> None:
        if not cancels:
            cancels.append(asyncio.create_task(house.pool.cancel(job.id)))
            for _ in range(3):
                await asyncio.sleep(0)
        await real(job, *values, **named)

    monkeypatch.setattr(house.ledger, moment, cancelling)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    done = await ended(house, job)
    await asyncio.gather(*cancels)
    assert done.state in (JobState.FAILED, JobState.CANCELLED)
    assert [attempt.error for attempt in done.attempts] != [None]


async def test_an_end_that_could_not_be_written_is_retried_when_the_disk_recovers(
    house: Services, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: object, **__: object) -> None:
        raise StoreError('The disk is full.')

    with monkeypatch.context() as broken:
        broken.setattr(house.ledger, 'end_attempt', failing)
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        await house.pool.idle()
        failed = house.pool.jobs[job.id]
        assert failed.error is not None
        assert failed.error.code is FailureCode.STORAGE
    await house.retry(job.id, seen=failed)
    assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert provider.submits == 1


async def test_a_ledger_that_fails_for_a_while_is_not_told_of_for_ever(
    house: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hfmedia_tui.engine.run._SAVING_STEP', 0.01)
    save, failures, notes = house.ledger.save_attempt, 0, list[str | None]()

    async def failing_once(job: Job, ordinal: int, mapping: object, progress: Progress | None) -> None:
        nonlocal failures
        if progress is not None and progress.accepted and not failures:
            failures += 1
            raise StoreError('The disk is full.')
        await save(job, ordinal, mapping, progress)  # type: ignore[arg-type]
        notes.append(house.pool.jobs[job.id].note)

    monkeypatch.setattr(house.ledger, 'save_attempt', failing_once)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert any(notes)
    assert notes[-1] is None


async def test_attempts_that_cannot_be_read_are_not_called_unsent(
    house: Services, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(_: str) -> None:
        raise StoreError('The ledger is damaged.')

    job = await left_behind(house, 'fal-ai', accepted())
    monkeypatch.setattr(house.ledger, 'attempts', failing)
    await house.retry(job.id)
    failed = await ended(house, job)
    assert failed.error is not None
    assert 'damaged' in failed.error.message
    assert 'Nothing was sent' not in (failed.error.hint or '')
    assert provider.submits == 0


async def test_an_answer_that_was_written_and_not_recorded_is_the_result(house: Services, provider: Provider) -> None:
    job = await left_behind(house, 'hf-inference', Progress(provider='hf-inference', step=SUBMIT))
    shelter = house.paths.data / 'shelter'
    shelter.mkdir()
    (shelter / f'.a-fox-{job.id}.kept').write_bytes(provider.picture)
    await house.retry(job.id)
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED
    assert [path.read_bytes() for path in Path(job.order.output).iterdir()] == [provider.picture]
    assert list(shelter.iterdir()) == []
    assert provider.submits == 0


async def test_half_an_answer_lies_in_the_shelter_and_its_submit_is_ambiguous(
    house: Services, provider: Provider
) -> None:
    job = await left_behind(house, 'hf-inference', Progress(provider='hf-inference', step=SUBMIT))
    shelter = house.paths.data / 'shelter'
    shelter.mkdir()
    (shelter / f'.a-fox-{job.id}.kept').write_bytes(provider.picture[:-100])
    await house.retry(job.id)
    assert (await ended(house, job)).state is JobState.INTERRUPTED
    assert [path.name for path in shelter.iterdir()] == [f'a-fox-{job.id}']
    assert [path.read_bytes() for path in shelter.iterdir()] == [provider.picture[:-100]]


async def test_a_cold_model_is_in_flight_only_while_it_is_asked(
    house: Services, provider: Provider, tmp_path: Path
) -> None:
    folder = tmp_path / 'folder'

    def cold() -> Answer:
        folder.rmdir()
        folder.write_text('in the way')
        return as_json({'error': 'loading', 'estimated_time': 1}, 503)

    provider.submit = cold
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='hf-inference', output=str(folder)))
    failed = await ended(house, job)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error.code is FailureCode.STORAGE
    assert 'Nothing was sent' in (failed.error.hint or '')


async def test_a_cancelled_download_leaves_nothing_in_the_folder(house: Services, provider: Provider) -> None:
    cancelled = asyncio.Event()

    async def stall(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n' + bytes(600_000))
        await cancelled.wait()
        writer.close()

    async with await asyncio.start_server(stall, '127.0.0.1', 0) as media:
        provider.url = f'http://127.0.0.1:{media.sockets[0].getsockname()[1]}'
        subscription = house.pool.subscribe()
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        async for snapshot in subscription:
            if snapshot.progress.bytes:
                break
        folder = Path(job.order.output)
        assert len(list(folder.iterdir())) == 1
        await house.pool.cancel(job.id)
        cancelled.set()
        assert (await ended(house, job)).state is JobState.CANCELLED
    assert list(folder.iterdir()) == []
