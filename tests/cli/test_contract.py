"""What scripts rely on: streams, fields, exit codes."""

import json
import re
import socket
from pathlib import Path

import pytest
from PIL import Image

from hfmedia_tui import __version__
from tests.cli.conftest import Run, run_with
from tests.engine.loopback import Answer, Asked, serving
from tests.houses import environment_for

IMAGE = 'black-forest-labs/FLUX.1-dev'
JOB_FIELDS = [
    'id', 'state', 'task', 'model', 'provider', 'prompt', 'parameters', 'seed', 'attempts', 'progress', 'outputs',
    'error', 'cost', 'created_at', 'elapsed',
]  # fmt: skip
MODEL_FIELDS = ['id', 'task', 'providers', 'likes', 'downloads', 'gated', 'tags']


def test_four_pictures_from_the_sandbox(run_offline: Run) -> None:
    ran = run_offline('generate', 'a lighthouse in a storm', '--model', IMAGE, '-n', '4', '--sandbox', '--json')
    assert ran.code == 0, ran.err
    events = ran.lines
    ended = [event['job'] for event in events if event['event'] == 'succeeded']
    assert len(ended) == 4
    assert {event['event'] for event in events} <= {'queued', 'running', 'progress', 'succeeded'}
    for event in events:
        assert list(event) == ['event', 'job']
        assert list(event['job']) == JOB_FIELDS
    files = [Path(job['outputs'][0]['path']) for job in ended]
    assert len({file.read_bytes() for file in files}) == 4
    for file in files:
        with Image.open(file) as picture:
            picture.load()
    assert len({job['seed'] for job in ended}) == 4
    for job in ended:
        assert job['error'] is None
        assert job['attempts'] == [{'provider': job['provider'], 'status': 200, 'error': None}]
        assert list(job['progress']) == ['stage', 'queue_position', 'fraction', 'bytes']
        assert list(job['outputs'][0]) == ['path', 'media_type', 'width', 'height', 'duration', 'size', 'sha256']
    for job_id in (job['id'] for job in ended):
        told = [event['event'] for event in events if event['job']['id'] == job_id]
        assert told[0] == 'queued'
        assert told[1] == 'running'
        assert told.count('succeeded') == 1


def test_braces_are_alternatives_only_where_that_is_asked_for(run_online: Run, tmp_path: Path) -> None:
    wildcards = tmp_path / 'home' / 'config' / 'wildcards'
    wildcards.mkdir(parents=True)
    (wildcards / 'animal.txt').write_text('fox\nowl\n')
    ask = ('generate', 'a {red|blue} __animal__', '--model', f'{IMAGE}:fal-ai', '--json')
    for more, prompts in (
        ((), ['a {red|blue} __animal__']),
        (('--template',), ['a red fox', 'a red owl', 'a blue fox', 'a blue owl']),
    ):
        ran = run_online(*ask, *more)
        assert ran.code == 0, ran.err
        jobs = {line['job']['id']: line['job']['prompt'] for line in ran.lines}
        assert sorted(jobs.values()) == sorted(prompts)
    assert run_online('generate', 'a __beast__', '--template', '--model', IMAGE).code == 2


def test_a_film_from_the_sandbox(run_offline: Run) -> None:
    ran = run_offline('generate', 'waves', '--model', 'Wan-AI/Wan2.2-TI2V-5B', '--sandbox', '--json')
    assert ran.code == 0, ran.err
    output = ran.lines[-1]['job']['outputs'][0]
    assert output['media_type'] == 'video/mp4'
    assert output['duration'] > 1


def test_without_json_the_paths_are_the_output(run_online: Run) -> None:
    ran = run_online('generate', '-', '--model', f'{IMAGE}:replicate', '-n', '2', '--seed', '5', input='a fox\n')
    assert ran.code == 0, ran.err
    paths = ran.out.splitlines()
    assert len(paths) == 2
    assert all(Path(path).is_file() for path in paths)


def test_parameters_arrive_and_are_recorded(run_online: Run, tmp_path: Path) -> None:
    ran = run_online(
        'generate', 'a fox', '--model', f'{IMAGE}:replicate', '--aspect-ratio', '16:9', '--steps', '7',
        '--guidance-scale', '2.5', '--negative-prompt', 'rain', '--seed', str(2**53 + 1), '--json',
        '--output', str(tmp_path / 'here'), '--bill-to', 'org', '--timeout', '60', '--concurrency', '2',
    )  # fmt: skip
    assert ran.code == 0, ran.err
    job = ran.lines[-1]['job']
    assert job['parameters'] == {
        'width': 1024, 'height': 576, 'num_inference_steps': 7, 'guidance_scale': 2.5, 'negative_prompt': 'rain',
    }  # fmt: skip
    assert job['seed'] == 2**53 + 1
    output = job['outputs'][0]
    assert Path(output['path']).parent == tmp_path / 'here'
    assert (output['width'], output['height']) == (1024, 576)


def test_the_model_used_last_is_the_usual_one(run_online: Run) -> None:
    first = run_online('generate', 'a fox', '--model', f'{IMAGE}:replicate')
    assert first.code == 0
    again = run_online('generate', 'a fox', '--json')
    assert IMAGE in again.err
    assert again.lines[-1]['job']['model'] == IMAGE


def test_a_failure_is_told_with_its_reason(run_online: Run) -> None:
    ran = run_online('generate', 'a fox', '--model', 'sandbox/fails-out-of-credit', '--json')
    assert ran.code == 1
    job = ran.lines[-1]['job']
    assert job['state'] == 'failed'
    assert job['error']['code'] == 'out_of_credit'
    assert job['error']['status'] == 402
    assert 'billing' in job['error']['hint']
    assert len(job['attempts']) == len({attempt['provider'] for attempt in job['attempts']}) > 1
    assert all(attempt['status'] == 402 for attempt in job['attempts'])
    alone = run_online('generate', 'a fox', '--model', 'sandbox/fails-out-of-credit', '--no-fallback', '--json')
    assert len(alone.lines[-1]['job']['attempts']) == 1


def test_what_the_provider_says_meanwhile_is_told(run_online: Run) -> None:
    cold = run_online('generate', 'a fox', '--model', 'sandbox/wakes-up-cold:hf-inference')
    assert cold.code == 0
    assert 'is currently loading' in cold.err


def test_what_came_otherwise_than_it_was_asked_for_is_told(run_online: Run) -> None:
    small = run_online('generate', 'a fox', '--model', f'{IMAGE}:fal-ai', '--width', '512')
    assert small.code == 0
    assert 'fal-ai takes width only together with height' in small.err
    assert 'A width of 512 was asked for, and 1024x1024 came.' in small.err
    seeded = run_online('generate', 'a fox', '--model', f'{IMAGE}:fal-ai', '--seed', '4', '--extra', '{"seed": 5}')
    assert 'fal-ai used seed 5.' in seeded.err
    flagged = run_online('generate', 'a fox', '--model', 'sandbox/fails-flagged-black:fal-ai', '--json')
    assert flagged.code == 0
    assert 'fal-ai flagged this as not safe for work.' in flagged.err


def test_a_provider_that_is_spoken_for_another_task_is_not_supported(environment: dict[str, str]) -> None:
    def answer(asked: Asked) -> Answer:
        offers = [{'provider': 'novita', 'providerId': 'x', 'status': 'live', 'task': 'text-to-image'}]
        model = {'id': 'owner/name', 'pipeline_tag': 'text-to-image', 'inferenceProviderMapping': offers}
        return Answer(body=json.dumps([model] if asked.path.startswith('/api/models?') else model).encode())

    with serving(answer) as hub:
        run = run_with({**environment, **environment_for(hub.url)})
        assert run('models').out == 'text-to-image  owner/name\n  novita  not supported\n'
        ran = run('generate', 'a fox', '--model', 'owner/name', '--json')
    assert ran.code == 1
    assert ran.lines[-1]['job']['error']['code'] == 'no_provider'


def test_a_model_that_nobody_we_speak_serves(run_online: Run) -> None:
    ran = run_online('generate', 'a fox', '--model', 'sandbox/fails-unknown-provider', '--json')
    assert ran.code == 1
    error = ran.lines[-1]['job']['error']
    assert error['code'] == 'no_provider'
    assert 'provider-to-come' in error['message']
    locked = run_online('generate', 'a fox', '--model', 'cerspense/zeroscope_v2_XL', '--json', HF_TOKEN='', FAL_KEY='k')
    assert 'has no key for: replicate' in locked.lines[-1]['job']['error']['message']


def test_without_a_token_the_ways_on_are_named(run_offline: Run) -> None:
    for arguments in (('generate', 'a fox', '--model', IMAGE), ('models',)):
        ran = run_offline(*arguments, '--json')
        assert ran.code == 1
        assert ran.out == ''
        for way in ('hf auth login', 'HF_TOKEN', '--sandbox'):
            assert way in ran.err


@pytest.mark.parametrize(
    'arguments',
    [
        ['generate'],
        ['generate', 'x', '--width', 'wide'],
        ['generate', 'x', '--width', '-5'],
        ['generate', 'x', '--steps', '0'],
        ['generate', 'x', '--guidance-scale', 'nan'],
        ['generate', 'x', '-n', '0'],
        ['generate', 'x', '--extra', '[1]'],
        ['generate', 'x', '--extra', '{"a": NaN}'],
        ['generate', 'x', '--extra', '{'],
        ['generate', 'x', '--extra', '{"a": 1e999}'],
        ['generate', 'x', '--extra', '[' * 100_000],
        ['generate', 'x', '--width', '9' * 400],
        ['generate', 'x', '--model', IMAGE, '--bill-to', 'é'],
        ['generate', 'x', '--model', IMAGE, '--bill-to', 'a\nb'],
        ['generate', 'x', '--model', IMAGE, '--output', '~no-such-user/x'],
        ['generate', '', '--model', IMAGE],
        ['generate', 'x', '--model', IMAGE, '--aspect-ratio', '5:1'],
        ['generate', 'x', '--model', IMAGE, '--timeout', '0'],
        ['generate', 'x', '--model', f'{IMAGE}:nobody'],
        ['generate', 'x', '--model', 'a b'],
        ['generate', 'x', '--seed', '-1'],
        ['models', '--task', 'text-to-cake'],
        ['jobs', '--state', 'asleep'],
        ['retry'],
        ['retry', 'x', '--failed'],
        ['retry', 'nothing'],
        ['nonsense'],
        [],
    ],
)
def test_usage_errors(run_online: Run, arguments: list[str]) -> None:
    ran = run_online(*arguments)
    assert ran.code == 2, ran
    assert ran.out == ''
    assert ran.err.strip()


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('HF_ENDPOINT', 'https://['),
        ('HF_ENDPOINT', 'https://huggingface.co:99999'),
        ('HFMEDIA_ROUTER_URL', 'https://user:s3cret@router.example'),
        ('HFMEDIA_HOME', '~no-such-user'),
        ('HF_TOKEN', 'hf_s3cret\nhf_s3cret'),
        ('HF_TOKEN', 'hf_s3crét'),
    ],
)
def test_an_environment_that_cannot_be_used_is_told(run_online: Run, name: str, value: str) -> None:
    ran = run_online('generate', 'x', '--model', IMAGE, **{name: value})
    assert ran.code == 2, ran
    assert ran.err.strip()
    assert 'mistake' not in ran.err
    assert 's3cr' not in ran.err


def test_a_proxy_that_cannot_be_used_is_told_without_its_password(run_online: Run, tmp_path: Path) -> None:
    ran = run_online('--verbose', 'generate', 'x', '--model', IMAGE, '--proxy', 'http://user:s3cret@host:notaport')
    assert ran.code == 2, ran
    assert 'proxy' in ran.err
    assert 's3cret' not in ran.err
    log = tmp_path / 'home' / 'log' / 'hfmedia-tui.log'
    assert not log.exists() or 's3cret' not in log.read_text()


def test_listing_models(run_online: Run) -> None:
    models = run_online('models', '--json').lines
    assert len(models) >= 60
    assert all(list(model) == MODEL_FIELDS for model in models)
    assert all(list(p) == ['provider', 'provider_id', 'status', 'task'] for model in models for p in model['providers'])
    assert models[0]['task'] == 'text-to-video', 'films come first'
    assert 'fails-on-purpose' in models[-1]['tags']
    films = run_online('models', '--task', 'text-to-video', '--json').lines
    assert films
    assert all(model['task'] == 'text-to-video' for model in films)
    falls = run_online('models', '--provider', 'fal-ai', '--search', 'flux dev', '--json').lines
    assert falls[0]['id'] == IMAGE
    assert all(any(p['provider'] == 'fal-ai' for p in model['providers']) for model in falls)
    plain = run_online('models').out
    assert plain.startswith(f'text-to-video  {models[0]["id"]}\n  {models[0]["id"]}:')
    assert f'\n  {IMAGE}:fal-ai\n' in plain, 'the names that --model takes'
    assert '\n  baidu/ERNIE-Image:fal-ai  staging\n' in plain
    assert '\n  provider-to-come  not supported\n' in plain
    gated = run_online('models', '--gated', '--json').lines
    assert gated
    assert all(model['gated'] for model in gated)
    assert len(gated) + len(run_online('models', '--open', '--json').lines) == len(models)
    assert 0 < len(run_online('models', '--lora', '--json').lines) < len(models)
    liked = [model['likes'] for model in run_online('models', '--sort', 'likes', '--json').lines[:10]]
    assert liked == sorted(liked, reverse=True)


def test_lists_read_the_filter_language(run_online: Run) -> None:
    found = run_online('models', '--search', 'provider:nscale flux', '--json').lines
    assert found
    assert all(any(p['provider'] == 'nscale' for p in model['providers']) for model in found)
    run_online('generate', 'a red fox', '--model', f'{IMAGE}:replicate', '--seed', '42')
    assert len(run_online('jobs', '--search', 'seed:42 "red fox" provider:replicate', '--json').lines) == 1
    assert run_online('jobs', '--search', 'seed:>42', '--json').lines == []
    refused = run_online('jobs', '--search', 'colour:red')
    assert refused.code == 2
    assert "no 'colour'" in refused.err


def test_the_model_used_last_is_first_when_asked(run_online: Run) -> None:
    last = run_online('models', '--json').lines[-1]['id']
    assert run_online('models', '--sort', 'favourites', '--json').lines[0]['id'] != IMAGE != last
    run_online('generate', 'a fox', '--model', f'{IMAGE}:replicate')
    assert run_online('models', '--sort', 'favourites', '--json').lines[0]['id'] == IMAGE


def test_a_listing_is_kept_and_an_old_one_says_of_when_it_is(environment: dict[str, str]) -> None:
    offer = {'provider': 'fal-ai', 'providerId': 'x', 'status': 'live', 'task': 'text-to-image'}
    listing = json.dumps([{'id': 'owner/name', 'inferenceProviderMapping': [offer]}]).encode()
    with serving(lambda asked: Answer(headers={'etag': '"1"'}, body=listing)) as hub:
        run = run_with({**environment, **environment_for(hub.url)})
        first = run('models', '--json')
        assert [model['id'] for model in first.lines] == ['owner/name']
        asked = len(hub.asked)
        assert run('models', '--json') == first
        assert len(hub.asked) == asked, 'within the hour nothing is asked'
        run('models', '--refresh')
        assert [one.headers['if-none-match'] for one in hub.asked[asked:]] == ['"1"', '"1"']
    assert run('models', '--json') == first
    old = run('models', '--refresh', '--json')
    assert (old.code, old.out) == (0, first.out)
    assert 'This is the list of 2' in old.err


def test_listing_jobs(run_online: Run) -> None:
    assert run_online('jobs', '--json').out == ''
    run_online('generate', 'a fox', '--model', f'{IMAGE}:replicate')
    run_online('generate', 'an owl', '--model', 'sandbox/fails-moderated')
    jobs = run_online('jobs', '--json').lines
    assert [(job['prompt'], job['state']) for job in jobs] == [('a fox', 'succeeded'), ('an owl', 'failed')]
    assert all(list(job) == JOB_FIELDS for job in jobs)
    (failed,) = run_online('jobs', '--state', 'failed', '--json').lines
    assert failed['prompt'] == 'an owl'
    assert 'an owl' in run_online('jobs').out


def test_the_log_tells_of_jobs_and_of_no_secret(run_online: Run, tmp_path: Path) -> None:
    token = 'hf_' + 'secretsecret'
    ran = run_online('--verbose', 'generate', 'a fox', '--model', f'{IMAGE}:replicate', '--json', HF_TOKEN=token)
    log = tmp_path / 'home' / 'log' / 'hfmedia-tui.log'
    assert ran.lines[-1]['job']['id'] in log.read_text()
    for told in (log.read_text(), ran.err):
        assert re.search(r'POST 127\.0\.0\.1 /router/replicate/\S+: 201 in', told)
    ran = run_online('generate', 'a fox', '--model', f'{IMAGE}:replicate', '--json', HF_TOKEN=token)
    assert ran.lines[-1]['job']['id'] in log.read_text()
    assert log.read_text().count('POST') == 1, 'only --verbose tells every request'
    assert log.stat().st_mode & 0o777 == 0o600
    for path in (tmp_path / 'home').rglob('*'):
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path
    assert token not in ran.out + ran.err


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='the system has no full device')
def test_a_log_that_cannot_be_written_stops_nothing(run_online: Run, tmp_path: Path) -> None:
    log = tmp_path / 'home' / 'log' / 'hfmedia-tui.log'
    log.parent.mkdir(parents=True)
    log.symlink_to('/dev/full')
    ran = run_online('generate', 'a fox', '--model', f'{IMAGE}:replicate')
    assert ran.code == 0
    assert 'Logging error' not in ran.err


def test_where_things_are(run_offline: Run, tmp_path: Path) -> None:
    ran = run_offline('locate')
    assert ran.code == 0
    assert str(tmp_path / 'home' / 'output') in ran.out
    assert run_offline('--version').out == f'hfmedia-tui {__version__}\n'
    assert 'generate' in run_offline('--help').out


@pytest.mark.parametrize(('shell', 'word'), [('bash', 'complete -o'), ('zsh', '#compdef'), ('fish', 'complete --no')])
def test_every_shell_is_told_how_to_complete(run_offline: Run, shell: str, word: str) -> None:
    ran = run_offline('completion', shell)
    assert ran.code == 0
    assert word in ran.out
    assert '_HFMEDIA_TUI_COMPLETE' in ran.out


def test_the_doctor_looks_at_everything(run_online: Run, run_offline: Run) -> None:
    ran = run_online('doctor', '--json')
    assert ran.code == 0, ran
    (told,) = ran.lines
    assert set(told) == {
        'version',
        'token',
        'hub',
        'router',
        'terminal',
        'settings',
        'spent',
        'data',
        'cache',
        'output',
    }
    assert all(finding['ok'] for finding in told.values())
    assert 'hf_test' not in ran.out
    ill = run_offline('doctor', HF_ENDPOINT='http://127.0.0.1:9', HFMEDIA_ROUTER_URL='http://127.0.0.1:9')
    assert ill.code == 1
    assert 'hf auth login' in ill.out
    malformed = run_online('doctor', '--json', HF_TOKEN='hf_s3cret hf_s3cret')
    assert malformed.code == 1
    (told,) = malformed.lines
    assert 'malformed' in told['token']['found']
    assert told['hub']['ok']
    assert 's3cret' not in malformed.out + malformed.err


def test_the_doctor_says_where_nothing_can_be_written(run_online: Run, tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    ran = run_online('doctor', '--json', HFMEDIA_HOME=str(tmp_path / 'file'))
    assert ran.code == 1
    (told,) = ran.lines
    for name in ('data', 'cache', 'output'):
        assert told[name]['found'].endswith(f'nothing can be written into {tmp_path / "file"}')


@pytest.mark.parametrize('arguments', [('--sandbox', 'doctor'), ('doctor', '--sandbox')])
def test_the_doctor_looks_at_the_sandbox_where_that_is_used(run_offline: Run, arguments: tuple[str, ...]) -> None:
    ran = run_offline(*arguments, '--json', HF_ENDPOINT='http://127.0.0.1:9', HFMEDIA_ROUTER_URL='http://127.0.0.1:9')
    assert ran.code == 0, ran
    (told,) = ran.lines
    assert told['sandbox']['ok']
    assert 'token' not in told
    assert told['hub']['found'].endswith('answers (200)')
    assert not told['hub']['found'].startswith('http://127.0.0.1:9:')


def test_the_doctor_tells_what_was_spent_and_what_is_allowed(run_online: Run, tmp_path: Path) -> None:
    def spent() -> str:
        (told,) = run_online('doctor', '--json').lines
        return str(told['spent']['found'])

    assert spent() == 'paid requests sent today or waiting: 0; any number allowed at once, any number a day'
    settings = tmp_path / 'home' / 'config' / 'settings.toml'
    settings.parent.mkdir(parents=True)
    settings.write_text('[spend]\nper_run = 4\nper_day = 1000\n', encoding='utf-8')
    assert run_online('generate', 'a fox', '--model', f'{IMAGE}:replicate', '-n', '2').code == 0
    assert run_online('generate', 'a fox', '--model', IMAGE, '--sandbox').code == 0
    assert spent() == 'paid requests sent today or waiting: 2; 4 allowed at once, 1,000 a day'


def test_the_doctor_asks_through_the_proxy_of_the_settings(run_online: Run, tmp_path: Path) -> None:
    settings = tmp_path / 'home' / 'config' / 'settings.toml'
    settings.parent.mkdir(parents=True)
    with serving(lambda asked: Answer(502)) as proxy:
        settings.write_text(f'[network]\nproxy = "{proxy.url}"\n', encoding='utf-8')
        ran = run_online('doctor', '--json', HF_ENDPOINT='https://hub.invalid')
        assert ran.code == 1
        assert ('CONNECT', 'hub.invalid:443') in {(asked.method, asked.path) for asked in proxy.asked}
    settings.write_text('[network]\nproxy = "user:s3cret@host"\n', encoding='utf-8')
    (told,) = run_online('doctor', '--json').lines
    assert not told['proxy']['ok']
    assert 's3cret' not in str(told)


def test_the_doctor_shows_no_escape_of_what_it_was_told(environment: dict[str, str]) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(body=json.dumps({'name': 'ada\x1b]0;owned\x07'}).encode())

    with serving(answer) as hub:
        ran = run_with({**environment, **environment_for(hub.url), 'TERM': 'x\x1b[31m'})('doctor')
    assert 'found, of ada' in ran.out
    assert '\x1b' not in ran.out


def test_a_port_that_is_taken_is_said_to_be(run_offline: Run) -> None:
    with socket.create_server(('127.0.0.1', 0)) as server:
        ran = run_offline('sandbox', '--port', str(server.getsockname()[1]))
    assert ran.code == 1
    assert 'cannot be served' in ran.err


def test_a_mistake_in_the_settings_is_told_by_name(run_online: Run, tmp_path: Path) -> None:
    settings = tmp_path / 'home' / 'config' / 'settings.toml'
    settings.parent.mkdir(parents=True)
    settings.write_text('[jobs]\ntotal = "many"\n', encoding='utf-8')
    ran = run_online('models')
    assert ran.code == 2
    assert f'{settings}: jobs.total' in ran.err
    ran = run_online('doctor', '--json')
    assert ran.code == 1
    (told,) = ran.lines
    assert 'jobs.total' in told['settings']['found']
