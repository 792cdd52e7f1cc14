"""The interface in a real terminal: what goes on when the screen has ended."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from tests.cli.conftest import run_with
from tests.cli.screen import Screen, on_screen, states, until
from tests.cli.test_earlier import submits

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='terminals of POSIX')

IMAGE = 'black-forest-labs/FLUX.1-dev:fal-ai'
SYNCHRONOUS = 'black-forest-labs/FLUX.1-dev:hf-inference'
F3, F4, F5, DOWN = '\x1bOR', '\x1bOS', '\x1b[15~', '\x1b[B'
STUCK = 'sandbox/fails-stuck-in-queue:fal-ai'


@pytest.fixture
def studio(slow: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Screen]:
    """The interface, ready for a prompt to a model that was used before."""
    settings = Path(slow['HFMEDIA_HOME'], 'config', 'settings.toml')
    settings.parent.mkdir(parents=True)
    settings.write_text('[jobs]\ngrace_seconds = 0\ntotal = 1\n')
    run_with(slow)('generate', 'a first', '--model', request.param, '--timeout', '0.01')
    with on_screen(slow) as screen:
        screen.until_shown(request.param.partition(':')[0].rpartition('/')[2])
        yield screen


def write(screen: Screen, prompt: str) -> None:
    """Type a prompt and send it; with F5, as an Enter within 10 ms of a letter was pasted, and sends nothing."""
    screen.type(f'{prompt}{F5}')


def answer(screen: Screen, keys: str, heard: Callable[[], object]) -> None:
    """Answer a question that came by itself: it hears no key that was pressed before it could be read."""
    for _ in range(6):
        screen.type(keys)
        with suppress(AssertionError):
            return until(heard, patience=5)
    raise AssertionError(screen.shown[-9000:].decode(errors='replace'))


def ask(screen: Screen, environment: dict[str, str], *stages: str) -> None:
    """Generate, and return when the job has come so far."""
    write(screen, 'fox')
    until(lambda: states(environment)[-1] in [('running', stage) for stage in stages], lambda: states(environment))


def sound(environment: dict[str, str]) -> bool:
    log = Path(environment['HFMEDIA_HOME'], 'log', 'hfmedia-tui.log')
    return not log.exists() or 'Traceback' not in log.read_text()


@pytest.mark.parametrize(
    ('studio', 'stages'),
    [(IMAGE, ('queued', 'running')), (SYNCHRONOUS, ('submitting',))],
    indirect=['studio'],
)
def test_when_the_terminal_goes_what_runs_is_brought_home(
    slow: dict[str, str], slow_sandbox: Addresses, studio: Screen, stages: tuple[str, ...]
) -> None:
    before = submits(slow_sandbox)
    ask(studio, slow, *stages)
    studio.hang_up()
    assert studio.wait() == 129
    assert states(slow)[-1][0] == 'succeeded'
    assert submits(slow_sandbox) - before <= 1
    assert sound(slow)


def test_a_terminal_that_goes_without_a_word_is_noticed(environment: dict[str, str]) -> None:
    with on_screen(environment, deaf=True) as screen:
        screen.until_shown('Try the sandbox')
        screen.hang_up()
        assert screen.wait() == 129


@pytest.mark.parametrize('studio', [STUCK], indirect=True)
def test_after_a_hang_up_and_sigterm_it_leaves_at_once(
    slow: dict[str, str], slow_sandbox: Addresses, studio: Screen
) -> None:
    before = submits(slow_sandbox)
    ask(studio, slow, 'queued')
    studio.hang_up()
    until(lambda: dark(studio))
    studio.send(signal.SIGTERM)
    assert studio.wait() == 143
    assert states(slow)[-1] == ('running', 'queued')
    assert submits(slow_sandbox) - before == 1
    assert sound(slow)


@pytest.mark.parametrize('studio', [STUCK], indirect=True)
def test_sigterm_gives_the_terminal_back_and_a_second_one_leaves_at_once(slow: dict[str, str], studio: Screen) -> None:
    ask(studio, slow, 'queued')
    studio.send(signal.SIGTERM)
    studio.until_shown('A second signal ends it at once')
    assert studio.shown.rindex(b'\x1b[?1049l') < studio.shown.rindex(b'A second signal')
    studio.send(signal.SIGTERM)
    assert studio.wait() == 143
    assert b'`hfmedia-tui resume` collects' in studio.shown
    assert states(slow)[-1] == ('running', 'queued')
    assert sound(slow)


@pytest.mark.parametrize('studio', [IMAGE], indirect=True)
def test_what_is_left_running_is_collected_by_a_process_without_a_terminal(
    slow: dict[str, str], slow_sandbox: Addresses, studio: Screen
) -> None:
    """One job runs and one waits: only what was sent goes on."""
    before = submits(slow_sandbox)
    ask(studio, slow, 'queued', 'running')
    write(studio, 'owl')
    until(lambda: len(states(slow)) == 3)
    studio.type('\x11')  # ctrl+q
    studio.until_shown('Leave running')
    studio.type('\x1b[B')
    studio.type('\r')
    assert studio.wait() == 0
    assert b'In the background: 1 job' in studio.shown
    studio.hang_up()
    until(lambda: [state for state, _ in states(slow)[1:]] == ['succeeded', 'queued'], lambda: states(slow))
    assert submits(slow_sandbox) - before == 1
    assert sound(slow)


@pytest.mark.parametrize('studio', [IMAGE], indirect=True)
def test_after_a_kill_the_next_start_goes_on_where_the_user_was(
    slow: dict[str, str], slow_sandbox: Addresses, studio: Screen
) -> None:
    """One job runs, one waits, a prompt is half written and a filter is set: all is there again, and paid once."""
    before = submits(slow_sandbox)
    studio.type(f'{F4}P')
    studio.until_shown('Paused')
    studio.type(F3)
    write(studio, 'fox')
    until(lambda: len(states(slow)) == 2)
    write(studio, 'owl')
    until(lambda: len(states(slow)) == 3)
    studio.type('\x14')  # ctrl+t: what was sent stays in the prompt otherwise
    studio.type('half a prompt')
    data = Path(slow['HFMEDIA_HOME'], 'data')
    until(lambda: kept(data / 'draft.txt') == 'half a prompt')
    studio.type(F4)
    studio.type('/')
    studio.type('model:flux')
    until(lambda: '"filter":"model:flux"' in kept(data / 'session.json'))
    studio.type('\r')
    studio.type('P')
    until(lambda: states(slow)[1] in [('running', stage) for stage in ('queued', 'running')], lambda: states(slow))
    studio.send(signal.SIGKILL)
    studio.wait()

    with on_screen(slow) as again:
        again.until_shown('model:flux')
        again.until_shown('1 job of an earlier session')
        until(lambda: states(slow)[1][0] == 'succeeded', lambda: states(slow))
        assert submits(slow_sandbox) - before == 1
        answer(again, f'{DOWN}\r', lambda: states(slow)[2][1] != 'waiting')
        until(lambda: states(slow)[2][0] == 'succeeded', lambda: states(slow))
        again.type(F3)
        again.until_shown('half a prompt')
    assert submits(slow_sandbox) - before == 2
    assert sound(slow)


def kept(file: Path) -> str:
    return file.read_text() if file.exists() else ''


def dark(screen: Screen) -> bool:
    """Whether the process has let go of its terminal: nothing of it is open any more."""
    return Path(f'/proc/{screen.process.pid}/fd/1').resolve() == Path(os.devnull)
