"""The command line: argv, standard output and error, exit codes.

Standard output is data, standard error is talk. This room may know every other; nothing may know it.
"""

import click

from hfmedia_tui import __version__

__all__ = ['main']


@click.group()
@click.version_option(__version__, prog_name='hfmedia-tui', message='%(prog)s %(version)s')
def main() -> None:
    """Make pictures and films with Hugging Face models, from a terminal."""
