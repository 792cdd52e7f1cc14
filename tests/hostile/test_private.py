"""What holds prompts, settings or secrets is for its user's eyes alone, however open the house was left before."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hfmedia_tui.domain import JobState
from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.services import Ask
from tests.cli.conftest import Run
from tests.engine.loopback import serving
from tests.engine.provider import Provider
from tests.houses import opened

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='rights of POSIX')

MODEL = 'black-forest-labs/FLUX.1-dev:replicate'


@pytest.fixture(params=[0, 0o022], ids=['umask 0', 'umask 022'])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def rights(path: Path) -> str:
    return oct(stat.S_IMODE(path.lstat().st_mode))


def open_to_others(folder: Path) -> list[str]:
    """What others may do anything with, `folder` included."""
    found = [folder, *folder.rglob('*')]
    return [f'{path} {rights(path)}' for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_every_file_but_results_is_private(tmp_path: Path, run_online: Run, umask: int) -> None:
    paths = find_paths({'HFMEDIA_HOME': str(tmp_path / 'home')})
    paths.configuration.mkdir(parents=True)
    paths.settings.write_text('[jobs]\ntotal = 2\n')
    assert run_online('--verbose', 'generate', 'a fox', '--model', MODEL).code == 0
    assert run_online('models').code == 0
    assert run_online('doctor').code == 0
    assert run_online('generate', 'a fox', '--sandbox', '--model', MODEL).code == 0
    mine = (paths.configuration, paths.data, paths.cache, paths.log)
    assert [shown for folder in mine for shown in open_to_others(folder)] == []
    assert {path.parent.name for path in paths.data.rglob('*')} >= {'data', 'sandbox'}
    assert list(paths.cache.iterdir())
    assert paths.log_file.read_text()
    results = list(paths.output.iterdir())
    assert len(results) == 4, 'each with what tells how it was made'
    assert {rights(result) for result in results} == {oct(0o666 & ~umask)}, 'results are as any file of the user'
    assert rights(paths.output) == oct(0o777 & ~umask)


def test_what_was_open_before_is_closed(tmp_path: Path, run_online: Run) -> None:
    paths = find_paths({'HFMEDIA_HOME': str(tmp_path / 'home')})
    owners = paths.data / 'owners'
    for folder in (paths.configuration, paths.cache, paths.log, paths.sandbox, owners):
        folder.mkdir(parents=True)
    files = (paths.settings, paths.ledger, paths.log_file)
    for path in files:
        path.touch()
    for folder in (paths.configuration, paths.data, paths.cache, paths.log, paths.sandbox, owners):
        folder.chmod(0o755)
    for path in files:
        path.chmod(0o644)
    assert run_online('generate', 'a fox', '--model', MODEL).code == 0
    assert run_online('models').code == 0
    assert run_online('generate', 'a fox', '--sandbox', '--model', MODEL).code == 0
    for folder in (paths.configuration, paths.data, paths.cache, paths.log):
        assert open_to_others(folder) == []


@pytest.mark.usefixtures('umask')
async def test_the_log_beside_the_ledger_is_private_while_it_is_written(tmp_path: Path, sandbox: Addresses) -> None:
    paths = find_paths({'HFMEDIA_HOME': str(tmp_path)})
    async with opened(paths, sandbox.hub, sandbox.router) as house:
        await house.submit(Ask(model=MODEL.partition(':')[0], prompt='a fox'))
        await house.pool.idle()
        beside = {path.name for path in paths.data.iterdir()}
        assert beside >= {'ledger.sqlite3', 'ledger.sqlite3-wal', 'ledger.sqlite3-shm', 'owners'}
        assert open_to_others(paths.data) == []


@pytest.fixture
def refusing(tmp_path: Path) -> Callable[[Paths], None]:
    """Makes the output folder one that nothing can be written to, for root as well: a file stands in its place."""

    def refuse(paths: Paths) -> None:
        for path in paths.output.iterdir():
            path.unlink()
        paths.output.rmdir()
        paths.output.touch()

    return refuse


@pytest.mark.usefixtures('umask')
async def test_paid_bytes_in_the_shelter_are_private(tmp_path: Path, refusing: Callable[[Paths], None]) -> None:
    paths = find_paths({'HFMEDIA_HOME': str(tmp_path)})
    shelter = paths.data / 'shelter'
    provider = Provider()
    with serving(provider) as server:

        def submit() -> None:
            refusing(paths)

        provider.submit = submit
        async with opened(paths, server.url) as house:
            (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='hf-inference'))
            await house.pool.idle()
            assert house.pool.jobs[job.id].state is JobState.FAILED
            assert list(shelter.iterdir()), 'the picture was paid for'
            assert open_to_others(shelter) == []
