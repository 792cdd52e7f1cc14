import msgspec

from hfmedia_tui.domain import (
    Access,
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
from hfmedia_tui.providers import replicate
from tests.providers.recorded import predict, travel

REPLICATE = 'replicate'
PREDICTION = '/v1/predictions/jf23sy140hrj00cn0008841srg'


def failed(progress: Progress) -> Failure:
    assert isinstance(progress.step, Failed)
    return progress.step.failure


def test_a_model_is_asked_at_its_own_route_with_everything_inside_input() -> None:
    prediction = predict(
        REPLICATE,
        provider_id='black-forest-labs/flux-dev',
        parameters={'guidance_scale': 3.5},
        extra={'go_fast': True},
    )

    assert replicate.begin(prediction).step == Send(
        request=Request(
            method='POST',
            path='/v1/models/black-forest-labs/flux-dev/predictions',
            headers={'Prefer': 'wait'},
            body={'input': {'prompt': 'a lighthouse', 'guidance_scale': 3.5, 'seed': 7, 'go_fast': True}},
        ),
        kind=SendKind.SUBMIT,
    )


def test_a_version_is_asked_at_the_common_route() -> None:
    prediction = predict(REPLICATE, Task.TEXT_TO_VIDEO, 'owner/film:5599ed', parameters={'num_frames': 81})

    step = replicate.begin(prediction).step

    assert isinstance(step, Send)
    assert step.request.path == '/v1/predictions'
    assert step.request.body == {
        'version': '5599ed',
        'input': {'prompt': 'a lighthouse', 'num_frames': 81, 'seed': 7},
    }


def test_an_adapter_is_named_by_its_repository() -> None:
    mapping = ProviderMapping(provider=REPLICATE, provider_id='a/flux-dev-lora', adapter_weights_path='x.safetensors')

    step = replicate.begin(predict(REPLICATE, mapping=mapping)).step

    assert isinstance(step, Send)
    assert step.request.body == {
        'input': {'prompt': 'a lighthouse', 'seed': 7, 'lora_weights': 'https://huggingface.co/owner/name'}
    }


def test_the_output_counts_and_not_the_status() -> None:
    progress = travel(REPLICATE, predict(REPLICATE), 'created_with_output')[-1]

    assert progress.step == Fetch(media=(Media(url='https://replicate.delivery/yhqm/a1/out-0.png'),))
    assert progress.accepted
    assert progress.handle == 'jf23sy140hrj00cn0008841srg'


def test_a_longer_job_is_asked_for_by_its_id() -> None:
    _, starting, asking, running, _, fetching = travel(
        REPLICATE, predict(REPLICATE), 'created', 'processing', 'succeeded'
    )

    assert starting.step == Wait(seconds=1)
    assert starting.stage is Stage.QUEUED
    assert starting.accepted
    assert asking.step == Send(request=Request(method='GET', path=PREDICTION), kind=SendKind.POLL)
    assert running.step == Wait(seconds=1.25)
    assert running.stage is Stage.RUNNING
    assert running.fraction == 0.4
    assert running.log == '40%|████      | 8/20 [00:03<00:05,  2.31it/s]'
    assert fetching.step == Fetch(media=(Media(url='https://replicate.delivery/czjl/b2/output.mp4'),))
    assert fetching.facts.inference_seconds == 71.25


def test_waits_grow_to_five_seconds() -> None:
    path = travel(REPLICATE, predict(REPLICATE), 'created', *['processing'] * 20)

    assert path[-1].step == Wait(seconds=5)


def test_a_job_that_cannot_be_collected_is_told_plainly() -> None:
    failure = failed(travel(REPLICATE, predict(REPLICATE), 'created', 'no_route')[-1])

    assert failure.message == (
        "Replicate's longer jobs cannot be collected through Hugging Face: prediction jf23sy140hrj00cn0008841srg was "
        'still running after a minute, and asking for it was refused with 404 (Not Found).'
    )
    assert failure.status == 404


def test_a_link_that_went_bad_is_told_as_expired_when_there_is_no_fresh_one() -> None:
    failure = failed(travel(REPLICATE, predict(REPLICATE), 'created_with_output', 404, 'no_route')[-1])

    assert failure.code == 'expired'


def test_failures_keep_the_providers_words() -> None:
    def told(*names: str) -> tuple[str, str]:
        failure = failed(travel(REPLICATE, predict(REPLICATE), *names)[-1])
        return failure.code, failure.message

    assert told('invalid') == ('invalid', 'Input validation failed: - input: text is required')
    assert told('throttled') == ('throttled', 'Request was throttled. Your rate limit resets in ~30s.')
    assert told('failed') == ('provider', 'CUDA out of memory.')
    assert told('created', 'aborted') == ('provider', 'The prediction ended as aborted.')


def test_a_success_without_output_is_a_bad_reply() -> None:
    for body in (b'{"id": "a", "status": "succeeded"}', b'{"id": "a", "status": "succeeded", "output": []}'):
        failure = failed(travel(REPLICATE, predict(REPLICATE), Reply(status=201, body=body))[-1])
        assert failure.code == 'bad_reply'
        assert '`output`' in failure.message


def test_an_id_that_fits_in_no_path_is_none() -> None:
    progress = travel(REPLICATE, predict(REPLICATE), Reply(status=201, body=b'{"id": "../x", "status": "starting"}'))[
        -1
    ]

    assert failed(progress).code == 'bad_reply'
    assert '`id`' in failed(progress).message


def test_the_seed_is_read_where_the_logs_tell_it() -> None:
    own_key = predict(REPLICATE, access=Access.OWN_KEY)

    assert travel(REPLICATE, own_key, 'created', 'canceled')[-1].facts.seed == 41
    for logs in ('Using seed: soon', 'We are using seed: 3 today', 'Using seed: 99999999999999999999', 7):
        body = msgspec.json.encode({'id': 'a', 'status': 'processing', 'logs': logs})
        assert travel(REPLICATE, own_key, Reply(status=201, body=body))[-1].facts.seed is None


def test_a_film_has_no_adapter() -> None:
    mapping = ProviderMapping(provider=REPLICATE, provider_id='a/wan-lora', adapter_weights_path='x.safetensors')

    step = replicate.begin(predict(REPLICATE, Task.TEXT_TO_VIDEO, mapping=mapping)).step

    assert isinstance(step, Send)
    assert step.request.body == {'input': {'prompt': 'a lighthouse', 'seed': 7}}
