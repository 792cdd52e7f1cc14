"""The standard streams and the arguments, made fit for use however this program was started."""

import io
import os
import sys

from hfmedia_tui.errors import UsageError

__all__ = ['abandon_output', 'check_arguments', 'plain', 'prepare_streams', 'read_input']


def prepare_streams() -> None:
    """Open what was closed, and let no character stop a line from being written.

    A stream that was closed is the null device from here on; left closed, the next file or socket would take its
    place. Raises UsageError where that is standard output: results would go nowhere.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding='utf-8')  # noqa: SIM115 - open as long as the process lives
    lost = sys.stdout is None
    if lost:
        sys.stdout = open(os.devnull, 'w', encoding='utf-8')  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, 'w', encoding='utf-8')  # noqa: SIM115
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding='utf-8', errors='strict')
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors='backslashreplace')
    if lost:
        raise UsageError('Standard output is closed.', 'Send it to a file, or to /dev/null.')


def check_arguments(arguments: list[str]) -> None:
    """Raise UsageError for an argument that is no text: nothing could record or send it."""
    try:
        ' '.join(arguments).encode()
    except UnicodeEncodeError:
        raise UsageError('An argument is not text in UTF-8.') from None


def read_input(most: int) -> str:
    """Read standard input to its end, or to `most` characters. Raises UsageError for what is no text."""
    try:
        return sys.stdin.read(most)
    except UnicodeDecodeError:
        raise UsageError('Standard input is not text in UTF-8.') from None


def plain(text: str) -> str:
    """What may be shown of a text that may repeat an argument, a variable or the name of a file."""
    if all(line.isprintable() for line in text.split('\n')):
        return text
    from hfmedia_tui.domain import harmless  # 10 ms, and nearly every text is plain

    return harmless(text)


def abandon_output() -> None:
    """Send what is still to be written on standard output nowhere: it cannot be written where it should go.

    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
