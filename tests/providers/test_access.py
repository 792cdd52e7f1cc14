"""By which door a provider is reached, and what changes with it."""

import re

import pytest

from hfmedia_tui.domain import Access, Failed, ProviderMapping, Request, Send, SendKind, Task, Wait
from hfmedia_tui.providers import MACHINES, free_offers
from tests.providers.recorded import predict, travel

WITH_OWN_KEY = [name for name, machine in MACHINES.items() if Access.OWN_KEY in machine.DOORS]


@pytest.mark.parametrize('name', MACHINES)
def test_every_door_leads_below_the_router_or_to_one_host_over_https(name: str) -> None:
    for access, door in MACHINES[name].DOORS.items():
        if access is Access.OWN_KEY:
            assert re.fullmatch(r'https://[a-z.]+', door.base)
            assert door.scheme in ('Bearer', 'Key')
            assert all(re.fullmatch(r'[A-Z]+(_[A-Z]+)*_(KEY|TOKEN)', variable) for variable in door.variables)
            assert door.variables
        else:
            assert re.fullmatch(r'/[a-z-]+', door.base)
            assert not door.variables
            assert (door.scheme is None) == (access is Access.ANONYMOUS)


def test_no_variable_holds_the_keys_of_two() -> None:
    variables = [variable for name in WITH_OWN_KEY for variable in MACHINES[name].DOORS[Access.OWN_KEY].variables]

    assert len(variables) == len(set(variables))


@pytest.mark.parametrize('name', MACHINES)
def test_a_progress_keeps_the_way_it_went(name: str) -> None:
    for access in MACHINES[name].DOORS:
        for task in MACHINES[name].PARAMETERS:
            assert MACHINES[name].begin(predict(name, task, access=access)).access is access
            assert (
                MACHINES[name].begin(predict(name, task, provider_id='..', model='..', access=access)).access is access
            )


def test_fal_is_asked_without_the_routers_query() -> None:
    first, _, asking, *_ = travel('fal-ai', predict('fal-ai', access=Access.OWN_KEY), 'submitted', 'in_queue')

    assert isinstance(first.step, Send)
    assert first.step.request.query == {}
    assert asking.step == Send(
        request=Request(
            method='GET',
            path='/fal-ai/fast-sdxl/requests/80e732af-660e-45cd-bd63-580e4f2a94cc/status',
            query={'logs': '1'},
        ),
        kind=SendKind.POLL,
    )


def test_replicate_holds_nothing_that_can_be_asked_for() -> None:
    first, created, *_ = travel('replicate', predict('replicate', access=Access.OWN_KEY), 'created')

    assert isinstance(first.step, Send)
    assert first.step.request.headers == {}
    assert created.step == Wait(seconds=1)


def test_a_refused_question_at_replicate_may_be_asked_again_with_its_own_key() -> None:
    step = travel('replicate', predict('replicate', access=Access.OWN_KEY), 'created', 'unauthorized')[-1].step

    assert isinstance(step, Failed)
    assert step.collectable
    assert step.failure.message == 'Unauthenticated: You did not pass a valid authentication token'
    assert step.failure.hint == 'Check your own key for replicate.'


@pytest.mark.parametrize('name', WITH_OWN_KEY)
@pytest.mark.parametrize('refusal', ['unauthorized', 'out_of_credit', 'forbidden'])
def test_whose_credentials_were_refused_decides_what_to_do(name: str, refusal: str) -> None:
    step = travel(name, predict(name, access=Access.OWN_KEY), f'router/{refusal}')[-1].step

    assert isinstance(step, Failed)
    assert name in (step.failure.hint or '')
    assert 'huggingface' not in (step.failure.hint or '')


@pytest.mark.parametrize('refusal', ['unauthorized', 'out_of_credit', 'forbidden'])
def test_without_a_token_the_way_on_is_a_token(refusal: str) -> None:
    step = travel('hf-free', predict('hf-free'), f'router/{refusal}')[-1].step

    assert isinstance(step, Failed)
    assert 'hf auth login' in (step.failure.hint or '')


def test_hf_free_is_asked_without_credentials_whatever_there_are() -> None:
    free = MACHINES['hf-free'].begin(predict('hf-free', access=Access.ROUTED))
    paid = MACHINES['hf-inference'].begin(predict('hf-inference'))

    assert free.access is Access.ANONYMOUS
    assert free.step == paid.step
    assert MACHINES['hf-free'].DOORS[free.access].base == MACHINES['hf-inference'].DOORS[paid.access].base


def test_hf_free_offers_what_hf_inference_does() -> None:
    offers = tuple(
        ProviderMapping(provider=provider, provider_id='owner/name', task=Task.TEXT_TO_IMAGE)
        for provider in ('fal-ai', 'hf-inference')
    )

    (offer,) = free_offers(offers)

    assert offer.provider == 'hf-free'
    assert offer.serves(Task.TEXT_TO_IMAGE)
