"""The Hub's API: listing, paging, both shapes of the mapping, and its errors."""

from typing import Any

import httpx
import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.models import MODELS, PROVIDERS


async def listed(hub: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    reply = await hub.get('/api/models', params=query)
    assert reply.status_code == 200
    models: list[dict[str, Any]] = reply.json()
    return models


async def test_pages_follow_one_another_and_hold_every_model_once(hub: httpx.AsyncClient, sandbox: Addresses) -> None:
    url, found, pages = '/api/models?pipeline_tag=text-to-image&inference_provider=all&limit=10&expand[]=likes', [], 0
    while url:
        reply = await hub.get(url)
        found += [model['id'] for model in reply.json()]
        pages += 1
        url = reply.links.get('next', {}).get('url', '')
        assert not url or url.startswith(f'{sandbox.hub}/api/models?')
    served = {
        model.id
        for model in MODELS.values()
        if model.task == 'text-to-image' and any(offer.status == 'live' for offer in model.offers)
    }
    assert pages > 5
    assert len(found) == len(set(found))
    assert set(found) == served


async def test_a_cursor_of_no_page_is_refused(hub: httpx.AsyncClient) -> None:
    for cursor in ('nonsense', '****', 'YWZ0ZXI6LTE='):
        assert (await hub.get('/api/models', params={'cursor': cursor})).status_code == 400


@pytest.mark.parametrize('name', ['expand', 'expand[]'])
async def test_only_what_is_asked_for_comes_with_the_ids(hub: httpx.AsyncClient, name: str) -> None:
    models = await listed(hub, **{name: ['likes', 'gated'], 'limit': 3})
    assert [set(model) for model in models] == [{'_id', 'id', 'likes', 'gated'}] * 3


async def test_the_list_has_mappings_as_an_array_and_one_model_as_an_object(hub: httpx.AsyncClient) -> None:
    models = await listed(hub, search='FLUX.1-dev', **{'expand[]': 'inferenceProviderMapping'})
    array = next(model for model in models if model['id'] == 'black-forest-labs/FLUX.1-dev')['inferenceProviderMapping']
    reply = await hub.get('/api/models/black-forest-labs/FLUX.1-dev?expand=inferenceProviderMapping')
    keyed = reply.json()['inferenceProviderMapping']
    assert [entry['provider'] for entry in array] == list(keyed)
    assert array[0] == {'provider': 'fal-ai', **keyed['fal-ai']}
    assert keyed['fal-ai']['providerId'] == 'fal-ai/flux/dev'
    assert keyed['fal-ai']['task'] == 'text-to-image'


@pytest.mark.parametrize('sort', ['trendingScore', 'downloads', 'likes', 'likes30d', 'createdAt', 'lastModified'])
@pytest.mark.parametrize('direction', ['-1', '1'])
async def test_models_that_fail_on_purpose_come_last_in_every_order(
    hub: httpx.AsyncClient, sort: str, direction: str
) -> None:
    models = await listed(hub, sort=sort, direction=direction, expand='tags')
    fails = ['fails-on-purpose' in model['tags'] for model in models]
    assert fails == sorted(fails)
    assert any(fails)
    assert all(('/fails-' in model['id']) == fail for model, fail in zip(models, fails, strict=True))


async def test_listings_are_narrowed(hub: httpx.AsyncClient) -> None:
    films = await listed(
        hub, pipeline_tag='text-to-video', inference_provider='novita', expand='inferenceProviderMapping'
    )
    assert films
    assert all(any(entry['provider'] == 'novita' for entry in film['inferenceProviderMapping']) for film in films)
    several = await listed(hub, inference_provider='novita,zai-org')
    assert {'zai-org/GLM-Image', 'rain1011/pyramid-flow-sd3'} <= {model['id'] for model in several}
    assert len(await listed(hub, search='wan2.2')) == 2
    assert all(model['id'].startswith('Qwen/') for model in await listed(hub, author='Qwen'))
    assert all(model['gated'] for model in await listed(hub, gated='true', expand='gated'))
    assert len(await listed(hub, limit=7)) == 7


async def test_there_is_enough_to_choose_from(hub: httpx.AsyncClient) -> None:
    models = await listed(hub, inference='warm', inference_provider='all', expand=['inferenceProviderMapping', 'tags'])
    ordinary = [model for model in models if not model['id'].startswith('sandbox/')]
    providers = [{entry['provider'] for entry in model['inferenceProviderMapping']} for model in ordinary]
    assert len(ordinary) >= 60
    assert set().union(*providers) == set(PROVIDERS)
    assert sum(len(served) > 1 for served in providers) > len(ordinary) / 2
    assert sum(bool(served & {'fal-ai', 'replicate', 'together', 'hf-inference'}) for served in providers) > 60


@pytest.mark.parametrize(('token', 'status'), [({}, 401), ({'Authorization': 'Bearer hf_x'}, 404)])
async def test_a_missing_model_is_told_apart_only_to_an_account(
    hub: httpx.AsyncClient, token: dict[str, str], status: int
) -> None:
    reply = await hub.get('/api/models/nobody/nothing', headers=token)
    assert reply.status_code == status
    assert reply.headers['x-error-code'] == 'RepoNotFound'
    assert 'error' in reply.json()


async def test_any_token_of_the_right_kind_is_an_account(hub: httpx.AsyncClient) -> None:
    for token in ('', 'Bearer', 'Bearer hf_', 'Bearer sk-1', 'Basic hf_x'):
        assert (await hub.get('/api/whoami-v2', headers={'Authorization': token})).status_code == 401
    reply = await hub.get('/api/whoami-v2', headers={'Authorization': 'Bearer hf_x'})
    assert reply.json()['name'] == 'sandbox'
    assert [organisation['name'] for organisation in reply.json()['orgs']] == ['sandbox-org']
    assert reply.headers['ratelimit'].startswith('"api";r=')


async def test_a_partner_lists_what_it_serves(hub: httpx.AsyncClient) -> None:
    tasks = (await hub.get('/api/partners/zai-org/models?status=live')).json()
    assert tasks['text-to-image']['zai-org/GLM-Image']['providerId'] == 'glm-image'
    assert (await hub.get('/api/partners/nobody/models')).status_code == 404
