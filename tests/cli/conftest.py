"""The command line as its users run it: a process of its own."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from tests.cli import warm
from tests.houses import environment_for, sandbox_at

COMMAND = (sys.executable, '-m', 'hfmedia_tui')


class Ran(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output, where each line is a JSON object."""
        return [json.loads(line) for line in self.out.splitlines()]


class Run(Protocol):
    def __call__(self, *arguments: str, input: str | None = None, **environment: str) -> Ran: ...


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user who has nothing: no token, no home, no proxy."""
    kept = {
        name: os.environ[name]
        for name in ('PATH', 'LANG', 'SYSTEMROOT', 'COVERAGE_PROCESS_START')
        if name in os.environ
    }
    return {**kept, 'HFMEDIA_HOME': str(tmp_path / 'home'), 'HOME': str(tmp_path), 'HF_HOME': str(tmp_path / 'hf')}


@pytest.fixture
def online(environment: dict[str, str], sandbox: Addresses) -> dict[str, str]:
    """The same user with a token, at a Hub and router that are the session's sandbox, as if they were the real ones."""
    return {**environment, **environment_for(sandbox.hub, sandbox.router)}


def run_with(base: Mapping[str, str]) -> Run:
    def run(*arguments: str, input: str | None = None, **more: str) -> Ran:
        done = warm.run(arguments, {**base, **more}, input=input or '')
        assert 'Traceback' not in done.err, done.err
        return Ran(*done)

    return run


@pytest.fixture
def run_offline(environment: dict[str, str]) -> Run:
    return run_with(environment)


@pytest.fixture
def run_online(online: dict[str, str]) -> Run:
    return run_with(online)


@pytest.fixture(scope='session')
def slow_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A sandbox that takes its usual time, a few seconds for a picture: time to be cut off in."""
    with sandbox_at(tmp_path_factory.mktemp('slow'), pace=1) as addresses:
        yield addresses


@pytest.fixture
def slow(environment: dict[str, str], slow_sandbox: Addresses) -> dict[str, str]:
    return {**environment, **environment_for(slow_sandbox.hub, slow_sandbox.router)}
