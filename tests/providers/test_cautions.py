from typing import Any

import pytest

from hfmedia_tui.domain import Access, ProviderMapping, Task
from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.providers import MACHINES, cautions

IMAGE, VIDEO = Task.TEXT_TO_IMAGE, Task.TEXT_TO_VIDEO


def said(provider: str, task: Task, parameters: dict[str, Any], **fields: Any) -> list[tuple[str | None, str]]:
    mapping = ProviderMapping(
        provider=provider,
        provider_id='a/b',
        task=task,
        adapter=fields.pop('adapter', None),
        status=fields.pop('status', 'live'),
    )
    return [(caution.parameter, caution.sentence) for caution in cautions(mapping, task, parameters, **fields)]


@pytest.mark.parametrize(
    ('provider', 'task', 'parameters', 'expected'),
    [
        ('fal-ai', IMAGE, {'width': 1024, 'height': 768, 'num_inference_steps': 500}, []),
        (
            'nscale',
            IMAGE,
            {'num_inference_steps': 4},
            [('num_inference_steps', 'nscale has no setting for steps: it is not sent.')],
        ),
        ('nscale', IMAGE, {'num_inference_steps': None}, []),
        (
            'together',
            VIDEO,
            {'num_inference_steps': 4},
            [('num_inference_steps', 'together documents steps from 10 to 50, and may refuse 4.')],
        ),
        ('together', IMAGE, {'num_inference_steps': 4}, []),
        (
            'fal-ai',
            IMAGE,
            {'width': 1024},
            [('width', 'fal-ai takes width only together with height: alone it does nothing.')],
        ),
        (
            'zai-org',
            IMAGE,
            {'width': 1000, 'height': 1024},
            [
                ('width', 'zai-org documents width from 1024 to 2048, and may refuse 1000.'),
                ('width', 'zai-org documents width in multiples of 32, and may refuse 1000.'),
            ],
        ),
    ],
)
def test_what_a_provider_would_not_take_is_told(
    provider: str, task: Task, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert said(provider, task, parameters) == expected


def test_a_seed_is_spoken_of_only_where_the_user_chose_one() -> None:
    assert said('zai-org', IMAGE, {}) == []
    assert said('zai-org', IMAGE, {}, seed=7) == [('seed', 'zai-org takes no seed: the result cannot be made again.')]
    assert said('wavespeed', IMAGE, {}, seed=2**31) == [
        ('seed', 'wavespeed documents seed from -1 to 2147483647, and may refuse 2147483648.')
    ]
    assert said('fal-ai', IMAGE, {}, seed=2**63) == []


def test_the_minute_at_replicate_is_told_where_it_is_one() -> None:
    ((parameter, sentence),) = said('replicate', VIDEO, {})

    assert parameter is None
    assert 'REPLICATE_API_TOKEN' in sentence
    assert said('replicate', VIDEO, {}, access=Access.OWN_KEY) == []


def test_an_adapter_that_is_left_out_is_told() -> None:
    assert said('together', IMAGE, {}, adapter='lora') == [
        (None, 'together is not told of adapters: it may run the base model alone.')
    ]
    assert said('fal-ai', VIDEO, {}, adapter='lora') == []


def test_an_offer_that_is_not_live_is_told() -> None:
    assert said('fal-ai', IMAGE, {}, status='error') == [
        (None, "fal-ai failed the Hub's last check of this model: it may refuse or fail.")
    ]
    assert said('fal-ai', IMAGE, {}, status='staging') == [
        (None, 'fal-ai has this model on trial, and not live yet: it may refuse or fail.')
    ]


def test_who_is_not_spoken_is_not_spoken_of() -> None:
    assert said('somebody', IMAGE, {'width': 1}) == []
    assert said('nscale', VIDEO, {'width': 1}) == []


@pytest.mark.parametrize('provider', MACHINES)
@pytest.mark.parametrize('value', [0, -1, 2**70, 0.5, float('nan'), float('inf'), 'words', True, [], {}])
def test_no_value_whatever_raises(provider: str, value: object) -> None:
    for task in Task:
        for access in Access:
            for parameter, sentence in said(
                provider, task, dict.fromkeys([*PARAMETERS, 'unknown'], value), seed=2**70, adapter='x', access=access
            ):
                assert parameter is None or parameter in {*PARAMETERS, 'unknown', 'seed'}
                assert sentence.endswith('.')
