"""How much longer everything takes with a long past: a start, the jobs and the gallery over a hundred thousand jobs."""

import asyncio
import math
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from PIL import Image

from hfmedia_tui.domain import Job, JobState, Output
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.rows import as_json, moment
from tests.bench.start import LISTED, PROGRAM, environment_at, left_in_browse, until_answered
from tests.bench.table import Row
from tests.houses import sandbox_at
from tests.jobs import MAPPING, NOW, job, order

__all__ = ['fill', 'measure']

_COUNTS: Final = (100, 10_000, 100_000)
_COUNTS_QUICK: Final = (100, 1_000)
_ROUNDS: Final = 5
_FILES: Final = 40
"""Pictures that the jobs share."""
_GALLERY: Final = (b'\x1b[17~', b'\x1b_Ga=T')
"""F6, until the first picture is sent."""
_JOBS: Final = (b'\x1bOS', b'the newest fox')
"""F4, until the newest job is listed."""
_NAMES: Final = ('start', 'to the first picture of the gallery', 'to the jobs')


def measure(*, quick: bool) -> Iterator[Row]:
    counts = _COUNTS_QUICK if quick else _COUNTS
    taken: dict[int, list[Sequence[float]]] = {count: [] for count in counts}
    with tempfile.TemporaryDirectory() as name, sandbox_at(Path(name, 'sandbox'), pace=1.0) as sandbox:
        homes = {}
        for count in counts:
            home = Path(name, str(count))
            environment = environment_at(home, sandbox.hub, sandbox.router)
            left = left_in_browse(environment)
            asyncio.run(fill(home / 'data' / 'ledger.sqlite3', count, home / 'output', router=sandbox.router))
            homes[count] = environment, left
        for _ in range(1 if quick else _ROUNDS):
            for count, (environment, left) in homes.items():
                told = []
                for place in (_GALLERY, _JOBS):
                    left.write()
                    told.append(until_answered([PROGRAM], environment, LISTED, place))
                (start, gallery), (again, jobs) = told
                taken[count].append(((start + again) / 2, gallery, jobs))
    few, *many = counts
    for number, what in enumerate(_NAMES):
        figure = {count: median(figures[number] for figures in taken[count]) for count in counts}
        for count in many:
            yield Row(
                what=f'{count:,} jobs in the ledger: {what}',
                ours=figure[count],
                against=f'{few:,} jobs',
                theirs=figure[few],
                times_at_most=math.log(count) / math.log(few),
            )


async def fill(ledger: Path, count: int, output: Path, *, router: str) -> None:
    """Record `count` jobs that succeeded, with an attempt and a picture each; they share a few files."""
    output.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(_FILES):
        path = output / f'{number}.png'
        Image.new('RGB', (512, 512), (6 * number, 90, 140)).save(path)
        made.append(
            Output(path=str(path), media_type='image/png', width=512, height=512, size=path.stat().st_size, sha256='0')
        )
    jobs = [_succeeded(number, count, made[number % _FILES], router) for number in range(count)]
    opened = Ledger(ledger)
    await opened.open()
    try:
        await opened.add_all([one.order for one in jobs], jobs)
        await opened.save_all(jobs)
    finally:
        await opened.close()
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.executemany(
            'INSERT INTO attempts VALUES (?, 0, ?, NULL, 200, NULL, ?, ?)',
            [(one.id, as_json(MAPPING), moment(one.started_at), moment(one.finished_at)) for one in jobs],
        )


def _succeeded(number: int, count: int, made: Output, router: str) -> Job:
    asked = NOW - timedelta(minutes=count - number)
    prompt = 'the newest fox' if number == count - 1 else f'a red fox in the snow, number {number}'
    of = order(f'order{number:07}', prompt=prompt, mappings=(MAPPING,), router=router, created_at=asked)
    ended = partial(job, of, seed=number, provider='fal-ai', started_at=asked, finished_at=asked + timedelta(seconds=4))
    return ended(state=JobState.SUCCEEDED, outputs=(made,))
