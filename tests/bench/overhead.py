"""What the engine adds to the time that a provider takes, and what each job costs the processor.

Beside the ideal, and beside huggingface_hub's `AsyncInferenceClient` with `asyncio.gather`, which keeps the pictures in
memory: ours writes each to its file with how it was made, and every step into the ledger.
"""

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.photograph import photograph
from tests.bench.provider import answering_after
from tests.bench.table import Row

__all__ = ['measure']

_AT_ONCE: Final = 32
_ROUNDS: Final = 3


def measure(*, quick: bool) -> Iterator[Row]:
    jobs, seconds, rounds = (64, 0.5, 1) if quick else (256, 1.0, _ROUNDS)
    taken: dict[str, list[tuple[float, float]]] = {'ours': [], 'theirs': []}
    with tempfile.TemporaryDirectory() as name:
        picture = photograph(Path(name, 'picture.png'), 512)
        with answering_after(seconds, picture) as url:
            for number in range(rounds):
                for side, figures in taken.items():
                    figures.append(_run(side, url, Path(name, f'{side}-{number}'), jobs))
    ideal = math.ceil(jobs / _AT_ONCE) * seconds
    (ours, ours_cpu), (theirs, theirs_cpu) = (
        tuple(map(median, zip(*figures, strict=True))) for figures in taken.values()
    )
    what = f'{jobs} jobs of {seconds:g} s, {_AT_ONCE} at once'
    yield Row(what=what, ours=ours, unit='s', against='no overhead at all', theirs=ideal, times_at_most=1.1)
    yield Row(what=what, ours=ours, unit='s', against='AsyncInferenceClient, nothing kept', theirs=theirs)
    yield Row(
        what=f'{what}: processor, each',
        ours=1000 * ours_cpu / jobs,
        against='AsyncInferenceClient, nothing kept',
        theirs=1000 * theirs_cpu / jobs,
    )


def _run(side: str, url: str, folder: Path, jobs: int) -> tuple[float, float]:
    folder.mkdir()
    command = [sys.executable, '-m', 'tests.bench.overhead_client', side, url, str(folder), str(jobs), str(_AT_ONCE)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=300)
    seconds, processor = json.loads(done.stdout)
    return seconds, processor
