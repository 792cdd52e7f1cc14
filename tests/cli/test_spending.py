"""What is spent stays below what the user allows."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

IMAGE = 'black-forest-labs/FLUX.1-dev'
ASK = ('generate', 'a fox', '--model', f'{IMAGE}:replicate', '--json')


def allow(home: Path, settings: str) -> None:
    file = home / 'home' / 'config' / 'settings.toml'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'[spend]\n{settings}\n', encoding='utf-8')


def test_more_than_one_run_may_spend_is_refused_unless_it_is_said(run_online: Run, tmp_path: Path) -> None:
    allow(tmp_path, 'per_run = 1')
    refused = run_online(*ASK, '-n', '2')
    assert (refused.code, refused.out) == (3, '')
    assert 'spend.per_run allows 1' in refused.err
    assert '--over-limit' in refused.err
    assert run_online('jobs').out == ''
    assert run_online(*ASK).code == 0
    assert run_online(*ASK, '-n', '2', '--over-limit').code == 0


def test_a_day_counts_what_was_accepted_and_not_what_was_refused(run_online: Run, tmp_path: Path) -> None:
    allow(tmp_path, 'per_day = 2')
    assert run_online(*ASK).code == 0
    assert run_online('generate', 'a fox', '--model', 'sandbox/fails-out-of-credit', '--json').code == 1
    second = run_online(*ASK)
    assert second.code == 0, second.err
    (job,) = [line['job'] for line in second.lines if line['event'] == 'succeeded']
    assert job['cost'] is None, 'unknown is no amount'
    refused = run_online(*ASK)
    assert (refused.code, refused.out) == (3, '')
    assert 'sent today or waiting: 2' in refused.err
    again = run_online('again', job['id'])
    assert again.code == 3
    assert run_online('retry', '--failed').code == 3
    assert run_online('generate', 'a fox', '--model', IMAGE, '--sandbox').code == 0, 'the sandbox is free'
    assert run_online('again', job['id'], '--over-limit').code == 0


def test_what_is_paid_for_is_collected_past_any_ceiling(run_online: Run, tmp_path: Path) -> None:
    allow(tmp_path, 'per_day = 1')
    assert run_online(*ASK).code == 0
    cut_off = run_online('generate', 'a fox', '--model', 'sandbox/fails-cut-off', '--over-limit', '--json')
    (job,) = [line['job'] for line in cut_off.lines if line['event'] == 'failed']
    tried = run_online('retry', job['id'], '--json')
    assert tried.code != 3, tried.err
    assert {'queued', 'running'} & {line['event'] for line in tried.lines}


@pytest.mark.parametrize(('answer', 'jobs'), [('n', 0), ('y', 2)])
def test_line_by_line_a_ceiling_is_asked_about(run_online: Run, tmp_path: Path, answer: str, jobs: int) -> None:
    allow(tmp_path, 'per_run = 1')
    ran = run_online('--linear', input='\n'.join(['a fox', IMAGE, '2', 'y', answer, '', '']))
    assert ran.code == 0, ran
    assert 'spend.per_run allows 1 at once. Send it all the same? [y/N]:' in ran.out
    assert len(run_online('jobs', '--json').lines) == jobs
