"""A file tells how it was made, and is made once more, without the interface."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.metadata.samples import MODEL, inscribe, write_sample
from tests.metadata.test_reading import A1111, KSAMPLER, png


def test_a_result_is_shown_and_made_again_from_its_file_and_from_its_job(run_online: Run, tmp_path: Path) -> None:
    first = run_online(
        'generate', 'a fox', '--model', f'{MODEL}:replicate', '--seed', '7', '--steps', '9',
        '--extra', '{"go_fast": true}', '--json',
    )  # fmt: skip
    assert first.code == 0, first.err
    job = first.lines[-1]['job']
    file = job['outputs'][0]['path']
    shown = run_online('show', file, '--json')
    assert shown.code == 0, shown.err
    (recipe,) = shown.lines
    assert (recipe['source'], recipe['model'], recipe['provider']) == ('hfmedia-tui', MODEL, 'replicate')
    assert (recipe['prompt'], recipe['seed']) == ('a fox', 7)
    for name in (file, job['id']):
        again = run_online('again', name, '--output', str(tmp_path / 'again'), '--json')
        assert again.code == 0, again.err
        made = again.lines[-1]['job']
        assert made['id'] != job['id']
        for field in ('model', 'provider', 'prompt', 'seed', 'parameters'):
            assert made[field] == job[field]
        assert json.loads(Path(made['outputs'][0]['path'] + '.json').read_text())['extra'] == {'go_fast': True}
        assert Path(made['outputs'][0]['path']).parent == tmp_path / 'again'


def test_a_file_of_another_tool_is_made_with_a_model_of_the_hub(run_online: Run, tmp_path: Path) -> None:
    file = str(png(tmp_path, parameters=A1111))
    ran = run_online('again', file, '--model', f'{MODEL}:replicate', '--new-seed', '-n', '2', '--json')
    assert ran.code == 0, ran.err
    job = ran.lines[-1]['job']
    assert job['parameters'] == {
        'negative_prompt': 'blur, text\nugly', 'width': 768, 'height': 1152, 'num_inference_steps': 28,
        'guidance_scale': 6.5,
    }  # fmt: skip
    assert job['seed'] != 1234
    assert 'Not taken over: Model: dreamshaper_8' in ran.err
    assert 'Not taken over: Sampler: DPM++ 2M' in ran.err


def test_a_picture_is_made_again_as_a_picture_and_a_film_as_a_film(run_online: Run, tmp_path: Path) -> None:
    """Whatever was made last: a film costs many times as much, and a picture of a film is no use."""
    drawn = KSAMPLER | {'5': {'class_type': 'Empty', 'inputs': {'width': 64, 'height': 64, 'length': 17}}}
    for texts, task in (({'prompt': json.dumps(drawn)}, 'text-to-video'), ({'parameters': A1111}, 'text-to-image')):
        file = str(png(tmp_path, **texts))
        told = run_online('again', file, '--dry-run', '--json')
        assert told.code == 0, told.err
        assert [line['request']['task'] for line in told.lines[:-1]] == [task]
        assert run_online('jobs').out == ''
        model = run_online('models', '--task', task, '--json').lines[0]['id']
        assert f'Using {model}.' in told.err
        assert told.lines[-1] == {'event': 'would_end', 'requests': 1, 'paid': 1}


def test_the_model_used_last_is_taken_for_a_file_only_where_it_makes_the_same(run_online: Run, tmp_path: Path) -> None:
    film = run_online('models', '--task', 'text-to-video', '--json').lines[0]['id']
    assert run_online('generate', 'waves', '--model', film).code == 0
    told = run_online('again', str(png(tmp_path, parameters=A1111)), '--dry-run', '--json')
    assert [line['request']['task'] for line in told.lines[:-1]] == ['text-to-image']


def test_a_person_is_shown_what_is_there_and_what_has_no_place(run_offline: Run, tmp_path: Path) -> None:
    shown = run_offline('show', str(png(tmp_path, parameters=A1111)))
    assert shown.code == 0, shown.err
    assert 'Prompt           a red fox, (detailed:1.2)\n                 in snow\n' in shown.out
    assert 'Width            768 px\n' in shown.out
    assert 'Not taken over:\n  Model            dreamshaper_8\n' in shown.out


def test_what_tells_nothing_is_refused_with_what_would(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / 'words.txt').write_text('words')
    for arguments in (['show', 'words.txt'], ['again', './words.txt'], ['show', 'gone.png']):
        ran = run_offline(*(str(tmp_path / name) if '.' in name else name for name in arguments))
        assert ran.code == 1
        assert 'words.txt does not tell how it was made' in ran.err or 'gone.png cannot be read' in ran.err
    assert run_offline('again', 'x', '--seed', '1', '--new-seed').code == 2
    path = write_sample(tmp_path, 'still.png')
    inscribe(path)
    assert 'hfmedia-tui' in run_offline('show', f'{path}.json').out
