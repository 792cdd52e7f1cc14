"""No sequence of somebody else reaches the terminal, from any command or any place: read off a pseudo-terminal."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hfmedia_tui.paths import find_paths
from tests.engine.loopback import serving
from tests.hostile.payloads import MARK, STEERING, steered
from tests.hostile.world import EVERYTHING, HostileWorld, fill_ledger
from tests.houses import environment_for

if sys.platform == 'win32':
    pytest.skip('pseudo-terminals of POSIX', allow_module_level=True)

from tests.hostile.tty import Tty

LINE = EVERYTHING.replace('\r', '')


@pytest.mark.parametrize('sequence', STEERING)
def test_the_check_finds_each_sequence(sequence: str) -> None:
    assert steered(f'before {sequence} after')


def test_the_check_finds_nothing_in_plain_words() -> None:
    words = '\x1b[2J\x1b[38;2;1;2;3mplain\x1b[0m [2J ]0;oWnEd [31m \x1b]2;hfmedia\x07\r\n\t\x1b[?1049l'
    assert steered(words) == []


@pytest.fixture
def hostile(tmp_path: Path, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The variables of a user in a hostile world, whose ledger holds hostile rows."""
    world = HostileWorld()
    with serving(world) as server:
        world.url = server.url
        variables = {
            **environment,
            **environment_for(server.url),
            'PYTHONFAULTHANDLER': '1',
        }
        paths = find_paths({'HFMEDIA_HOME': environment['HFMEDIA_HOME']})
        asyncio.run(fill_ledger(paths.ledger, server.url, paths.output))
        yield variables


def run(variables: Mapping[str, str], *arguments: str) -> str:
    """Run a command in a terminal to its end, and return what the terminal was told."""
    with Tty(arguments, variables) as tty:
        code = tty.end()
        assert 'Traceback' not in tty.told, tty.told
        assert 'made a mistake' not in tty.told, tty.told
        assert code in (0, 1, 2, 130), tty.told
        assert steered(tty.told) == [], arguments
        return tty.told


@pytest.mark.parametrize(
    ('arguments', 'shows'),
    [
        (('--verbose', 'generate', EVERYTHING, '--model', 'a/b:fal-ai'), MARK),
        (('generate', EVERYTHING, '--model', 'a/b:hf-inference', '--negative-prompt', EVERYTHING), MARK),
        (('generate', 'x', '--model', 'a/b:fal-ai', '--json'), MARK),
        (('generate', 'x', '--model', f'a/b:{LINE}'), MARK),
        (('generate', 'x', '--model', EVERYTHING), MARK),
        (('generate', 'x', '--model', 'a/b', '--extra', EVERYTHING), 'extra JSON'),
        (('generate', 'x', '--model', 'a/b', '--output', LINE), 'control character'),
        (('generate', 'x', '--model', 'a/b', '--width', EVERYTHING), MARK),
        (('generate', 'x', '--model', 'a/b', '--aspect-ratio', EVERYTHING), 'no aspect ratio'),
        (('generate', 'x', '--model', 'a/b', '--bill-to', EVERYTHING), 'bill'),
        (('generate', 'x', '--model', 'a/b', '--proxy', EVERYTHING), 'proxy'),
        (('generate', 'x', EVERYTHING), MARK),
        ((f'--{LINE}',), MARK),
        ((EVERYTHING,), MARK),
        (('models',), MARK),
        (('models', '--json', '--search', 'b'), 'a/b'),
        (('models', '--search', EVERYTHING, '--provider', EVERYTHING), 'No model fits'),
        (('models', '--task', EVERYTHING), MARK),
        (('jobs',), MARK),
        (('jobs', '--json'), MARK),
        (('jobs', '--state', EVERYTHING), MARK),
        (('cancel', EVERYTHING, 'hostile1'), 'no job'),
        (('retry', EVERYTHING), 'no job'),
        (('retry', '--failed'), MARK),
        (('resume',), ''),
        (('doctor',), MARK),
        (('doctor', '--json'), MARK),
        (('locate',), 'ledger'),
    ],
    ids=lambda value: (
        ' '.join(value).replace(EVERYTHING, 'HOSTILE').replace(LINE, 'LINE')[:60] if isinstance(value, tuple) else ''
    ),
)
def test_every_command(hostile: dict[str, str], arguments: tuple[str, ...], shows: str) -> None:
    assert shows in run(hostile, *arguments)


@pytest.mark.parametrize(
    'name', ['HFMEDIA_HOME', 'HF_ENDPOINT', 'HFMEDIA_ROUTER_URL', 'HF_TOKEN', 'HFMEDIA_GRAPHICS', 'TERM', 'HTTPS_PROXY']
)
@pytest.mark.parametrize('command', ['doctor', 'locate'])
def test_every_variable(hostile: dict[str, str], name: str, command: str) -> None:
    run({**hostile, name: EVERYTHING}, command)


def test_folders_of_the_environment(hostile: dict[str, str], tmp_path: Path) -> None:
    variables = {name: value for name, value in hostile.items() if name != 'HFMEDIA_HOME'}
    names = ('XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME')
    told = run({**variables, **dict.fromkeys(names, f'{tmp_path}/{LINE}')}, 'locate')
    assert 'control character' in told


def test_a_settings_file(hostile: dict[str, str]) -> None:
    settings = find_paths({'HFMEDIA_HOME': hostile['HFMEDIA_HOME']}).settings
    settings.parent.mkdir(parents=True)
    quoted = EVERYTHING.encode('unicode_escape').decode().replace('\\x', '\\u00')
    for text in (f'["{quoted}"]\nx = 1\n', f'[jobs]\nat_start = "{quoted}"\n', f'[keys]\n"{quoted}" = "x"\n', LINE):
        settings.write_text(text)
        run(hostile, 'doctor')
        run(hostile, 'models')


def test_every_place(hostile: dict[str, str]) -> None:
    """Walk through the interface: every place and popup, with the hostile rows in sight, and a paste."""
    with Tty((), hostile) as tty:
        tty.until('Compose')
        tty.press('\x1bOQ')  # F2
        tty.until('models by')
        tty.until('o0/')
        for _ in range(12):
            tty.press('j')
        tty.press('p')
        tty.until('any provider')
        tty.press('j\r')
        tty.until('fal-ai')
        tty.press('/')
        tty.press('o1\r')
        tty.until('o1/')
        tty.press('g?')
        tty.until('Everywhere')
        tty.press('q')
        tty.until('o10/')
        tty.press('\r')
        tty.until('Generate')
        tty.press(f'\x1b[200~{EVERYTHING.replace(chr(27), "")}\x1b[201~')
        tty.until(MARK)
        tty.press('\x1b[15~')  # F5
        tty.until('1 failed')
        tty.press('\x1bOS')  # F4
        tty.until('Failed')
        for _ in range(20):
            tty.press('j')
        tty.press('G')
        tty.press('y')
        tty.until('Command line')
        tty.press('\r')
        tty.until('Copied')
        tty.press('e')
        tty.until('Generate')
        tty.press('\x10')  # the palette
        tty.until('Find an action')
        tty.press('quit')
        tty.until('Leave the program')
        tty.press('\r')
        tty.end()
        assert 'Traceback' not in tty.told
        assert 'made a mistake' not in tty.told
        assert MARK in tty.told
        assert steered(tty.told) == []
