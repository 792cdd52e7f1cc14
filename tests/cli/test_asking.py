"""What is asked for in other ways than by one prompt, and what would be sent of it."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run_with
from tests.engine.loopback import Answer, Asked, serving
from tests.houses import environment_for

IMAGE = 'black-forest-labs/FLUX.1-dev'


def test_a_dry_run_shows_the_requests_and_sends_none(environment: dict[str, str], tmp_path: Path) -> None:
    offers = [
        {'provider': name, 'providerId': 'flux/dev', 'status': 'live', 'task': 'text-to-image'}
        for name in ('fal-ai', 'replicate')
    ]
    model = {'id': IMAGE, 'pipeline_tag': 'text-to-image', 'inferenceProviderMapping': offers}

    def answer(asked: Asked) -> Answer:
        return Answer(body=json.dumps(model if asked.path.startswith('/api/models/') else {'name': 'ada'}).encode())

    ask = ('generate', 'a fox', '--model', IMAGE, '-n', '2', '--seed', '7', '--steps', '9', '--width', '512')
    size = ('--height', '256', '--bill-to', 'org', '--extra', '{"shift": 3}', '--dry-run')
    with serving(answer) as hub:
        run = run_with({**environment, **environment_for(hub.url)})
        told, plain = run(*ask, *size, '--json'), run(*ask, *size)
    assert [asked.path for asked in hub.asked if asked.method != 'GET'] == []
    assert told.code == plain.code == 0, told.err
    first, second, end = told.lines
    request = first['request']
    assert (request['method'], request['url']) == ('POST', f'{hub.url}/fal-ai/flux/dev?_subdomain=queue')
    assert request['body'] == {
        'prompt': 'a fox',
        'num_inference_steps': 9,
        'seed': 7,
        'image_size': {'width': 512, 'height': 256},
        'shift': 3,
    }
    assert request['headers'] == {'X-HF-Bill-To': 'org'}
    assert (request['then'], request['paid'], second['request']['seed']) == (['replicate'], True, 8)
    assert end == {'event': 'would_end', 'requests': 2, 'paid': 2}
    assert plain.out.startswith(f'POST {hub.url}/fal-ai/flux/dev?_subdomain=queue\n')
    assert 'Would be sent: 2, of them paid: 2. Nothing was sent.' in plain.err
    assert 'hf_test' not in told.out + told.err + plain.out + plain.err
    assert not list((tmp_path / 'home').glob('output/*'))
    assert run('jobs').out == ''


def test_a_dry_run_tells_why_nothing_would_be_sent(run_online: Run) -> None:
    ran = run_online('generate', 'a fox', '--model', 'sandbox/fails-unknown-provider', '--dry-run', '--json')
    assert ran.code == 1
    assert ran.lines[0]['request']['error']['code'] == 'no_provider'
    assert ran.lines[-1] == {'event': 'would_end', 'requests': 0, 'paid': 0}


def test_prompts_of_a_file_one_a_line(run_online: Run, tmp_path: Path) -> None:
    file = tmp_path / 'prompts.txt'
    file.write_text('\ufeffa fox\n\n  {"quoted"} words stand as they are\n', encoding='utf-8')
    ask = ('generate', '--prompts', str(file), '--model', f'{IMAGE}:replicate', '--json')
    ran = run_online(*ask)
    assert ran.code == 0, ran.err
    made = [line['job'] for line in ran.lines if line['event'] == 'succeeded']
    assert sorted(job['prompt'] for job in made) == ['a fox', '{"quoted"} words stand as they are']


def test_prompts_as_json_lines_have_what_belongs_to_each(run_online: Run) -> None:
    lines = [
        {'prompt': 'a fox', 'seed': 2**60, 'n': 2, 'width': 512, 'height': 512, 'negative_prompt': 'rain'},
        {'prompt': 'waves', 'model': 'Wan-AI/Wan2.2-TI2V-5B:fal-ai', 'num_frames': 49, 'extra': {'fast': True}},
    ]
    ran = run_online(
        'generate', '--prompts', '-', '--model', f'{IMAGE}:replicate', '--steps', '5', '--dry-run', '--json',
        input='\n'.join(map(json.dumps, lines)),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    requests = [line['request'] for line in ran.lines[:-1]]
    assert [(request['prompt'], request['provider'], request['task']) for request in requests] == [
        ('a fox', 'replicate', 'text-to-image'),
        ('a fox', 'replicate', 'text-to-image'),
        ('waves', 'fal-ai', 'text-to-video'),
    ]
    assert [request['seed'] for request in requests[:2]] == [2**60, 2**60 + 1]
    assert requests[0]['body']['input']['num_inference_steps'] == 5
    assert (requests[2]['body']['num_frames'], requests[2]['body']['fast']) == (49, True)


@pytest.mark.parametrize(
    ('line', 'why'),
    [
        ('', 'holds no prompt'),
        ('{"prompt": "a", "colour": "red"}', "'colour' is not known"),
        ('{"prompt": "a", "width": "wide"}', 'Width must be'),
        ('{"prompt": "a", "n": 1.5}', 'n must be'),
        ('{"prompt": "a", "n": 0}', 'from 1 to'),
        ('{"prompt": "a", "seed": "4"}', 'seed must be'),
        ('{"prompt": "a", "n": 900}\n{"prompt": "b", "n": 900}', '1,800 generations'),
        ('{"seed": 4}', 'no prompt'),
        ('{"prompt": "a"}\na fox', 'line 2'),
        ('a fox\n{"prompt": "a"}', 'line 2'),
        ('{"prompt": "a"', 'cannot be read'),
    ],
)
def test_a_file_of_prompts_is_refused_whole(run_online: Run, line: str, why: str) -> None:
    ran = run_online('generate', '--prompts', '-', '--model', IMAGE, input=line)
    assert (ran.code, ran.out) == (2, '')
    assert why in ran.err
    assert run_online('jobs').out == ''


def test_results_have_the_name_that_was_chosen_and_stay_in_their_folder(run_online: Run, tmp_path: Path) -> None:
    folder = tmp_path / 'here'
    ask = ('generate', 'a fox', '--model', f'{IMAGE}:replicate', '--seed', '5', '--output', str(folder), '--json')
    ids = list[str]()
    for name in ('{date}-{model}-{seed}-{index}', '../../{prompt}/.{seed}', '{id}{seed}', '/'):
        ran = run_online(*ask, '--name', name)
        assert ran.code == 0, ran.err
        ids.append(ran.lines[-1]['job']['id'])
        assert Path(ran.lines[-1]['job']['outputs'][0]['path']).parent == folder
    stems = {file.stem for file in folder.glob('*.webp')}
    assert len(stems) == 4
    assert any(re.fullmatch(rf'20\d\d-\d\d-\d\d-FLUX-1-dev-5-1-{ids[0]}', stem) for stem in stems), stems
    assert {f'a-fox-5-{ids[1]}', f'{ids[2]}5-{ids[2]}', ids[3]} < stems
    for bad in ('{colour}', '{seed', '{seed.__class__}'):
        refused = run_online(*ask, '--name', bad)
        assert (refused.code, refused.out) == (2, '')
        assert '{seed}' in refused.err


def test_the_settings_name_results_too(run_online: Run, tmp_path: Path) -> None:
    settings = tmp_path / 'home' / 'config' / 'settings.toml'
    settings.parent.mkdir(parents=True)
    settings.write_text('[output]\nname = "{provider} {task} {id}"\n', encoding='utf-8')
    ran = run_online('generate', 'a fox', '--model', f'{IMAGE}:replicate')
    assert re.fullmatch(r'replicate-text-to-image-\w{8}-1', Path(ran.out.strip()).stem), ran
