"""Writing a text in the editor of the user's choice."""

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from hfmedia_tui.domain import clean, harmless
from hfmedia_tui.errors import AppError

__all__ = ['edit', 'find_editor']

_USUAL: Final = ('sensible-editor', 'nano', 'vi', 'notepad')
_MOST_BYTES: Final = 1_000_000


def find_editor(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The command of the user's editor with its arguments: VISUAL, EDITOR, or what is usually there.

    Raises AppError where there is none.
    """
    named = environment.get('VISUAL', '').strip() or environment.get('EDITOR', '').strip()
    try:
        command = shlex.split(named) if named else [name for name in _USUAL if shutil.which(name)][:1]
    except ValueError:
        command = []
    if not command or shutil.which(command[0]) is None:
        what = f'There is no editor {clean(named, 80)!r}.' if named else 'No editor was found.'
        raise AppError(what, 'Set VISUAL or EDITOR.')
    return command


async def edit(command: list[str], text: str) -> str:
    """Hand `text` to an editor that has the terminal, and return what it left; the loop goes on meanwhile.

    Raises AppError where the editor cannot be started, says by its status that nothing is to change, or leaves what
    cannot be read.
    """
    try:
        with _file(text) as file:
            process = await asyncio.create_subprocess_exec(*command, str(file))
            with _interrupts_ignored():
                status = await process.wait()
            if status != 0:
                raise AppError(f'The editor ended with status {status}.', 'The prompt is as it was.')
            return harmless(await asyncio.to_thread(_read, file)).removesuffix('\n')
    except OSError as error:
        raise AppError('The prompt could not be edited.', clean(str(error), 300)) from error


@contextmanager
def _file(text: str) -> Iterator[Path]:
    """Lay `text` in a file that only its user can read, while it is edited."""
    descriptor, name = tempfile.mkstemp(prefix='prompt-', suffix='.txt')
    try:
        with os.fdopen(descriptor, 'wb') as lines:
            lines.write(f'{text}\n'.encode(errors='ignore') if text else b'')
        yield Path(name)
    finally:
        with suppress(OSError):
            Path(name).unlink()


def _read(file: Path) -> str:
    with file.open('rb') as lines:
        return lines.read(_MOST_BYTES).decode(errors='ignore').replace('\r\n', '\n')


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Leave Ctrl+C to the editor: the terminal sends it to every process in the foreground."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
