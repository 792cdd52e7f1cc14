import msgspec
import pytest

from hfmedia_tui.domain import (
    Failed,
    Failure,
    Fetch,
    Media,
    Progress,
    ProviderMapping,
    Reply,
    Request,
    Send,
    SendKind,
    Stage,
    Task,
    Wait,
)
from hfmedia_tui.providers import fal_ai
from tests.providers.recorded import predict, reply, travel

FAL = 'fal-ai'
REQUEST = '/fal-ai/fast-sdxl/requests/80e732af-660e-45cd-bd63-580e4f2a94cc'


def submitted(body: dict[str, object], path: str = '/fal-ai/fast-sdxl') -> Send:
    request = Request(method='POST', path=path, query={'_subdomain': 'queue'}, body=body)
    return Send(request=request, kind=SendKind.SUBMIT)


def failed(progress: Progress) -> Failure:
    assert isinstance(progress.step, Failed)
    return progress.step.failure


def test_a_picture_is_queued_with_its_size_as_one_field() -> None:
    progress = fal_ai.begin(
        predict(FAL, parameters={'width': 1024, 'height': 576, 'num_inference_steps': 4, 'num_frames': 9})
    )

    assert progress == Progress(
        provider=FAL,
        step=submitted(
            {
                'prompt': 'a lighthouse',
                'num_inference_steps': 4,
                'seed': 7,
                'image_size': {'width': 1024, 'height': 576},
            }
        ),
    )


def test_one_side_alone_is_no_size() -> None:
    assert fal_ai.begin(predict(FAL, parameters={'width': 1024})).step == submitted(
        {'prompt': 'a lighthouse', 'width': 1024, 'seed': 7}
    )


def test_a_named_size_in_extra_wins() -> None:
    prediction = predict(FAL, parameters={'width': 64, 'height': 64}, extra={'image_size': 'square_hd'})

    assert fal_ai.begin(prediction).step == submitted({'prompt': 'a lighthouse', 'seed': 7, 'image_size': 'square_hd'})


def test_a_film_is_queued_with_width_and_height_apart() -> None:
    prediction = predict(
        FAL,
        Task.TEXT_TO_VIDEO,
        'fal-ai/wan/v2.2-5b/text-to-video',
        parameters={'width': 1024, 'height': 576, 'resolution': '480p', 'num_frames': 81, 'negative_prompt': 'fog'},
    )

    assert fal_ai.begin(prediction).step == submitted(
        {
            'prompt': 'a lighthouse',
            'width': 1024,
            'height': 576,
            'resolution': '480p',
            'num_frames': 81,
            'negative_prompt': 'fog',
            'seed': 7,
        },
        '/fal-ai/wan/v2.2-5b/text-to-video',
    )


def test_an_adapter_is_named_by_its_file_and_a_base_model_where_it_needs_one() -> None:
    def body(provider_id: str) -> object:
        mapping = ProviderMapping(
            provider=FAL, provider_id=provider_id, adapter='lora', adapter_weights_path='my lora.safetensors'
        )
        step = fal_ai.begin(predict(FAL, mapping=mapping)).step
        assert isinstance(step, Send)
        return step.request.body

    loras = [{'path': 'https://huggingface.co/owner/name/resolve/main/my%20lora.safetensors', 'scale': 1}]
    plain = {'prompt': 'a lighthouse', 'seed': 7, 'loras': loras}

    assert body('fal-ai/flux-lora') == plain
    assert body('fal-ai/lora') == {**plain, 'model_name': 'stabilityai/stable-diffusion-xl-base-1.0'}


def test_the_queue_is_asked_along_the_path_of_the_returned_url() -> None:
    _, queued, asking, waiting, _, running, _, resulting = travel(
        FAL, predict(FAL), 'submitted', 'in_queue', 'in_progress', 'completed'
    )

    assert queued.step == Wait(seconds=1)
    assert queued.stage is Stage.QUEUED
    assert queued.accepted
    assert queued.handle == '80e732af-660e-45cd-bd63-580e4f2a94cc'
    assert queued.queue_position == 2
    assert queued.facts.request_id == 'Root=1-67adfd22-5f8d0a;router'
    assert asking.step == Send(
        request=Request(method='GET', path=f'{REQUEST}/status', query={'_subdomain': 'queue', 'logs': '1'}),
        kind=SendKind.POLL,
    )
    assert waiting.step == Wait(seconds=1.25)
    assert waiting.queue_position == 1
    assert running.stage is Stage.RUNNING
    assert running.queue_position is None
    assert running.fraction == 0.4
    assert running.log == '40%|████      | 8/20 [00:03<00:05,  2.31it/s]'
    assert resulting.step == Send(
        request=Request(method='GET', path=REQUEST, query={'_subdomain': 'queue'}), kind=SendKind.RESULT
    )
    assert resulting.log == 'saved'
    assert resulting.facts.inference_seconds == 2.5


def test_waits_grow_to_three_seconds() -> None:
    path = travel(FAL, predict(FAL), 'submitted', *['in_queue'] * 12)

    waits = [progress.step.seconds for progress in path if isinstance(progress.step, Wait)]
    assert waits[:4] == [1, 1.25, 1.5, 1.75]
    assert waits[-3:] == [3, 3, 3]


@pytest.mark.parametrize(
    ('lines', 'fraction'),
    [
        ([' 40%|████      | 8/20 [00:03<00:05,  2.31it/s]'], 0.4),
        ([' 40%|████      | 8/20'], 0.4),
        ([' 40%|████      | 8/20 [00:03<00:05]', 'a warning'], 0.4),
        (['  5%|▌         | 1/20', ' 10%|█         | 2/20\r 15%|█▌        | 3/20\n'], 0.15),
        (['Loading: 100%|██████████| 7/7 [00:02<00:00]', '50%'], None),
        ([' 40%|████      | 8/20 files'], None),
        (['100%|██████████| 21/20'], None),
        (['  0%|          | 0/0'], None),
        ([None, 3], None),
    ],
)
def test_only_a_bar_without_a_name_is_a_fraction(lines: list[object], fraction: float | None) -> None:
    body = msgspec.json.encode({'status': 'IN_PROGRESS', 'logs': [{'message': line} for line in lines]})

    assert travel(FAL, predict(FAL), 'submitted', Reply(status=202, body=body))[-1].fraction == fraction


def test_a_picture_is_fetched_with_what_was_told_about_it() -> None:
    progress = travel(FAL, predict(FAL), 'submitted', 'completed', 'picture')[-1]

    assert progress.step == Fetch(
        media=(Media(url='https://v3.fal.media/files/koala/7EQDw9PT6pMiX2fm7bYOC.png', media_type='image/jpeg'),)
    )
    assert progress.stage is Stage.DOWNLOADING
    assert progress.facts.seed == 3131504498
    assert progress.facts.nsfw == (False,)
    assert progress.facts.inference_seconds == 2.12


def test_a_picture_inside_the_reply_is_decoded_and_its_huge_seed_kept() -> None:
    progress = travel(FAL, predict(FAL), 'submitted', 'completed', 'picture_inline')[-1]

    assert progress.step == Fetch(media=(Media(data=b'\x89PNG\r\n\x1a\n', media_type='image/png'),))
    assert progress.facts.seed == 15619174981588513000
    assert progress.facts.nsfw == (True,)


def test_all_results_are_kept_and_the_spoilt_ones_left_out() -> None:
    body = b"""{"images": [{"url": "https://a.example/1.png"}, {"url": 3}, null, "https://a.example/2.png"],
        "image": {"url": "https://a.example/3.png"}, "seed": -1, "timings": [], "has_nsfw_concepts": "no"}"""

    progress = travel(FAL, predict(FAL), 'submitted', 'completed', Reply(status=200, body=body))[-1]

    assert isinstance(progress.step, Fetch)
    assert [media.url for media in progress.step.media] == [f'https://a.example/{number}.png' for number in (1, 2, 3)]
    assert progress.facts.seed is None


@pytest.mark.parametrize(
    ('uri', 'media'),
    [
        ('data:image/svg+xml;charset=utf-8,%3Csvg/%3E', Media(data=b'<svg/>', media_type='image/svg+xml')),
        ('DATA:;base64,AAEC', Media(data=b'\x00\x01\x02')),
        ('data:image/png;base64,***', None),
        ('data:image/png;base64,', None),
        ('data:image/png', None),
        ('https://a.example/with space.png', None),
        ('https://a.example/\x1b[2J.png', None),
        ('ftp://a.example/1.png', None),
        ('/1.png', None),
    ],
)
def test_a_result_is_a_whole_address_or_whole_data(uri: str, media: Media | None) -> None:
    answer = Reply(status=200, body=msgspec.json.encode({'image': uri}))

    step = travel(FAL, predict(FAL), 'submitted', 'completed', answer)[-1].step

    assert (step == Fetch(media=(media,))) if media else isinstance(step, Failed)


def test_more_results_than_anyone_makes_are_not_fetched() -> None:
    body = msgspec.json.encode({'images': [{'url': f'https://a.example/{number}.png'} for number in range(100)]})

    step = travel(FAL, predict(FAL), 'submitted', 'completed', Reply(status=200, body=body))[-1].step

    assert isinstance(step, Fetch)
    assert len(step.media) == 64


def test_a_label_from_outside_is_cleaned() -> None:
    body = b'{"image": {"url": "https://a.example/1.png", "content_type": "image/png\\u001b[2J"}}'

    step = travel(FAL, predict(FAL), 'submitted', 'completed', Reply(status=200, body=body))[-1].step

    assert step == Fetch(media=(Media(url='https://a.example/1.png', media_type='image/png[2J'),))


def test_what_was_told_once_is_kept() -> None:
    path = travel(FAL, predict(FAL), 'submitted', 'in_progress', 'in_progress_without_logs', 'completed', 'film')

    assert path[6].log == '40%|████      | 8/20 [00:03<00:05,  2.31it/s]'
    assert path[-1].facts.inference_seconds == 2.5
    assert path[-1].facts.seed == 42


def test_an_id_of_no_use_leaves_the_one_in_the_url() -> None:
    body = b'{"request_id": {"odd": 1}, "response_url": "https://queue.fal.run/fal-ai/x/requests/abc"}'

    assert travel(FAL, predict(FAL), Reply(status=200, body=body))[-1].handle == 'abc'


def test_asking_for_a_fresh_link_too_often_does_not_make_it_expire() -> None:
    step = travel(FAL, predict(FAL), 'submitted', 'completed', 'picture', 403, reply('router', 'too_many'))[-1].step

    assert isinstance(step, Failed)
    assert step.failure.code == 'throttled'
    assert step.collectable


def test_a_cut_emoji_in_a_log_costs_nothing() -> None:
    body = b'{"status": "COMPLETED", "logs": [{"message": "done \\ud83d"}], "metrics": {"inference_time": NaN}}'

    progress = travel(FAL, predict(FAL), 'submitted', Reply(status=200, body=body))[-1]

    assert isinstance(progress.step, Send)
    assert progress.log == 'done'


def test_a_result_path_of_its_own_is_no_status_path() -> None:
    asking = travel(FAL, predict(FAL), 'submitted_with_response', 'in_queue')[2]

    assert isinstance(asking.step, Send)
    assert asking.step.request.path == f'{REQUEST}/status'


def test_a_returned_url_that_could_lead_elsewhere_is_refused() -> None:
    for url in (
        '"https://queue.fal.run/fal-ai/../replicate/requests/1"',
        '"https://queue.fal.run/fal-ai/%2e%2e/x/requests/1"',
        '"https://queue.fal.run//evil.example/requests/1"',
        '"https://queue.fal.run/fal-ai/x/requests/1\\n"',
        '"https://queue.fal.run/fal-ai/x"',
        '"//evil.example/x/requests/1"',
        '"fal-ai/x/requests/1"',
        '"https://queue.fal.run"',
        'null',
    ):
        body = f'{{"request_id": "abc", "response_url": {url}}}'.encode()

        progress = travel(FAL, predict(FAL), Reply(status=200, body=body))[-1]

        assert failed(progress).code == 'bad_reply', url
        assert 'response_url' in failed(progress).message
        assert progress.handle is None


@pytest.mark.parametrize('body', [b'{"request_id": "abc", "response_url": "nowhere"}', b'{"request_id": "abc"}'])
def test_an_accepted_prediction_that_cannot_be_asked_for_is_told_with_its_id(body: bytes) -> None:
    progress = travel(FAL, predict(FAL), Reply(status=200, body=body))[-1]

    assert progress.accepted
    assert failed(progress).message == 'fal-ai accepted request abc, but its `response_url` leads nowhere.'


def test_a_missing_field_is_named_with_its_place() -> None:
    progress = travel(FAL, predict(FAL), 'submitted', 'completed', Reply(status=200, body=b'{"images": []}'))[-1]

    assert failed(progress) == Failure(
        code=failed(progress).code,
        message="fal-ai's reply to the result cannot be used: it has no usable `images` or `video`.",
        hint='Try again later, or choose another provider.',
        provider=FAL,
        status=200,
    )


def test_a_failure_inside_a_completed_status_is_one() -> None:
    failure = failed(travel(FAL, predict(FAL), 'submitted', 'completed_with_error')[-1])

    assert (failure.code, failure.message, failure.status) == ('unavailable', 'Runner disconnected', 200)


def test_a_refused_result_is_the_predictions_own_failure() -> None:
    progress = travel(FAL, predict(FAL), 'submitted', 'completed', 'moderated')[-1]

    assert failed(progress).code == 'moderated'
    assert failed(progress).message == (
        'prompt: The content could not be processed because it was flagged by a content checker.'
    )
    assert isinstance(progress.step, Failed)
    assert not progress.step.collectable


def test_a_refused_question_leaves_the_prediction_to_be_collected() -> None:
    def collectable(*answers: str | Reply) -> bool:
        step = travel(FAL, predict(FAL), *answers)[-1].step
        assert isinstance(step, Failed)
        return step.collectable

    unauthorized = reply('router', 'unauthorized')

    assert not collectable(unauthorized)
    assert collectable('submitted', unauthorized)
    assert collectable('submitted', Reply(status=200, body=b'<html>'))
    assert collectable('submitted', 'completed', Reply(status=503))
    assert not collectable('submitted', 'completed', 'timed_out')
    assert not collectable('submitted', Reply(status=404))


def test_failures_keep_the_providers_words() -> None:
    def told(name: str) -> tuple[str, str]:
        failure = failed(travel(FAL, predict(FAL), name)[-1])
        return failure.code, failure.message

    assert told('invalid') == ('invalid', 'model_name: field required')
    assert told('invalid_in_words') == ('invalid', 'Model directory does not contain a config.json file.')
    assert told('not_found') == ('not_supported', 'Model not supported by fal-ai: 404: Not Found')
    assert told('timed_out') == ('timeout', 'Request timed out')
