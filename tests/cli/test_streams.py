"""However its streams were left, the program says what is wrong before anything is sent, and then works."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from tests.cli.conftest import COMMAND, Ran

IMAGE = 'black-forest-labs/FLUX.1-dev:replicate'

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='a shell of POSIX closes the streams')


def in_shell(environment: dict[str, str], streams: str, *arguments: str | bytes, input: bytes = b'') -> Ran:
    """Run the command with its streams as a shell's redirections leave them."""
    done = subprocess.run(
        ['sh', '-c', f'exec "$@" {streams}', 'sh', *COMMAND, *arguments],
        env=environment,
        input=input,
        capture_output=True,
        timeout=120,
        check=False,
    )
    err = done.stderr.decode()
    assert 'Traceback' not in err, err
    assert 'mistake' not in err, err
    return Ran(done.returncode, done.stdout.decode(), err)


@pytest.fixture
def nothing_sent(sandbox: Addresses) -> Iterator[None]:
    """Fails when the test submitted anything."""

    def submits() -> int:
        return int(httpx.get(f'{sandbox.hub}/sandbox/submits').json()['total'])

    before = submits()
    yield
    assert submits() == before


@pytest.mark.parametrize('streams', ['<&-', '2>&-', '<&- 2>&-'])
def test_a_closed_stream_is_no_terminal(online: dict[str, str], streams: str) -> None:
    ran = in_shell(online, streams, 'generate', 'a fox', '--model', IMAGE)
    assert ran.code == 0, ran
    assert Path(ran.out.strip()).is_file()


@pytest.mark.usefixtures('nothing_sent')
@pytest.mark.parametrize('arguments', [('--json',), ()])
def test_closed_standard_output_is_told_before_anything_is_sent(
    online: dict[str, str], arguments: tuple[str, ...]
) -> None:
    ran = in_shell(online, '>&-', 'generate', 'a fox', '--model', IMAGE, *arguments)
    assert ran.code == 2
    assert 'Standard output is closed' in ran.err


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='the system has no full device')
@pytest.mark.parametrize('arguments', [('models', '--json'), ('models',), ('locate',), ('--help',), ('doctor',)])
def test_output_that_cannot_be_written_is_told(online: dict[str, str], arguments: tuple[str, ...]) -> None:
    ran = in_shell(online, '>/dev/full', *arguments)
    assert ran.code == 1
    assert 'No space left on device' in ran.err
    assert 'Exception ignored' not in ran.err


def test_a_reader_that_has_had_enough_is_left_quietly(online: dict[str, str]) -> None:
    ran = in_shell(online, '| head -n 1', 'models', '--json')
    assert json.loads(ran.out)['id']
    assert ran.err == ''


@pytest.mark.usefixtures('nothing_sent')
@pytest.mark.parametrize(
    ('arguments', 'input'),
    [
        (['generate', '-'], b'caf\xe9'),
        (['generate', '-'], b''),
        (['generate', '-'], b'fox ' * 100_000),
        (['generate', b'caf\xe9'], b''),
        (['generate', 'a fox', '--output', b'/tmp/caf\xe9'], b''),
        (['generate', 'a fox', '--negative-prompt', b'\xff'], b''),
        (['generate', 'x' * 32_001], b''),
        (['retry', b'\xff'], b''),
        (['models', '--search', b'\xff'], b''),
    ],
)
def test_what_is_no_text_or_too_much_is_refused(
    online: dict[str, str], arguments: list[str | bytes], input: bytes
) -> None:
    more = ['--model', IMAGE] if arguments[0] == 'generate' else []
    ran = in_shell(online, '', *arguments, *more, input=input)
    assert ran.code == 2, ran
    assert ran.err.strip()


@pytest.mark.usefixtures('nothing_sent')
def test_a_prompt_from_closed_standard_input_is_empty(online: dict[str, str]) -> None:
    ran = in_shell(online, '<&-', 'generate', '-', '--model', IMAGE)
    assert ran.code == 2, ran
    assert 'prompt is empty' in ran.err


def test_a_locale_without_unicode_stops_nothing(online: dict[str, str], tmp_path: Path) -> None:
    ascii_only = {**online, 'PYTHONIOENCODING': 'ascii', 'LC_ALL': 'C', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'}
    prompt = 'ein Füchslein 狐'
    out = str(tmp_path / 'out')
    ran = in_shell(ascii_only, '', 'generate', '-', '--model', IMAGE, '--json', '--output', out, input=prompt.encode())
    assert ran.code == 0, ran
    assert ran.lines[-1]['job']['prompt'] == prompt
    for arguments in ('jobs', 'jobs --json', 'models', 'doctor'):
        told = in_shell({**online, 'PYTHONIOENCODING': 'ascii'}, '', *arguments.split())
        assert told.code == 0, told
        assert told.out.isascii() or '--json' not in arguments
    assert in_shell({**online, 'PYTHONIOENCODING': 'ascii'}, '', 'retry', '狐').code == 2


def test_an_environment_that_is_no_text_is_refused(environment: dict[str, str]) -> None:
    for name in ('HFMEDIA_HOME', 'HF_ENDPOINT', 'HFMEDIA_ROUTER_URL', 'HF_TOKEN'):
        ran = in_shell({**environment, name: os.fsdecode(b'/tmp/\xff')}, '', 'models')
        assert ran.code == 2, (name, ran)
