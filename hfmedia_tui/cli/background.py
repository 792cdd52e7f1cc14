"""Jobs that go on when the interface has ended: a process of its own collects them."""

import os
import subprocess
import sys
from typing import Final

from hfmedia_tui import private
from hfmedia_tui.paths import Paths

__all__ = ['start_resume']

_LOG: Final = 'resume.log'


def start_resume(paths: Paths) -> None:
    """Start a `resume` that belongs to no terminal, and that ends when everything sent is collected. Raises OSError.

    It sends nothing: what waits goes on waiting. What it says lies in a file beside the log.
    """
    private.make_folder(paths.log)
    said = private.open_file(paths.log / _LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    try:
        subprocess.Popen(
            [sys.executable, '-m', 'hfmedia_tui', 'resume', '--sent-only'],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    finally:
        os.close(said)
