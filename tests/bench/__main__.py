"""Measure the program beside what it is held against, and print one table.

`python -m tests.bench [SCENE ...] [--quick] [--markdown]` prints a row for each figure as it is measured: ours, the
peer's from the same run, how many times theirs it is, and the goal; the exit code says whether all goals are met. A
scene is a module of this folder with a function `measure`; without names, all of them are played. `--quick` plays what
takes a minute in all and measures it fewer times, to see that it works: its goals are told and not enforced.
`--markdown` prints the table once more, for a page.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from tests.bench.table import Row, in_markdown, in_text

SCENES: Final = ('start', 'overhead', 'growth', 'keys', 'stall', 'search', 'wire', 'memory', 'pictures', 'film', 'ssh')
"""Each a module with `measure(*, quick: bool) -> Iterator[Row]`, in the order in which they are played."""
QUICK: Final = ('start', 'overhead', 'growth', 'search', 'wire', 'pictures')
"""Those that are over in some seconds where they are asked to be quick."""


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m tests.bench')
    parser.add_argument('scenes', nargs='*', metavar='SCENE', help=f'any of {", ".join(SCENES)}; all without')
    parser.add_argument('--quick', action='store_true', help='see that it works, in a minute')
    parser.add_argument('--markdown', action='store_true', help='print the table for a page too')
    options = parser.parse_args()
    if unknown := set(options.scenes) - set(SCENES):
        parser.error(f'no such scene: {", ".join(sorted(unknown))}')
    rows = []
    print(f'{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the beginning')  # noqa: T201
    print(in_text())  # noqa: T201
    beginning = _processors()
    for name in options.scenes or (QUICK if options.quick else SCENES):
        measured: Iterator[Row] = import_module(f'tests.bench.{name}').measure(quick=options.quick)
        for row in measured:
            rows.append(row)
            print(in_text(row), flush=True)  # noqa: T201
    passed, taken = (after - before for before, after in zip(beginning, _processors(), strict=True))
    print(f'{100 * taken / passed:.1f} % of the processors was taken by other machines meanwhile')  # noqa: T201
    if options.markdown:
        print(f'\n{in_markdown(rows)}')  # noqa: T201
    return int(not options.quick and not all(row.is_met for row in rows))


def _processors() -> tuple[int, int]:
    """The processors' time up to now, and what of it a host gave to others.

    As /proc/stat counts it (https://man7.org/linux/man-pages/man5/proc_stat.5.html): user, nice, system, idle, iowait,
    irq, softirq, steal.
    """
    with open('/proc/stat') as file:
        counts = [int(count) for count in file.readline().split()[1:9]]
    return sum(counts), counts[7]


if __name__ == '__main__':
    sys.exit(main())
