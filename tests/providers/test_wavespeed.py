import msgspec
import pytest

from hfmedia_tui.domain import Failed, Fetch, Media, ProviderMapping, Reply, Request, Send, SendKind, Stage, Task, Wait
from hfmedia_tui.providers import wavespeed
from tests.providers.recorded import predict, reply, travel

WAVESPEED = 'wavespeed'
RESULT = '/api/v3/predictions/pred_abc123/result'


def told(*names: str | Reply) -> tuple[str, str, int | None]:
    step = travel(WAVESPEED, predict(WAVESPEED), *names)[-1].step
    assert isinstance(step, Failed)
    return step.failure.code, step.failure.message, step.failure.status


def test_a_job_is_created_with_everything_at_the_top() -> None:
    prediction = predict(
        WAVESPEED,
        provider_id='wavespeed-ai/flux-dev',
        parameters={'width': 1024, 'height': 576, 'num_frames': 9},
        extra={'size': '1024*576'},
    )

    assert wavespeed.begin(prediction).step == Send(
        request=Request(
            method='POST',
            path='/api/v3/wavespeed-ai/flux-dev',
            body={'prompt': 'a lighthouse', 'width': 1024, 'height': 576, 'seed': 7, 'size': '1024*576'},
        ),
        kind=SendKind.SUBMIT,
    )


def test_an_adapter_is_named_by_its_repository_for_pictures_and_films() -> None:
    mapping = ProviderMapping(provider=WAVESPEED, provider_id='wavespeed-ai/a-lora', adapter='lora')
    for task in Task:
        step = wavespeed.begin(predict(WAVESPEED, task, mapping=mapping)).step
        assert isinstance(step, Send)
        assert step.request.body == {'prompt': 'a lighthouse', 'seed': 7, 'loras': [{'path': 'owner/name', 'scale': 1}]}


def test_a_job_is_asked_for_along_the_path_that_it_named() -> None:
    _, created, asking, running, _, fetching = travel(
        WAVESPEED, predict(WAVESPEED), 'created', 'processing', 'completed'
    )

    assert created.step == Wait(seconds=2)
    assert created.stage is Stage.QUEUED
    assert created.accepted
    assert created.handle == 'pred_abc123'
    assert created.facts.request_id == 'Root=1-67ae14d4;router'
    assert asking.step == Send(request=Request(method='GET', path=RESULT), kind=SendKind.POLL)
    assert running.step == Wait(seconds=2.25)
    assert running.stage is Stage.RUNNING
    assert running.fraction is None
    assert fetching.step == Fetch(media=(Media(url='https://cdn.wavespeed.ai/generated/image123.png'),))
    assert fetching.facts.nsfw == (False,)
    assert fetching.facts.inference_seconds == 2.5


def test_films_are_asked_for_less_often() -> None:
    path = travel(WAVESPEED, predict(WAVESPEED, Task.TEXT_TO_VIDEO), 'created', *['processing'] * 30)

    waits = [progress.step.seconds for progress in path if isinstance(progress.step, Wait)]
    assert waits[0] == 5
    assert waits[-1] == 10


def test_every_output_is_kept_with_its_flag() -> None:
    progress = travel(WAVESPEED, predict(WAVESPEED), 'completed_with_two')[-1]

    assert isinstance(progress.step, Fetch)
    assert len(progress.step.media) == 2
    assert progress.facts.nsfw == (False, True)


@pytest.mark.parametrize(
    ('url', 'path'),
    [
        ('https://api.wavespeed.ai/api/v3/predictions/pred_abc123', '/api/v3/predictions/pred_abc123'),
        ('https://elsewhere.example/api/v3/predictions/other/result?x=1', '/api/v3/predictions/other/result'),
        ('https://api.wavespeed.ai/api/v3/balance', RESULT),
        ('https://api.wavespeed.ai/api/v3/predictions/../balance', RESULT),
        (None, RESULT),
        ({}, RESULT),
    ],
)
def test_only_a_path_of_predictions_is_asked(url: object, path: str) -> None:
    body = msgspec.json.encode({'data': {'id': 'pred_abc123', 'status': 'created', 'urls': {'get': url}}})

    asking = travel(WAVESPEED, predict(WAVESPEED), Reply(status=200, body=body), 'processing')[2].step

    assert asking == Send(request=Request(method='GET', path=path), kind=SendKind.POLL)


def test_a_word_that_is_not_known_is_waited_over() -> None:
    odd = Reply(status=200, body=b'{"code": 200, "data": {"id": "a", "status": "warming"}}')

    assert travel(WAVESPEED, predict(WAVESPEED), 'created', odd)[-1].step == Wait(seconds=2.25)


def test_failures_keep_the_providers_words() -> None:
    assert told('created', 'failed') == ('provider', 'Task failed: out of memory', 200)
    assert told('created', 'timed_out') == ('timeout', 'The task ended as timeout.', 200)
    assert told('invalid') == ('invalid', 'property "prompt" is missing', 400)
    code, message, _ = told('created', 'moderated')
    assert code == 'moderated'
    assert message.startswith('Content flagged as potentially sensitive')


def test_an_outer_code_counts_where_the_status_says_that_all_is_well() -> None:
    assert told('invalid_as_success') == ('invalid', 'property "size" is invalid', 400)
    assert told('out_of_credit_as_success') == ('out_of_credit', 'Insufficient credits. Please top up.', 402)


@pytest.mark.parametrize('data', ['null', '{}', '""', '[]', '{"status": "created"}'])
def test_an_outer_code_of_wavespeeds_own_is_read_too(data: str) -> None:
    def answer(code: int) -> Reply:
        return Reply(status=200, body=f'{{"code": {code}, "message": "in words", "data": {data}}}'.encode())

    assert told(answer(1401)) == ('invalid', 'in words', 200)
    assert told(answer(402)) == ('out_of_credit', 'in words', 402)
    assert told('created', answer(1200)) == ('moderated', 'in words', 200)
    assert travel(WAVESPEED, predict(WAVESPEED), 'created', answer(5003))[-1].step == Wait(seconds=2.25)


def test_a_question_that_is_refused_by_an_outer_code_can_be_asked_again() -> None:
    step = travel(WAVESPEED, predict(WAVESPEED), 'created', 'out_of_credit_as_success')[-1].step

    assert isinstance(step, Failed)
    assert step.collectable


@pytest.mark.parametrize('code', [429, 500, 503])
def test_a_busy_moment_says_nothing_about_the_job(code: int) -> None:
    busy = Reply(status=200, body=f'{{"code": {code}, "message": "busy"}}'.encode())

    assert travel(WAVESPEED, predict(WAVESPEED), 'created', busy)[-1].step == Wait(seconds=2.25)
    assert told(busy)[2] == code


def test_what_has_no_id_is_a_bad_reply() -> None:
    for body in (b'{"code": 200}', b'{"data": {"status": "created"}}', b'{"data": {"id": "../x"}}'):
        assert told(Reply(status=200, body=body))[0] == 'bad_reply'
    assert reply(WAVESPEED, 'unauthorized').status == 401
