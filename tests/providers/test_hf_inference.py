import pytest

from hfmedia_tui.domain import Failed, Failure, Fetch, Media, Progress, Reply, Request, Send, SendKind, Stage, Wait
from hfmedia_tui.providers import hf_inference
from tests.providers.recorded import predict, travel

HF = 'hf-inference'


def failed(progress: Progress) -> Failure:
    assert isinstance(progress.step, Failed)
    return progress.step.failure


def test_the_hubs_id_is_asked_for_with_everything_inside_parameters() -> None:
    prediction = predict(HF, parameters={'negative_prompt': 'fog', 'width': 512}, extra={'scheduler': 'Euler'})

    assert hf_inference.begin(prediction).step == Send(
        request=Request(
            method='POST',
            path='/models/owner/name',
            body={
                'inputs': 'a lighthouse',
                'parameters': {'negative_prompt': 'fog', 'width': 512, 'seed': 7, 'scheduler': 'Euler'},
            },
        ),
        kind=SendKind.SUBMIT,
    )


def test_the_body_is_the_picture() -> None:
    progress = travel(HF, predict(HF), 'picture')[-1]

    assert progress.step == Fetch(media=(Media(data=b'\xff\xd8\xff\xe0\x00\x10JFIF', media_type='image/jpeg'),))
    assert progress.accepted
    assert progress.facts.inference_seconds == 3.187
    assert progress.facts.request_id == 'Root=1-67ad;router'


@pytest.mark.parametrize(
    ('name', 'media'),
    [
        ('picture_in_json', Media(data=b'\xff\xd8\xff\xe0\x00\x10JFIF')),
        ('picture_by_link', Media(url='https://example.com/out-0.png')),
    ],
)
def test_models_served_elsewhere_answer_in_json(name: str, media: Media) -> None:
    assert travel(HF, predict(HF), name)[-1].step == Fetch(media=(media,))


def test_a_cold_model_is_waited_for_and_asked_again() -> None:
    first, waiting, again, fetching = travel(HF, predict(HF), 'cold', 'picture')

    assert waiting.step == Wait(seconds=35.6)
    assert waiting.stage is Stage.QUEUED
    assert waiting.log == 'Model stabilityai/stable-diffusion-xl-base-1.0 is currently loading'
    assert not waiting.accepted
    assert again.step == first.step
    assert again.stage is Stage.SUBMITTING
    assert isinstance(fetching.step, Fetch)
    assert not fetching.memory


def test_a_cold_model_is_asked_a_few_times_only() -> None:
    path = travel(HF, predict(HF), *['cold'] * 6)

    assert failed(path[-1]).code == 'unavailable'
    assert failed(path[-1]).status == 503
    assert not path[-1].accepted


@pytest.mark.parametrize(('estimate', 'seconds'), [('900', 60), ('0', 1), ('0.5', 1)])
def test_an_estimate_is_kept_within_reason(estimate: str, seconds: float) -> None:
    cold = Reply(status=503, body=f'{{"error": "loading", "estimated_time": {estimate}}}'.encode())

    assert travel(HF, predict(HF), cold)[-1].step == Wait(seconds=seconds)


@pytest.mark.parametrize('body', [b'', b'{"estimated_time": "soon"}', b'{"estimated_time": -1}', b'[35.6]'])
def test_a_503_without_an_estimate_is_a_refusal(body: bytes) -> None:
    assert failed(travel(HF, predict(HF), Reply(status=503, body=body))[-1]).code == 'unavailable'


def test_a_model_that_is_not_there_reads_as_not_supported() -> None:
    missing = failed(travel(HF, predict(HF), 'missing')[-1])
    deprecated = failed(travel(HF, predict(HF), 'deprecated')[-1])

    assert missing.code == deprecated.code == 'not_supported'
    assert missing.message == 'Model not supported by hf-inference: Model not-a/model does not exist'
    assert deprecated.message.startswith('Model not supported by hf-inference: The requested model is deprecated')
    assert (missing.status, deprecated.status) == (404, 410)


def test_an_empty_body_is_no_picture() -> None:
    failure = failed(travel(HF, predict(HF), Reply(status=200, headers={'content-type': 'image/png'}))[-1])

    assert failure.code == 'bad_reply'
    assert '`body`' in failure.message
