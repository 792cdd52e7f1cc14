"""Kill the program many times and print what became of its jobs: `python -m tests.torture --kills 200`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.torture.campaign import Tally, campaign


async def _torture(kills: int, seed: int) -> Tally:
    with tempfile.TemporaryDirectory() as folder:
        async with campaign(Path(folder), seed=seed) as struck:
            await struck.strike(kills)
            await struck.collect()
            return await struck.examine()


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m tests.torture', description=__doc__)
    parser.add_argument('--kills', type=int, default=200)
    parser.add_argument('--seed', type=int, default=1)
    arguments = parser.parse_args()
    tally = asyncio.run(_torture(arguments.kills, arguments.seed))
    told = [(name, getattr(tally, name)) for name in tally._fields if name != 'problems']
    print('  '.join(f'{name:>9}' for name, _ in told))  # noqa: T201
    print('  '.join(f'{count:>9}' for _, count in told))  # noqa: T201
    for problem in tally.problems:
        print(problem)  # noqa: T201
    return 1 if tally.problems else 0


if __name__ == '__main__':
    sys.exit(main())
