"""Kills a process before every step of a move into the trash or out of it, and looks at what it left.

`python -m tests.store.cutting FOLDER put|restore|delete [--copy]` prints, as JSON, how often it was cut and what
was wrong.
"""

import asyncio
import errno
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import replace

from hfmedia_tui.domain import Job, JobState, Output
from hfmedia_tui.store.database import Database
from hfmedia_tui.store.ledger import Ledger
from tests.jobs import NOW, job, order

Result = TypeVar('Result')

FILES = ('fox-1.png', 'fox-2.png')
RECIPE = b'{"prompt": "a fox"}'
STEPS = frozenset({'os.link', 'os.remove', 'os.rename', 'open'})


class Countdown:
    """Kills this process at a step that is chosen beforehand."""

    def __init__(self, left: int) -> None:
        self._left = left

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def prepare(home: Path) -> str:
    """Record a job that succeeded, with two files, of which one has its recipe beside it."""
    one = job(order())
    outputs = []
    for name in FILES:
        path = home / 'output' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 1000)
        outputs.append(Output(path=str(path), media_type='image/png', size=path.stat().st_size, sha256='0'))
    (home / 'output' / f'{FILES[0]}.json').write_bytes(RECIPE)
    ledger = Ledger(home / 'data' / 'ledger.sqlite3')
    await ledger.open()
    await ledger.add(one.order, [one])
    await ledger.save(replace(one, state=JobState.SUCCEEDED, outputs=tuple(outputs), finished_at=NOW))
    await ledger.close()
    return one.id


async def act(home: Path, deed: str, job_id: str) -> None:
    ledger = Ledger(home / 'data' / 'ledger.sqlite3')
    await ledger.open()
    try:
        await getattr(ledger.trash, deed)([job_id])
    finally:
        await ledger.close()


async def look(home: Path, job_id: str) -> tuple[Job, tuple[Job, ...]]:
    """The job and what lies in the trash, as the next process finds them."""
    ledger = Ledger(home / 'data' / 'ledger.sqlite3')
    await ledger.open()
    try:
        lying = await ledger.trash.jobs()
        return await ledger.find(job_id), lying
    finally:
        await ledger.close()


def cut_at(step: int, home: Path, deed: str, job_id: str, *, copy: bool) -> bool:
    """Whether a process that does it died at its `step`th step."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
        return os.WIFSIGNALED(status)
    countdown = Countdown(step)
    folders = str(home / 'data' / 'trash'), str(home / 'output')
    write = Database.write

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in STEPS or not str(arguments[0]).startswith(folders):
            return
        if copy and event == 'os.link' and Path(arguments[0]).parent != Path(arguments[1]).parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        countdown.step()

    async def counted(database: Database, transaction: Callable[[sqlite3.Connection], Result]) -> Result:
        countdown.step()
        return await write(database, transaction)

    Database.write = counted  # type: ignore[method-assign, assignment]
    sys.addaudithook(hook)
    code = 1
    try:
        asyncio.run(act(home, deed, job_id))
        code = 0
    finally:
        os._exit(code)


def judge(home: Path, deed: str, job: Job, lying: tuple[Job, ...]) -> str | None:
    """What is wrong with what a cut left, once it was looked at."""
    found = {path for folder in ('output', 'data/trash') for path in (home / folder).glob('*') if path.suffix == '.png'}
    recipes = {path for folder in ('output', 'data/trash') for path in (home / folder).glob('*.json')}
    told = {Path(output.path) for output in job.outputs}
    if deed == 'delete' and job.deleted:
        return f'{found | recipes} left behind' if found or recipes else None
    parts = list((home / 'output').glob('.*.part')) + list((home / 'data' / 'trash').glob('.*.part'))
    beside = {path: path.read_bytes() for path in recipes}
    wrongs = {
        f'bytes lost: {found}': {path.read_bytes() for path in found} != {name.encode() * 1000 for name in FILES},
        f'the ledger tells of {told}, and there are {found}': found != told,
        f'{beside} does not lie beside its file': beside != {Path(f'{job.outputs[0].path}.json'): RECIPE},
        'the trash and the job differ': (job.trashed_at is not None) != bool(lying),
        f'{parts} left behind': bool(parts),
    }
    return next((what for what, wrong in wrongs.items() if wrong), None)


def main(folder: Path, deed: str, *, copy: bool) -> dict[str, object]:
    cuts, wrong = 0, list[str]()
    while True:
        home = folder / f'{deed}-{copy}-{cuts}'
        job_id = asyncio.run(prepare(home))
        if deed != 'put':
            asyncio.run(act(home, 'put', job_id))
        died = cut_at(cuts + 1, home, deed, job_id, copy=copy)
        problem = judge(home, deed, *asyncio.run(look(home, job_id)))
        if problem:
            wrong.append(f'cut {cuts + 1}: {problem}')
        if not died:
            return {'cuts': cuts, 'wrong': wrong}
        cuts += 1


if __name__ == '__main__':
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], copy='--copy' in sys.argv)))  # noqa: T201 - what it is for
