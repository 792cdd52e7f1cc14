"""nscale and DeepInfra, which answer pictures in one shape."""

import pytest

from hfmedia_tui.domain import Access, Failed, Fetch, Media, Request, Send, SendKind
from hfmedia_tui.providers import MACHINES
from tests.providers.recorded import predict, travel

PATHS = {'nscale': '/v1/images/generations', 'deepinfra': '/v1/openai/images/generations'}


@pytest.mark.parametrize('provider', PATHS)
def test_a_picture_is_asked_for_with_what_is_documented_alone(provider: str) -> None:
    prediction = predict(
        provider,
        provider_id='vendor/model',
        parameters={'width': 1024, 'height': 768, 'num_inference_steps': 4, 'guidance_scale': 3.5},
        extra={'n': 2},
    )

    assert MACHINES[provider].begin(prediction).step == Send(
        request=Request(
            method='POST',
            path=PATHS[provider],
            body={
                'model': 'vendor/model',
                'prompt': 'a lighthouse',
                'response_format': 'b64_json',
                'size': '1024x768',
                'n': 2,
            },
        ),
        kind=SendKind.SUBMIT,
    )


@pytest.mark.parametrize('provider', PATHS)
def test_one_side_alone_is_no_size(provider: str) -> None:
    step = MACHINES[provider].begin(predict(provider, parameters={'width': 1024})).step

    assert isinstance(step, Send)
    assert isinstance(step.request.body, dict)
    assert step.request.body.keys() == {'model', 'prompt', 'response_format'}


def test_every_picture_of_a_reply_is_kept() -> None:
    step = travel('nscale', predict('nscale'), 'two_pictures')[-1].step

    assert step == Fetch(media=(Media(data=b'RIFF\x12\0\0\0WEBP'), Media(data=b'\x89PNG\r\n\x1a\n')))


def test_a_link_is_taken_too() -> None:
    step = travel('deepinfra', predict('deepinfra'), 'picture_by_link')[-1].step

    assert step == Fetch(media=(Media(url='https://images.example.com/a.png'),))


@pytest.mark.parametrize(
    ('provider', 'name', 'code', 'message'),
    [
        ('nscale', 'invalid', 'invalid', 'size: Input should be a valid size'),
        ('nscale', 'invalid_in_words', 'invalid', 'Invalid image size'),
        ('nscale', 'no_credit', 'out_of_credit', 'Insufficient credit'),
        (
            'nscale',
            'empty',
            'bad_reply',
            "nscale's reply to the submit cannot be used: it has no usable `data[].b64_json`.",
        ),
        ('deepinfra', 'invalid', 'invalid', 'size must be WIDTHxHEIGHT'),
        ('deepinfra', 'invalid_in_detail', 'invalid', 'prompt: Field required'),
        ('deepinfra', 'no_model', 'not_supported', 'Model not supported by deepinfra: Model is not available'),
    ],
)
def test_failures_keep_the_providers_words(provider: str, name: str, code: str, message: str) -> None:
    step = travel(provider, predict(provider, access=Access.OWN_KEY), name)[-1].step

    assert isinstance(step, Failed)
    assert (step.failure.code, step.failure.message) == (code, message)
