"""What we send, against what huggingface_hub's own helpers prepare for the same wishes.

It runs against the release that the `test` extra pins; `python -m tests.providers.drift` runs it against the newest.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args
from urllib.parse import urlencode

import huggingface_hub
import msgspec
import pytest
from huggingface_hub.hf_api import InferenceProviderMapping
from huggingface_hub.inference._providers import PROVIDER_T, PROVIDERS

from hfmedia_tui.domain import Access, Prediction, ProviderMapping, Send, Task
from hfmedia_tui.providers import MACHINES

RELEASE = f'huggingface_hub {huggingface_hub.__version__}'
ROUTER = 'https://router.huggingface.co'
MODEL = 'owner/name'
KEYS = {Access.ROUTED: 'hf_token', Access.OWN_KEY: 'key_of_the_provider'}
IMAGE, VIDEO = Task.TEXT_TO_IMAGE, Task.TEXT_TO_VIDEO

NOT_PUBLISHED = {
    ('deepinfra', IMAGE): 'only @huggingface/inference has it',
    ('hf-free', IMAGE): 'the name is ours, for hf-inference without a token',
}
"""What we speak and huggingface_hub does not."""


class Sent(msgspec.Struct, frozen=True):
    """A request as it leaves, but for the token and for who we say we are."""

    method: str
    url: str
    scheme: str
    headers: Mapping[str, str]
    body: Any


class Wish(msgspec.Struct, frozen=True):
    """What a user asks of any provider."""

    parameters: Mapping[str, Any] = {}
    extra: Mapping[str, Any] = {}
    provider_id: str = 'vendor/model/variant'
    adapter: bool = False


TUNED = {'num_inference_steps': 28, 'guidance_scale': 3.5, 'negative_prompt': 'fog'}
SIZE = {'width': 1024, 'height': 576}
FILM = {'resolution': '720p', 'num_frames': 81}

WISHES = {
    'nothing set': Wish(),
    'a size': Wish(parameters=SIZE),
    'tuned': Wish(parameters=TUNED),
    'all and more': Wish(parameters={**SIZE, **TUNED}, extra={'style': 'ink', 'deep': {'er': [1, 2]}}),
    'an adapter': Wish(parameters=TUNED, adapter=True),
    'the one app that needs a base model': Wish(provider_id='fal-ai/lora', adapter=True),
    'a version': Wish(parameters=SIZE, provider_id='vendor/model:5599ed30703d'),
}


class Difference(msgspec.Struct, frozen=True):
    """A request of ours that is meant to differ from the published one."""

    provider: str
    reason: str
    change: Callable[[Sent, Wish], Sent]
    tasks: frozenset[Task] = frozenset(Task)
    accesses: frozenset[Access] = frozenset(KEYS)


def without(*names: str) -> Callable[[Sent, Wish], Sent]:
    def change(sent: Sent, _: Wish) -> Sent:
        return replace(sent, body={name: value for name, value in sent.body.items() if name not in names})

    return change


def queued(sent: Sent, _: Wish) -> Sent:
    if sent.url.startswith(ROUTER):
        return replace(sent, url=f'{sent.url}?_subdomain=queue')
    return replace(sent, url=sent.url.replace('https://fal.run/', 'https://queue.fal.run/'))


def not_held(sent: Sent, _: Wish) -> Sent:
    return replace(sent, headers={name: value for name, value in sent.headers.items() if name != 'prefer'})


def adapted(sent: Sent, wish: Wish) -> Sent:
    return replace(sent, body={**sent.body, 'loras': [{'path': MODEL, 'scale': 1}]}) if wish.adapter else sent


def as_a_task(sent: Sent, _: Wish) -> Sent:
    body = {{'num_inference_steps': 'steps'}.get(name, name): value for name, value in sent.body.items()}
    return replace(sent, url=sent.url.replace('/v3/hf/', '/v3/async/'), body=body)


replace = msgspec.structs.replace

DIFFERENCES = (
    Difference(
        'fal-ai',
        'a held request is cut off at the router after two minutes; @huggingface/inference queues pictures too',
        queued,
        tasks=frozenset({IMAGE}),
    ),
    Difference(
        'replicate',
        'with its own key a prediction can be asked for, so that none is held, and its id is safe at once',
        not_held,
        accesses=frozenset({Access.OWN_KEY}),
    ),
    Difference('wavespeed', 'without it an adapter is not applied; @huggingface/inference names it', adapted),
    Difference('novita', "the older route is held and cut off; @huggingface/inference has the newer one's", as_a_task),
    Difference(
        'together',
        "Together's films have no number of frames (https://docs.together.ai/reference/create-videos)",
        without('num_frames'),
        tasks=frozenset({VIDEO}),
    ),
    Difference(
        'nscale',
        'it documents a size and nothing else (https://docs.nscale.com/api-reference/inferencing/create-image)',
        without('seed', 'guidance_scale', 'negative_prompt'),
    ),
    Difference(
        'zai-org',
        'it documents a size and nothing else (https://docs.z.ai/api-reference/image/generate-image-async)',
        without('seed', 'guidance_scale', 'negative_prompt', 'num_inference_steps'),
    ),
)


OURS = [(name, task) for name, machine in MACHINES.items() for task in machine.PARAMETERS]
SHARED = [pair for pair in OURS if pair not in NOT_PUBLISHED]


def published(provider: str, task: Task, wish: Wish, access: Access, monkeypatch: pytest.MonkeyPatch) -> Sent:
    helper = PROVIDERS[provider][task.value]  # type: ignore[index]
    mapping = InferenceProviderMapping(  # type: ignore[no-untyped-call]
        provider=provider,
        hf_model_id=MODEL,
        providerId=MODEL if provider == 'hf-inference' else wish.provider_id,
        status='live',
        task=task.value,
        adapter='lora' if wish.adapter else None,
        adapterWeightsPath='weights.safetensors' if wish.adapter else None,
    )
    monkeypatch.setattr(helper, '_prepare_mapping_info', lambda _: mapping)
    unset = dict.fromkeys(('width', 'height', 'num_inference_steps', 'guidance_scale', 'negative_prompt', 'scheduler'))
    request = helper.prepare_request(
        inputs='a lighthouse',
        parameters={**unset, **wish.parameters, 'seed': 7, **wish.extra},
        headers={},
        model=MODEL,
        api_key=KEYS[access],
    )
    scheme, _, key = request.headers['authorization'].partition(' ')
    assert key == KEYS[access]
    headers = {name: value for name, value in request.headers.items() if name not in ('authorization', 'user-agent')}
    return Sent('POST', request.url, scheme, headers, request.json)


def ours(provider: str, task: Task, wish: Wish, access: Access) -> Sent:
    mapping = ProviderMapping(
        provider=provider,
        provider_id=wish.provider_id,
        task=task,
        adapter='lora' if wish.adapter else None,
        adapter_weights_path='weights.safetensors' if wish.adapter else None,
    )
    prediction = Prediction(
        task=task,
        model=MODEL,
        mapping=mapping,
        prompt='a lighthouse',
        seed=7,
        parameters=wish.parameters,
        extra=wish.extra,
        access=access,
    )
    progress = MACHINES[provider].begin(prediction)
    door = MACHINES[provider].DOORS[progress.access]
    assert isinstance(progress.step, Send)
    request = progress.step.request
    base = f'{ROUTER}{door.base}' if door.base.startswith('/') else door.base
    query = f'?{urlencode(request.query)}' if request.query else ''
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Sent(
        request.method,
        f'{base}{request.path}{query}',
        str(door.scheme),
        {**headers, 'content-type': 'application/json'},
        request.body,
    )


def wishes(task: Task) -> dict[str, Wish]:
    if task is IMAGE:
        return WISHES
    return {name: replace(wish, parameters={**wish.parameters, **FILM}) for name, wish in WISHES.items()}


def accesses(provider: str) -> list[Access]:
    return [access for access in MACHINES[provider].DOORS if access in KEYS]


def differences(provider: str, task: Task, access: Access) -> list[Difference]:
    return [
        difference
        for difference in DIFFERENCES
        if difference.provider == provider and task in difference.tasks and access in difference.accesses
    ]


@pytest.mark.parametrize(('provider', 'task'), SHARED)
def test_we_send_what_the_published_client_sends(provider: str, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    for access in accesses(provider):
        for name, wish in wishes(task).items():
            expected = published(provider, task, wish, access, monkeypatch)
            for difference in differences(provider, task, access):
                expected = difference.change(expected, wish)
            assert ours(provider, task, wish, access) == expected, f'{RELEASE}: {provider}, {access}, {name}'


@pytest.mark.parametrize('difference', DIFFERENCES, ids=lambda difference: difference.provider)
def test_every_difference_is_still_one(difference: Difference, monkeypatch: pytest.MonkeyPatch) -> None:
    """A published client that has come round to our way makes the entry go."""
    for task in difference.tasks & MACHINES[difference.provider].PARAMETERS.keys():
        for access in difference.accesses:
            sent = [
                (published(difference.provider, task, wish, access, monkeypatch), wish)
                for wish in wishes(task).values()
            ]
            assert any(difference.change(one, wish) != one for one, wish in sent), f'{RELEASE}: {difference.reason}'


def test_every_provider_of_the_published_client_is_spoken() -> None:
    known = {(provider, task) for provider in get_args(PROVIDER_T) for task in Task if task in PROVIDERS[provider]}

    assert known == set(SHARED), RELEASE
