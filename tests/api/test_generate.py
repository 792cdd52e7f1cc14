"""The studio for Python callers."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import hfmedia_tui
from hfmedia_tui.domain import JobState
from hfmedia_tui.errors import AppError, OverLimit, UsageError
from hfmedia_tui.sandbox.addresses import Addresses
from tests.engine.loopback import serving
from tests.engine.provider import Provider

IMAGE = 'black-forest-labs/FLUX.1-dev'


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: Addresses) -> None:
    """A user of the session's sandbox, as if it were the real Hub."""
    monkeypatch.setenv('HFMEDIA_HOME', str(tmp_path / 'home'))
    monkeypatch.setenv('HF_ENDPOINT', sandbox.hub)
    monkeypatch.setenv('HFMEDIA_ROUTER_URL', sandbox.router)
    monkeypatch.setenv('HF_TOKEN', 'hf_test')


async def test_events_until_all_have_ended(tmp_path: Path) -> None:
    events = [
        event
        async for event in hfmedia_tui.generate(
            'a fox', model=f'{IMAGE}:replicate', n=3, seed=5, aspect_ratio='16:9', output=tmp_path / 'here'
        )
    ]
    ended = {event.job.seed: event.job for event in events if event.event == 'succeeded'}
    assert sorted(ended) == [5, 6, 7]
    assert {Path(job.outputs[0].path).parent for job in ended.values()} == {tmp_path / 'here'}
    assert {(job.outputs[0].width, job.outputs[0].height) for job in ended.values()} == {(1024, 576)}
    for seed in ended:
        told = [event.event for event in events if event.job.seed == seed]
        assert (told[0], told[-1]) == ('queued', 'succeeded')
        assert told.count('running') == 1


async def test_alternatives_and_names() -> None:
    asking = hfmedia_tui.generate(
        'a {red|blue} fox', model=f'{IMAGE}:replicate', seed=5, template=True, name='{prompt} {seed}'
    )
    ended = [event.job async for event in asking if event.event == 'succeeded']
    names = sorted(Path(job.outputs[0].path).name.partition('-fox-5-')[0] for job in ended)
    assert names == ['a-blue', 'a-red']


async def test_no_more_than_the_settings_allow_unless_it_is_said(tmp_path: Path) -> None:
    settings = tmp_path / 'home/config/settings.toml'
    settings.parent.mkdir(parents=True)
    settings.write_text('[spend]\nper_run = 1\n', encoding='utf-8')
    with pytest.raises(OverLimit, match=r'spend\.per_run'):
        await anext(hfmedia_tui.generate('a fox', model=f'{IMAGE}:replicate', n=2))
    allowed = hfmedia_tui.generate('a fox', model=f'{IMAGE}:replicate', n=2, over_limit=True)
    assert [event.event for event in [event async for event in allowed]].count('succeeded') == 2


async def test_who_names_no_model_gets_a_picture() -> None:
    events = [event async for event in hfmedia_tui.generate('a fox')]
    assert [output.media_type.partition('/')[0] for output in events[-1].job.outputs] == ['image']


async def test_a_failure_is_an_event() -> None:
    events = [event async for event in hfmedia_tui.generate('a fox', model='sandbox/fails-retired')]
    assert events[-1].event == 'failed'
    assert events[-1].job.state is JobState.FAILED
    assert events[-1].job.error is not None


async def test_left_early_it_leaves_what_was_accepted() -> None:
    async for event in hfmedia_tui.generate('a fox', model='sandbox/fails-stuck-in-queue:wavespeed'):
        if event.job.progress.stage == 'queued':
            break
    again = [event async for event in hfmedia_tui.generate('an owl', model=f'{IMAGE}:replicate')]
    assert {event.job.order.prompt for event in again} == {'an owl'}


async def test_what_cannot_be_asked_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match='empty'):
        await anext(hfmedia_tui.generate(' ', model=IMAGE))
    monkeypatch.delenv('HF_TOKEN')
    monkeypatch.setenv('HF_HUB_DISABLE_IMPLICIT_TOKEN', '1')
    with pytest.raises(AppError, match='token'):
        await anext(hfmedia_tui.generate('a fox', model=IMAGE))


async def test_who_needs_no_token_is_asked_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('HF_TOKEN')
    monkeypatch.setenv('HF_HUB_DISABLE_IMPLICIT_TOKEN', '1')
    provider = Provider()
    with serving(provider) as hub:
        monkeypatch.setenv('HF_ENDPOINT', hub.url)
        monkeypatch.setenv('HFMEDIA_ROUTER_URL', hub.url)
        events = [event async for event in hfmedia_tui.generate('a fox', model='a/b:hf-free')]
    assert events[-1].event == 'succeeded'


@pytest.mark.parametrize(
    'wrong',
    [
        {'width': -1},
        {'height': 'wide'},
        {'num_inference_steps': 0},
        {'guidance_scale': float('nan')},
        {'negative_prompt': '\ud800'},
        {'extra': {'a': float('inf')}},
        {'extra': {'a': object()}},
        {'seed': -1},
        {'n': 0},
    ],
)
async def test_what_is_wrong_everywhere_is_refused_here_too(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        await anext(hfmedia_tui.generate('a fox', model=f'{IMAGE}:replicate', **wrong))


def test_the_example_of_the_readme_runs_as_it_stands(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / 'README.md').read_text(encoding='utf-8')
    _, _, behind = readme.partition('```python\n')
    example, _, _ = behind.partition('```')
    ran = subprocess.run([sys.executable, '-c', example], capture_output=True, text=True, timeout=120, check=True)
    ended = [line.split(' ') for line in ran.stdout.splitlines() if line.startswith('succeeded')]
    assert len(ended) == 4
    assert all(Path(path).is_relative_to(tmp_path / 'home') and Path(path).is_file() for _, _, path in ended)


def test_the_package_is_light_until_it_is_asked() -> None:
    code = 'import sys, hfmedia_tui; print(sorted({"httpx", "asyncio", "msgspec"} & sys.modules.keys()))'
    told = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert told.stdout == '[]\n'
