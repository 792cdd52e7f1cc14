"""Models that fail on purpose fail as their names say, and nothing else does."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from hfmedia_tui.sandbox.addresses import Addresses

WAIT = {'Prefer': 'wait'}


async def fal(router: httpx.AsyncClient, model: str, prompt: str = 'a pear') -> httpx.Response:
    """Ask fal's queue, and return its refusal or the result's reply."""
    queued = await router.post(f'/fal-ai/{model}?_subdomain=queue', json={'prompt': prompt})
    if queued.status_code != 200:
        return queued
    path = f'/fal-ai/{model}/requests/{queued.json()["request_id"]}'
    for _ in range(500):
        if (await router.get(f'{path}/status?_subdomain=queue')).status_code == 200:
            break
    return await router.get(f'{path}?_subdomain=queue')


async def replicate(router: httpx.AsyncClient, model: str) -> httpx.Response:
    body = {'input': {'prompt': 'a pear'}}
    return await router.post(f'/replicate/v1/models/{model}/predictions', json=body, headers=WAIT)


async def hf_inference(router: httpx.AsyncClient, model: str, prompt: str = 'a pear') -> httpx.Response:
    return await router.post(f'/hf-inference/models/{model}', json={'inputs': prompt})


@pytest.mark.parametrize(
    ('name', 'status', 'words'),
    [
        ('fails-out-of-credit', 402, 'depleted your monthly included credits'),
        ('fails-throttled', 429, 'throttled'),
        ('fails-forbidden', 403, 'sufficient permissions'),
        ('fails-retired', 410, 'deprecated and no longer supported by provider'),
        ('fails-gateway-timeout', 504, '<title>504 Gateway Time-out</title>'),
    ],
)
async def test_the_router_refuses_at_every_provider(
    router: httpx.AsyncClient, name: str, status: int, words: str
) -> None:
    model = f'sandbox/{name}'
    body = {'model': model, 'prompt': 'a pear'}
    replies = [
        await fal(router, model),
        await replicate(router, model),
        await hf_inference(router, model),
        await router.post(f'/wavespeed/api/v3/{model}', json={'prompt': 'a pear'}),
        await router.post('/together/v1/images/generations', json=body),
        await router.post('/nscale/v1/images/generations', json=body),
        await router.post('/zai-org/api/paas/v4/async/images/generations', json=body),
        await router.post('/deepinfra/v1/openai/images/generations', json=body),
    ]
    assert [reply.status_code for reply in replies] == [status] * len(replies)
    assert all(words in reply.text for reply in replies)
    if status == 429:
        assert all(reply.headers['retry-after'].isdecimal() for reply in replies)


async def test_a_cold_model_loads_and_then_works(router: httpx.AsyncClient) -> None:
    replies = [await hf_inference(router, 'sandbox/wakes-up-cold', 'a cold pear') for _ in range(3)]
    assert [reply.status_code for reply in replies] == [503, 503, 200]
    assert 'estimated_time' in replies[0].json()


async def test_one_refuses_and_the_next_does_not(router: httpx.AsyncClient) -> None:
    assert (await fal(router, 'sandbox/falls-back')).status_code == 402
    assert (await replicate(router, 'sandbox/falls-back')).json()['output']


async def test_moderation_is_told_as_each_provider_tells_it(router: httpx.AsyncClient) -> None:
    model = 'sandbox/fails-moderated'
    result = await fal(router, model)
    assert (result.status_code, result.json()['detail'][0]['type']) == (422, 'content_policy_violation')
    prediction = (await replicate(router, model)).json()
    assert (prediction['status'], prediction['output']) == ('failed', None)
    assert 'flagged' in prediction['error']
    assert (await hf_inference(router, model)).status_code == 400
    data = (await router.post(f'/wavespeed/api/v3/{model}', json={'prompt': 'a pear'})).json()['data']
    for _ in range(3):
        data = (await router.get(f'/wavespeed/api/v3/predictions/{data["id"]}')).json()['data']
    assert (data['status'], data['code']) == ('failed', 1200)


@pytest.mark.parametrize('name', ['fails-moderated-film', 'fails-while-running-film'])
async def test_a_film_fails_while_it_runs(router: httpx.AsyncClient, name: str) -> None:
    job = (await router.post('/together/v2/videos', json={'model': f'sandbox/{name}', 'prompt': 'a pear'})).json()
    for _ in range(3):
        job = (await router.get(f'/together/v2/videos/{job["id"]}')).json()
    assert (job['status'], bool(job['error']['message'])) == ('failed', True)
    task = (await router.post(f'/novita/v3/async/sandbox/{name}', json={'prompt': 'a pear'})).json()
    for _ in range(3):
        result = (await router.get('/novita/v3/async/task-result', params=task)).json()
    assert (result['task']['status'], bool(result['task']['reason'])) == ('TASK_STATUS_FAILED', True)


async def test_a_crash_is_a_completed_request_with_an_error(router: httpx.AsyncClient) -> None:
    result = await fal(router, 'sandbox/fails-while-running')
    assert (result.status_code, result.headers['x-fal-error-type']) == (500, 'runner_server_error')


async def test_a_stuck_request_stays_next_in_the_queue(router: httpx.AsyncClient) -> None:
    query = {'_subdomain': 'queue'}
    queued = await router.post('/fal-ai/sandbox/fails-stuck-in-queue', params=query, json={'prompt': 'a pear'})
    path = f'/fal-ai/sandbox/fails-stuck-in-queue/requests/{queued.json()["request_id"]}/status'
    statuses: list[Any] = [(await router.get(path, params=query)).json() for _ in range(5)]
    assert {(status['status'], status['queue_position']) for status in statuses} == {('IN_QUEUE', 0)}


async def test_a_flagged_picture_is_black(router: httpx.AsyncClient, media: httpx.AsyncClient) -> None:
    result = (await fal(router, 'sandbox/fails-flagged-black')).json()
    assert result['has_nsfw_concepts'] == [True]
    picture = Image.open(io.BytesIO((await media.get(result['images'][0]['url'])).content))
    assert picture.getextrema() == ((0, 0), (0, 0), (0, 0))


async def test_media_are_cut_off(router: httpx.AsyncClient, media: httpx.AsyncClient) -> None:
    url = (await fal(router, 'sandbox/fails-cut-off')).json()['images'][0]['url']
    for broken in (media.get(url), hf_inference(router, 'sandbox/fails-cut-off')):
        with pytest.raises(httpx.RemoteProtocolError):
            await broken


async def test_a_link_has_expired(router: httpx.AsyncClient, media: httpx.AsyncClient) -> None:
    url = (await replicate(router, 'sandbox/fails-expired-link')).json()['output'][0]
    assert (await media.get(url)).status_code == 403


async def test_a_reply_is_lost_after_the_submit_was_taken_on(router: httpx.AsyncClient, sandbox: Addresses) -> None:
    async def counted() -> int:
        counts = (await router.get(f'{sandbox.hub}/sandbox/submits')).json()
        return int(counts['providers'].get('replicate', 0))

    before = await counted()
    with pytest.raises(httpx.RemoteProtocolError):
        await replicate(router, 'sandbox/fails-lost-reply')
    assert await counted() == before + 1


async def test_a_held_request_can_be_answered_too_early_and_collected(router: httpx.AsyncClient) -> None:
    prediction = (await replicate(router, 'sandbox/answers-before-it-is-done')).json()
    assert (prediction['output'], prediction['status']) == (None, 'processing')
    for _ in range(500):
        prediction = (await router.get(f'/replicate/v1/predictions/{prediction["id"]}')).json()
        if prediction['output']:
            break
    assert prediction['status'] == 'succeeded'
