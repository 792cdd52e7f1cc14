"""Every provider's wire, from a submit to media that decode; and what it answers to a submit that is wrong."""

import io
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from hfmedia_tui.sandbox.addresses import Addresses
from tests.sandbox.asking import FILMS, PICTURES, Asking, connected

FAL = '/fal-ai/fal-ai/flux/dev?_subdomain=queue'
REPLICATE = '/replicate/v1/models/black-forest-labs/flux-dev/predictions'
TOGETHER = '/together/v1/images/generations'
HF_INFERENCE = '/hf-inference/models/black-forest-labs/FLUX.1-dev'


@pytest.mark.parametrize(('ask', 'kind', 'size'), PICTURES, ids=lambda value: getattr(value, '__name__', ''))
async def test_a_picture_comes_in_its_format_and_size(
    router: httpx.AsyncClient, media: httpx.AsyncClient, ask: Asking, kind: str, size: tuple[int, int]
) -> None:
    picture = Image.open(io.BytesIO(await ask(router, media, 'a quiet harbour')))
    picture.load()
    assert (picture.format, picture.size) == (kind, size)


@pytest.mark.parametrize('ask', FILMS, ids=lambda ask: ask.__name__)
async def test_a_film_comes_with_its_frames(router: httpx.AsyncClient, media: httpx.AsyncClient, ask: Asking) -> None:
    film = await ask(router, media, 'clouds over a lake')
    with av.open(io.BytesIO(film), 'r') as container:
        stream = container.streams.video[0]
        frames = [frame.to_image() for frame in container.decode(stream)]  # type: ignore[no-untyped-call]
    assert stream.codec_context.name == 'h264'
    assert len(frames) == 17
    assert frames[0].size == (416, 240)
    assert frames[0].tobytes() != frames[-1].tobytes()


async def test_an_ask_without_a_size_gets_the_models_own(router: httpx.AsyncClient) -> None:
    reply = await router.post('/hf-inference/models/stabilityai/sdxl-turbo', json={'inputs': 'a pear'})
    assert Image.open(io.BytesIO(reply.content)).size == (512, 512)


async def test_several_pictures_of_one_ask_differ(router: httpx.AsyncClient, media: httpx.AsyncClient) -> None:
    body = {'input': {'prompt': 'a pear', 'num_outputs': 3, 'width': 64, 'height': 64}}
    outputs = (await router.post(REPLICATE, json=body, headers={'Prefer': 'wait'})).json()['output']
    assert len({(await media.get(url)).content for url in outputs}) == 3


async def test_polls_without_the_routers_prefix_are_answered(router: httpx.AsyncClient, sandbox: Addresses) -> None:
    queued = (await router.post(FAL, json={'prompt': 'a pear'})).json()
    path = queued['response_url'].removeprefix('https://queue.fal.run')
    status = await router.get(f'{sandbox.hub}{path}/status?_subdomain=queue')
    assert status.json()['status'] == 'IN_QUEUE'
    data = (await router.post('/wavespeed/api/v3/wavespeed-ai/flux-dev', json={'prompt': 'a pear'})).json()['data']
    path = data['urls']['get'].removeprefix('https://api.wavespeed.ai')
    assert (await router.get(f'{sandbox.hub}{path}')).json()['data']['id'] == data['id']


async def test_fal_knows_a_request_only_below_owner_and_app(router: httpx.AsyncClient) -> None:
    identifier = (await router.post(FAL, json={'prompt': 'a pear'})).json()['request_id']
    found = await router.get(f'/fal-ai/fal-ai/flux/requests/{identifier}/status?_subdomain=queue')
    too_long = await router.get(f'/fal-ai/fal-ai/flux/dev/requests/{identifier}/status?_subdomain=queue')
    elsewhere = await router.get(f'/fal-ai/fal-ai/sana/requests/{identifier}/status?_subdomain=queue')
    at_the_sync_host = await router.get(f'/fal-ai/fal-ai/flux/requests/{identifier}/status')
    early = await router.get(f'/fal-ai/fal-ai/flux/requests/{identifier}?_subdomain=queue')
    assert [reply.status_code for reply in (found, too_long, elsewhere, at_the_sync_host, early)] == [
        202, 405, 404, 404, 400,
    ]  # fmt: skip


async def test_fal_cancels_what_has_not_ended(router: httpx.AsyncClient) -> None:
    identifier = (await router.post(FAL, json={'prompt': 'a pear'})).json()['request_id']
    path = f'/fal-ai/fal-ai/flux/requests/{identifier}'
    query = {'_subdomain': 'queue'}
    assert (await router.put(f'{path}/cancel', params=query)).json() == {'status': 'OK'}
    assert (await router.put(f'{path}/cancel', params=query)).json() == {'status': 'ALREADY_COMPLETED'}
    assert (await router.get(f'{path}/status', params=query)).json()['error_type'] == 'client_cancelled'
    assert (await router.get(path, params=query)).status_code == 499
    missing = await router.put(f'/fal-ai/fal-ai/flux/requests/{"0" * 32}/cancel', params=query)
    assert (missing.status_code, missing.json()['status']) == (404, 'NOT_FOUND')


async def test_replicate_cancels(router: httpx.AsyncClient) -> None:
    prediction = (await router.post(REPLICATE, json={'input': {'prompt': 'a pear'}})).json()
    assert prediction['output'] is None
    cancelled = await router.post(f'/replicate/v1/predictions/{prediction["id"]}/cancel')
    assert cancelled.json()['status'] == 'canceled'


async def test_a_request_without_a_token_is_refused(sandbox: Addresses) -> None:
    async with connected(base_url=sandbox.router) as stranger:
        for headers in ({}, {'Authorization': 'Bearer r8_other'}, {'Authorization': 'Key hf_x'}):
            reply = await stranger.post(FAL, json={'prompt': 'a pear'}, headers=headers)
            assert reply.status_code == 401
            assert reply.json() == {'error': 'Invalid credentials in Authorization header'}
        poll = await stranger.get(f'{sandbox.hub}/fal-ai/flux/requests/12345678?_subdomain=queue')
        assert poll.status_code == 401


@pytest.mark.parametrize(
    ('path', 'body'),
    [
        ('/fal-ai/fal-ai/flux/other?_subdomain=queue', {'prompt': 'x'}),
        ('/replicate/v1/models/nobody/nothing/predictions', {'input': {'prompt': 'x'}}),
        ('/wavespeed/api/v3/nobody/nothing', {'prompt': 'x'}),
        ('/together/v1/images/generations', {'prompt': 'x', 'model': 'nobody/nothing'}),
        ('/novita/v3/async/nothing', {'prompt': 'x'}),
        ('/nscale/v1/images/generations', {'prompt': 'x', 'model': 'nobody/nothing'}),
        ('/zai-org/api/paas/v4/async/images/generations', {'prompt': 'x', 'model': 'nothing'}),
        ('/deepinfra/v1/openai/images/generations', {'prompt': 'x', 'model': 'nobody/nothing'}),
        ('/hf-inference/models/rain1011/pyramid-flow-sd3', {'inputs': 'x'}),
    ],
)
async def test_a_model_that_a_provider_does_not_serve_is_refused(
    router: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    reply = await router.post(path, json=body)
    assert reply.status_code == 400
    assert reply.json() == {'error': f'Model not supported by provider {path.split("/")[1]}'}
    assert reply.headers['x-request-id'].startswith('Root=1-')


async def test_hf_inference_does_not_know_every_name(router: httpx.AsyncClient) -> None:
    reply = await router.post('/hf-inference/models/nobody/nothing', json={'inputs': 'x'})
    assert (reply.status_code, reply.json()) == (404, {'error': 'Model nobody/nothing does not exist'})


@pytest.mark.parametrize(
    ('path', 'body', 'status', 'told'),
    [
        (FAL, {}, 422, '{"detail":[{"loc":["body","prompt"],"msg":"Field required","type":"missing"}]}'),
        (REPLICATE, {'input': {}}, 422, '"detail":"- input: prompt is required\\n"'),
        (REPLICATE, {'prompt': 'x'}, 422, 'Additional property prompt is not allowed'),
        (
            '/wavespeed/api/v3/wavespeed-ai/flux-dev',
            {},
            400,
            '{"code":400,"message":"property \\"prompt\\" is missing"}',
        ),
        (TOGETHER, {'model': 'black-forest-labs/FLUX.1-dev'}, 400, '"type":"invalid_request_error","param":"prompt"'),
        ('/novita/v3/async/wan-t2v', {}, 400, '"reason":"INVALID_REQUEST_BODY"'),
        (
            '/nscale/v1/images/generations',
            {'model': 'black-forest-labs/FLUX.1-schnell'},
            422,
            '"loc":["body","prompt"]',
        ),
        ('/zai-org/api/paas/v4/async/images/generations', {'model': 'glm-image'}, 400, '{"error":{"code":"1213"'),
        ('/deepinfra/v1/openai/images/generations', {'model': 'Qwen/Qwen-Image'}, 400, '"param":"prompt"'),
        (HF_INFERENCE, {}, 422, '{"error":["Error in `inputs`: field required"]}'),
    ],
)
async def test_a_missing_prompt_is_told_in_the_providers_words(
    router: httpx.AsyncClient, path: str, body: dict[str, Any], status: int, told: str
) -> None:
    reply = await router.post(path, json=body)
    assert reply.status_code == status
    assert told in reply.text


@pytest.mark.parametrize(
    ('path', 'body', 'status'),
    [
        (FAL, {'prompt': 'x', 'seed': None}, 422),
        (FAL, {'prompt': 'x', 'image_size': {'width': 4096, 'height': 64}}, 422),
        (FAL, {'prompt': 'x', 'image_size': 'huge'}, 422),
        (FAL, {'prompt': 'x', 'num_images': 1_000}, 422),
        (FAL, {'prompt': 'x' * 10_001}, 422),
        (FAL, {'prompt': ['x']}, 422),
        (FAL, {'prompt': ' '}, 422),
        (FAL, {'prompt': 'x', 'guidance_scale': 'high'}, 422),
        (REPLICATE, {'input': {'prompt': 'x', 'sorcery': 1}}, 422),
        (REPLICATE, {'input': {'prompt': 'x', 'width': 64.5}}, 422),
        (REPLICATE, {'input': 'x'}, 422),
        (TOGETHER, {'model': 'black-forest-labs/FLUX.1-dev', 'prompt': 'x', 'num_inference_steps': 4}, 400),
        (TOGETHER, {'prompt': 'x'}, 400),
        ('/together/v2/videos', {'model': 'Wan-AI/Wan2.2-T2V-A14B', 'prompt': 'x', 'seconds': 5}, 400),
        ('/together/v2/videos', {'model': 'Wan-AI/Wan2.2-T2V-A14B', 'prompt': 'x', 'seconds': '600'}, 400),
        (
            '/nscale/v1/images/generations',
            {'model': 'black-forest-labs/FLUX.1-schnell', 'prompt': 'x', 'response_format': 'url'},
            422,
        ),
        (
            '/zai-org/api/paas/v4/async/images/generations',
            {'model': 'glm-image', 'prompt': 'x', 'size': '1024x576'},
            400,
        ),
        ('/deepinfra/v1/openai/images/generations', {'model': 'Qwen/Qwen-Image', 'prompt': 'x', 'size': '9x9'}, 400),
        (HF_INFERENCE, {'inputs': 'x', 'parameters': {'width': 1}}, 422),
        (HF_INFERENCE, {'inputs': 'x', 'parameters': {'width': True}}, 422),
    ],
)
async def test_a_wrong_value_is_refused_and_costs_nothing(
    router: httpx.AsyncClient, sandbox: Addresses, path: str, body: dict[str, Any], status: int
) -> None:
    before = (await router.get(f'{sandbox.hub}/sandbox/submits')).json()
    reply = await router.post(path, json=body)
    assert reply.status_code == status, reply.text
    assert (await router.get(f'{sandbox.hub}/sandbox/submits')).json() == before


async def test_a_body_that_is_no_object_or_too_long_is_refused(router: httpx.AsyncClient) -> None:
    for content, status in ((b'[]', 400), (b'{', 400), (b'\xff', 400), (b'', 400), (b'{"a":"' + b'x' * 300_000, 413)):
        assert (await router.post(FAL, content=content)).status_code == status


async def test_fal_overlooks_what_it_does_not_know(router: httpx.AsyncClient) -> None:
    assert (await router.post(FAL, json={'prompt': 'x', 'sorcery': 1, 'width': 99_999})).status_code == 200


async def test_adapters_share_a_route_and_are_told_apart(router: httpx.AsyncClient) -> None:
    lora = {'path': 'https://huggingface.co/alvdansen/flux-koda/resolve/main/flux_koda.safetensors', 'scale': 1}
    body = {'prompt': 'a pear', 'loras': [lora], 'seed': 1, 'image_size': {'width': 64, 'height': 64}}
    adapted = (await router.post('/fal-ai/fal-ai/flux-lora', json=body)).json()['images'][0]['url']
    plain = (await router.post('/fal-ai/fal-ai/flux-lora', json={**body, 'loras': []})).json()['images'][0]['url']
    async with connected() as stranger:
        assert (await stranger.get(adapted)).content != (await stranger.get(plain)).content
