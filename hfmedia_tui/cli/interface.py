"""`hfmedia-tui` without a command: the interface."""

import os
import sys

from hfmedia_tui.errors import UsageError
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Colours, probe
from hfmedia_tui.paths import find_paths
from hfmedia_tui.tokens import has_token

__all__ = ['run_interface']


def run_interface(*, sandbox: bool) -> None:
    """Run the interface until it is left. Raises UsageError where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError('The interface needs a terminal.', 'See `hfmedia-tui --help` for commands that need none.')
    terminal = probe()  # before Textual reads the terminal's input
    if terminal.colours is Colours.TRUECOLOR:
        # The terminal said so itself, and SSH does not carry the variable that says so to everyone else.
        os.environ.setdefault('COLORTERM', 'truecolor')
    from hfmedia_tui.app import HFMediaApp

    pictures = Pictures(terminal)
    try:
        app = HFMediaApp(
            paths=find_paths(),
            pictures=pictures,
            sandbox=sandbox,
            token_found=has_token(),
            look_for_token=has_token,
            typed=terminal.typed,
        )
        app.run()
    finally:
        pictures.close()
