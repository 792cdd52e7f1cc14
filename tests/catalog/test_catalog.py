"""The catalogue remembers, ranks and finds."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hfmedia_tui.catalog.catalog import Catalog
from hfmedia_tui.catalog.search import Index, search
from hfmedia_tui.domain import Model, Reply, Task
from hfmedia_tui.errors import HubError

HEAD = '{"type": "listing", "fetched": NOW, "pages": 1}\n'


def model(model_id: str, *tags: str) -> Model:
    return Model(id=model_id, task=Task.TEXT_TO_IMAGE, tags=tags)


class Hub:
    """A Hub with one picture and two films, which counts what it is asked and can be unplugged."""

    def __init__(self) -> None:
        self.asked = 0
        self.plugged = True
        self.status: int | None = None
        """What it answers to everything, where it is ill."""

    async def ask(self, path: str, query: Mapping[str, str | list[str]] | None, headers: Mapping[str, str]) -> Reply:
        self.asked += 1
        if not self.plugged:
            raise HubError('The Hub could not be asked.')
        if self.status is not None:
            return Reply(status=self.status)
        if path == '/api/models/a/film':
            return Reply(status=200, body=json.dumps(json.loads(_page('text-to-video', 'a/film:spoken'))[0]).encode())
        if path == 'more':
            return Reply(status=200, body=_page('text-to-image', 'a/picture:spoken'))
        assert query is not None
        if headers.get('if-none-match') == f'"{query["pipeline_tag"]}"':
            return Reply(status=304)
        etag = {'etag': f'"{query["pipeline_tag"]}"'}
        if query['pipeline_tag'] == 'text-to-image':
            page = _page('text-to-image', 'a/fails:spoken:fails-on-purpose')
            return Reply(status=200, headers={**etag, 'link': '<more>; rel="next"'}, body=page)
        return Reply(status=200, headers=etag, body=_page('text-to-video', 'a/strange:unspoken', 'a/film:spoken'))


def _page(task: str, *models: str) -> bytes:
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
    return Catalog(hub.ask, speaks=lambda provider, task: provider == 'spoken', file=file)


async def test_films_come_first_what_cannot_be_used_later_and_what_fails_on_purpose_last() -> None:
    models = await catalog(Hub(), None).models()
    assert [found.id for found in models] == ['a/film', 'a/picture', 'a/strange', 'a/fails']


async def test_a_listing_is_remembered_between_starts_and_refreshed_when_asked(tmp_path: Path) -> None:
    hub, file = Hub(), tmp_path / 'cache' / 'models.json'
    first = await catalog(hub, file).models()
    later = catalog(hub, file)
    assert await later.models() == first
    assert hub.asked == 3
    before = later.fetched
    assert await later.models(refresh=True) == first
    assert hub.asked == 6
    assert before is not None
    assert later.fetched is not None
    assert before < later.fetched <= datetime.now(UTC)
    assert [path.name for path in file.parent.iterdir()] == ['models.json']


async def test_pages_are_shown_as_they_arrive_and_a_kept_listing_at_once(tmp_path: Path) -> None:
    hub, file = Hub(), tmp_path / 'models.json'
    shown = list[tuple[Model, ...]]()
    models = await catalog(hub, file).models(show=shown.append)
    assert len(shown) == 3, 'one for each page'
    assert [len(some) for some in shown] == sorted(len(some) for some in shown)
    assert shown[-1] == models
    hub.plugged = False
    shown.clear()
    later = catalog(hub, file)
    assert await later.models(refresh=True, show=shown.append) == models
    assert shown == [models]
    assert later.stale is not None
    shown.clear()
    await later.models(refresh=True, show=shown.append)
    assert shown == [models]


async def test_the_catalogue_is_one_object_until_it_is_refreshed() -> None:
    found = catalog(Hub(), None)
    assert await found.models() is await found.models()


@pytest.mark.parametrize('status', [None, 429, 500, 503])
async def test_a_model_is_taken_from_the_listing_while_the_hub_is_silent(tmp_path: Path, status: int | None) -> None:
    hub, file = Hub(), tmp_path / 'models.json'
    listed = await catalog(hub, file).models()
    hub.plugged, hub.status = status is not None, status
    later = catalog(hub, file)
    assert await later.model('a/film') == tuple(model for model in listed if model.id == 'a/film')
    with pytest.raises(HubError):
        await later.model('a/other')
    hub.plugged, hub.status = True, 404
    with pytest.raises(HubError, match='no model'):
        await later.model('a/film')
    hub.status = None
    assert len(await later.model('a/film')) == 1
    asked = hub.asked
    assert len(await later.model('a/film')) == 1
    assert hub.asked == asked


async def test_one_task_that_fails_fails_the_listing_and_leaves_nothing_running() -> None:
    hub = Hub()
    hub.status = 500
    with pytest.raises(HubError, match='500'):
        await catalog(hub, None).models()
    assert len(asyncio.all_tasks()) == 1


async def test_an_old_listing_is_better_than_none_and_says_so(tmp_path: Path) -> None:
    hub = Hub()
    found = catalog(hub, tmp_path / 'models.json')
    models = await found.models()
    hub.plugged = False
    assert await found.models(refresh=True) == models
    assert found.stale is not None
    with pytest.raises(HubError):
        await catalog(hub, tmp_path / 'other.json').models()
    hub.plugged = True
    await found.models(refresh=True)
    assert found.stale is None


@pytest.mark.parametrize(
    'text', ['', '{', '[]', '{"fetched": "x"}', '\x00' * 100, HEAD, HEAD + '{"key": 1}\n', HEAD + '[' * 99_999]
)
async def test_a_damaged_cache_is_fetched_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / 'models.json'
    await asyncio.to_thread(file.write_text, text.replace('NOW', str(time.time())))
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


def test_a_name_that_is_written_whole_is_found_first() -> None:
    models = [model(name) for name in ('Qwen/Qwen-Image-2512', 'other/my-qwen-image', 'Qwen/Qwen-Image')]
    for text in ('qwen-image', 'Qwen/Qwen-Image'):
        assert search(models, text)[0].id == 'Qwen/Qwen-Image'
    assert [found.id for found in search(models, 'qwen')] == [model.id for model in models]


def test_what_stands_there_is_found_before_what_is_like_it_is_looked_for() -> None:
    index = Index([model('b/fluxe'), model('b/flux'), model('a/influx'), model('b/flex'), model('c/x', 'flux')])
    exact = [found.id for found in index.search('flux', fuzzy=False)]
    assert exact == ['b/flux', 'b/fluxe', 'a/influx', 'c/x'], 'its name, what begins with it, has it, is tagged with it'
    assert [found.id for found in index.search('flux')] == [*exact, 'b/flex']
    assert [found.id for found in index.search('influx b', fuzzy=False)] == []
