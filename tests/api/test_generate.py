"""The studio for Python callers."""

import subprocess
import sys
from pathlib import Path

import pytest

import hfmedia_tui
from hfmedia_tui.domain import JobState
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.sandbox.addresses import Addresses

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


def test_the_package_is_light_until_it_is_asked() -> None:
    code = 'import sys, hfmedia_tui; print(sorted({"httpx", "asyncio", "msgspec"} & sys.modules.keys()))'
    told = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert told.stdout == '[]\n'
