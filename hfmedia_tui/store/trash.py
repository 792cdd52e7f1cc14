"""The trash: ended jobs and their files, until they are restored or deleted for good.

What is to be done is recorded before a file moves, and that it is done after: a death between the two leaves a step
that the next look at the trash finishes. One process at a time moves files, held by a lock that dies with it.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from filelock import FileLock, Timeout

from hfmedia_tui import private
from hfmedia_tui.domain import FINAL_STATES, Job, JobState
from hfmedia_tui.errors import StoreError
from hfmedia_tui.metadata.sidecar import sidecar_path
from hfmedia_tui.store.database import Database
from hfmedia_tui.store.moving import free_place, is_file, move
from hfmedia_tui.store.rows import moment

__all__ = ['Moved', 'Trash']

log = logging.getLogger(__name__)

Result = TypeVar('Result')

_LOCK_SECONDS: Final = 30.0
"""How long another process is waited for that moves files."""


class Step(StrEnum):
    """Where a job stands on its way into the trash and out of it; null in the ledger for one that never went."""

    PUT = 'put'
    """It was thrown away; its files may still lie where they were."""
    LIES = 'lies'
    RESTORE = 'restore'
    """It was asked back; its files may still lie in the trash."""
    DELETE = 'delete'
    """It was deleted for good; its files may still be there."""
    DELETED = 'deleted'
    """Its files are gone. What was asked and paid for stays in the ledger."""


_UNDONE: Final = {Step.PUT: Step.RESTORE, Step.RESTORE: Step.PUT, Step.DELETE: Step.LIES}
"""What undoes a step that cannot be finished."""


class Moved(NamedTuple):
    """What became of jobs that were to go into the trash or out of it."""

    jobs: tuple[Job, ...]
    """Those that went, as they stand now."""
    refused: tuple[str, ...] = ()
    """Why each of the others stayed, in a sentence."""
    remarks: tuple[str, ...] = ()
    """What else the user should know, in sentences."""


class File(NamedTuple):
    """One result of a job in the trash."""

    ordinal: int
    home: Path
    """Where it lay, and is to lie when it is restored."""
    place: Path
    """Where it lies in the trash."""


class Trash:
    """Every method is whole when it returns, whatever is cancelled meanwhile, and raises StoreError.

    `read` reads jobs by a clause of SQL, as the ledger does.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        read: Callable[[sqlite3.Connection, str, Sequence[Any]], tuple[Job, ...]],
    ) -> None:
        self._database = database
        self._folder = folder
        self._read = read
        self._lock = FileLock(folder / '.lock', mode=0o600, thread_local=False, is_singleton=False)
        self._alone = asyncio.Lock()

    async def jobs(self) -> tuple[Job, ...]:
        """What lies in the trash, thrown away last first."""
        if await self._database.read(_unfinished):
            await self._in_turn(self._settle())
        return await self._jobs('WHERE jobs.trash = ? ORDER BY jobs.trashed_at DESC, jobs.sequence DESC', [Step.LIES])

    async def put(self, job_ids: Iterable[str]) -> Moved:
        """Throw ended jobs away with their files. One that runs or can be collected is refused."""
        return await self._in_turn(self._take(tuple(job_ids), Step.PUT, self._why_not_put))

    async def restore(self, job_ids: Iterable[str]) -> Moved:
        """Bring jobs back, each file to its own place, or to a free name beside it where that was taken meanwhile."""
        return await self._in_turn(self._take(tuple(job_ids), Step.RESTORE, _why_not_out))

    async def delete(self, job_ids: Iterable[str]) -> Moved:
        """Delete the files of jobs in the trash for good. The ledger keeps what was asked and what it cost."""
        return await self._in_turn(self._take(tuple(job_ids), Step.DELETE, _why_not_out))

    # ------------------------------------------------------------------------------------------ taking a step

    async def _take(self, job_ids: Sequence[str], step: Step, why_not: Callable[[sqlite3.Row], str | None]) -> Moved:
        await self._settle()

        def begin(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
            begun, refused = list[str](), list[str]()
            for job_id in dict.fromkeys(job_ids):
                row = connection.execute('SELECT * FROM jobs WHERE id = ?', (job_id,)).fetchone()
                reason = f'There is no job {job_id}.' if row is None else why_not(row)
                if reason is not None:
                    refused.append(reason)
                    continue
                begun.append(job_id)
                _set_step(connection, job_id, step)
                if step is Step.PUT:
                    self._record_files(connection, job_id)
            return begun, refused

        begun, refused = await self._database.write(begin)
        done, remarks = list[str](), list[str]()
        for job_id in begun:
            try:
                remarks += await self._finish(job_id, step)
                done.append(job_id)
            except OSError as error:
                refused.append(f'Job {job_id} stays where it is: {error.strerror or error}.')
                await self._undo(job_id, step)
        marks = ', '.join('?' * len(done))
        return Moved(await self._jobs(f'WHERE jobs.id IN ({marks})', done), tuple(refused), tuple(remarks))

    async def _undo(self, job_id: str, step: Step) -> None:
        """Go back to where a job was before a step that cannot be finished; what fails again is left to the next look.

        It is recorded first, as every step is.
        """
        back = _UNDONE[step]
        await self._database.write(lambda connection: _set_step(connection, job_id, back))
        try:
            await self._finish(job_id, back)
        except OSError as error:
            log.warning('the files of job %s lie half in the trash: %s', job_id, error)

    async def _settle(self) -> None:
        """Finish what a process began that died over it."""
        for job_id, step in await self._database.read(_unfinished):
            try:
                await self._finish(job_id, step)
            except OSError as error:
                log.warning('the files of job %s lie half in the trash: %s', job_id, error)

    async def _finish(self, job_id: str, step: Step) -> list[str]:
        """Move or delete the files of a job as its step says, record that, and return what the user should know.

        Raises OSError.
        """
        files = await self._database.read(lambda connection: _files(connection, job_id))
        remarks = list[str]()
        match step:
            case Step.PUT:
                lying = [file for file in files if await self._move_in(job_id, file)]
                await self._database.write(lambda connection: _lay_down(connection, job_id, lying))
            case Step.RESTORE:
                for file in files:
                    remarks += await self._move_out(job_id, file)
                await self._database.write(lambda connection: _bring_back(connection, job_id))
            case Step.DELETE:
                for file in files:
                    await asyncio.to_thread(file.place.unlink, missing_ok=True)
                    await asyncio.to_thread(sidecar_path(file.place).unlink, missing_ok=True)
                await self._database.write(lambda connection: _forget(connection, job_id))
            case Step.LIES | Step.DELETED:
                pass
        return remarks

    async def _move_in(self, job_id: str, file: File) -> bool:
        """Whether there was a file to move; one that its owner moved or deleted by hand is none."""
        lies = await asyncio.to_thread(is_file, file.place)
        place = file.place
        if await asyncio.to_thread(is_file, file.home):
            await asyncio.to_thread(private.make_folder, self._folder)
            place = await self._move(job_id, file, file.home, file.place, 'place')
            lies = True
        if lies:
            await asyncio.to_thread(_move_beside, file.home, place)
        return lies

    async def _move_out(self, job_id: str, file: File) -> list[str]:
        if not await asyncio.to_thread(is_file, file.place):
            back = await asyncio.to_thread(is_file, file.home)
            if back:
                await asyncio.to_thread(_move_beside, file.place, file.home)
            return [] if back else [f'{file.place} was no longer in the trash.']
        home = await self._move(job_id, file, file.place, file.home, 'home')
        await asyncio.to_thread(_move_beside, file.place, home)
        return [] if home == file.home else [f'{file.home} was taken by another file: this one is {home.name} now.']

    async def _move(self, job_id: str, file: File, source: Path, target: Path, column: str) -> Path:
        """Move a file, to a free name beside `target` where that is taken, and return where it lies."""
        while True:
            try:
                await asyncio.to_thread(move, source, target)
                return target
            except FileExistsError:
                target = await asyncio.to_thread(free_place, target)
                named = partial(_rename, job_id=job_id, ordinal=file.ordinal, column=column, path=target)
                await self._database.write(named)

    def _record_files(self, connection: sqlite3.Connection, job_id: str) -> None:
        rows = connection.execute('SELECT ordinal, path FROM outputs WHERE job_id = ?', (job_id,)).fetchall()
        connection.executemany(
            'INSERT INTO trashed_files VALUES (?, ?, ?, ?)',
            [
                (
                    job_id,
                    row['ordinal'],
                    row['path'],
                    str(self._folder / f'{job_id}.{row["ordinal"]}{Path(row["path"]).suffix}'),
                )
                for row in rows
            ],
        )

    @staticmethod
    def _why_not_put(row: sqlite3.Row) -> str | None:
        if row['trash'] is not None:
            return _why_not_again(row)
        if JobState(row['state']) not in FINAL_STATES:
            return f'Job {row["id"]} has not ended: cancel it first.'
        if row['collectable'] and row['state'] == JobState.FAILED:
            return f'Job {row["id"]} is paid for and can still be collected: retry collects it, cancel gives it up.'
        return None

    # ------------------------------------------------------------------------------------------ one at a time

    async def _jobs(self, clause: str, values: Sequence[Any]) -> tuple[Job, ...]:
        return await self._database.read(lambda connection: self._read(connection, clause, values))

    async def _in_turn(self, deed: Coroutine[Any, Any, Result]) -> Result:
        """Do it alone, and to its end however often this is cancelled: no file is left between two names."""
        task = asyncio.ensure_future(self._locked(deed))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    async def _locked(self, deed: Coroutine[Any, Any, Result]) -> Result:
        async with self._alone:
            try:
                await asyncio.to_thread(private.make_folder, self._folder)
                await asyncio.to_thread(self._lock.acquire, timeout=_LOCK_SECONDS)
            except Timeout:
                deed.close()
                raise StoreError('Another process moves files in the trash.', 'Try again when it is done.') from None
            except OSError as error:
                deed.close()
                raise StoreError(f'The trash {self._folder} cannot be used: {error.strerror}.') from error
            try:
                return await deed
            finally:
                await asyncio.to_thread(self._lock.release)


def _move_beside(source: Path, target: Path) -> None:
    """Let what tells how a file was made follow it. Blocking; where its new name is taken it stays."""
    beside = sidecar_path(source)
    if is_file(beside):
        with suppress(FileExistsError):
            move(beside, sidecar_path(target))


def _unfinished(connection: sqlite3.Connection) -> list[tuple[str, Step]]:
    rows = connection.execute(
        'SELECT id, trash FROM jobs WHERE trash IN (?, ?, ?) ORDER BY sequence', (Step.PUT, Step.RESTORE, Step.DELETE)
    )
    return [(row['id'], Step(row['trash'])) for row in rows]


def _files(connection: sqlite3.Connection, job_id: str) -> list[File]:
    rows = connection.execute('SELECT * FROM trashed_files WHERE job_id = ? ORDER BY ordinal', (job_id,))
    return [File(row['ordinal'], Path(row['home']), Path(row['place'])) for row in rows]


def _set_step(connection: sqlite3.Connection, job_id: str, step: Step) -> None:
    connection.execute(
        'UPDATE jobs SET trash = ?, trashed_at = coalesce(trashed_at, ?) WHERE id = ?',
        (step, moment(datetime.now(UTC)), job_id),
    )


def _lay_down(connection: sqlite3.Connection, job_id: str, lying: Iterable[File]) -> None:
    """Record that a job lies in the trash; what there was no file of is as it was."""
    ordinals = [file.ordinal for file in lying]
    connection.execute(
        f'DELETE FROM trashed_files WHERE job_id = ? AND ordinal NOT IN ({", ".join("?" * len(ordinals))})',
        (job_id, *ordinals),
    )
    _point(connection, job_id, 'place')
    _set_step(connection, job_id, Step.LIES)


def _rename(connection: sqlite3.Connection, *, job_id: str, ordinal: int, column: str, path: Path) -> None:
    connection.execute(
        f'UPDATE trashed_files SET {column} = ? WHERE job_id = ? AND ordinal = ?', (str(path), job_id, ordinal)
    )


def _bring_back(connection: sqlite3.Connection, job_id: str) -> None:
    _point(connection, job_id, 'home')
    connection.execute('DELETE FROM trashed_files WHERE job_id = ?', (job_id,))
    connection.execute('UPDATE jobs SET trash = NULL, trashed_at = NULL WHERE id = ?', (job_id,))


def _forget(connection: sqlite3.Connection, job_id: str) -> None:
    connection.execute('DELETE FROM trashed_files WHERE job_id = ?', (job_id,))
    connection.execute('DELETE FROM outputs WHERE job_id = ?', (job_id,))
    _set_step(connection, job_id, Step.DELETED)


def _point(connection: sqlite3.Connection, job_id: str, column: str) -> None:
    """Let the results of a job be where they lie."""
    connection.execute(
        f'UPDATE outputs SET path = files.{column} FROM trashed_files AS files'
        ' WHERE files.job_id = outputs.job_id AND files.ordinal = outputs.ordinal AND outputs.job_id = ?',
        (job_id,),
    )


def _why_not_out(row: sqlite3.Row) -> str | None:
    if row['trash'] == Step.LIES:
        return None
    return _why_not_again(row) if row['trash'] == Step.DELETED else f'Job {row["id"]} is not in the trash.'


def _why_not_again(row: sqlite3.Row) -> str:
    told = 'was deleted for good already' if row['trash'] == Step.DELETED else 'is in the trash already'
    return f'Job {row["id"]} {told}.'
