from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfmedia_tui.domain import (
    Facts,
    Failure,
    FailureCode,
    Job,
    JobProgress,
    JobState,
    Model,
    Order,
    ProviderMapping,
    Stage,
    Task,
)
from hfmedia_tui.errors import UsageError
from hfmedia_tui.filters import JOBS, model_vocabulary, read_filter

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def job(**fields: object) -> Job:
    order = Order(
        id='abcd',
        task=Task.TEXT_TO_IMAGE,
        model='black-forest-labs/FLUX.1-dev',
        prompt='A red fox, 16:9',
        mappings=(),
        parameters={'width': 1024, 'guidance_scale': 3.5},
        created_at=NOW,
    )
    values: dict[str, object] = {'id': 'abcd-1', 'order': order, 'index': 0, 'seed': 42, 'created_at': NOW}
    return Job(**{**values, 'provider': 'fal-ai', 'state': JobState.FAILED, **fields})  # type: ignore[arg-type]


JOB = job(error=Failure(code=FailureCode.PROVIDER, message='Out of credit'))
MODEL = Model(
    id='black-forest-labs/FLUX.1-dev',
    task=Task.TEXT_TO_IMAGE,
    mappings=(
        ProviderMapping(provider='fal-ai', provider_id='x', task='text-to-image', adapter='lora'),
        ProviderMapping(provider='nscale', provider_id='x', task='text-to-image', status='error'),
    ),
    likes=1200,
    gated='auto',
    tags=('diffusers', 'license:apache-2.0'),
)


@pytest.mark.parametrize(
    ('fields', 'fitting'),
    [
        ({'state': JobState.QUEUED}, {'queued', 'waiting'}),
        ({'state': JobState.RUNNING, 'progress': JobProgress(stage=Stage.DOWNLOADING)}, {'running', 'downloading'}),
        ({'state': JobState.SUCCEEDED, 'progress': JobProgress(stage=Stage.SAVING)}, {'succeeded'}),
    ],
)
def test_a_job_is_found_by_the_word_that_its_row_says(fields: dict[str, object], fitting: set[str]) -> None:
    words = ('queued', 'waiting', 'running', 'downloading', 'saving', 'succeeded')
    assert {word for word in words if read_filter(f'state:{word}', JOBS).fits(job(**fields))} == fitting


@pytest.mark.parametrize(
    ('text', 'fits'),
    [
        ('', True),
        ('fox', True),
        ('FOX red', True),
        ('red bear', False),
        ('"red fox"', True),
        ('"fox red"', False),
        ('!bear', True),
        ('!fox', False),
        ('provider:fal-ai state:failed model:flux seed:42 "red fox" !nsfw', True),
        ('state:succeeded', False),
        ('state:succeeded,failed', True),
        ('!state:succeeded,failed', False),
        ('STATE:Fail', True),
        ('seed:41', False),
        ('seed:>41', True),
        ('seed:<=42', True),
        ('seed:41,42', True),
        ('width:1024', True),
        ('guidance_scale:>=3.5', True),
        ('height:1024', False),
        ('!height:1024', True),
        ('nsfw', False),
        ('is:nsfw', False),
        ('!is:nsfw', True),
        ('is:', True),
        ('provider:', True),
        ('error:"of credit"', True),
        ('"16:9"', True),
        ('16:9', True),
        ('"red fo', True),
        ('!', True),
        ('id:abcd', True),
    ],
)
def test_jobs(text: str, fits: bool) -> None:
    assert read_filter(text, JOBS).fits(JOB) is fits


def test_a_flag_is_asked_for_and_its_name_alone_is_a_word() -> None:
    flagged = job(facts=Facts(nsfw=(False, True)))
    assert read_filter('is:nsfw', JOBS).fits(flagged)
    assert not read_filter('!nsfw', JOBS).fits(flagged)
    assert not read_filter('nsfw', JOBS).fits(flagged)
    assert read_filter('!"nsfw"', JOBS).fits(flagged)


def test_a_seed_beyond_what_a_float_holds_is_told_from_its_neighbour() -> None:
    assert read_filter(f'seed:{2**63 + 1}', JOBS).fits(job(seed=2**63 + 1))
    assert not read_filter(f'seed:{2**63 + 1}', JOBS).fits(job(seed=2**63))


@pytest.mark.parametrize(
    ('text', 'fits'),
    [
        ('provider:fal', True),
        ('provider:nscale', False),
        ('likes:>1000 downloads:0', True),
        ('licence:apache', True),
        ('license:mit', False),
        ('is:gated is:lora', True),
        ('!lora', False),
        ('!gated', False),
        ('task:video', False),
        ('tag:diffusers', True),
        ('is:favourite', True),
        ('!flux', False),
    ],
)
def test_models(text: str, fits: bool) -> None:
    assert read_filter(text, model_vocabulary({MODEL.id}), ranked=True).fits(MODEL) is fits


def test_words_of_a_ranked_list_are_left_to_its_search() -> None:
    read = read_filter('flux provider:fal-ai "red fox" is:gated !dev', model_vocabulary(), ranked=True)
    assert read.words == ('flux', 'red fox')
    assert not read.fits(MODEL)


@pytest.mark.parametrize(
    ('text', 'said'), [('colour:red', "'colour'"), ('seed:many', "'many'"), ('seed:>', "'>'"), ('is:odd', "'odd'")]
)
def test_what_cannot_be_asked_is_told(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_filter(text, JOBS)
    assert said in refused.value.message
    assert refused.value.hint


@given(st.text(max_size=80))
def test_any_text_is_a_filter_or_a_clear_refusal(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(read_filter(text, JOBS).fits(JOB), bool)
