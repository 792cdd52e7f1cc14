"""What is thrown away can be had back, each file at its place, whatever dies in between."""

import asyncio
import json
import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Job, JobState, Order, Output, Task
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.moving import move

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / 'output'


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    ledger = Ledger(tmp_path / 'data' / 'ledger.sqlite3')
    await ledger.open()
    yield ledger
    await ledger.close()


async def add(
    ledger: Ledger, output: Path, *, state: JobState = JobState.SUCCEEDED, collectable: bool = False, files: int = 1
) -> Job:
    """Record a job in a state, with files that are its own."""
    name = f'order{len(await ledger.jobs()):03}'
    order = Order(id=name, task=Task.TEXT_TO_IMAGE, model='a/b', prompt='a fox', mappings=(), created_at=NOW)
    job = Job(id=f'{name}-1', order=order, index=0, seed=1, created_at=NOW)
    await ledger.add(order, [job])
    outputs = []
    for ordinal in range(files):
        path = output / f'{name}-{ordinal}.png'
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(path.name.encode() * 100)
        outputs.append(Output(path=str(path), media_type='image/png', size=path.stat().st_size, sha256='0'))
    job = replace(job, state=state, outputs=tuple(outputs), finished_at=NOW)
    await ledger.save(job, collectable=collectable)
    return await ledger.find(job.id)


async def test_a_job_goes_to_the_trash_and_comes_back_as_it_was(ledger: Ledger, output: Path, tmp_path: Path) -> None:
    job = await add(ledger, output, files=2)
    other = await add(ledger, output)
    before = {path: path.read_bytes() for path in output.iterdir()}

    moved = await ledger.trash.put([job.id])
    (lying,) = moved.jobs
    assert (moved.refused, moved.remarks) == ((), ())
    assert lying.trashed_at is not None
    assert await ledger.jobs() == (other,)
    assert await ledger.trash.jobs() == (lying,)
    assert [path.name for path in output.iterdir()] == [Path(other.outputs[0].path).name]
    assert all(Path(result.path).parent == tmp_path / 'data' / 'trash' for result in lying.outputs)
    assert all(Path(result.path).is_file() for result in lying.outputs), 'it can be looked at where it lies'
    if os.name == 'posix':
        assert stat.S_IMODE((tmp_path / 'data' / 'trash').stat().st_mode) == 0o700

    moved = await ledger.trash.restore([job.id])
    assert moved == ((job,), (), ())
    assert await ledger.jobs() == (job, other)
    assert await ledger.trash.jobs() == ()
    assert {path: path.read_bytes() for path in output.iterdir()} == before


async def test_what_tells_of_a_file_goes_with_it(ledger: Ledger, output: Path, tmp_path: Path) -> None:
    job = await add(ledger, output)
    place = Path(job.outputs[0].path)
    beside = place.with_name(f'{place.name}.json')
    beside.write_text('{"prompt": "a fox"}')
    (lying,) = (await ledger.trash.put([job.id])).jobs
    assert list(output.iterdir()) == []
    assert Path(f'{lying.outputs[0].path}.json').read_text() == '{"prompt": "a fox"}'
    place.write_text('somebody else')
    await ledger.trash.restore([job.id])
    assert place.with_name(f'{place.stem}-restored.png.json').read_text() == '{"prompt": "a fox"}'
    assert not beside.exists()
    await ledger.trash.put([job.id])
    await ledger.trash.delete([job.id])
    assert list(output.iterdir()) == [place]
    assert not list((tmp_path / 'data' / 'trash').glob('*.json'))


async def test_a_file_whose_place_was_taken_comes_back_beside_it(ledger: Ledger, output: Path) -> None:
    job = await add(ledger, output)
    place = Path(job.outputs[0].path)
    mine = place.read_bytes()
    await ledger.trash.put([job.id])
    place.write_text('somebody else')
    place.with_name(f'{place.stem}-restored.png').write_text('and another')
    moved = await ledger.trash.restore([job.id])
    (restored,) = moved.jobs
    assert place.read_text() == 'somebody else'
    assert Path(restored.outputs[0].path) == place.with_name(f'{place.stem}-restored-2.png')
    assert Path(restored.outputs[0].path).read_bytes() == mine
    (remark,) = moved.remarks
    assert str(place) in remark
    assert f'{place.stem}-restored-2.png' in remark


async def test_what_was_deleted_by_hand_is_no_obstacle(ledger: Ledger, output: Path) -> None:
    first, second = await add(ledger, output), await add(ledger, output)
    Path(first.outputs[0].path).unlink()
    (lying, _) = (await ledger.trash.put([first.id, second.id])).jobs
    assert lying.outputs == first.outputs
    Path((await ledger.find(second.id)).outputs[0].path).unlink()
    moved = await ledger.trash.restore([first.id, second.id])
    assert moved.jobs == (first, second)
    (remark,) = moved.remarks
    assert 'no longer in the trash' in remark


async def test_a_link_that_lies_in_the_place_of_a_result_is_left_alone(ledger: Ledger, output: Path) -> None:
    job = await add(ledger, output)
    place = Path(job.outputs[0].path)
    place.rename(output / 'elsewhere.png')
    place.symlink_to(output / 'elsewhere.png')
    await ledger.trash.put([job.id])
    await ledger.trash.delete([job.id])
    assert place.is_symlink()
    assert (output / 'elsewhere.png').is_file()


@pytest.mark.parametrize(
    ('state', 'collectable', 'words'),
    [
        (JobState.QUEUED, False, 'cancel it first'),
        (JobState.RUNNING, False, 'cancel it first'),
        (JobState.FAILED, True, 'can still be collected'),
    ],
)
async def test_what_runs_or_can_be_collected_is_not_thrown_away(
    ledger: Ledger, output: Path, state: JobState, collectable: bool, words: str
) -> None:
    job = await add(ledger, output, state=state, collectable=collectable)
    fine = await add(ledger, output, state=JobState.CANCELLED, collectable=True)
    moved = await ledger.trash.put([job.id, fine.id])
    assert [each.id for each in moved.jobs] == [fine.id]
    (reason,) = moved.refused
    assert job.id in reason
    assert words in reason
    assert Path(job.outputs[0].path).is_file()
    assert [each.id for each in await ledger.jobs()] == [job.id]


async def test_what_was_deleted_for_good_is_still_told_as_paid_for(
    ledger: Ledger, output: Path, tmp_path: Path
) -> None:
    job = await add(ledger, output)
    assert (await ledger.trash.delete([job.id])).refused == (f'Job {job.id} is not in the trash.',)
    await ledger.trash.put([job.id])
    assert len((await ledger.trash.delete([job.id, job.id])).jobs) == 1
    assert not list(tmp_path.rglob('*.png'))
    assert await ledger.jobs() == await ledger.trash.jobs() == ()
    (gone,) = await ledger.jobs(deleted=True)
    assert (gone.id, gone.state, gone.deleted, gone.outputs) == (job.id, JobState.SUCCEEDED, True, ())
    for again in (ledger.trash.put, ledger.trash.restore, ledger.trash.delete):
        assert 'deleted for good already' in (await again([job.id])).refused[0]


async def test_a_job_in_the_trash_is_not_run_again(ledger: Ledger, output: Path) -> None:
    job = await add(ledger, output, state=JobState.FAILED)
    await ledger.trash.put([job.id])
    assert await ledger.take_up(job.id, asked=True) is None
    await ledger.trash.restore([job.id])
    assert await ledger.take_up(job.id, asked=True) is not None


@pytest.mark.skipif(os.name == 'nt' or os.geteuid() == 0, reason='root may write anywhere')
async def test_a_folder_that_cannot_be_written_to_keeps_its_files(ledger: Ledger, output: Path) -> None:
    job = await add(ledger, output)
    output.chmod(0o500)
    try:
        moved = await ledger.trash.put([job.id])
    finally:
        output.chmod(0o700)
    assert moved.jobs == ()
    assert 'Permission denied' in moved.refused[0]
    assert await ledger.jobs() == (job,)


async def test_a_trash_that_cannot_be_made_or_filled_changes_nothing(
    ledger: Ledger, output: Path, tmp_path: Path
) -> None:
    job = await add(ledger, output)
    await ledger.trash.put([job.id])
    # A file stands where the folder of the result was.
    output.rmdir()
    output.write_text('not a folder')
    moved = await ledger.trash.restore([job.id])
    assert moved.jobs == ()
    assert job.id in moved.refused[0]
    (lying,) = await ledger.trash.jobs()
    assert Path(lying.outputs[0].path).is_file()
    output.unlink()
    assert (await ledger.trash.restore([job.id])).jobs == (job,)
    assert Path(job.outputs[0].path).is_file()


async def test_two_processes_that_throw_away_and_bring_back_lose_nothing(
    ledger: Ledger, output: Path, tmp_path: Path
) -> None:
    jobs = [await add(ledger, output) for _ in range(6)]
    ids = [job.id for job in jobs]
    other = Ledger(tmp_path / 'data' / 'ledger.sqlite3')
    await other.open()
    try:
        both = await asyncio.gather(ledger.trash.put(ids), other.trash.put(ids))
        assert sorted(len(moved.jobs) for moved in both) == [0, 6]
        both = await asyncio.gather(ledger.trash.restore(ids), other.trash.restore(ids[::-1]))
        assert sorted(len(moved.jobs) for moved in both) == [0, 6]
    finally:
        await other.close()
    assert list(await ledger.jobs()) == jobs
    assert all(Path(job.outputs[0].path).is_file() for job in jobs)


async def test_a_cancelled_caller_leaves_no_file_between_two_names(ledger: Ledger, output: Path) -> None:
    job = await add(ledger, output, files=3)
    task = asyncio.create_task(ledger.trash.put([job.id]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (lying,) = await ledger.trash.jobs()
    assert all(Path(result.path).is_file() for result in lying.outputs)
    assert not list(output.iterdir())


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs fork')
@pytest.mark.parametrize('deed', ['put', 'restore', 'delete'])
@pytest.mark.parametrize('copying', ['within a file system', 'across file systems'])
def test_a_death_at_any_step_loses_nothing(tmp_path: Path, deed: str, copying: str) -> None:
    """The process is killed before each record and each change of a file, and the next one looks."""
    options = ['--copy'] if copying.startswith('across') else []
    command = [sys.executable, '-m', 'tests.store.cutting', str(tmp_path), deed, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    told = json.loads(done.stdout)
    assert told['wrong'] == []
    assert told['cuts'] >= (6 if deed == 'delete' else 11)


@pytest.mark.skipif(not Path('/dev/shm').is_dir(), reason='needs a second file system')
def test_a_file_goes_whole_to_another_file_system_and_replaces_nothing(tmp_path: Path) -> None:
    if tmp_path.stat().st_dev == Path('/dev/shm').stat().st_dev:
        pytest.skip('it is the same file system')
    there = Path('/dev/shm') / f'hfmedia-{os.getpid()}'
    source, target = tmp_path / 'a.png', there / 'deep' / 'a.png'
    source.write_bytes(b'a' * 3_000_000)
    os.utime(source, (1, 1))
    try:
        move(source, target)
        assert not source.exists()
        assert target.read_bytes() == b'a' * 3_000_000
        assert target.stat().st_mtime == 1
        source.write_bytes(b'b')
        with pytest.raises(FileExistsError):
            move(source, target)
        assert source.read_bytes() == b'b'
        source.write_bytes(b'a' * 3_000_000)
        move(source, target)
        assert not source.exists(), 'the same bytes lay there already'
        assert [path.name for path in target.parent.iterdir()] == ['a.png']
    finally:
        for path in sorted(there.rglob('*'), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        there.rmdir()
