"""Where there is any place at all, what was paid for is kept; and the disk that was full is named."""

import os
import shutil
from pathlib import Path

import pytest

from hfmedia_tui.domain import FailureCode, JobState
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import Ask, Services
from tests.disks import fill, make_read_only, mounted
from tests.engine.loopback import Server
from tests.engine.provider import Provider
from tests.houses import ended, opened


@pytest.mark.parametrize('name', ['fal-ai', 'hf-inference'])
async def test_a_result_that_finds_no_room_waits_where_there_is(
    house: Services, provider: Provider, small_disk: Path, name: str
) -> None:
    def fill_it() -> None:
        fill(small_disk)

    provider.submit = fill_it
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider=name, output=str(small_disk)))
    failed = await ended(house, job)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error.code is FailureCode.STORAGE
    assert str(small_disk) in failed.error.message
    assert failed.error.hint is not None
    assert 'Make room' in failed.error.hint
    assert 'paid for' in failed.error.hint
    assert os.listdir(small_disk) == ['.filling']
    assert [path.read_bytes() for path in (house.paths.data / 'shelter').iterdir()] == [provider.picture]
    (small_disk / '.filling').unlink()
    fetched = len(provider.fetched)
    await house.retry(job.id)
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    assert Path(done.outputs[0].path).read_bytes() == provider.picture
    assert os.listdir(small_disk) == [Path(done.outputs[0].path).name]
    assert list((house.paths.data / 'shelter').iterdir()) == []
    assert len(provider.fetched) == fetched
    assert provider.submits == 1


async def test_a_folder_that_cannot_be_written_costs_nothing(
    house: Services, provider: Provider, small_disk: Path
) -> None:
    make_read_only(small_disk)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai', output=str(small_disk)))
    failed = await ended(house, job)
    assert failed.error is not None
    assert failed.error.code is FailureCode.STORAGE
    assert 'Read-only' in failed.error.message
    assert 'Nothing was sent' in (failed.error.hint or '')
    assert provider.submits == 0


async def test_where_all_of_ours_is_full_the_only_copy_is_kept_elsewhere_and_named(
    server: Server, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hfmedia_tui.engine.run._SAVING_SECONDS', 0.0)
    with mounted(tmp_path / 'home', '512k') as home:

        def fill_it() -> None:
            fill(home)

        provider.submit = fill_it
        paths = find_paths({'HFMEDIA_HOME': str(home)})
        async with opened(paths, server.url) as house:
            (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='hf-inference'))
            failed = await ended(house, job)
            assert failed.error is not None
            assert failed.error.code is FailureCode.STORAGE
            assert 'disk is full' in failed.error.message
            kept = Path(failed.error.message.partition('kept as ')[2].rstrip('.'))
            assert kept.read_bytes() == provider.picture
            assert not kept.is_relative_to(home)
            shutil.rmtree(kept.parent)
    assert provider.submits == 1
