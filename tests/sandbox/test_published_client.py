"""The published client generates through the sandbox, for every provider and task that it knows."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import av
import httpx
import msgspec
import pytest
from huggingface_hub.inference._providers import PROVIDERS
from PIL import Image

from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.models import MODELS


def model_of(task: str, provider: str) -> str | None:
    """A model that the sandbox's catalogue has for both, and that does not fail on purpose."""
    return next(
        (
            model.id
            for model in MODELS.values()
            if model.task == task and model.fault is None and provider in (offer.provider for offer in model.offers)
        ),
        None,
    )


KNOWN = [
    (task, provider)
    for provider, tasks in PROVIDERS.items()
    for task in ('text-to-image', 'text-to-video')
    if task in tasks
]


class Client(NamedTuple):
    """The published client at work, and the file that it is to write."""

    process: subprocess.Popen[str]
    file: Path


SCRIPT = Path(__file__).with_name('published_client.mjs')
KNOWN_TO_JAVASCRIPT = [*KNOWN, ('text-to-image', 'deepinfra')]
"""`@huggingface/inference` 4.13 knows one more: its `lib/getProviderHelper.ts`."""


@pytest.fixture(scope='module')
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """`hfmedia-tui sandbox` as any other client finds it: at a port of its own, at its natural pace."""
    with sandbox_process(tmp_path_factory.mktemp('served')) as addresses:
        yield addresses


@contextmanager
def sandbox_process(home: Path) -> Iterator[Addresses]:
    with subprocess.Popen(
        [sys.executable, '-m', 'hfmedia_tui', 'sandbox'],
        env={**os.environ, 'HFMEDIA_HOME': str(home)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            addresses = msgspec.json.decode(process.stdout.readline(), type=Addresses)
            assert httpx.get(f'{addresses.hub}/api/models').status_code == 200
            yield addresses
        finally:
            process.terminate()


def test_the_sandbox_answers_within_five_seconds_of_a_processor(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with sandbox_process(tmp_path):
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert 0 < worked < 5, 'a busy machine stretches the time, and not the work'


@pytest.fixture(scope='module')
def clients(served: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Client]]:
    """Starts published clients, for every task and provider at once: most of their time is waiting."""
    home = tmp_path_factory.mktemp('clients')
    environment = {**os.environ, 'HF_ENDPOINT': served.hub, 'HF_TOKEN': 'hf_test', 'HF_HOME': str(home)}
    started = dict[tuple[str, str, str], Client]()

    def start(language: str, known: Sequence[tuple[str, str]], *command: str) -> None:
        for task, provider in known:
            model = model_of(task, provider)
            assert model is not None, 'the sandbox serves every task of every provider'
            file = home / f'{language}-{provider}-{task}'
            words = [*command, served.router, task, provider, model, str(file)]
            process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)
            started[language, task, provider] = Client(process, file)

    def client(language: str, task: str, provider: str) -> Client:
        if (language, task, provider) not in started:
            if language == 'python':
                start(language, KNOWN, sys.executable, '-m', 'tests.sandbox.published_client')
            else:
                start(language, KNOWN_TO_JAVASCRIPT, 'node', str(SCRIPT), served.hub)
        return started[language, task, provider]

    yield client
    for each in started.values():
        each.process.kill()
        each.process.communicate()


def check(client: Client, task: str) -> None:
    _, err = client.process.communicate(timeout=120)
    assert client.process.returncode == 0, err
    if task == 'text-to-image':
        with Image.open(client.file) as picture:
            picture.load()
            assert min(picture.size) >= 512
    else:
        with av.open(str(client.file)) as film:
            assert sum(1 for _ in film.decode(video=0)) > 10


@pytest.mark.parametrize(('task', 'provider'), KNOWN)
def test_the_published_client_generates(clients: Callable[..., Client], task: str, provider: str) -> None:
    client = clients('python', task, provider)
    check(client, task)
    if task == 'text-to-image':
        with Image.open(client.file) as picture:
            assert picture.size == (1024, 1280), 'the size that was asked for'


@pytest.mark.skipif('HFMEDIA_JS' not in os.environ, reason='HFMEDIA_JS names no folder with @huggingface/inference')
@pytest.mark.parametrize(('task', 'provider'), KNOWN_TO_JAVASCRIPT)
def test_the_published_javascript_client_generates(clients: Callable[..., Client], task: str, provider: str) -> None:
    check(clients('javascript', task, provider), task)
