"""Following and collecting what other processes sent."""

from pathlib import Path

from hfmedia_tui.sandbox.addresses import Addresses
from tests.cli.conftest import run_with
from tests.cli.test_earlier import start, submits, until_accepted

IMAGE = 'black-forest-labs/FLUX.1-dev'


def test_jobs_of_another_process_are_followed_to_their_end(slow: dict[str, str]) -> None:
    run = run_with(slow)
    assert run('wait').code == 0, 'nothing goes on'
    with start(slow, 'generate', 'a fox', '--model', f'{IMAGE}:fal-ai', '--json') as process:
        job_id = until_accepted(process)
        late = run('wait', job_id, '--timeout', '0.1')
        assert late.code == 124, late
        assert 'goes on' in late.err
        followed = run('wait', '--json')
        process.communicate(timeout=30)
    assert followed.code == 0, followed
    assert [line['event'] for line in followed.lines if line['event'] != 'progress'] == ['running', 'succeeded']
    path = followed.lines[-1]['job']['outputs'][0]['path']
    again = run('wait', job_id)
    assert (again.code, again.out) == (0, f'{path}\n'), 'what has ended is told at once'


def test_collect_brings_home_what_was_sent_and_sends_nothing(slow: dict[str, str], slow_sandbox: Addresses) -> None:
    run = run_with(slow)
    before = submits(slow_sandbox)
    ask = ('generate', 'an owl', '--model', f'{IMAGE}:fal-ai', '-n', '2', '--concurrency', '1', '--json')
    with start(slow, *ask) as process:
        sent = until_accepted(process)
        process.kill()
    waiting = next(job['id'] for job in run('jobs', '--json').lines if job['id'] != sent)
    refused = run('collect', waiting)
    assert (refused.code, refused.out) == (1, '')
    assert 'nothing to collect' in refused.err
    left = run('wait', sent)
    assert left.code == 1
    assert 'resume' in left.err
    collected = run('collect', sent)
    assert collected.code == 0, collected
    assert Path(collected.out.strip()).is_file()
    assert run('collect', sent).out == collected.out, 'what is home already is told'
    assert submits(slow_sandbox) - before == 1
    assert run('collect').code == 0
    assert submits(slow_sandbox) - before == 1
