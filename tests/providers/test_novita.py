import pytest

from hfmedia_tui.domain import Access, Failed, Fetch, Media, Reply, Request, Send, SendKind, Stage, Wait
from hfmedia_tui.providers import novita
from tests.providers.recorded import predict, travel

NOVITA = 'novita'
TASK = '2d1a8f6c-7c1e-4b8d-9f5e-1f0a'


def test_a_task_is_created_on_the_newer_route_with_steps_by_their_own_name() -> None:
    prediction = predict(
        NOVITA,
        provider_id='wan-t2v',
        parameters={'num_inference_steps': 20, 'width': 832, 'height': 480},
        extra={'fast_mode': True},
    )

    assert novita.begin(prediction).step == Send(
        request=Request(
            method='POST',
            path='/v3/async/wan-t2v',
            body={
                'prompt': 'a lighthouse',
                'steps': 20,
                'width': 832,
                'height': 480,
                'seed': 7,
                'fast_mode': True,
            },
        ),
        kind=SendKind.SUBMIT,
    )


def test_a_task_is_asked_for_and_tells_a_true_percentage() -> None:
    _, submitted, asking, queued, _, running, _, fetching = travel(
        NOVITA, predict(NOVITA), 'submitted', 'queued', 'processing', 'succeeded'
    )

    assert submitted.step == Wait(seconds=2)
    assert submitted.accepted
    assert submitted.handle == TASK
    assert asking.step == Send(
        request=Request(method='GET', path='/v3/async/task-result', query={'task_id': TASK}), kind=SendKind.POLL
    )
    assert queued.stage is Stage.QUEUED
    assert queued.fraction is None
    assert running.stage is Stage.RUNNING
    assert running.fraction == 0.4
    assert running.step == Wait(seconds=2.5)
    assert fetching.step == Fetch(
        media=(Media(url='https://faas-output-video.s3.ap-southeast-1.amazonaws.com/prod/film.mp4?X-Amz-Expires=3600'),)
    )
    assert fetching.facts.seed == 1234


@pytest.mark.parametrize('percent', ['0', '-1', '101', '"40"', 'null', 'true'])
def test_a_percentage_that_cannot_be_is_not_shown(percent: str) -> None:
    body = f'{{"task": {{"status": "TASK_STATUS_PROCESSING", "progress_percent": {percent}}}}}'.encode()

    assert travel(NOVITA, predict(NOVITA), 'submitted', Reply(status=200, body=body))[-1].fraction is None


def test_failures_keep_the_providers_words() -> None:
    def told(*names: str, access: Access = Access.ROUTED) -> tuple[str, str, int | None]:
        step = travel(NOVITA, predict(NOVITA, access=access), *names)[-1].step
        assert isinstance(step, Failed)
        return step.failure.code, step.failure.message, step.failure.status

    assert told('submitted', 'failed') == ('provider', 'model inference failed', 200)
    assert told('submitted', 'moderated') == ('moderated', 'NSFW content detected', 200)
    assert told('invalid') == ('invalid', 'validate request body failed: width is required', 400)
    assert told('no_balance', access=Access.OWN_KEY) == ('out_of_credit', 'not enough balance', 403)
    assert told('bad_key', access=Access.OWN_KEY) == ('unauthorized', 'invalid api key', 403)
    assert told('submitted', 'succeeded_without_film')[0] == 'bad_reply'


def test_an_id_that_fits_in_no_question_is_none() -> None:
    step = travel(NOVITA, predict(NOVITA), Reply(status=200, body=b'{"task_id": "a&b"}'))[-1].step

    assert isinstance(step, Failed)
    assert '`task_id`' in step.failure.message
