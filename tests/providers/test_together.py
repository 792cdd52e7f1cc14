from hfmedia_tui.domain import Failed, Fetch, Media, Request, Send, SendKind, Stage, Task, Wait
from hfmedia_tui.providers import together
from tests.providers.recorded import predict, travel

TOGETHER = 'together'
FILM = 'Wan-AI/Wan2.2-T2V-A14B'


def test_a_picture_is_asked_for_as_base64_with_steps_by_their_own_name() -> None:
    prediction = predict(
        TOGETHER,
        provider_id='black-forest-labs/FLUX.1-schnell',
        parameters={'num_inference_steps': 4, 'width': 1024, 'height': 768},
    )

    assert together.begin(prediction).step == Send(
        request=Request(
            method='POST',
            path='/v1/images/generations',
            body={
                'model': 'black-forest-labs/FLUX.1-schnell',
                'prompt': 'a lighthouse',
                'response_format': 'base64',
                'steps': 4,
                'width': 1024,
                'height': 768,
                'seed': 7,
            },
        ),
        kind=SendKind.SUBMIT,
    )


def test_a_film_is_a_job() -> None:
    prediction = predict(
        TOGETHER,
        Task.TEXT_TO_VIDEO,
        FILM,
        parameters={'num_inference_steps': 20, 'resolution': '720p', 'num_frames': 81},
        extra={'seconds': '5'},
    )

    assert together.begin(prediction).step == Send(
        request=Request(
            method='POST',
            path='/v2/videos',
            body={
                'model': FILM,
                'prompt': 'a lighthouse',
                'steps': 20,
                'resolution': '720p',
                'seed': 7,
                'seconds': '5',
            },
        ),
        kind=SendKind.SUBMIT,
    )


def test_a_picture_comes_inside_the_reply() -> None:
    progress = travel(TOGETHER, predict(TOGETHER), 'picture')[-1]

    assert progress.step == Fetch(media=(Media(data=b'\xff\xd8\xff\xe0\x00\x10JFIF'),))
    assert progress.accepted
    assert progress.handle is None
    assert progress.facts.inference_seconds == 0.52


def test_a_link_is_taken_too() -> None:
    progress = travel(TOGETHER, predict(TOGETHER), 'picture_by_link')[-1]

    assert progress.step == Fetch(media=(Media(url='https://api.together.ai/imgproxy/abc.jpeg'),))


def test_a_film_is_asked_for_until_it_is_there() -> None:
    prediction = predict(TOGETHER, Task.TEXT_TO_VIDEO, FILM)

    _, queued, asking, running, _, unclear, _, fetching = travel(
        TOGETHER, prediction, 'queued', 'in_progress', 'without_status', 'completed'
    )

    assert queued.step == Wait(seconds=2)
    assert queued.stage is Stage.QUEUED
    assert queued.handle == '019a2b3c-video'
    assert asking.step == Send(request=Request(method='GET', path='/v2/videos/019a2b3c-video'), kind=SendKind.POLL)
    assert running.step == Wait(seconds=2.25)
    assert running.stage is Stage.RUNNING
    assert unclear.step == Wait(seconds=2.5)
    assert fetching.step == Fetch(media=(Media(url='https://api.together.ai/shrt/Qk7VtmvpGh9y'),))
    assert fetching.facts.cost == 0.27


def test_failures_keep_the_providers_words() -> None:
    def told(*names: str) -> tuple[str, str, int | None]:
        step = travel(TOGETHER, predict(TOGETHER, Task.TEXT_TO_VIDEO, FILM), *names)[-1].step
        assert isinstance(step, Failed)
        return step.failure.code, step.failure.message, step.failure.status

    assert told('invalid') == ('invalid', 'Invalid request: steps must be at most 4', 400)
    assert told('queued', 'failed') == ('provider', 'The video could not be generated.', 200)
