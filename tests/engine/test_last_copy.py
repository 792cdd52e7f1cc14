"""What lies on this machine is never thrown away or forgotten, whatever has become of it at its provider."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from hfmedia_tui.domain import FailureCode, Fetch, Job, JobState, Media, MediaFacts, Progress, Stage
from hfmedia_tui.errors import UsageError
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.metadata.made import Made
from hfmedia_tui.metadata.measured import Measured
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Services
from tests.engine.loopback import Answer, Server
from tests.engine.provider import Provider
from tests.engine.test_endings import left_behind
from tests.houses import ended, opened


async def left_with(house: Services, provider: Provider, name: str, contents: bytes, *, handle: str | None) -> Job:
    """A job as it is left by a death when its link has been fetched, into a file of this name; the link is dead."""
    provider.media = lambda: Answer(404)
    fetch = Fetch(media=(Media(url=f'{provider.url}/media.png'),))
    memory = {'path': '/fal-ai/x/requests/r1'} if handle else {}
    progress = Progress(
        provider='fal-ai', step=fetch, stage=Stage.DOWNLOADING, accepted=True, handle=handle, memory=memory
    )
    job = await left_behind(house, 'fal-ai', progress)
    house.paths.output.mkdir()
    (house.paths.output / name.format(job.id)).write_bytes(contents)
    return job


@pytest.mark.parametrize('handle', [None, 'r1'])
@pytest.mark.parametrize('name', ['.a-fox-{}.part', 'a-fox-{}.png'])
async def test_what_had_come_before_a_death_outlives_its_link(
    house: Services, provider: Provider, name: str, handle: str | None
) -> None:
    job = await left_with(house, provider, name, provider.picture, handle=handle)
    await house.retry(job.id)
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert [path.name for path in house.paths.output.iterdir()] == [f'a-fox-{job.id}.png']
    assert Path(done.outputs[0].path).read_bytes() == provider.picture
    assert provider.submits == 0


async def test_half_of_it_is_not_taken_for_all_and_not_thrown_away(house: Services, provider: Provider) -> None:
    """It is all there ever will be, and it is paid for."""
    half = provider.picture[:-50]
    job = await left_with(house, provider, '.a-fox-{}.part', half, handle=None)
    await house.retry(job.id)
    failed = await ended(house, job)
    assert failed.error is not None
    assert failed.error.code is FailureCode.EXPIRED
    assert list(house.paths.output.iterdir()) == []
    (kept,) = (house.paths.data / 'shelter').iterdir()
    assert kept.read_bytes() == half
    assert f'What had come is kept as {kept} ({len(half):,} bytes).' in failed.error.message
    assert (await house.ledger.find(job.id)).error == failed.error


async def test_whole_results_beside_one_whose_link_has_expired_are_named(house: Services, provider: Provider) -> None:
    provider.images = 2
    answers = iter([Answer(body=provider.picture)])
    provider.media = lambda: next(answers, Answer(404))
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    failed = await ended(house, job)
    assert failed.error is not None
    assert failed.error.code is FailureCode.EXPIRED
    (kept,) = (house.paths.data / 'shelter').iterdir()
    assert kept.read_bytes() == provider.picture
    assert f'{kept} ({len(provider.picture):,} bytes)' in failed.error.message


async def test_what_is_found_at_home_is_decoded_once(
    paths: Paths, server: Server, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = list[Path]()

    def counting(path: Path) -> MediaFacts:
        decoded.append(path)
        return inspect(path)

    monkeypatch.setattr('hfmedia_tui.services.opening.inspect', counting)
    async with opened(paths, server.url) as house:
        job = await left_with(house, provider, 'a-fox-{}.png', provider.picture, handle=None)
        await house.retry(job.id)
        assert (await ended(house, job)).state is JobState.SUCCEEDED
    assert decoded == [paths.output / f'a-fox-{job.id}.png']


async def cancelled_too_late(house: Services, job: Job) -> None:
    with pytest.raises(UsageError, match='it is succeeded'):
        await house.cancel(job)


@pytest.mark.parametrize('ends', ['cancelled', 'left'])
async def test_who_ends_it_while_it_gets_its_name_finds_it_done(
    paths: Paths, server: Server, provider: Provider, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def inscribe(_: Path, made: Made) -> Measured:
        begun.set()
        assert go_on.wait(30)
        return made.came

    monkeypatch.setattr('hfmedia_tui.services.opening.Inscriber', lambda *_: inscribe)
    async with opened(paths, server.url) as house:
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
        assert await asyncio.to_thread(begun.wait, 30)
        ending = asyncio.create_task(house.pool.leave() if ends == 'left' else cancelled_too_late(house, job))
        await asyncio.sleep(0)
        go_on.set()
        await ending
        done = house.pool.jobs[job.id]
        assert done.state is JobState.SUCCEEDED, done.note
        assert done == await house.ledger.find(job.id)
    assert [str(path) for path in paths.output.iterdir()] == [output.path for output in done.outputs]


async def test_no_time_runs_out_for_what_lies_here(
    paths: Paths, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds, timeout, deadlines = 600.5, asyncio.timeout, list[asyncio.Timeout]()

    def remembered(delay: float | None) -> asyncio.Timeout:
        deadline = timeout(delay)
        deadlines.extend([deadline] if delay == seconds else [])
        return deadline

    def pass_deadline() -> None:
        (deadline,) = deadlines
        if deadline.when() is not None:
            deadline.reschedule(0)

    def slow(path: Path) -> MediaFacts:
        loop.call_soon_threadsafe(pass_deadline)
        return inspect(path)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr('hfmedia_tui.engine.runner.asyncio.timeout', remembered)
    monkeypatch.setattr('hfmedia_tui.services.opening.inspect', slow)
    async with opened(paths, server.url) as house:
        (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai', timeout=seconds))
        done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error


async def test_its_name_is_on_the_disk_before_it_is_recorded(house: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that a power cut takes the name, and the ledger has nothing to look for any more."""
    fsync, synced = os.fsync, list[int]()

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, 'fsync', noted)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED
    assert synced == [Path(done.outputs[0].path).stat().st_ino, house.paths.output.stat().st_ino]
