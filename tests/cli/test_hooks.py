"""The user's own command hears of each job that has ended."""

import json
import sys
from pathlib import Path

from tests.cli.conftest import Run

IMAGE = 'black-forest-labs/FLUX.1-dev'
ASK = ('generate', 'a fox', '--model', f'{IMAGE}:replicate', '-n', '2')


def hook(home: Path, command: str) -> None:
    file = home / 'home' / 'config' / 'settings.toml'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'[hooks]\nfinished = {json.dumps(command)}\n', encoding='utf-8')


def test_a_command_is_told_of_each_job_and_of_no_secret(run_online: Run, tmp_path: Path) -> None:
    script = tmp_path / 'a hook.py'
    script.write_text(
        'import json, os, pathlib, sys\n'
        'told = {"job": json.load(sys.stdin), "environment": dict(os.environ), "words": sys.argv[1:]}\n'
        f'pathlib.Path({str(tmp_path)!r}, told["job"]["id"]).write_text(json.dumps(told))\n'
    )
    hook(tmp_path, f'{sys.executable} "{script}" "$HOME; echo x"')
    ran = run_online(*ASK, '--json', FAL_KEY='fal_s3cret')
    assert ran.code == 0, ran.err
    ended = {line['job']['id']: line['job'] for line in ran.lines if line['event'] == 'succeeded'}
    assert len(ended) == 2
    for job_id, job in ended.items():
        told = json.loads((tmp_path / job_id).read_text())
        assert told['job']['outputs'] == job['outputs']
        assert told['job']['state'] == 'succeeded'
        assert told['words'] == ['$HOME; echo x'], 'no shell reads it'
        assert not {'HF_TOKEN', 'FAL_KEY'} & told['environment'].keys()
        assert 'HFMEDIA_HOME' in told['environment']


def test_a_command_that_fails_is_said_and_costs_nothing(run_online: Run, tmp_path: Path) -> None:
    for command, said in (
        (f'{sys.executable} -c "raise SystemExit(7)"', 'ended with 7'),
        ('/no/such/command', 'No such file'),
        ('"', 'No closing quotation'),
    ):
        hook(tmp_path, command)
        ran = run_online(*ASK)
        assert ran.code == 0, ran.err
        assert ran.err.count(said) == 2, ran.err
        assert all(Path(path).is_file() for path in ran.out.splitlines())
