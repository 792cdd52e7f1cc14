"""An X display without a screen, from Debian's package xvfb."""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.terminals.looking import PATIENCE

__all__ = ['missing', 'virtual_display']


def missing(*programs: str) -> str:
    """Name the programs that are needed and not installed; nothing where all are there."""
    lacking = [name for name in programs if shutil.which(name, path=f'{os.environ.get("PATH")}:/usr/sbin') is None]
    return f'not installed: {", ".join(lacking)}' if lacking else ''


@contextmanager
def virtual_display(width: int = 2600, height: int = 1600) -> Iterator[str]:
    """An X display without a screen, and its name."""
    reader, writer = os.pipe()
    # Without -noreset it starts anew when its last client leaves, and turns away who comes meanwhile.
    command = [
        'Xvfb',
        '-displayfd',
        str(writer),
        '-screen',
        '0',
        f'{width}x{height}x24',
        '-nolisten',
        'tcp',
        '-noreset',
    ]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            number = b''
            while not number.endswith(b'\n'):
                assert select.select([reader], [], [], PATIENCE)[0], 'Xvfb did not start'
                number += os.read(reader, 20)
            yield f':{number.decode().strip()}'
        finally:
            os.close(reader)
            server.terminate()
