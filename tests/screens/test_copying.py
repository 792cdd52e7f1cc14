"""What can be copied of a job, and that it is exact: by the shells and programs that read it."""

import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from hfmedia_tui.cli.commands import generate
from hfmedia_tui.domain import SANDBOX, Order, Task
from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.paths import file_link
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.copying import command_line, copy_from, scp_line
from tests.screens.conftest import Start
from tests.screens.studio import Studio

MODEL = 'black-forest-labs/FLUX.1-schnell'
PROMPT = """a "fox"; $(touch /tmp/x) `id` it's\n\\n -- 'two' lines"""


def ordered(prompt: str = PROMPT, **more: object) -> Order:
    order = {'id': 'o', 'task': Task.TEXT_TO_IMAGE, 'mappings': (), 'created_at': datetime.now(UTC), 'model': MODEL}
    return Order(**{**order, 'prompt': prompt, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize('size', [(80, 24), (200, 50)])
async def test_everything_about_a_result_is_copied(start: Start, size: tuple[int, int]) -> None:
    async with start(size) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job == job)
        copied = []
        for step in range(5):
            await studio.press('y')
            await studio.until(lambda: isinstance(studio.app.screen, Choice))
            assert 'Command line' in studio.text
            await studio.press(*['down'] * step, 'enter')
            await studio.until(lambda: not isinstance(studio.app.screen, Choice))
            await studio.pilot.pause()
            copied.append(studio.app.clipboard)
        path, usual = job.outputs[0].path, studio.services.paths.output
        again = command_line(job.order, seed=job.seed, usual=usual)
        assert copied == [path, 'a fox', f'{job.order.hub}/{MODEL}', scp_line(path), again]


async def test_the_shown_result_is_copied_in_compose_and_y_is_a_letter_in_the_prompt(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        studio.compose.prompt.text = ''
        studio.compose.prompt.focus()
        await studio.press('y')
        assert studio.compose.prompt.text == 'y'
        await studio.press('escape', 'y')
        await studio.until(lambda: isinstance(studio.app.screen, Choice))
        await studio.press('enter')
        assert studio.app.clipboard == job.outputs[0].path


async def test_nothing_is_copied_unless_it_is_chosen(start: Start) -> None:
    async with start() as studio:
        await studio.choose('sandbox/fails-moderated')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job == job)
        await studio.press('y', 'escape')
        assert studio.app.clipboard == ''
        await studio.press('y')
        assert 'scp' not in studio.text, 'there is no file'
        await studio.press('enter')
        assert studio.app.clipboard == 'a fox'


@pytest.mark.parametrize('prompt', [PROMPT, '-', '--model', 'зима, 雪'])
def test_a_command_line_asks_for_the_same(tmp_path: Path, prompt: str) -> None:
    order = ordered(
        prompt,
        router=SANDBOX,
        parameters={'width': 256, 'height': 192, 'num_inference_steps': 3, 'negative_prompt': '-rain \'n "snow'},
        extra={'n': 1},
        output=str(tmp_path / "here it's"),
        timeout=100.5,
        bill_to='org',
        fallback=False,
    )
    line = command_line(order, seed=2**53 + 1, usual=tmp_path)
    program = f'{shlex.quote(sys.executable)} -m hfmedia_tui'
    here = {**os.environ, 'HFMEDIA_HOME': str(tmp_path)}
    ran = subprocess.run(
        ['sh', '-c', line.replace('hfmedia-tui', program, 1)],
        env=here, input='', capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert Path(ran.stdout.strip()).parent == Path(order.output)
    listed = subprocess.run(
        [sys.executable, '-m', 'hfmedia_tui', 'jobs', '--json'], env=here, capture_output=True, timeout=60, check=True
    )
    job = json.loads(listed.stdout)
    assert job['prompt'] == prompt
    assert job['seed'] == 2**53 + 1
    assert job['parameters'] == order.parameters
    assert job['model'] == MODEL


def test_every_parameter_has_an_option() -> None:
    order = ordered(parameters=dict.fromkeys(PARAMETERS, 1))
    known = {name for option in generate.params if isinstance(option, click.Option) for name in option.opts}
    words = shlex.split(command_line(order, seed=1, usual=Path('/')))
    assert {word.partition('=')[0] for word in words if word.startswith('--') and word != '--'} <= known


def test_an_scp_line_names_the_address_that_the_user_came_by() -> None:
    here = {'USER': 'fox', 'SSH_CONNECTION': '10.0.0.1 50000 10.0.0.2 22'}
    assert scp_line('/a/b.png', here) == 'scp fox@10.0.0.2:/a/b.png .'
    here['SSH_CONNECTION'] = 'fe80::1 50000 fe80::2 2222'
    assert shlex.split(scp_line('/a/b.png', here)) == ['scp', '-P', '2222', 'fox@[fe80::2]:/a/b.png', '.']
    del here['SSH_CONNECTION']
    assert scp_line('/a/b.png', here).startswith('scp fox@')


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ...]]:
    """A tmux server that this program seems to run in."""
    command = ('tmux', '-f', '/dev/null', '-S', str(tmp_path / 'tmux'))
    subprocess.run([*command, 'new-session', '-d', 'cat'], check=True)
    monkeypatch.setenv('TMUX', f'{tmp_path / "tmux"},1,0')
    yield command
    subprocess.run([*command, 'kill-server'], check=False)


@pytest.mark.skipif(not shutil.which('tmux'), reason='tmux is not installed')
async def test_tmux_is_given_what_is_copied(start: Start, tmux: tuple[str, ...]) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate(PROMPT)
        (job,) = await studio.settle()
        copying = studio.compose.run_worker(copy_from(studio.compose, job, None))
        await studio.until(lambda: isinstance(studio.app.screen, Choice))
        await studio.press('enter')
        await copying.wait()
    kept = await asyncio.to_thread(subprocess.check_output, [*tmux, 'show-buffer'], text=True)
    assert kept == PROMPT


def links(studio: Studio) -> set[str | None]:
    """Where what is on the screen leads to."""
    strips = studio.app.screen._compositor.render_strips()
    return {segment.style.link for strip in strips for segment in strip if segment.style is not None}


async def test_a_path_is_a_link(start: Start) -> None:
    async with start((200, 50)) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: file_link(job.outputs[0].path) in links(studio))
        assert file_link('/a b/ü').endswith('/a%20b/%C3%BC')
