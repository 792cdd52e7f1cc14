"""The prompt in the user's own editor."""

import os
import shlex
import stat
import sys
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from hfmedia_tui.errors import AppError
from hfmedia_tui.screens.editor import edit, find_editor
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-schnell'


def editor(folder: Path, does: str) -> str:
    """An editor that takes an argument before the file, as a shell would be told of it."""
    script = folder / 'an editor.py'
    script.write_text(
        f'import os, sys\nflag, name = sys.argv[1:]\ntext = open(name).read()\n{does}\n', encoding='utf-8'
    )
    return shlex.join([sys.executable, str(script), '--wait'])


async def test_an_editor_with_arguments_gets_a_private_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    told = tmp_path / 'told'
    does = f'open({str(told)!r}, "w").write(f"{{flag}} {{os.stat(name).st_mode}} {{name}}")\n'
    does += 'open(name, "w").write(text.upper() + "\\x1b[2J\\r\\nend\\n")'
    command = find_editor({'VISUAL': editor(tmp_path, does), 'EDITOR': 'false'})
    assert await edit(command, 'a fox') == 'A FOX\n[2J\nend'
    flag, mode, name = told.read_text(encoding='utf-8').split(' ', 2)
    assert flag == '--wait'
    assert stat.S_IMODE(int(mode)) == 0o600
    assert not os.path.exists(name)


async def test_an_editor_that_gives_up_changes_nothing(tmp_path: Path) -> None:
    command = find_editor({'EDITOR': editor(tmp_path, 'open(name, "w").write("")\nsys.exit(3)')})
    with pytest.raises(AppError, match='status 3'):
        await edit(command, 'a fox')


@pytest.mark.parametrize('named', ['no-such-editor', 'vi "', '/'])
def test_an_editor_that_is_not_there_is_told_of(named: str) -> None:
    with pytest.raises(AppError, match='There is no editor'):
        find_editor({'EDITOR': named})


async def test_f6_writes_the_prompt_and_ctrl_z_brings_back_what_stood_there(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HeadlessDriver, 'can_suspend', True)
    monkeypatch.setenv('VISUAL', editor(tmp_path, 'open(name, "w").write(text + "and a wolf\\n")'))
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.press(*'fox', 'f12')
        await studio.until(lambda: studio.compose.prompt.text == 'fox\nand a wolf')
        await studio.until_shown('and a wolf')
        assert studio.compose.prompt.has_focus
        await studio.press('ctrl+z')
        assert studio.compose.prompt.text == 'fox'


async def test_where_there_is_no_terminal_to_lend_it_is_said(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('VISUAL', 'true')
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.press(*'fox', 'f12')
        await studio.until_shown('There is no terminal to open an editor in.')
        assert studio.compose.prompt.text == 'fox'
