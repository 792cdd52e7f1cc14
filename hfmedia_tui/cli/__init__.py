"""The command line: argv, standard output and error, exit codes.

Standard output is data, standard error is talk. This room may know every other; nothing may know it. Modules are
imported by the command that needs them, so that `--version` and `--help` answer at once.
"""

from hfmedia_tui.cli.entry import main

__all__ = ['main']
