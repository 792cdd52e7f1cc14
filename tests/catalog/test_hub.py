"""What the Hub says is read in both of its shapes, and nothing that it says breaks the reading."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from hfmedia_tui.catalog.hub import Page
from hfmedia_tui.catalog.listing import Ask, fetch_model, fetch_pages
from hfmedia_tui.domain import Model, Reply, Task
from hfmedia_tui.errors import HubError

OFFER = {'providerId': 'fal-ai/flux/dev', 'status': 'live', 'task': 'text-to-image'}
AS_LIST = [{'provider': 'fal-ai', **OFFER}, {'provider': 'replicate', **OFFER, 'status': 'staging'}]
AS_OBJECT = {'fal-ai': OFFER, 'replicate': {**OFFER, 'status': 'staging'}}


def answering(*pages: Any, status: int = 200) -> tuple[Ask, list[tuple[str, Mapping[str, Any] | None]]]:
    """A Hub that answers one page after the other, each but the last linking to the next."""
    asked = list[tuple[str, Mapping[str, Any] | None]]()

    async def ask(path: str, query: Mapping[str, str | list[str]] | None, headers: Mapping[str, str]) -> Reply:
        asked.append((path, query))
        number = len(asked)
        link = (
            {'link': f'<https://huggingface.co/api/models?cursor={number}>; rel="next"'} if number < len(pages) else {}
        )
        return Reply(status=status, headers=link, body=json.dumps(pages[number - 1]).encode())

    return ask, asked


async def fetch_models(ask: Ask, task: Task) -> tuple[Model, ...]:
    return tuple([model async for page in fetch_pages(ask, task, {}) for model in page.models])


@pytest.mark.parametrize('mapping', [AS_LIST, AS_OBJECT])
async def test_both_shapes_of_a_mapping(mapping: Any) -> None:
    entry = {'id': 'owner/name', 'pipeline_tag': 'text-to-image', 'inferenceProviderMapping': mapping, 'gated': 'auto'}
    ask, asked = answering(entry)
    (model,) = await fetch_model(ask, 'owner/name')
    assert [(m.provider, m.provider_id, m.status) for m in model.mappings] == [
        ('fal-ai', 'fal-ai/flux/dev', 'live'),
        ('replicate', 'fal-ai/flux/dev', 'staging'),
    ]
    assert model.gated == 'auto'
    assert asked[0][0] == '/api/models/owner/name'


async def test_pages_are_followed_and_only_live_models_are_kept() -> None:
    film = [{'provider': 'novita', **OFFER, 'task': 'text-to-video'}]
    speech = [{'provider': 'novita', **OFFER, 'task': 'text-to-speech'}]
    ask, asked = answering(
        [
            {'id': 'a/one', 'inferenceProviderMapping': AS_LIST, 'likes': 5},
            {'id': 'a/speech', 'inferenceProviderMapping': speech},
        ],
        [{'id': 'a/two', 'inferenceProviderMapping': AS_LIST[1:]}, {'id': 'a/none', 'inferenceProviderMapping': []}],
        [{'id': 'a/three', 'inferenceProviderMapping': [*AS_LIST, *film]}],
    )
    models = await fetch_models(ask, Task.TEXT_TO_IMAGE)
    assert [(model.id, str(model.task)) for model in models] == [
        ('a/one', 'text-to-image'),
        ('a/three', 'text-to-image'),
        ('a/three', 'text-to-video'),
    ]
    assert [path for path, _ in asked[1:]] == [f'https://huggingface.co/api/models?cursor={n}' for n in (1, 2)]
    assert asked[0][1] is not None
    assert asked[0][1]['pipeline_tag'] == 'text-to-image'
    assert asked[1][1] is None


async def test_a_page_that_has_not_changed_is_not_sent_again() -> None:
    told = list[Mapping[str, str]]()
    first = json.dumps([{'id': 'a/one', 'inferenceProviderMapping': AS_LIST}]).encode()
    link = {'link': '<https://huggingface.co/api/models?cursor=1>; rel="next"'}

    async def ask(path: str, query: Mapping[str, str | list[str]] | None, headers: Mapping[str, str]) -> Reply:
        told.append(headers)
        if headers.get('if-none-match') == '"1"':
            return Reply(status=304)
        if query is None:
            return Reply(status=200, headers={'etag': 'é'}, body=b'[]')
        return Reply(status=200, headers={**link, 'etag': '"1"'}, body=first)

    pages = [page async for page in fetch_pages(ask, Task.TEXT_TO_IMAGE, {})]
    kept: dict[str, Page] = {page.key: page for page in pages}
    assert [page async for page in fetch_pages(ask, Task.TEXT_TO_IMAGE, kept)] == pages
    assert told == [{}, {}, {'if-none-match': '"1"'}, {}], 'a name that no header can carry is not sent back'


@pytest.mark.parametrize(
    ('headers', 'seconds'),
    [
        ({'retry-after': '0.05'}, 0.05),
        ({'ratelimit': '"api";r=0;t=0.05'}, 0.05),
        ({'retry-after': '0'}, 0.0),
    ],
)
async def test_a_short_wait_that_the_hub_asks_for_is_granted(headers: dict[str, str], seconds: float) -> None:
    loop = asyncio.get_running_loop()
    asked = list[float]()

    async def ask(path: str, query: Mapping[str, str | list[str]] | None, _: Mapping[str, str]) -> Reply:
        asked.append(loop.time())
        return Reply(status=429, headers=headers) if len(asked) == 1 else Reply(status=200, body=b'[]')

    assert await fetch_models(ask, Task.TEXT_TO_IMAGE) == ()
    assert asked[1] - asked[0] >= seconds


async def test_what_is_spent_is_waited_for_before_the_next_page() -> None:
    loop = asyncio.get_running_loop()
    asked = list[float]()
    link = {'link': '<https://huggingface.co/api/models?cursor=1>; rel="next"', 'ratelimit': '"api";r=0;t=0.05'}

    async def ask(path: str, query: Mapping[str, str | list[str]] | None, _: Mapping[str, str]) -> Reply:
        asked.append(loop.time())
        return Reply(status=200, headers=link if query else {}, body=b'[]')

    await fetch_models(ask, Task.TEXT_TO_IMAGE)
    assert asked[1] - asked[0] >= 0.05


async def test_a_hub_with_nothing_left_to_give_is_not_asked_for_the_next_page() -> None:
    asked = list[str]()
    link = {'link': '<https://huggingface.co/api/models?cursor=1>; rel="next"', 'ratelimit': '"api";r=0;t=289'}

    async def ask(path: str, query: Mapping[str, str | list[str]] | None, _: Mapping[str, str]) -> Reply:
        asked.append(path)
        return Reply(status=200, headers=link, body=b'[]')

    with pytest.raises(HubError, match='in 289 s'):
        await fetch_models(ask, Task.TEXT_TO_IMAGE)
    assert asked == ['/api/models']


@pytest.mark.parametrize(
    ('headers', 'when'),
    [
        ({'retry-after': '120'}, 'in 120 s'),
        ({'ratelimit': '"api";r=0;t=289'}, 'in 289 s'),
        ({'retry-after': 'nan'}, 'in a few minutes'),
        ({'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT'}, 'in a few minutes'),
        ({}, 'in a few minutes'),
    ],
)
async def test_a_long_wait_is_told(headers: dict[str, str], when: str) -> None:
    async def ask(path: str, query: Mapping[str, str | list[str]] | None, _: Mapping[str, str]) -> Reply:
        return Reply(status=429, headers=headers)

    with pytest.raises(HubError, match='429') as told:
        await fetch_models(ask, Task.TEXT_TO_IMAGE)
    assert when in str(told.value)


async def test_a_model_mapped_to_both_tasks_comes_with_its_own_task_first() -> None:
    mapping = [{'provider': 'fal-ai', **OFFER}, {'provider': 'novita', **OFFER, 'task': 'text-to-video'}]
    ask, _ = answering({'id': 'a/b', 'pipeline_tag': 'text-to-video', 'inferenceProviderMapping': mapping})
    assert [model.task for model in await fetch_model(ask, 'a/b')] == [Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE]


async def test_a_model_that_nobody_serves_comes_without_mappings_and_a_chat_model_not_at_all() -> None:
    ask, _ = answering({'id': 'a/b', 'pipeline_tag': 'text-to-image'})
    (model,) = await fetch_model(ask, 'a/b')
    assert model.mappings == ()
    ask, _ = answering({'id': 'a/chat', 'pipeline_tag': 'text-generation', 'inferenceProviderMapping': AS_LIST[:0]})
    assert await fetch_model(ask, 'a/chat') == ()


JUNK: list[Any] = [None, True, 1, 'x', [], {}, [None], [[]], [{'id': 1}], {'x': None}]


@pytest.mark.parametrize('junk', JUNK)
async def test_junk_in_any_field_costs_no_more_than_the_field(junk: Any) -> None:
    for field in ('gated', 'likes', 'downloads', 'tags', 'pipeline_tag'):
        ask, _ = answering([{'id': 'a/b', 'inferenceProviderMapping': AS_LIST, field: junk}])
        assert len(await fetch_models(ask, Task.TEXT_TO_IMAGE)) == 1
    for field in ('provider', 'providerId', 'status', 'task', 'adapter', 'adapterWeightsPath'):
        ask, _ = answering([{'id': 'a/b', 'inferenceProviderMapping': [{**AS_LIST[0], field: junk}, AS_LIST[0]]}])
        assert len(await fetch_models(ask, Task.TEXT_TO_IMAGE)) == 1
    ask, _ = answering([{'id': 'a/b', 'inferenceProviderMapping': junk}, junk, {'id': junk}])
    assert await fetch_models(ask, Task.TEXT_TO_IMAGE) == ()


@pytest.mark.parametrize('name', ['../x', 'a/b', 'a b', 'a?b', '', '.', 'a\x1b[31m'])
async def test_a_providers_name_that_could_bend_a_path_is_left_out(name: str) -> None:
    ask, _ = answering([{'id': 'a/b', 'inferenceProviderMapping': [{**AS_LIST[0], 'provider': name}, AS_LIST[0]]}])
    (model,) = await fetch_models(ask, Task.TEXT_TO_IMAGE)
    assert [m.provider for m in model.mappings if '/' in m.provider or m.provider in ('', '.')] == []
    assert all('\x1b' not in m.provider for m in model.mappings)


async def test_escape_sequences_do_not_enter() -> None:
    ask, _ = answering([{'id': 'a/b\x1b]0;owned\x07', 'tags': ['\x1b[31m'], 'inferenceProviderMapping': AS_LIST}])
    (model,) = await fetch_models(ask, Task.TEXT_TO_IMAGE)
    assert '\x1b' not in model.id + ''.join(model.tags)


@pytest.mark.parametrize(
    ('status', 'body', 'message'),
    [
        (404, {'error': 'Repository not found'}, 'no model'),
        (401, {'error': 'Invalid credentials'}, 'no model'),
        (429, {'error': 'Too many'}, '429: Too many'),
        (500, 'oops', '500'),
        (200, [], 'no model'),
    ],
)
async def test_errors_are_told(status: int, body: Any, message: str) -> None:
    ask, _ = answering(body, status=status)
    with pytest.raises(HubError, match=message):
        await fetch_model(ask, 'a/b')
