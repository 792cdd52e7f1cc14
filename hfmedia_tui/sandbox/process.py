"""The parent's hand on a sandbox in a process of its own."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import msgspec

import hfmedia_tui
from hfmedia_tui.domain import clean
from hfmedia_tui.errors import SandboxError
from hfmedia_tui.sandbox.addresses import Addresses

__all__ = ['Addresses', 'running']

_START_SECONDS: Final = 60
"""A second or two is usual; a small machine that does much else takes its time, and one that fails says so at once."""
_END_SECONDS: Final = 3
_NEEDED: Final = (
    *('PATH', 'HOME', 'LANG', 'LC_*', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT'),
    *('PYTHON*', 'LD_LIBRARY_PATH', 'DYLD_*', 'COVERAGE_*'),
)
"""Names of the variables that the sandbox gets: neither a token nor a key nor a proxy is among them."""


@contextlib.asynccontextmanager
async def running(home: Path, pace: float = 1.0) -> AsyncIterator[Addresses]:
    """Run a sandbox on `home` for the length of the block.

    It is a process of its own, out of reach of the terminal's signals, and it ends with this process however this
    one ends. `pace` multiplies every simulated duration. Raises SandboxError, with what it said, where it does not
    start.
    """
    root = str(Path(hfmedia_tui.__file__).parent.parent)
    environment = {
        name: value for name, value in os.environ.items() if any(fnmatchcase(name, needed) for needed in _NEEDED)
    }
    environment['PYTHONPATH'] = os.pathsep.join(filter(None, (root, os.environ.get('PYTHONPATH'))))
    command = ('-P', '-m', 'hfmedia_tui.sandbox', '--home', str(home), '--pace', str(pace), '--while-stdin')
    with tempfile.TemporaryFile() as errors:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(f'The sandbox did not start: {error.strerror}.') from error
        try:
            yield await _announced(process, errors.fileno())
        finally:
            await _end(process)


async def _announced(process: asyncio.subprocess.Process, errors: int) -> Addresses:
    """Return the addresses that the process announces in its first line."""
    assert process.stdout
    line = b''
    with contextlib.suppress(TimeoutError, ValueError):
        line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
    try:
        return msgspec.json.decode(line, type=Addresses)
    except msgspec.MsgspecError:
        size = os.fstat(errors).st_size
        said = os.pread(errors, 4_096, max(0, size - 4_096)).decode(errors='replace')
        last = clean(said).rpartition('\n')[2] or f'it said nothing for {_START_SECONDS} seconds'
        raise SandboxError(f'The sandbox did not start: {last}') from None


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process: ask, then insist."""
    assert process.stdin
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _END_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
