"""Asks each wire for a picture or a film, as its provider's documentation tells to, and brings the bytes home."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

__all__ = ['FILMS', 'PICTURES', 'TOKEN', 'Asking', 'connected']

Asking = Callable[[httpx.AsyncClient, httpx.AsyncClient, str], Awaitable[bytes]]
"""Takes a client of the router, one of the media host, and a prompt."""

TOKEN = {'Authorization': 'Bearer hf_anything'}
SEED = 7
POLLS = 500


def connected(**options: Any) -> httpx.AsyncClient:
    """Return a client for loopback; it loads no certificates, which would take longer than most tests."""
    return httpx.AsyncClient(verify=False, trust_env=False, **options)


async def told(request: Awaitable[httpx.Response], status: int = 200) -> Any:
    reply = await request
    assert reply.status_code == status, reply.text
    return reply.json()


async def fetched(media: httpx.AsyncClient, url: str) -> bytes:
    reply = await media.get(url)
    assert reply.status_code == 200
    return reply.content


async def fal_queue(router: httpx.AsyncClient, app: str, body: dict[str, Any]) -> Any:
    queued = await told(router.post(f'/fal-ai/{app}', params={'_subdomain': 'queue'}, json=body))
    path = f'/fal-ai{urlsplit(queued["response_url"]).path}'
    stages = [queued['status']]
    while stages[-1] != 'COMPLETED' and len(stages) < POLLS:
        reply = await router.get(f'{path}/status', params={'_subdomain': 'queue', 'logs': '1'})
        assert reply.status_code == (200 if reply.json()['status'] == 'COMPLETED' else 202)
        stages.append(reply.json()['status'])
    assert {'IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'} <= set(stages)
    return await told(router.get(path, params={'_subdomain': 'queue'}))


async def picture_from_fal(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    size = {'width': 320, 'height': 256}
    result = await fal_queue(router, 'fal-ai/flux/dev', {'prompt': prompt, 'image_size': size, 'seed': SEED})
    assert result['seed'] == SEED
    assert result['has_nsfw_concepts'] == [False]
    return await fetched(media, result['images'][0]['url'])


async def picture_from_fal_at_once(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'prompt': prompt, 'image_size': {'width': 320, 'height': 256}, 'seed': SEED}
    reply = await router.post('/fal-ai/fal-ai/aura-flow', json=body)
    assert reply.headers['x-fal-request-id']
    return await fetched(media, reply.json()['images'][0]['url'])


async def picture_from_replicate(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'input': {'prompt': prompt, 'width': 320, 'height': 256, 'seed': SEED, 'output_format': 'webp'}}
    path = '/replicate/v1/models/black-forest-labs/flux-dev/predictions'
    reply = await router.post(path, json=body, headers={'Prefer': 'wait'})
    assert reply.status_code == 201
    assert reply.headers['preference-applied'] == 'wait=60'
    assert reply.json()['status'] == 'processing'
    return await fetched(media, reply.json()['output'][0])


async def picture_from_replicate_by_version(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    version = '7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc'
    body = {'input': {'prompt': prompt, 'width': 320, 'height': 256, 'seed': SEED}, 'version': version}
    prediction = await told(router.post('/replicate/v1/predictions', json=body), 201)
    for _ in range(POLLS):
        if prediction['output'] is not None:
            break
        prediction = await told(router.get(f'/replicate{urlsplit(prediction["urls"]["get"]).path}'))
    assert prediction['status'] == 'succeeded'
    return await fetched(media, prediction['output'][0])


async def picture_from_wavespeed(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    return await wavespeed(router, media, 'wavespeed-ai/flux-dev', {'prompt': prompt, 'size': '320*256', 'seed': SEED})


async def wavespeed(router: httpx.AsyncClient, media: httpx.AsyncClient, model: str, body: dict[str, Any]) -> bytes:
    data = (await told(router.post(f'/wavespeed/api/v3/{model}', json=body)))['data']
    stages = [data['status']]
    while data['status'] != 'completed' and len(stages) < POLLS:
        data = (await told(router.get(f'/wavespeed{urlsplit(data["urls"]["get"]).path}')))['data']
        stages.append(data['status'])
    assert {'created', 'processing', 'completed'} <= set(stages)
    assert data['has_nsfw_contents'] == [False]
    return await fetched(media, data['outputs'][0])


async def picture_from_together(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'model': 'black-forest-labs/FLUX.1-dev', 'prompt': prompt, 'width': 320, 'height': 256, 'seed': SEED}
    result = await told(router.post('/together/v1/images/generations', json={**body, 'response_format': 'base64'}))
    return base64.b64decode(result['data'][0]['b64_json'])


async def picture_from_together_by_url(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'model': 'black-forest-labs/FLUX.1-dev', 'prompt': prompt, 'width': 320, 'height': 256, 'seed': SEED}
    result = await told(router.post('/together/v1/images/generations', json={**body, 'response_format': 'url'}))
    return await fetched(media, result['data'][0]['url'])


async def picture_from_nscale(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'model': 'black-forest-labs/FLUX.1-schnell', 'prompt': prompt, 'size': '320x256', 'seed': SEED}
    return base64.b64decode(
        (await told(router.post('/nscale/v1/images/generations', json=body)))['data'][0]['b64_json']
    )


async def picture_from_deepinfra(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'model': 'Qwen/Qwen-Image', 'prompt': prompt, 'size': '320x256', 'seed': SEED}
    result = await told(router.post('/deepinfra/v1/openai/images/generations', json=body))
    return base64.b64decode(result['data'][0]['b64_json'])


async def picture_from_zai(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'model': 'glm-image', 'prompt': prompt, 'size': '1024x1088'}
    task = await told(router.post('/zai-org/api/paas/v4/async/images/generations', json=body))
    for _ in range(POLLS):
        if task['task_status'] != 'PROCESSING':
            break
        task = await told(router.get(f'/zai-org/api/paas/v4/async-result/{task["id"]}'))
    return await fetched(media, task['image_result'][0]['url'])


async def picture_from_hf_inference(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'inputs': prompt, 'parameters': {'width': 320, 'height': 256, 'seed': SEED}}
    reply = await router.post('/hf-inference/models/black-forest-labs/FLUX.1-dev', json=body)
    assert reply.status_code == 200
    assert reply.headers['content-type'] == 'image/jpeg'
    return reply.content


async def film_from_fal(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'prompt': prompt, 'resolution': '240p', 'num_frames': 17, 'seed': SEED}
    result = await fal_queue(router, 'fal-ai/wan/v2.2-a14b/text-to-video', body)
    return await fetched(media, result['video']['url'])


async def film_from_replicate(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'input': {'prompt': prompt, 'resolution': '240p', 'num_frames': 17}}
    path = '/replicate/v1/models/wan-video/wan-2.2-t2v-fast/predictions'
    result = await told(router.post(path, json=body, headers={'Prefer': 'wait'}), 201)
    return await fetched(media, result['output'])


async def film_from_wavespeed(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'prompt': prompt, 'resolution': '240p', 'num_frames': 17}
    return await wavespeed(router, media, 'wavespeed-ai/wan-2.2/t2v-480p', body)


async def film_from_together(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'model': 'Wan-AI/Wan2.2-T2V-A14B', 'prompt': prompt, 'seconds': '1', 'fps': 17, 'resolution': '240p'}
    job = await told(router.post('/together/v2/videos', json=body))
    for _ in range(POLLS):
        if job['status'] not in ('queued', 'in_progress'):
            break
        job = await told(router.get(f'/together/v2/videos/{job["id"]}'))
    return await fetched(media, job['outputs']['video_url'])


async def film_from_novita(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'prompt': prompt, 'resolution': '240p', 'num_frames': 17}
    task_id = (await told(router.post('/novita/v3/async/wan-t2v', json=body)))['task_id']
    percents = []
    for _ in range(POLLS):
        result = await told(router.get('/novita/v3/async/task-result', params={'task_id': task_id}))
        percents.append(result['task']['progress_percent'])
        if result['task']['status'] == 'TASK_STATUS_SUCCEED':
            break
    assert percents == sorted(percents)
    assert percents[-1] == 100
    return await fetched(media, result['videos'][0]['video_url'])


async def film_from_novita_at_once(router: httpx.AsyncClient, media: httpx.AsyncClient, prompt: str) -> bytes:
    body = {'prompt': prompt, 'resolution': '240p', 'num_frames': 17}
    return await fetched(media, (await told(router.post('/novita/v3/hf/wan-t2v', json=body)))['video']['video_url'])


PICTURES: tuple[tuple[Asking, str, tuple[int, int]], ...] = (
    (picture_from_fal, 'JPEG', (320, 256)),
    (picture_from_fal_at_once, 'PNG', (320, 256)),
    (picture_from_replicate, 'WEBP', (320, 256)),
    (picture_from_replicate_by_version, 'WEBP', (320, 256)),
    (picture_from_wavespeed, 'JPEG', (320, 256)),
    (picture_from_together, 'JPEG', (320, 256)),
    (picture_from_together_by_url, 'JPEG', (320, 256)),
    (picture_from_nscale, 'WEBP', (320, 256)),
    (picture_from_deepinfra, 'PNG', (320, 256)),
    (picture_from_zai, 'PNG', (1024, 1088)),
    (picture_from_hf_inference, 'JPEG', (320, 256)),
)
"""Each way to a picture, with the format and the size that it has to have."""

FILMS: tuple[Asking, ...] = (
    film_from_fal,
    film_from_replicate,
    film_from_wavespeed,
    film_from_together,
    film_from_novita,
    film_from_novita_at_once,
)
"""Each way to a film of 17 frames, 240 pixels high."""
