"""What comes home tells how it was made; whatever goes wrong about that, it is whole, and counted once."""

import hashlib
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hfmedia_tui.domain import Fetch, Job, JobState, Media, Progress
from hfmedia_tui.metadata.reading import read_recipe
from hfmedia_tui.metadata.sidecar import sidecar_path
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Services, open_services
from tests.engine.loopback import Server
from tests.engine.provider import Provider, as_json
from tests.engine.test_endings import left_behind
from tests.houses import ended, environment_for
from tests.metadata.samples import shown


@pytest.fixture
async def house(paths: Paths, server: Server) -> AsyncIterator[Services]:
    """Services with settings as they usually are."""
    async with open_services(paths, environment=environment_for(server.url), patience=0) as services:
        yield services


def assert_whole(job: Job, provider: Provider, tmp_path: Path) -> None:
    """One picture with what tells of it, and nothing else; what is recorded is true of the file."""
    assert job.state is JobState.SUCCEEDED, job.error
    (output,) = job.outputs
    path = Path(output.path)
    assert (output.size, output.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert {file.name for file in path.parent.iterdir()} == {path.name, sidecar_path(path).name}
    (tmp_path / 'came.png').write_bytes(provider.picture)
    assert shown(path) == shown(tmp_path / 'came.png')
    recipe = read_recipe(path)
    assert (recipe.prompt, recipe.model, recipe.seed) == ('a fox', 'a/b', job.seed)


@pytest.mark.parametrize('provider_name', ['fal-ai', 'hf-inference'])
async def test_a_result_tells_how_it_was_made(
    house: Services, provider: Provider, tmp_path: Path, provider_name: str
) -> None:
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider=provider_name))
    done = await ended(house, job)
    assert done == await house.ledger.find(job.id)
    assert_whole(done, provider, tmp_path)
    assert read_recipe(Path(done.outputs[0].path)).provider == provider_name


async def test_beside_it_lie_the_providers_own_words(house: Services, provider: Provider) -> None:
    provider.media_url = f'{provider.url}/media.png?Signature=s1gned'
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    path = Path((await ended(house, job)).outputs[0].path)
    told = json.loads(sidecar_path(path).read_text())
    assert told['said'] == {'images': [{'url': f'{provider.url}/media.png?…'}]}
    assert told['file']['sha256_as_it_came'] == hashlib.sha256(provider.picture).hexdigest()


@pytest.mark.parametrize('died', ['before', 'half-way', 'after'])
async def test_a_death_over_it_loses_and_doubles_nothing(
    house: Services, provider: Provider, tmp_path: Path, died: str
) -> None:
    media = Fetch(media=(Media(file=str(house.paths.data / 'shelter' / 'gone')),))
    job = await left_behind(
        house, 'hf-inference', Progress(provider='hf-inference', step=media, accepted=True, said={'words': 1})
    )
    folder = house.paths.output
    folder.mkdir()
    home = folder / f'a-fox-{job.id}.png'
    home.write_bytes(provider.picture)
    if died == 'half-way':
        (folder / f'.a-fox-{job.id}.new').write_bytes(provider.picture[:50])
    await house.retry(job.id)
    first = await ended(house, job)
    assert_whole(first, provider, tmp_path)
    if died == 'after':  # as it lies when the ledger was not told
        again = await left_behind(house, 'hf-inference', Progress(provider='hf-inference', step=media, accepted=True))
        for file in list(folder.iterdir()):
            file.rename(file.with_name(file.name.replace(job.id, again.id)))
        await house.retry(again.id)
        second = await ended(house, again)
        assert second.state is JobState.SUCCEEDED
        assert second.outputs[0].sha256 == first.outputs[0].sha256
        assert len(list(folder.iterdir())) == 2
    assert provider.submits == 0


async def test_a_mistake_in_it_costs_nothing(
    house: Services, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object, **__: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr('hfmedia_tui.metadata.inscribing.notes_of', mistaken)
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED
    (path,) = house.paths.output.iterdir()
    assert path.read_bytes() == provider.picture
    assert done.outputs[0].sha256 == hashlib.sha256(provider.picture).hexdigest()


async def test_a_full_disk_leaves_the_result_as_it_came(house: Services, provider: Provider, small_disk: Path) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((400, 400), 50).save(buffer, 'PNG')
    provider.picture = buffer.getvalue()
    assert len(provider.picture) > 140_000, 'a second one has no room beside it'
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai', output=str(small_disk)))
    done = await ended(house, job)
    assert done.state is JobState.SUCCEEDED, done.error
    (output,) = done.outputs
    assert Path(output.path).read_bytes() == provider.picture
    assert output.sha256 == hashlib.sha256(provider.picture).hexdigest()
    assert not list(small_disk.glob('.*'))
    assert 'No space left' in json.loads(sidecar_path(Path(output.path)).read_text())['file']['why_not']


async def test_each_of_several_results_tells_of_itself(house: Services, provider: Provider) -> None:
    provider.images = 3
    provider.poll = lambda: as_json({'status': 'COMPLETED'})
    (job,) = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai'))
    done = await ended(house, job)
    assert len(done.outputs) == 3
    told = [json.loads(sidecar_path(Path(output.path)).read_text()) for output in done.outputs]
    assert [one['result'] for one in told] == [0, 1, 2]
    assert [one['file']['name'] for one in told] == [Path(output.path).name for output in done.outputs]
