"""The log file: what happened to each job, for its user's eyes only, and never a secret."""

import atexit
import logging
import logging.handlers
import os
import queue
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from hfmedia_tui import private
from hfmedia_tui.paths import find_paths

__all__ = ['start_log']

_LARGEST_FILE: Final = 2**20
_OLD_FILES: Final = 3


class PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its user can read."""

    def _open(self):  # type: ignore[no-untyped-def]
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        return os.fdopen(private.open_file(Path(self.baseFilename), flags), 'a', encoding='utf-8')


class PlainFormatter(logging.Formatter):
    """Each record in lines of its own, without what could steer a terminal, and without what opens a signed link."""

    def format(self, record: logging.LogRecord) -> str:
        from hfmedia_tui.domain import harmless, masked  # 10 ms, and not before there is something to tell

        # A line that somebody else began cannot be taken for a record.
        return harmless(masked(super().format(record))).replace('\n', '\n    ')


def start_log(*, verbose: bool, on_stderr: bool) -> None:
    """Send this program's own log to its file, by a thread of its own, so that writing never holds up the interface.

    Only our own: other libraries log whole URLs, and a link to media may be signed.
    """
    logging.raiseExceptions = False  # a log that cannot be written is not told on the terminal, over the interface
    handlers: list[logging.Handler] = []
    path: Path = find_paths().log_file
    try:
        private.make_folder(path.parent)
        handlers.append(PrivateFile(path, maxBytes=_LARGEST_FILE, backupCount=_OLD_FILES, delay=True))
    except OSError:
        pass  # a program without a log still works, and `doctor` says that the folder cannot be written to
    if on_stderr:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(PlainFormatter('%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s'))
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(records, *handlers)
    listener.start()
    atexit.register(_end, listener, handlers)
    logger = logging.getLogger('hfmedia_tui')
    logger.propagate = False
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.addHandler(logging.handlers.QueueHandler(records))


def _end(listener: logging.handlers.QueueListener, handlers: list[logging.Handler]) -> None:
    """Write what is left, and close the file: one that cannot be written is complained of by Python from 3.13 on."""
    listener.stop()
    for handler in handlers:
        with suppress(OSError):
            handler.close()
