"""The catalogue remembers, ranks and finds."""

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from hfmedia_tui.catalog.catalog import Catalog
from hfmedia_tui.catalog.search import search
from hfmedia_tui.domain import Model, Reply, Task
from hfmedia_tui.errors import HubError


def model(model_id: str, *tags: str) -> Model:
    return Model(id=model_id, task=Task.TEXT_TO_IMAGE, tags=tags)


class Hub:
    """A Hub with one picture and two films, which counts what it is asked and can be unplugged."""

    def __init__(self) -> None:
        self.asked = 0
        self.plugged = True

    async def ask(self, path: str, query: Mapping[str, str | list[str]] | None) -> Reply:
        self.asked += 1
        if not self.plugged:
            raise HubError('The Hub could not be asked.')
        assert query is not None
        if query['pipeline_tag'] == 'text-to-image':
            return Reply(status=200, body=_page('text-to-image', 'a/fails:spoken:fails-on-purpose', 'a/picture:spoken'))
        return Reply(status=200, body=_page('text-to-video', 'a/strange:unspoken', 'a/film:spoken'))


def _page(task: str, *models: str) -> bytes:
    import json

    return json.dumps(
        [
            {
                'id': name,
                'tags': tags,
                'inferenceProviderMapping': [{'provider': provider, 'providerId': 'x', 'status': 'live', 'task': task}],
            }
            for name, provider, *tags in (entry.split(':') for entry in models)
        ]
    ).encode()


def catalog(hub: Hub, file: Path | None) -> Catalog:
    return Catalog(hub.ask, speaks=lambda provider: provider == 'spoken', file=file)


async def test_films_come_first_what_cannot_be_used_later_and_what_fails_on_purpose_last() -> None:
    models = await catalog(Hub(), None).models()
    assert [found.id for found in models] == ['a/film', 'a/picture', 'a/strange', 'a/fails']


async def test_a_listing_is_remembered_between_starts_and_refreshed_when_asked(tmp_path: Path) -> None:
    hub, file = Hub(), tmp_path / 'cache' / 'models.json'
    first = await catalog(hub, file).models()
    later = catalog(hub, file)
    assert await later.models() == first
    assert hub.asked == 2
    await later.models(refresh=True)
    assert hub.asked == 4
    assert [path.name for path in file.parent.iterdir()] == ['models.json']


async def test_an_old_listing_is_better_than_none_and_says_so(tmp_path: Path) -> None:
    hub = Hub()
    found = catalog(hub, tmp_path / 'models.json')
    models = await found.models()
    hub.plugged = False
    assert await found.models(refresh=True) == models
    assert found.stale is not None
    with pytest.raises(HubError):
        await catalog(hub, tmp_path / 'other.json').models()


@pytest.mark.parametrize('text', ['', '{', '[]', '{"fetched": "x"}', '\x00' * 100])
async def test_a_damaged_cache_is_fetched_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / 'models.json'
    await asyncio.to_thread(file.write_text, text)
    assert len(await catalog(Hub(), file).models()) == 4


def test_search_finds_by_every_word_and_ranks_what_stands_there_first() -> None:
    models = [
        model('city96/LTX-Video', 'lora'),
        model('black-forest-labs/FLUX.1-schnell'),
        model('black-forest-labs/FLUX.1-dev'),
        model('someone/influx-devoted'),
        model('Qwen/Qwen-Image', 'license:apache-2.0'),
    ]
    assert [found.id for found in search(models, 'flux dev')] == [
        'black-forest-labs/FLUX.1-dev',
        'someone/influx-devoted',
    ]
    assert search(models, 'FLUX.1-schnel')[0].id == 'black-forest-labs/FLUX.1-schnell'
    assert search(models, 'qwen imge')[0].id == 'Qwen/Qwen-Image'
    assert [found.id for found in search(models, 'lora')] == ['city96/LTX-Video']
    assert [found.id for found in search(models, 'apache')] == ['Qwen/Qwen-Image']
    assert search(models, 'flux zebra') == []
    assert search(models, '  ') == models


@pytest.mark.parametrize('text', ['[/', '(', '\\', '\x1b[31m', 'ß' * 500, '%'])
def test_search_takes_any_text(text: str) -> None:
    search([model('a/b')], text)


def test_equals_keep_their_order() -> None:
    names = [f'owner/same-{number:03}' for number in range(100)]
    random.Random(1).shuffle(names)
    models = [model(name) for name in names]
    assert [found.id for found in search(models, 'same')] == names
