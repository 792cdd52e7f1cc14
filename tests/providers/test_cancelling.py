import pytest

from hfmedia_tui.domain import Access, Cancellation, Done, Fetch, Reply, Request, Send
from hfmedia_tui.providers import MACHINES, cancel, cancelled
from tests.providers.recorded import answered, predict, travel

OWN_KEY = Access.OWN_KEY


def test_a_queue_is_told_at_the_predictions_own_path() -> None:
    path = '/fal-ai/fast-sdxl/requests/80e732af-660e-45cd-bd63-580e4f2a94cc/cancel'
    routed = travel('fal-ai', predict('fal-ai'), 'submitted', 'in_queue')[-1]
    direct = travel('fal-ai', predict('fal-ai', access=OWN_KEY), 'submitted')[-1]

    assert cancel(routed) == Request(method='PUT', path=path, query={'_subdomain': 'queue'})
    assert cancel(direct) == Request(method='PUT', path=path)


def test_replicate_is_told_only_with_its_own_key() -> None:
    routed = travel('replicate', predict('replicate'), 'created')[-1]
    direct = travel('replicate', predict('replicate', access=OWN_KEY), 'created')[-1]

    assert cancel(routed) is None
    assert cancel(direct) == Request(method='POST', path='/v1/predictions/jf23sy140hrj00cn0008841srg/cancel')


def test_only_what_is_under_way_is_cancelled() -> None:
    path = travel('fal-ai', predict('fal-ai'), 'submitted', 'completed', 'picture', 200)

    assert [cancel(progress) is not None for progress in path] == [
        progress.accepted and not isinstance(progress.step, Fetch | Done) for progress in path
    ]


@pytest.mark.parametrize('provider', ['wavespeed', 'together', 'novita', 'zai-org'])
def test_who_cannot_be_told_is_not(provider: str) -> None:
    submitted = {'wavespeed': 'created', 'together': 'queued', 'novita': 'submitted', 'zai-org': 'started'}[provider]
    task = list(MACHINES[provider].PARAMETERS)[-1]
    progress = travel(provider, predict(provider, task), submitted)[-1]

    assert isinstance(progress.handle, str)
    assert cancel(progress) is None
    assert cancelled(progress, None) is Cancellation.UNHEARD


@pytest.mark.parametrize(
    ('provider', 'answer', 'meaning'),
    [
        ('fal-ai', 'cancelled', 'removed'),
        ('fal-ai', 'cancellation_requested', 'requested'),
        ('fal-ai', 'cancelled_too_late', 'too_late'),
        ('fal-ai', 'cancelled_nothing', 'unheard'),
        ('fal-ai', Reply(status=405), 'unheard'),
        ('fal-ai', Reply(status=202, body=b'accepted'), 'requested'),
        ('fal-ai', Reply(status=200, body=b'{"status": ["OK"]}'), 'requested'),
        ('fal-ai', 'router/cut_off', 'unheard'),
        ('replicate', 'canceled', 'requested'),
        ('replicate', 'processing', 'requested'),
        ('replicate', 'aborted', 'removed'),
        ('replicate', 'succeeded', 'too_late'),
        ('replicate', 'unauthorized', 'unheard'),
        ('replicate', Reply(status=200, body=b'{"status": {}}'), 'requested'),
    ],
)
def test_what_the_answer_means(provider: str, answer: str | Reply, meaning: str) -> None:
    submitted = {'fal-ai': 'submitted', 'replicate': 'created'}[provider]
    progress = travel(provider, predict(provider, access=OWN_KEY), submitted)[-1]

    told = cancelled(progress, answered(provider, answer))

    assert told == meaning
    assert provider in told.sentence(provider)


def test_no_answer_means_that_it_was_not_heard() -> None:
    progress = travel('fal-ai', predict('fal-ai'), 'submitted')[-1]

    assert cancelled(progress, None) is Cancellation.UNHEARD


def test_what_was_cancelled_is_told_as_that_when_it_is_asked_for() -> None:
    progress = travel('fal-ai', predict('fal-ai'), 'submitted', 'was_cancelled')[-1]

    assert not isinstance(progress.step, Send)
    assert 'The request was cancelled' in str(progress.step)
