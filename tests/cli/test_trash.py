"""Throwing jobs away and bringing them back, without the interface."""

from pathlib import Path

from tests.cli.conftest import Run

GENERATE = ('generate', 'a fox', '--sandbox', '--model', 'black-forest-labs/FLUX.1-schnell', '-n', '2')


def test_jobs_are_thrown_away_listed_restored_and_deleted(run_offline: Run) -> None:
    files = [Path(line) for line in run_offline(*GENERATE).out.splitlines()]
    first, second = (job['id'] for job in run_offline('jobs', '--json').lines)
    before = files[0].read_bytes()

    done = run_offline('trash', first)
    assert (done.code, done.out) == (0, '')
    assert f'{first}  is in the trash' in done.err
    assert not files[0].exists()
    assert [job['id'] for job in run_offline('jobs', '--json').lines] == [second]
    (lying,) = run_offline('jobs', '--trash', '--json').lines
    assert lying['id'] == first
    assert Path(lying['outputs'][0]['path']).read_bytes() == before
    assert first in run_offline('trash', '--list').out
    assert 'in the trash' in run_offline('retry', first).err

    files[0].write_text('taken')
    done = run_offline('restore', first)
    assert done.code == 0
    assert 'was taken by another file' in done.err
    (restored,) = (job for job in run_offline('jobs', '--json').lines if job['id'] == first)
    assert Path(restored['outputs'][0]['path']).read_bytes() == before
    assert files[0].read_text() == 'taken'

    assert run_offline('trash', first, second).code == 0
    asked = run_offline('trash', '--empty')
    assert asked.code == 2
    assert '2 jobs with' in asked.err
    assert '--yes' in asked.err
    assert len(run_offline('jobs', '--trash', '--json').lines) == 2
    done = run_offline('trash', '--empty', '--yes')
    assert (done.code, '2 of 2 deleted for good' in done.err) == (0, True)
    assert not files[1].exists()
    assert run_offline('jobs').out == run_offline('jobs', '--trash').out == ''
    assert [job['id'] for job in run_offline('jobs', '--deleted', '--json').lines] == [first, second]
    assert 'empty' in run_offline('trash', '--empty', '--yes').err


def test_a_mistake_is_told_and_the_others_are_moved(run_offline: Run) -> None:
    run_offline(*GENERATE)
    first, second = (job['id'] for job in run_offline('jobs', '--json').lines)
    done = run_offline('trash', first, 'nonesuch', first)
    assert done.code == 1
    assert 'nonesuch' in done.err
    done = run_offline('restore', second, first)
    assert done.code == 1
    assert f'Job {second} is not in the trash' in done.err
    assert [job['id'] for job in run_offline('jobs', '--json').lines] == [first, second]
    for arguments in (('trash',), ('trash', first, '--empty'), ('restore',)):
        assert run_offline(*arguments).code == 2
