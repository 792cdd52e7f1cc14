"""Whatever a Hub or a provider answers, its reader says what it is or raises its own error, in harmless words.

What a machine makes of a reply is tested further in tests/providers, with the words of real ones.
"""

import json
from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfmedia_tui.catalog.hub import read_one, read_page
from hfmedia_tui.domain import (
    Fetch,
    Model,
    Prediction,
    Progress,
    ProviderMapping,
    Reply,
    Send,
    Wait,
    clean,
    harmless,
    masked,
)
from hfmedia_tui.errors import HubError
from hfmedia_tui.pauses import asked_pause
from hfmedia_tui.providers import MACHINES, cancel, cancelled
from hfmedia_tui.services import account_name
from hfmedia_tui.widgets.plain import one_line
from tests.hostile.feeding import json_bytes, json_values, words

STATUSES = st.sampled_from([200, 201, 204, 304, 307, 400, 401, 402, 404, 410, 422, 429, 500, 503, 524, 999])
HEADERS = st.dictionaries(
    st.sampled_from(
        ['link', 'etag', 'retry-after', 'ratelimit', 'x-request-id', 'x-fal-error-type', 'content-type', 'location']
    ),
    st.one_of(
        words.map(one_line),
        st.sampled_from(['1e999', '-1', 'nan', '"api";r=0;t=99999999999999999999', '<x>; rel="next"']),
    ),
)
HUB = (
    'id',
    'pipeline_tag',
    'gated',
    'tags',
    'likes',
    'downloads',
    'inferenceProviderMapping',
    'provider',
    'providerId',
)
OFFER = ('provider', 'providerId', 'status', 'task', 'adapter', 'adapterWeightsPath', 'name', 'error', 'type')


def check_shown(*texts: object) -> None:
    """A name or a sentence that is shown: one line, harmless, and not endless."""
    for text in texts:
        if isinstance(text, str):
            assert harmless(text) == text
            assert '\n' not in text
            assert len(text) <= 600
            text.encode()


def check_model(model: Model) -> None:
    check_shown(model.id, model.gated, *model.tags)
    assert model.likes >= 0
    for mapping in model.mappings:
        check_shown(mapping.provider, mapping.provider_id, mapping.status, mapping.task, mapping.adapter)
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(model)), Model) == model, 'the list is kept as JSON'


@given(status=STATUSES, headers=HEADERS, body=json_bytes(*HUB, *OFFER))
def test_the_hub(status: int, headers: dict[str, str], body: bytes) -> None:
    reply = Reply(status=status, headers=headers, body=body)
    readings: tuple[Callable[[], tuple[Model, ...]], ...] = (
        lambda: read_page(reply, 'key').models,
        lambda: read_one(reply, 'a/b'),
    )
    for read in readings:
        try:
            models = read()
        except HubError as error:
            check_shown(error.message, error.hint)
        else:
            for model in models:
                check_model(model)
    check_shown(account_name(reply))
    pause = asked_pause(reply)
    assert pause is None or pause >= 0


@given(entry=st.fixed_dictionaries({'id': words, 'inferenceProviderMapping': json_values(*OFFER)}))
def test_a_listing_of_hostile_models(entry: dict[str, object]) -> None:
    body = json.dumps([entry]).encode()
    with suppress(HubError):  # Infinity is no JSON
        for model in read_page(Reply(status=200, body=body), 'key').models:
            check_model(model)


@pytest.mark.parametrize('name', MACHINES)
@given(
    text=words,
    adapter=st.none() | words,
    film=st.booleans(),
    status=STATUSES,
    headers=HEADERS,
    body=json_bytes(
        *(
            'status',
            'error',
            'detail',
            'message',
            'logs',
            'images',
            'video',
            'url',
            'output',
            'data',
            'b64_json',
            'urls',
        ),
        *(
            'request_id',
            'response_url',
            'id',
            'get',
            'metrics',
            'queue_position',
            'task',
            'choices',
            'seed',
            'loc',
            'msg',
        ),
    ),
)
def test_a_provider(
    name: str, *, text: str, adapter: str | None, film: bool, status: int, headers: dict[str, str], body: bytes
) -> None:
    machine = MACHINES[name]
    task = sorted(machine.PARAMETERS)[-1 if film else 0]
    mapping = ProviderMapping(provider=name, provider_id=text, task=text, adapter=adapter)
    progress = machine.begin(Prediction(task=task, model=text, mapping=mapping, prompt=text, seed=1))
    reply = Reply(status=status, headers=headers, body=body)
    for _ in range(3):
        if isinstance(progress.step, Send) or not isinstance(progress.step, Wait | Fetch):
            progress = machine.advance(progress, reply)
        elif isinstance(progress.step, Wait):
            progress = machine.advance(progress, None)
        else:
            progress = machine.advance(progress, Reply(status=status))
        check_progress(progress)
        assert cancel(progress) is None or progress.accepted
        cancelled(progress, reply)


def check_progress(progress: Progress) -> None:
    failure = getattr(progress.step, 'failure', None)
    if failure is not None:
        check_shown(failure.message)
        assert masked(failure.message) == failure.message
    check_shown(progress.log, progress.handle, progress.facts.request_id)
    assert msgspec.convert(msgspec.to_builtins(progress), Progress) == progress


@given(text=st.text(), limit=st.integers(1, 50))
def test_cleaning(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert clean(cleaned, limit) == cleaned
    assert len(cleaned) <= limit
    assert harmless(cleaned) == cleaned
    cleaned.encode()
    assert set(harmless(text)) <= set(text)
    assert masked(masked(text)) == masked(text)
