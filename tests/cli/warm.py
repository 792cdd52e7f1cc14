"""Runs the program in processes forked from one that has imported it: a run costs no start of an interpreter.

What a start imports is shown by tests/test_hygiene.py, and what it does with its streams by test_streams.py, each with
fresh interpreters. Of the pauses between two looks at a prediction, and of the time that a sandbox of its own takes,
hardly anything is left: tests/engine and tests/sandbox show that they are kept.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ['Ended', 'run', 'start']

_SECONDS: Final = 120.0
"""How long a run may take."""
_PATIENCE: Final = 0.02
"""What multiplies the time between two requests of a job, and that of a sandbox of its own."""
_FORKS = multiprocessing.get_context('forkserver')
_FORKS.set_forkserver_preload(
    [f'hfmedia_tui.{name}' for name in ('api', 'cli.doctor', 'cli.earlier', 'cli.generate', 'cli.listing', 'cli.trash')]
)


class Ended(NamedTuple):
    code: int
    out: str
    err: str


class Place(NamedTuple):
    """What a process inherits from the one that starts it."""

    folder: str
    umask: int
    environment: dict[str, str]


def run(arguments: Sequence[str], environment: Mapping[str, str], *, input: str = '') -> Ended:
    """Run the program to its end, with files for streams."""
    with tempfile.TemporaryDirectory() as folder:
        streams = tuple(str(Path(folder, name)) for name in ('in', 'out', 'err'))
        Path(streams[0]).write_text(input, encoding='utf-8')
        process = start(arguments, environment, streams)
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise AssertionError(f'{arguments} took more than {_SECONDS:g} s')
        out, err = (Path(stream).read_text(encoding='utf-8') for stream in streams[1:])
        return Ended(process.exitcode, out, err)


def start(
    arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[str]
) -> multiprocessing.process.BaseProcess:
    """Start the program on three files or on a terminal, which becomes that of a session of its own."""
    os.umask(umask := os.umask(0o022))
    place = Place(os.getcwd(), umask, dict(environment))
    process = _FORKS.Process(target=_be_the_program, args=(list(arguments), place, streams))
    process.start()
    return process


def _be_the_program(arguments: Sequence[str], place: Place, streams: Sequence[str]) -> None:
    from hfmedia_tui import services  # in the process that is forked, where it is imported already
    from hfmedia_tui.cli import main

    services.open_services.__wrapped__.__kwdefaults__.update(patience=_PATIENCE, pace=_PATIENCE)  # type: ignore[attr-defined]
    os.setsid()
    os.chdir(place.folder)
    os.umask(place.umask)
    os.environ.clear()
    os.environ.update(place.environment)
    for number, stream in enumerate(streams):
        opened = os.open(stream, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding='utf-8')  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = os.fdopen(1, 'w', encoding='utf-8')  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = os.fdopen(2, 'w', encoding='utf-8')  # type: ignore[misc]
    sys.argv = ['hfmedia-tui', *arguments]
    main()
