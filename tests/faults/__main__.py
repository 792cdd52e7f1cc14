"""`python -m tests.faults` runs every combination and prints how many held."""

import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults.matrix import Combination, combinations, run_all
from tests.faults.policy import Fault, Stage


async def main() -> int:
    began = time.monotonic()
    logging.disable()
    every = list(combinations())
    possible = [combination for combination in every if combination.impossible is None]
    # In memory, where there is such a place: a disk that is waited for proves nothing here.
    memory = Path('/dev/shm')
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        found = await run_all(possible, Path(folder))
    held = Counter((combination.stage, combination.fault) for combination in possible if not found[combination])
    cannot = Counter(
        f'{combination.fault} at {combination.stage}: {combination.impossible}'
        for combination in every
        if combination.impossible is not None
    )
    report = [
        *_table(possible, held),
        *(f'BROKEN  {combination}: {"; ".join(problems)}' for combination, problems in found.items() if problems),
        f'\n{cannot.total()} combinations cannot be:',
        *(f'  {count:>3}  {reason}' for reason, count in sorted(cannot.items())),
        f'\n{len(possible)} combinations ran, {held.total()} held, in {time.monotonic() - began:.0f} s.',
    ]
    print('\n'.join(report))  # noqa: T201 - what it is for
    return 0 if held.total() == len(possible) else 1


def _table(possible: list[Combination], held: Counter[tuple[Stage, Fault]]) -> Iterator[str]:
    ran = Counter((combination.stage, combination.fault) for combination in possible)
    yield f'{"":<26}' + ''.join(f'{stage:>9}' for stage in Stage)
    for fault in Fault:
        cells = [f'{held[stage, fault]}/{ran[stage, fault]}' if ran[stage, fault] else '-' for stage in Stage]
        yield f'{fault:<26}' + ''.join(f'{cell:>9}' for cell in cells)


if __name__ == '__main__':
    sys.exit(asyncio.run(main()))
