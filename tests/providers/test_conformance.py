"""What every machine must do, whoever it speaks to; the journeys come from tests/replies."""

import copy
import json
import random
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from hfmedia_tui import parameters
from hfmedia_tui.domain import (
    Cancellation,
    Done,
    Failed,
    Fetch,
    Prediction,
    Progress,
    ProviderMapping,
    Reply,
    Request,
    Send,
    SendKind,
    Wait,
    clean,
)
from hfmedia_tui.providers import MACHINES, cancel, cancelled
from tests.providers.recorded import Journey, all_replies, answered, journeys, predict, travel

JOURNEYS = [pytest.param(provider, journey, id=f'{provider}-{name}') for provider, name, journey in journeys()]

STATUSES = (200, 201, 202, 204, 206, 302, 400, 401, 402, 403, 404, 405, 410, 418, 422, 429, 499, 500, 503, 504, 599)


STRANGE: list[Any] = [
    *(None, True, False, 0, -1, 7, 1.5, -0.0, 1e308, 2**63, 2**64, -(2**70)),
    *(
        '',
        ' ',
        '..',
        '/',
        '0',
        '\u0661\u0662',
        '\u00b2',
        '5' * 30,
        'x' * 5_000,
        '\ud800',
        'half an emoji \ud83d',
        '\x1b[31m',
    ),
    *('data:', 'data:;base64,AAAA', 'data:;base64,\ud800', 'https://[::1', 'https://x/\u202e', 'https://x/y'),
    *('completed', 'COMPLETED', 'SUCCESS', 'TASK_STATUS_SUCCEED', 'succeeded', 'failed', 'success'),
    *([], {}, [[]], [{}], [None], ['x'], [0] * 100, {'': ''}, {'url': 'https://x/y'}, {'get': 'https://x/api/v3/../y'}),
    *({'error': 'x'}, {'message': 5}, {'type': '\ud800', 'error': {'message': '\ud800'}}),
]
"""What no provider should send in any place, some of it right elsewhere."""


def travelled(provider: str, journey: Journey) -> list[Progress]:
    prediction = predict(provider, journey.task, journey.provider_id, access=journey.access)
    return travel(provider, prediction, *journey.replies)


def through_json(progress: Progress) -> Progress:
    return msgspec.json.decode(msgspec.json.encode(progress), type=Progress)


def test_every_task_of_every_machine_has_a_journey_that_ends_well() -> None:
    offered = {(name, task) for name, machine in MACHINES.items() for task in machine.PARAMETERS}

    assert {(provider, journey.task) for provider, _, journey in journeys() if journey.ends == 'done'} == offered
    assert all(name == machine.NAME for name, machine in MACHINES.items())


def test_parameters_are_the_houses_and_fit_the_task() -> None:
    for machine in MACHINES.values():
        for task, names in machine.PARAMETERS.items():
            assert all(name == 'seed' or task in parameters.PARAMETERS[name].tasks for name in names)
            assert all(field.beside is None or field.beside in names for field in names.values())
        assert machine.PARAMETERS.keys() >= machine.ADAPTERS


@pytest.mark.parametrize(('provider', 'journey'), JOURNEYS)
def test_journey_ends_as_told(provider: str, journey: Journey) -> None:
    path = travelled(provider, journey)

    match path[-1].step:
        case Done():
            assert journey.ends == 'done'
            assert path[-1].accepted
        case Failed(failure=failure):
            assert journey.ends == failure.code
            assert failure.provider == provider
        case step:
            pytest.fail(f'not at its end: {step}')
    assert path[-1] == MACHINES[provider].advance(path[-1], None), 'the end is the end'


@pytest.mark.parametrize(('provider', 'journey'), JOURNEYS)
def test_the_program_may_end_at_any_step(provider: str, journey: Journey) -> None:
    machine = MACHINES[provider]
    whole = travelled(provider, journey)

    progress = through_json(whole[0])
    answers = iter(journey.replies)
    for expected in whole:
        assert progress == expected
        if isinstance(progress.step, Done | Failed):
            break
        answer: Reply | None = None
        if not isinstance(progress.step, Wait):
            answer = answered(provider, next(answers))
        progress = through_json(machine.advance(progress, answer))


@pytest.mark.parametrize(('provider', 'journey'), JOURNEYS)
def test_a_submit_is_never_sent_after_it_was_accepted(provider: str, journey: Journey) -> None:
    path = travelled(provider, journey)

    submits = [index for index, progress in enumerate(path) if is_submit(progress)]
    assert submits[0] == 0
    assert not any(progress.accepted for progress in path[: submits[-1] + 1])
    assert all(path[index].step == path[0].step for index in submits)


@pytest.mark.parametrize(('provider', 'journey'), JOURNEYS)
def test_what_has_a_handle_can_be_asked_again_at_no_cost(provider: str, journey: Journey) -> None:
    for progress in travelled(provider, journey):
        if progress.handle is None:
            continue
        again = MACHINES[provider].advance(msgspec.structs.replace(progress, step=Wait(seconds=0)), None)
        assert isinstance(again.step, Send)
        assert again.step.kind is SendKind.POLL
        assert again.step.request.method == 'GET'
        assert again.step.request.body is None


@pytest.mark.parametrize('name', MACHINES)
def test_only_what_is_set_is_sent(name: str) -> None:
    for task, names in MACHINES[name].PARAMETERS.items():
        everything = dict.fromkeys([*parameters.PARAMETERS, 'unknown'], 1)

        bare = sent(predict(name, task))
        full = sent(predict(name, task, parameters=everything))
        nulls = sent(predict(name, task, parameters=dict.fromkeys(everything)))

        assert bare == nulls
        assert 'null' not in msgspec.json.encode(full.body).decode()
        assert 'unknown' not in msgspec.json.encode(full.body).decode()
        added = leaves(full.body) - leaves(bare.body)
        assert len(added) == len({field.name for field in names.values()} - {'seed'})
        assert any(key == 'seed' for key, _ in leaves(bare.body)) == ('seed' in names)


@pytest.mark.parametrize('name', MACHINES)
def test_extra_wins_over_everything(name: str) -> None:
    for task in MACHINES[name].PARAMETERS:
        extra = {'guidance_scale': 9.5, 'seed': 'theirs', 'deep': {'er': [None]}}

        body = sent(predict(name, task, parameters={'guidance_scale': 3}, extra=extra)).body
        without = sent(predict(name, task, extra={'seed': None})).body

        assert {('guidance_scale', 9.5), ('seed', 'theirs'), ('er', None)} <= leaves(body)
        assert not any(key == 'seed' for key, _ in leaves(without))


@pytest.mark.parametrize('name', MACHINES)
@pytest.mark.parametrize('hostile', ['../../api/whoami-v2', 'a/../b', '/absolute', 'a//b', '..', ''])
def test_a_models_name_never_climbs_out_of_its_provider(name: str, hostile: str) -> None:
    mapping = ProviderMapping(provider=name, provider_id=hostile)
    for task in MACHINES[name].PARAMETERS:
        prediction = Prediction(task=task, model=hostile, mapping=mapping, prompt='x', seed=1)
        match MACHINES[name].begin(prediction).step:
            case Send(request=request):
                assert hostile == '' or '..' not in request.path
                assert '//' not in request.path
            case Failed(failure=failure):
                assert failure.code == 'not_supported'


@pytest.mark.parametrize('name', MACHINES)
def test_odd_names_and_prompts_are_carried_safely(name: str) -> None:
    odd = 'ow ner/na?me#\n\x1b%2e%2e-é\ud800'
    mapping = ProviderMapping(provider=name, provider_id=odd)
    for task in MACHINES[name].PARAMETERS:
        prediction = Prediction(task=task, model=odd, mapping=mapping, prompt='{"a": [/x] \U0001f5fc', seed=1)
        request = sent(prediction)
        assert request.path.isascii()
        assert request.path.isprintable()
        assert not set(' ?#') & set(request.path)


@pytest.mark.parametrize(('provider', 'journey'), JOURNEYS)
def test_no_reply_whatever_raises(provider: str, journey: Journey) -> None:
    junk = Junk(f'{provider} {journey.replies}')
    for start in travelled(provider, journey):
        for _ in range(30):
            progress = start
            for _ in range(4):
                answer = junk.reply()
                before, progress = progress, MACHINES[provider].advance(progress, answer)
                check(progress)
                check_cancelling(progress, answer)
                assert before.handle is None or progress.handle == before.handle
                assert progress.accepted or not before.accepted


@pytest.mark.parametrize(('provider', 'journey'), JOURNEYS)
def test_no_value_anywhere_in_a_reply_raises(provider: str, journey: Journey) -> None:
    """Every reply of the journey once more, with any value in the place of one that was sent."""
    dice = random.Random(f'{provider} {journey.replies}')
    for start, name in zip(sends(travelled(provider, journey)), journey.replies, strict=False):
        whole = answered(provider, name)
        if not words(whole):
            continue
        body = msgspec.json.decode(whole.body)
        for place in places(body):
            for value in dice.sample(STRANGE, 6):
                spoilt = json.dumps(with_value(body, place, value)).encode()
                answer = msgspec.structs.replace(whole, body=spoilt)
                progress = MACHINES[provider].advance(start, answer)
                check(progress)
                check_cancelling(progress, answer)
                assert progress.accepted or not start.accepted
                assert MACHINES[provider].advance(through_json(start), answer) == progress


@pytest.mark.parametrize(('provider', 'journey'), JOURNEYS)
def test_a_reply_cut_off_anywhere_is_told(provider: str, journey: Journey) -> None:
    path = travelled(provider, journey)
    for index, name in enumerate(journey.replies):
        whole = answered(provider, name)
        if isinstance(name, int) or whole.status >= 300:
            continue
        before = sends(path)[index]
        if whole.headers['content-type'] != 'application/json':
            continue
        for cut in range(0, len(whole.body) - 1, 7):
            progress = MACHINES[provider].advance(before, msgspec.structs.replace(whole, body=whole.body[:cut]))
            assert isinstance(progress.step, Failed)
            assert progress.step.failure.code == 'bad_reply'
            assert provider in progress.step.failure.message
            assert isinstance(before.step, Send)
            assert before.step.kind in progress.step.failure.message


def check_cancelling(progress: Progress, answer: Reply | None) -> None:
    request = cancel(progress)
    assert request is None or (progress.accepted and request.method != 'GET' and request.path.endswith('/cancel'))
    assert cancelled(progress, answer) in Cancellation


def is_submit(progress: Progress) -> bool:
    return isinstance(progress.step, Send) and progress.step.kind is SendKind.SUBMIT


def sends(path: list[Progress]) -> list[Progress]:
    return [progress for progress in path if isinstance(progress.step, Send | Fetch)]


def sent(prediction: Prediction) -> Request:
    step = MACHINES[prediction.mapping.provider].begin(prediction).step
    assert isinstance(step, Send)
    return step.request


def leaves(value: Any, key: str = '') -> set[tuple[str, Any]]:
    if isinstance(value, dict):
        return {leaf for name, item in value.items() for leaf in leaves(item, name)}
    if isinstance(value, list):
        return {leaf for item in value for leaf in leaves(item, key)}
    return {(key, value)}


Place = tuple[str | int, ...]


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where a value stands in a document, the whole of it included."""
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield from places(item, (*place, name))


def with_value(document: Any, place: Place, value: object) -> Any:
    if not place:
        return value
    name, *deeper = place
    changed = copy.copy(document)
    changed[name] = with_value(document[name], tuple(deeper), value)
    return changed


def words(recorded: Reply) -> set[str]:
    """Every name of a field in a reply."""
    if not recorded.headers.get('content-type', '').endswith('json'):
        return set()
    return set(re.findall(r'"(\w+)":', recorded.body.decode()))


def check(progress: Progress) -> None:
    """What holds for any progress, whatever was answered."""
    assert through_json(progress) == progress
    assert progress.log is None or clean(progress.log) == progress.log
    assert progress.fraction is None or 0 <= progress.fraction <= 1
    assert progress.queue_position is None or progress.queue_position >= 0
    assert progress.handle is None or re.fullmatch(r'[\w.~:-]+', progress.handle, re.ASCII)
    assert progress.facts.seed is None or 0 <= progress.facts.seed < 2**64
    assert progress.facts.inference_seconds is None or progress.facts.inference_seconds >= 0
    assert progress.facts.cost is None or progress.facts.cost >= 0
    assert progress.facts.request_id is None or clean(progress.facts.request_id) == progress.facts.request_id
    match progress.step:
        case Send(request=request):
            assert request.path.startswith('/')
            assert request.path.isascii()
            assert request.path.isprintable()
            assert not {'', '.', '..'} & set(request.path[1:].split('/'))
        case Wait(seconds=seconds):
            assert 1 <= seconds <= 60
        case Fetch(media=media):
            assert 0 < len(media) <= 64
            assert all(item.url is None or (item.url.isprintable() and ' ' not in item.url) for item in media)
            assert all(item.media_type is None or clean(item.media_type) == item.media_type for item in media)
            assert all((item.url or '').startswith(('http://', 'https://')) != bool(item.data) for item in media)
        case Failed(failure=failure):
            assert failure.message
            assert clean(failure.message) == failure.message
            assert len(failure.message) <= 500
            assert '\n' not in failure.message


class Junk:
    """Replies that nobody should send: the words of real ones with other values, cut, mixed and spoilt."""

    TEXTS = (
        *('', ' ', '..', '/', '//x', 'IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'starting', 'succeeded', 'failed'),
        *(
            'queued',
            'completed',
            'https://v3.fal.media/a.png',
            'http://[',
            'https://x/a b',
            'https://x/\x1b',
            'ftp://x',
            'data:,x',
        ),
        *('data:image/png;base64,iVBORw0KGgo=', 'data:image/png;base64,%', 'data:;base64,', 'iVBORw0KGgo='),
        *('https://queue.fal.run/fal-ai/x/requests/1', 'https://queue.fal.run/fal-ai/../x/requests/1', '\x1b]0;x\x07'),
        *(
            ' 40%|████      | 8/20 [00:03<00:05]',
            ' 0%| | 0/0 [',
            'x' * 10_000,
            '\u202eevil',
            'content_policy_violation',
        ),
    )

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        recorded = all_replies()
        self._bodies = [reply.body for reply in recorded]
        self._words = sorted({word for reply in recorded for word in words(reply)})

    def reply(self) -> Reply | None:
        if self._random.random() < 0.05:
            return None
        kinds = ['application/json', 'text/html', 'image/png', 'application/octet-stream', '', '\x00;=']
        headers = {'content-type': self._random.choice(kinds)}
        if self._random.random() < 0.3:
            names = ['x-request-id', 'retry-after', 'x-fal-error-type', 'x-compute-time']
            headers[self._random.choice(names)] = self._random.choice([*self.TEXTS, '1e999', 'nan', '12'])
        return Reply(status=self._random.choice(STATUSES), headers=headers, body=self._body())

    def _body(self) -> bytes:
        match self._random.randrange(6):
            case 0:
                return self._random.choice(self._bodies)[: self._random.randrange(400)]
            case 1:
                body = bytearray(self._random.choice(self._bodies) or b'x')
                for _ in range(self._random.randrange(1, 6)):
                    body[self._random.randrange(len(body))] = self._random.randrange(256)
                return bytes(body)
            case 2:
                return self._random.choice(
                    [
                        b'',
                        b'null',
                        b'[' * 9_000,
                        b'{"status":"\\ud83d',
                        b'\xff\xfe',
                        b'<html><title></title>',
                        b'"words"',
                    ]
                )
            case _:
                return msgspec.json.encode(self._value(0))

    def _value(self, depth: int) -> Any:
        kind = self._random.randrange(8 if depth < 4 else 5)
        if depth == 0 or kind == 7:
            return {self._random.choice(self._words): self._value(depth + 1) for _ in range(self._random.randrange(9))}
        if kind in (5, 6):
            return [self._value(depth + 1) for _ in range(self._random.randrange(4))]
        numbers = [0, -1, 2, 2**63, 2**64 - 1, 1.5, 1e300, -0.5]
        return [None, True, self._random.choice(numbers), *[self._random.choice(self.TEXTS)] * 2][kind]
