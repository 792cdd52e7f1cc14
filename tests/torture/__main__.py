"""End the program many times and print what became of its jobs: `python -m tests.torture --kills 200`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.torture.campaign import Blow, Tally, campaign


async def _torture(kills: int, seed: int, blow: Blow) -> Tally:
    with tempfile.TemporaryDirectory() as folder:
        async with campaign(Path(folder), seed=seed) as struck:
            await struck.strike(kills, blow)
            await struck.collect()
            return await struck.examine()


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m tests.torture', description=__doc__)
    parser.add_argument('--kills', type=int, default=200, help='of all ways to end together')
    parser.add_argument('--seed', type=int, default=1)
    arguments = parser.parse_args()
    names = [name for name in Tally._fields if name != 'problems']
    print(f'{"signal":<12}', *(f'{name:>9}' for name in names))  # noqa: T201
    problems = list[str]()
    for blow in Blow:
        tally = asyncio.run(_torture(-(-arguments.kills // len(Blow)), arguments.seed, blow))
        print(f'{blow:<12}', *(f'{getattr(tally, name):>9}' for name in names), flush=True)  # noqa: T201
        problems += tally.problems
    print(*problems, sep='\n')  # noqa: T201
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
