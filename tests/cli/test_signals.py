"""What ends a run: Ctrl+C, SIGTERM, and a terminal that goes."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from tests.cli.conftest import run_with
from tests.cli.test_earlier import IMAGE, start, submits, until_accepted

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='signals of POSIX')

STUCK = 'sandbox/fails-stuck-in-queue:fal-ai'


def states(environment: dict[str, str]) -> list[str]:
    return [job['state'] for job in run_with(environment)('jobs', '--json').lines]


@pytest.mark.parametrize(('number', 'code'), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_being_asked_to_end_leaves_what_runs_and_cancels_the_rest(
    slow: dict[str, str], slow_sandbox: Addresses, number: signal.Signals, code: int
) -> None:
    before = submits(slow_sandbox)
    with start(slow, 'generate', 'a fox', '--model', STUCK, '-n', '2', '--concurrency', '1', '--json') as process:
        job_id = until_accepted(process)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert f'`hfmedia-tui resume` collects {job_id}.' in err
    assert 'Traceback' not in err
    assert states(slow) == ['running', 'cancelled']
    assert submits(slow_sandbox) - before == 1, 'and the provider was asked nothing more'


def test_asked_twice_it_ends_at_once(slow: dict[str, str]) -> None:
    with start(slow, 'generate', 'a fox', '--model', STUCK, '--json') as process:
        until_accepted(process)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert 'Traceback' not in err
    assert states(slow) == ['running']


def test_a_terminal_that_goes_does_not_stop_a_run(slow: dict[str, str]) -> None:
    """As over SSH: the shell that leads the session tells of it too."""
    master, slave = pty.openpty()
    line = f'{sys.executable} -m hfmedia_tui generate "a fox" --model {IMAGE}:fal-ai -n 2; :'
    heard = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # what is ignored here, as under nohup, a shell ignores too
    shell = subprocess.Popen(
        ['bash', '-c', f'exec 0<>{os.ttyname(slave)} 1>&0 2>&0; {line}'], env=slow, start_new_session=True
    )
    signal.signal(signal.SIGHUP, heard)
    seen = b''
    while b'queued at fal-ai' not in seen and b'running at fal-ai' not in seen:
        seen += os.read(master, 4096)
    os.close(slave)  # not before the shell has it open: until then the terminal would be gone
    os.close(master)
    assert shell.wait(timeout=10) != 0
    deadline = time.monotonic() + 60
    while states(slow) != ['succeeded'] * 2:
        assert time.monotonic() < deadline, states(slow)
    assert 'Traceback' not in Path(slow['HFMEDIA_HOME'], 'log', 'hfmedia-tui.log').read_text()


def test_under_ssh_without_a_terminal_a_hang_up_is_nothing(slow: dict[str, str]) -> None:
    with start(slow, 'generate', 'a fox', '--model', f'{IMAGE}:fal-ai', '--json') as process:
        until_accepted(process)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert states(slow) == ['succeeded']
