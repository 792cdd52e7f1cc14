"""How refusals read, whoever sends them; the router's own are the same for every provider."""

import pytest

from hfmedia_tui.domain import Failed, Failure, Reply
from hfmedia_tui.providers import MACHINES
from tests.providers.recorded import predict, reply, travel


def refused(answer: Reply, provider: str = 'fal-ai') -> Failure:
    progress = travel(provider, predict(provider), answer)[-1]
    assert isinstance(progress.step, Failed)
    assert not progress.accepted
    return progress.step.failure


@pytest.mark.parametrize('provider', sorted(MACHINES.keys() - {'hf-free'}))
@pytest.mark.parametrize(
    ('name', 'code', 'message', 'hint'),
    [
        ('unauthorized', 'unauthorized', 'Invalid credentials in', 'hf auth login'),
        ('out_of_credit', 'out_of_credit', 'You have depleted your', 'https://huggingface.co/settings/billing'),
        ('forbidden', 'forbidden', 'This authentication method', 'ownUserPermissions=inference.serverless.write'),
        ('unsupported', 'not_supported', 'Model not supported by', 'another provider'),
        ('cut_off', 'timeout', '504 Gateway Time-out', 'billed'),
        ('too_many', 'throttled', ' answered 429 Too Many Requests.', 'in 12 s'),
    ],
)
def test_the_routers_refusals(provider: str, name: str, code: str, message: str, hint: str) -> None:
    answer = reply('router', name)

    failure = refused(answer, provider)

    assert failure.code == code
    assert message in failure.message
    assert hint in (failure.hint or '')
    assert failure.provider == provider
    assert failure.status == answer.status


@pytest.mark.parametrize(
    ('body', 'message'),
    [
        (b'{"error": "in words"}', 'in words'),
        (b'{"error": ["two", "reasons"]}', 'two; reasons'),
        (b'{"error": {"message": "in an object", "code": 3}}', 'in an object'),
        (b'{"message": "once", "detail": "once"}', 'once'),
        (b'{"title": "In general", "detail": "in particular"}', 'In general: in particular'),
        (
            b'{"detail": [{"loc": ["body", "steps"], "msg": "too many"}, {"loc": [], "msg": "odd"}]}',
            'steps: too many; odd',
        ),
        (b'{"detail": {"error": {"detail": {"message": "deep down"}}}}', 'deep down'),
        (b'{"error": ' * 9 + b'"too deep"' + b'}' * 9, "fal-ai answered 418 I'm a Teapot."),
        (b'{"error": ' * 900 + b'"far too deep"' + b'}' * 900, "fal-ai answered 418 I'm a Teapot."),
        (b'"a bare string"', 'a bare string'),
        (b'plain\r\n  text', 'plain text'),
        (b'<html><head></head><body><h1>Bad &amp; gateway</h1></body></html>', 'Bad & gateway'),
        (b'\x1b]0;owned\x07 \xe2\x80\xaereversed', ']0;owned reversed'),
        (b'', "fal-ai answered 418 I'm a Teapot."),
        (b'{"error": null, "detail": 7}', "fal-ai answered 418 I'm a Teapot."),
        (b'{"error": "\\u0000"}', "fal-ai answered 418 I'm a Teapot."),
    ],
)
def test_every_shape_is_read_into_one_clean_line(body: bytes, message: str) -> None:
    assert refused(Reply(status=418, body=body)).message == message


def test_long_words_are_cut() -> None:
    message = refused(Reply(status=400, body=b'x' * 100_000)).message

    assert len(message) == 500
    assert message.endswith('…')


@pytest.mark.parametrize(
    ('status', 'code'),
    [
        (400, 'invalid'),
        (404, 'not_supported'),
        (405, 'invalid'),
        (408, 'timeout'),
        (410, 'not_supported'),
        (422, 'invalid'),
        (500, 'provider'),
        (502, 'unavailable'),
        (503, 'unavailable'),
        (524, 'timeout'),
        (302, 'bad_reply'),
        (999, 'provider'),
    ],
)
def test_a_status_alone_tells_enough(status: int, code: str) -> None:
    failure = refused(Reply(status=status))

    assert failure.code == code
    assert str(status) in failure.message


def test_a_machine_readable_key_says_more_than_the_status() -> None:
    keyed = Reply(status=500, headers={'x-fal-error-type': 'runner_disconnected'}, body=b'{"detail": "lost"}')

    assert refused(keyed).code == 'unavailable'
    assert refused(Reply(status=400, body=b'{"error": {"code": "content_policy_violation"}}')).code == 'moderated'
    assert refused(Reply(status=401, body=b'{"error": {"type": "invalid_request_error"}}')).code == 'unauthorized'
    assert refused(Reply(status=400, body=b'{"error": "nothing about content_policy_violation"}')).code == 'invalid'


@pytest.mark.parametrize('provider', MACHINES)
@pytest.mark.parametrize(
    'body',
    [
        b'{"error": {"message": "No capacity", "type": "server_error"}}',
        b'{"detail": "No capacity"}',
        b'{"title": "No capacity", "detail": "No capacity", "status": 500}',
        b'{"message": "No capacity", "code": 1400000, "reason": "NO_CAPACITY", "metadata": {}}',
        b'{"msg": "No capacity", "code": "no_capacity"}',
    ],
)
def test_a_failure_that_arrives_as_a_success_is_recognised(provider: str, body: bytes) -> None:
    failure = refused(Reply(status=200, body=body), provider)

    assert (failure.code, failure.message, failure.status) == ('provider', 'No capacity', 200)


@pytest.mark.parametrize('provider', MACHINES)
@pytest.mark.parametrize(
    'body', [b'{"code": 200, "message": "success"}', b'{"code": 0, "msg": "ok"}', b'{"message": "queued"}']
)
def test_a_success_that_cannot_be_read_is_no_failure_of_the_providers(provider: str, body: bytes) -> None:
    assert refused(Reply(status=200, body=body), provider).code == 'bad_reply'


@pytest.mark.parametrize(
    ('headers', 'hint'),
    [
        ({'retry-after': '12'}, 'Try again in 12 s.'),
        ({'ratelimit-reset': '30'}, 'Try again in 30 s.'),
        ({'x-ratelimit-reset': '1'}, 'Try again in 1 s.'),
        ({'ratelimit': '"api";r=0;t=55'}, 'Try again in 55 s.'),
        ({'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', 'ratelimit-reset': '8'}, 'Try again in 8 s.'),
        ({'x-ratelimit-reset': '1730000000'}, 'Try again later.'),
        ({'ratelimit': '"api";r=0;t=17300000000'}, 'Try again later.'),
        ({}, 'Try again later.'),
    ],
)
def test_when_to_try_again_is_told_where_it_is_known(headers: dict[str, str], hint: str) -> None:
    assert refused(Reply(status=429, headers=headers)).hint == hint
