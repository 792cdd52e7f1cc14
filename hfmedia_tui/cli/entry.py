"""The way in, and the one place where errors become exit codes."""

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import Final, NoReturn

from hfmedia_tui.cli.exits import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OVER_LIMIT, EXIT_USAGE
from hfmedia_tui.cli.streams import abandon_output, check_arguments, plain, prepare_streams
from hfmedia_tui.errors import AppError, OverLimit, UsageError

__all__ = ['main']

_INTERFACE: Final = {(): False, ('--sandbox',): True}
"""What starts the interface and nothing else, and whether on the sandbox: it is read without the commands and their
parser, which would take 10 ms of the start."""
_COMPLETING: Final = '_HFMEDIA_TUI_COMPLETE'
"""Environment variable by which a shell asks how a command line may go on."""


def main() -> NoReturn:
    """Run the command line and exit."""
    try:
        prepare_streams()
        check_arguments(sys.argv)
        code = _run(tuple(sys.argv[1:]))
    except AppError as error:
        _say(error)
        code = {UsageError: EXIT_USAGE, OverLimit: EXIT_OVER_LIMIT}.get(type(error), EXIT_FAILED)
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except OSError as error:
        # A reader that has had enough is none of these: click ends quietly then.
        _log('the system refused')
        abandon_output()
        _say(AppError(f'The system refused: {error.strerror or error}.'))
        code = EXIT_FAILED
    except Exception:
        _log('a mistake of this program')
        _say(AppError('This program made a mistake.', 'See `hfmedia-tui locate` for the log, which tells more.'))
        code = EXIT_FAILED
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # on the way out there is nothing left to clean up after
    sys.exit(code if isinstance(code, int) else 0)


def _run(arguments: tuple[str, ...]) -> object:
    sandbox = _INTERFACE.get(arguments)
    if sandbox is None or _COMPLETING in os.environ:
        from hfmedia_tui.cli.commands import run_command

        return run_command()
    gc.set_threshold(200_000)  # of what is imported nothing is garbage: looking for it took an eighth of the start
    from hfmedia_tui.cli.interface import start
    from hfmedia_tui.cli.logs import start_log

    start_log(verbose=False, on_stderr=False)
    return start(sandbox=sandbox)


def _say(error: AppError) -> None:
    with suppress(OSError):
        for line in (f'hfmedia-tui: {error.message}', error.hint):
            if line:
                sys.stderr.write(f'{plain(line)}\n')
        sys.stderr.flush()


def _log(what: str) -> None:
    import logging  # 20 ms, and not needed to say the version

    logger = logging.getLogger('hfmedia_tui')
    if logger.hasHandlers():  # without, Python would write the trace on standard error
        logger.exception(what)
