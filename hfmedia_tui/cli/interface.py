"""`hfmedia-tui` without a command: the interface, and what goes on when it has ended."""

import asyncio
import os
import sys
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Final

from hfmedia_tui.cli.signals import Signals, exit_code, hang_up_signal, hearing, leave_terminal, terminals
from hfmedia_tui.domain import clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Colours, is_typing, probe
from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.settings import Interface, read_settings
from hfmedia_tui.tokens import has_token

if TYPE_CHECKING:
    from hfmedia_tui.app import HFMediaApp

__all__ = ['TURN_SECONDS', 'start']

TURN_SECONDS: Final = 0.001
"""How long a thread may go on while another one waits for its turn."""
_END_SECONDS: Final = 20.0
"""How long what runs is waited for after SIGTERM: less than systemd and Docker's users commonly allow, and enough for
most answers."""


def start(*, sandbox: bool, linear: bool = False) -> int:
    """Run the interface until it is left, and return the exit code; `linear` has everything told line by line.

    Raises UsageError where there is no terminal.
    """
    paths = find_paths()
    settings = Interface()
    with suppress(UsageError):  # what is wrong with the file is told when the rooms are opened
        settings = read_settings(paths.settings).interface
    if linear or settings.linear:
        from hfmedia_tui.cli.linear import run_linear

        return run_linear(sandbox=sandbox)
    # A key is answered in some ten turns of the event loop; for each it would wait 5 ms while a thread computes.
    sys.setswitchinterval(TURN_SECONDS)
    served = 'TEXTUAL_DRIVER' in os.environ  # by textual-serve, in a browser, where pictures are half-cells
    if not served and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError('The interface needs a terminal.', 'See `hfmedia-tui --help` for commands that need none.')
    # The rest is imported while the terminal answers, which over SSH takes as long as a round trip does.
    Thread(target=import_module, args=('hfmedia_tui.app',)).start()
    terminal = probe(choice=settings.graphics)  # before Textual reads the terminal's input
    if terminal.colours is Colours.TRUECOLOR:
        # The terminal said so itself, and SSH does not carry the variable that says so to everyone else.
        os.environ.setdefault('COLORTERM', 'truecolor')
    else:
        os.environ.pop('COLORTERM', None)  # GNU screen hands down what only the terminal around it can do
    from hfmedia_tui.app import HFMediaApp

    pictures = Pictures(terminal)
    try:
        app = HFMediaApp(
            paths=paths,
            pictures=pictures,
            sandbox=sandbox,
            token_found=has_token(),
            look_for_token=has_token,
            typed=terminal.typed,
            is_typing=not terminal.outstanding and is_typing(),
            alone=True,
        )
        if not served and sys.platform != 'win32':
            from hfmedia_tui.cli.line import LineDriver

            app.driver_class = LineDriver
        return asyncio.run(_run(app, paths))
    finally:
        pictures.close()


async def _run(app: 'HFMediaApp', paths: Paths) -> int:
    ours = terminals()
    with hearing() as signals:
        heard = asyncio.create_task(_end_screen(app, signals))
        try:
            await app.run_async()
            if not app.hung_up:
                await asyncio.to_thread(app.pictures.kept.insist_on_freeing, sys.stdout.fileno())
            if app.hung_up:
                leave_terminal(ours)
                signals.hang_up()
            if app.rooms.services is not None:
                await _go_on(app, signals)
        finally:
            heard.cancel()
            await app.rooms.close()
    _say_farewell(app, paths)
    if signals.first is not None:
        return exit_code(signals.first)
    return exit_code(hang_up_signal()) if app.hung_up else app.return_code or 0


async def _end_screen(app: 'HFMediaApp', signals: Signals) -> None:
    """End the screen when a signal says so; the rooms stay open."""
    stop = asyncio.create_task(signals.stop.wait())
    hung_up = asyncio.create_task(signals.hung_up.wait())
    try:
        await asyncio.wait({stop, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        if signals.hung_up.is_set():
            app.hang_up()
        else:
            app.end()
    finally:
        stop.cancel()
        hung_up.cancel()


async def _go_on(app: 'HFMediaApp', signals: Signals) -> None:
    """Wait without a screen for what runs; what only waits is not started any more."""
    import click  # not needed to start

    assert app.rooms.services is not None
    pool = app.rooms.services.pool
    pool.stop_starting()
    left = pool.if_left()
    if running := len(left.collected) + len(left.interrupted):
        click.echo(
            f'Waiting for what runs ({running}), for {_END_SECONDS:g} s at most. A second signal ends it at once.',
            err=True,
        )
    settled = asyncio.create_task(pool.settle())
    at_once = asyncio.create_task(signals.at_once.wait())
    limit = None if app.hung_up else _END_SECONDS
    await asyncio.wait({settled, at_once}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    for task in (settled, at_once):
        task.cancel()
    left = pool.if_left()
    if left.collected:
        click.echo(f'`hfmedia-tui resume` collects {", ".join(job.id for job in left.collected)}.', err=True)
    for job in left.interrupted:
        click.echo(
            f'{job.id}  interrupted while {clean(job.provider or "")} was asked: may have been billed.', err=True
        )


def _say_farewell(app: 'HFMediaApp', paths: Paths) -> None:
    """Say what became of the jobs, once the screen is the shell's again."""
    import click  # not needed to start

    for line in app.farewell:
        click.echo(line, err=True)
    if app.to_collect:
        from hfmedia_tui.cli.background import start_resume

        try:
            start_resume(paths)
        except OSError as error:
            click.echo(f'No process could be started for them: {error.strerror}. Run `hfmedia-tui resume`.', err=True)
