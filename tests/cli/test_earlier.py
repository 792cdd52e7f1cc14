"""Jobs outlive the process that asked for them, and no process takes another's."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from hfmedia_tui.domain import Job, Progress, Request, Send, SendKind
from hfmedia_tui.paths import find_paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.services import Ask, open_services
from tests.cli.conftest import COMMAND, Run, run_with
from tests.engine.loopback import serving
from tests.engine.provider import Provider

IMAGE = 'black-forest-labs/FLUX.1-dev'


def submits(addresses: Addresses) -> int:
    return int(httpx.get(f'{addresses.hub}/sandbox/submits').json()['total'])


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def until_accepted(process: subprocess.Popen[str]) -> str:
    """Read events until a provider has accepted a job, and return its id."""
    assert process.stdout is not None
    for line in process.stdout:
        job = json.loads(line)['job']
        if job['progress']['stage'] in ('queued', 'running') and job['state'] == 'running':
            return str(job['id'])
    raise AssertionError('no job was accepted')


@pytest.mark.skipif(sys.platform == 'win32', reason='signals of POSIX')
def test_ctrl_c_cancels_what_was_not_sent_and_leaves_the_rest_to_resume(
    slow: dict[str, str], slow_sandbox: Addresses
) -> None:
    before = submits(slow_sandbox)
    arguments = ('generate', 'a fox', '--model', f'{IMAGE}:fal-ai', '-n', '3', '--concurrency', '1', '--json')
    with start(slow, *arguments) as process:
        job_id = until_accepted(process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert job_id in err
    assert 'resume' in err
    run = run_with(slow)
    assert [job['state'] for job in run('jobs', '--json').lines] == ['running', 'cancelled', 'cancelled']
    resumed = run('resume', '--json')
    assert resumed.code == 0, resumed
    assert resumed.lines[-1]['event'] == 'succeeded'
    assert resumed.lines[-1]['job']['id'] == job_id
    assert submits(slow_sandbox) - before == 1
    assert run('resume').code == 0


def test_a_killed_process_loses_nothing(slow: dict[str, str], slow_sandbox: Addresses) -> None:
    before = submits(slow_sandbox)
    with start(slow, 'generate', 'an owl', '--model', f'{IMAGE}:fal-ai', '--json') as process:
        job_id = until_accepted(process)
        process.kill()
    left = run_with(slow)('jobs').out
    assert f'{job_id} ' in left
    assert 'left running at fal-ai' in left
    resumed = run_with(slow)('resume', '--json')
    assert resumed.code == 0, resumed
    assert resumed.lines[-1]['job']['id'] == job_id
    assert Path(resumed.lines[-1]['job']['outputs'][0]['path']).is_file()
    assert submits(slow_sandbox) - before == 1


async def test_two_that_resume_at_once_send_nothing_again(
    online: dict[str, str], sandbox: Addresses, run_online: Run
) -> None:
    paths = find_paths(online)
    async with open_services(paths, environment=online) as house:
        order = await house.order(Ask(model=IMAGE, prompt='a fox', provider='fal-ai', count=4))
        send = Send(request=Request(method='POST', path='/x', body={}), kind=SendKind.SUBMIT)
        jobs = [Job(id=f'{order.id}-{n}', order=order, index=n, seed=n, created_at=order.created_at) for n in range(4)]
        await house.ledger.add(order, jobs)
        for job in jobs:
            await house.ledger.save_attempt(job, 0, order.mappings[0], Progress(provider='fal-ai', step=send))
    before = submits(sandbox)
    both = [start(online, 'resume', '--json') for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
    assert submits(sandbox) == before
    assert [job['state'] for job in run_online('jobs', '--json').lines] == ['interrupted'] * 4


def test_a_running_job_is_left_to_its_process_and_cancelled_through_it(slow: dict[str, str]) -> None:
    run = run_with(slow)
    with start(slow, 'generate', 'an elk', '--model', 'sandbox/fails-stuck-in-queue:fal-ai', '--json') as process:
        job_id = until_accepted(process)
        resumed = run('resume', '--json')
        assert (resumed.code, resumed.out) == (0, '')
        assert run('retry', job_id).code == 1
        assert run('cancel', job_id).code == 0
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert json.loads(out.splitlines()[-1])['event'] == 'cancelled'
    for told in (err, run('jobs').out):
        assert "Removed from fal-ai's queue before it ran." in told, 'what cancelling did'
    assert run('cancel', job_id).code == 1


async def test_who_has_only_a_key_of_their_own_can_resume_too(environment: dict[str, str]) -> None:
    provider = Provider()
    with serving(provider) as hub:
        own = {**environment, 'HF_ENDPOINT': hub.url, 'HFMEDIA_ROUTER_URL': hub.url, 'FAL_KEY': 'fal_secret_key'}
        async with open_services(find_paths(own), environment={**own, 'HF_HUB_DISABLE_IMPLICIT_TOKEN': '1'}) as house:
            order = await house.order(Ask(model='a/b', prompt='a fox', provider='hf-free'))
            await house.ledger.add(order, [Job(id='left-1', order=order, index=0, seed=1, created_at=order.created_at)])
        resumed = run_with(own)('resume', '--json')
    assert resumed.code == 0, resumed
    assert resumed.lines[-1]['event'] == 'succeeded'


def test_jobs_of_the_sandbox_are_collected_by_a_sandbox_of_its_own(
    environment: dict[str, str], run_offline: Run
) -> None:
    with start(environment, 'generate', 'a bay', '--model', f'{IMAGE}:fal-ai', '--sandbox', '--json') as process:
        job_id = until_accepted(process)
        process.kill()
    resumed = run_offline('resume', '--json')
    assert resumed.code == 0, resumed
    assert resumed.lines[-1]['event'] == 'succeeded'
    assert resumed.lines[-1]['job']['id'] == job_id


def test_retrying_all_that_failed(run_online: Run) -> None:
    assert run_online('retry', '--failed').code == 0
    run_online('generate', 'a fox', '--model', 'sandbox/fails-moderated:replicate')
    again = run_online('retry', '--failed', '--json')
    assert again.code == 1
    assert len(again.lines[-1]['job']['attempts']) == 2


@pytest.mark.skipif(sys.platform == 'win32', reason='signals of POSIX')
def test_ctrl_c_is_heard_while_the_hub_is_silent(environment: dict[str, str]) -> None:
    with socket.create_server(('127.0.0.1', 0)) as hub:
        url = f'http://127.0.0.1:{hub.getsockname()[1]}'
        silent = {**environment, 'HF_TOKEN': 'hf_test', 'HF_ENDPOINT': url, 'HFMEDIA_ROUTER_URL': url}
        with start(silent, 'generate', 'a fox', '--model', IMAGE) as process:
            connection, _ = hub.accept()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=15)
            connection.close()
    assert process.returncode == 130
    assert run_with(environment)('jobs').out == ''


def test_resume_without_a_token_tells_of_what_it_leaves(environment: dict[str, str], slow: dict[str, str]) -> None:
    with start(slow, 'generate', 'an owl', '--model', f'{IMAGE}:fal-ai', '--json') as process:
        job_id = until_accepted(process)
        process.kill()
    resumed = run_with(environment)('resume')
    assert resumed.code == 0
    assert job_id in resumed.err
    assert 'hf auth login' in resumed.err
