"""What memory the program takes at most, beside the program that was just started.

The pictures are of few colours, so that a thousand fit on a disk (a few files under many names): each is decoded whole,
as any of 2048 by 2048 pixels is.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from PIL import Image

from hfmedia_tui.domain import Job, JobState, Output
from hfmedia_tui.store.ledger import Ledger
from tests.bench.inside import MODEL
from tests.bench.studio import House, house_at
from tests.bench.table import Row
from tests.bench.terminal import KITTY, Answering
from tests.jobs import NOW, job, order

__all__ = ['measure']

_RESULTS: Final = 1_000
_JOBS: Final = 10_000
_SIDE: Final = 2_048
_FILES: Final = 8
_AT_MOST: Final = 160
"""MiB: what is kept of pictures, and a page of them being made, beside the program."""


def measure(*, quick: bool) -> Iterator[Row]:
    results, jobs = (24, 200) if quick else (_RESULTS, _JOBS)
    with tempfile.TemporaryDirectory() as name:
        started = _play('start', Path(name, 'start'), 0)['resident']
        browsed = _play('gallery', Path(name, 'gallery'), results)
        assert browsed['results'] == results
        grown = _play('ledger', Path(name, 'ledger'), jobs)
        assert grown['listed'] == grown['results'] == jobs
    for what, told in (
        (f'{results:,} results of {_SIDE}x{_SIDE} browsed from end to end', browsed),
        (f'{jobs:,} jobs listed from end to end, and their results', grown),
    ):
        for figure, named in (('peak', 'most memory'), ('resident', 'memory after it')):
            yield Row(
                what=f'{what}: {named}',
                ours=told[figure],
                unit='MiB',
                against='just started',
                theirs=started,
                at_most=_AT_MOST if figure == 'peak' else None,
            )


def _play(scene: str, folder: Path, jobs: int) -> dict[str, float]:
    with house_at(folder) as house:
        if jobs:
            asyncio.run(_fill(house, jobs))
        Answering(KITTY, columns=160, rows=48, keep=False).run(house.command(scene), house.environment, limit=900)
        return house.told()


async def _fill(house: House, jobs: int) -> None:
    """Write into the ledger that so many jobs have brought a result each."""
    output = house.folder / 'output'
    output.mkdir()
    for number in range(_FILES):
        picture = Image.linear_gradient('L').resize((_SIDE, _SIDE)).rotate(45 * number).convert('RGB')
        picture.save(output / f'picture-{number}.png')
    ledger = Ledger(house.folder / 'data' / 'ledger.sqlite3')
    ledger_folder = house.folder / 'data'
    ledger_folder.mkdir(exist_ok=True)
    await ledger.open()
    try:
        made = [_ended(number, output, house.environment['HFMEDIA_ROUTER_URL']) for number in range(jobs)]
        await ledger.add_all([one.order for one in made], made)
        await ledger.save_all(made)
    finally:
        await ledger.close()


def _ended(number: int, output: Path, router: str) -> Job:
    path = output / f'result-{number}.png'
    os.link(output / f'picture-{number % _FILES}.png', path)
    size = path.stat().st_size
    made = Output(path=str(path), media_type='image/png', width=_SIDE, height=_SIDE, size=size, sha256='0')
    asked = NOW - timedelta(days=1) + timedelta(seconds=number)
    return job(
        order(f'order{number:05}', model=MODEL, router=router, created_at=asked),
        state=JobState.SUCCEEDED,
        provider='fal-ai',
        started_at=asked,
        finished_at=asked + timedelta(seconds=4),
        outputs=(made,),
    )
