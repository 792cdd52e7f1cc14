"""What starting costs: nothing heavy is imported before it is used. The static graph cannot see that; this can."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

HEAVY = frozenset(
    {
        'PIL', 'asyncio', 'av', 'httpx', 'huggingface_hub', 'msgspec', 'numpy', 'platformdirs', 'rapidfuzz',
        'rich', 'sqlite3', 'starlette', 'textual', 'textual_image', 'uvicorn',
    }
)  # fmt: skip

_TELL = '; import sys; print(*sorted({name.partition(".")[0] for name in sys.modules}))'


def imported(statement: str, home: Path, **environment: str) -> set[str]:
    """The top-level names that a fresh interpreter has imported after `statement`."""
    kept = {name: os.environ[name] for name in ('PATH', 'SYSTEMROOT') if name in os.environ}
    done = subprocess.run(
        [sys.executable, '-c', statement + _TELL],
        env={**kept, 'HOME': str(home), 'HFMEDIA_HOME': str(home / 'home'), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.splitlines()[-1].split())


def after_running(*arguments: str) -> str:
    """A statement that runs a command, whatever its exit code."""
    return f'import contextlib, sys; sys.argv = {["hfmedia-tui", *arguments]!r}; from hfmedia_tui.cli import main\n' + (
        'with contextlib.suppress(SystemExit): main()\n0'
    )


@pytest.mark.parametrize(
    'arguments', [['--version'], ['--help'], ['generate', '--help'], ['locate'], ['generate', '--width', 'wide']]
)
def test_what_needs_nothing_imports_nothing(tmp_path: Path, arguments: list[str]) -> None:
    light = {'msgspec'} if 'generate' in arguments else set[str]()  # it reads the declared parameters
    assert imported(after_running(*arguments), tmp_path) & HEAVY <= light


@pytest.mark.parametrize(
    ('words', 'offered'), [('hfmedia-tui gen', 'generate'), ('hfmedia-tui generate x --wi', '--width')]
)
def test_completing_imports_nothing_and_offers_what_fits(tmp_path: Path, words: str, offered: str) -> None:
    told = {'COMP_WORDS': words, 'COMP_CWORD': str(len(words.split()) - 1), '_HFMEDIA_TUI_COMPLETE': 'bash_complete'}
    statement = after_running()
    assert imported(statement, tmp_path, **told) & HEAVY <= {'msgspec'}
    done = subprocess.run(
        [sys.executable, '-c', statement], env={**os.environ, **told}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [f'plain,{offered}']


@pytest.mark.parametrize(
    ('module', 'allowed'),
    [
        ('hfmedia_tui', ''),
        ('hfmedia_tui.domain', 'msgspec'),
        ('hfmedia_tui.parameters', 'msgspec'),
        ('hfmedia_tui.providers', 'msgspec'),
        ('hfmedia_tui.paths', ''),
        ('hfmedia_tui.tokens', ''),
        ('hfmedia_tui.store.ledger', 'asyncio msgspec sqlite3'),
        ('hfmedia_tui.catalog.catalog', 'asyncio msgspec rapidfuzz'),
        ('hfmedia_tui.engine.pool', 'asyncio httpx msgspec'),
        ('hfmedia_tui.media.inspect', 'msgspec'),
        ('hfmedia_tui.services', 'asyncio httpx msgspec rapidfuzz sqlite3'),
    ],
)
def test_a_room_brings_only_what_it_works_with(tmp_path: Path, module: str, allowed: str) -> None:
    assert imported(f'import {module}', tmp_path) & HEAVY <= set(allowed.split())


def test_hugging_faces_library_is_only_for_the_token_that_it_stored(tmp_path: Path) -> None:
    ask = 'from hfmedia_tui.tokens import find_token, has_token; has_token()'
    assert 'huggingface_hub' not in imported(ask, tmp_path)
    assert 'huggingface_hub' not in imported(f'{ask}; find_token()', tmp_path, HF_TOKEN='hf_x')
    disabled = imported(f'{ask}; find_token()', tmp_path, HF_HUB_DISABLE_IMPLICIT_TOKEN='1')
    assert 'huggingface_hub' not in disabled
    assert 'huggingface_hub' in imported(f'{ask}; find_token()', tmp_path)


def test_a_picture_needs_nothing_for_films(tmp_path: Path) -> None:
    file = tmp_path / 'a.png'
    Image.new('RGB', (8, 8)).save(file)
    found = imported(
        f'import pathlib; from hfmedia_tui.media.inspect import inspect; inspect(pathlib.Path({str(file)!r}))', tmp_path
    )
    assert 'PIL' in found
    assert not found & {'av', 'numpy', 'textual'}


def test_the_first_screen_waits_for_no_engine_no_picture_and_no_other_screen(tmp_path: Path) -> None:
    first = 'import sys, hfmedia_tui.cli.interface, hfmedia_tui.app, hfmedia_tui.screens.browse'
    assert imported(first, tmp_path) & HEAVY == {'asyncio', 'msgspec', 'platformdirs', 'rich', 'textual'}
    others = [f'screens.{name}' for name in ('compose', 'gallery', 'help', 'jobs', 'settings')]
    others += ['media.decode', 'media.formats', 'media.scale', 'widgets.job_details', 'widgets.job_list']
    imported(f'{first}; assert not {{*{[f"hfmedia_tui.{name}" for name in others]}}} & sys.modules.keys()', tmp_path)


def test_the_engine_brings_the_http_client_without_its_command_line(tmp_path: Path) -> None:
    assert not imported('import hfmedia_tui.engine.transport', tmp_path) & {'rich', 'pygments', 'click'}


def test_the_sandbox_brings_its_server_and_nothing_of_the_interface(tmp_path: Path) -> None:
    found = imported('import hfmedia_tui.sandbox.serve', tmp_path)
    assert found >= {'starlette', 'uvicorn'}
    assert not found & {'textual', 'httpx', 'huggingface_hub'}
