"""The ledger as the house speaks to it: orders, jobs, attempts and outputs."""

import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from hfmedia_tui.domain import (
    FINAL_STATES,
    Attempt,
    AttemptRecord,
    Facts,
    Failure,
    Job,
    JobProgress,
    JobState,
    Order,
    Output,
    Progress,
    ProviderMapping,
)
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.store.database import Database
from hfmedia_tui.store.owners import Owner, is_alive, living

__all__ = ['Ledger']

log = logging.getLogger(__name__)

Noun = TypeVar('Noun')

CANCEL: Final = 'cancel'
"""The one thing that another process can ask of a job's owner."""


class Ledger:
    """Every method is one transaction, on disk when it returns, and raises StoreError when it cannot be done."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._owners = path.parent / 'owners'
        self._owner = Owner(self._owners)

    async def open(self) -> None:
        await self._database.open()
        try:
            self._owner.__enter__()
        except OSError as error:
            await self._database.close()
            raise StoreError(f'{self._owners} cannot be written to: {error}.') from error

    async def close(self) -> None:
        """Let go of every job of ours; what was left unfinished is anyone's to resume."""
        self._owner.__exit__(None, None, None)
        await self._database.close()

    # ------------------------------------------------------------------------------------------ writing

    async def add(self, order: Order, jobs: Sequence[Job]) -> None:
        """Record an order and its jobs, owned by this process."""

        def transaction(connection: sqlite3.Connection) -> None:
            connection.execute(
                'INSERT INTO orders VALUES (?, ?, ?, ?)',
                (order.id, _moment(order.created_at), order.router, _json(order)),
            )
            connection.executemany(
                'INSERT INTO jobs (id, order_id, position, seed, state, priority, progress, created_at, owner)'
                ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
                [
                    (
                        job.id,
                        order.id,
                        job.index,
                        str(job.seed),
                        job.state,
                        job.priority,
                        _json(job.progress),
                        _moment(job.created_at),
                        self._owner.name,
                    )
                    for job in jobs
                ],
            )

        await self._database.write(transaction)

    async def save(self, job: Job, *, collectable: bool = False) -> None:
        """Record where a job stands, with its outputs."""
        await self._database.write(lambda connection: _save_job(connection, job, collectable))

    async def save_attempt(self, job: Job, ordinal: int, mapping: ProviderMapping, progress: Progress | None) -> None:
        """Record that attempt `ordinal` stands at `progress`, and the job with it, before the step is performed.

        None says that nothing is on its way: the attempt begins, or is held back.
        """

        def transaction(connection: sqlite3.Connection) -> None:
            connection.execute(
                'INSERT INTO attempts (job_id, ordinal, mapping, progress, started_at) VALUES (?, ?, ?, ?, ?)'
                ' ON CONFLICT DO UPDATE SET progress = excluded.progress, finished_at = NULL',
                (
                    job.id,
                    ordinal,
                    _json(mapping),
                    None if progress is None else _json(progress),
                    _moment(datetime.now(UTC)),
                ),
            )
            _save_job(connection, job, collectable=False)

        await self._database.write(transaction)

    async def end_attempt(self, job: Job, ordinal: int, attempt: Attempt) -> None:
        """Record how attempt `ordinal` ended: never to be gone on with."""

        def transaction(connection: sqlite3.Connection) -> None:
            connection.execute(
                'UPDATE attempts SET status = ?, error = ?, finished_at = ? WHERE job_id = ? AND ordinal = ?',
                (attempt.status, attempt.error, _moment(datetime.now(UTC)), job.id, ordinal),
            )
            _save_job(connection, job, collectable=False)

        await self._database.write(transaction)

    # ------------------------------------------------------------------------------------------ owning

    async def take_up(self, job_id: str, *, asked: bool, seen: Job | None = None) -> Job | None:
        """Make a job ours and queue it, or return None when it is not to be had.

        With `asked` by the user any job that has not succeeded is; without, one that has not ended, or that has and
        can still be collected. A job that a living process owns, this one included, never is: one job, one owner. With
        `seen` it must not have ended anew since, because what was asked for was that ending.
        """

        def transaction(connection: sqlite3.Connection) -> Job | None:
            found = _read_jobs(connection, 'WHERE jobs.id = ?', [job_id])
            row = connection.execute('SELECT owner, collectable FROM jobs WHERE id = ?', (job_id,)).fetchone()
            if not found or (row['owner'] is not None and is_alive(self._owners, row['owner'])):
                return None
            (job,) = found
            if seen is not None and (job.state, job.finished_at) != (seen.state, seen.finished_at):
                return None
            unfinished = job.state not in FINAL_STATES
            collectable = row['collectable'] and job.state is not JobState.CANCELLED
            if job.state is JobState.SUCCEEDED or not (asked or unfinished or collectable):
                return None
            connection.execute('DELETE FROM outputs WHERE job_id = ?', (job_id,))
            connection.execute(
                'UPDATE jobs SET state = ?, progress = ?, error = NULL, note = NULL, started_at = NULL,'
                ' finished_at = NULL, owner = ?, wanted = NULL WHERE id = ?',
                (JobState.QUEUED, _json(JobProgress()), self._owner.name, job_id),
            )
            (queued,) = _read_jobs(connection, 'WHERE jobs.id = ?', [job_id])
            return queued

        return await self._database.write(transaction)

    async def let_go(self, job_id: str) -> None:
        """Give up a job of ours as it stands, so that it can be taken up."""

        def transaction(connection: sqlite3.Connection) -> None:
            connection.execute('UPDATE jobs SET owner = NULL WHERE id = ? AND owner = ?', (job_id, self._owner.name))

        await self._database.write(transaction)

    async def ask_to_cancel(self, job_id: str) -> bool:
        """Ask the job's owner to cancel it; False when no living process owns it."""

        def transaction(connection: sqlite3.Connection) -> bool:
            row = connection.execute('SELECT owner FROM jobs WHERE id = ?', (job_id,)).fetchone()
            if row is None or row['owner'] is None or not is_alive(self._owners, row['owner']):
                return False
            connection.execute('UPDATE jobs SET wanted = ? WHERE id = ?', (CANCEL, job_id))
            return True

        return await self._database.write(transaction)

    async def asked_to_cancel(self) -> tuple[str, ...]:
        """Ids of jobs of ours that another process asks to be cancelled."""

        def transaction(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = connection.execute(
                'SELECT id FROM jobs WHERE owner = ? AND wanted = ?', (self._owner.name, CANCEL)
            ).fetchall()
            return tuple(row['id'] for row in rows)

        return await self._database.read(transaction)

    # ------------------------------------------------------------------------------------------ reading

    async def attempts(self, job_id: str) -> tuple[AttemptRecord, ...]:
        """Every attempt of a job, first to last."""

        def transaction(connection: sqlite3.Connection) -> tuple[AttemptRecord, ...]:
            rows = connection.execute('SELECT * FROM attempts WHERE job_id = ? ORDER BY ordinal', (job_id,))
            return tuple(
                AttemptRecord(
                    ordinal=row['ordinal'],
                    mapping=_decode(row['mapping'], ProviderMapping),
                    progress=_decode(row['progress'], Progress) if row['progress'] else None,
                    finished=row['finished_at'] is not None,
                )
                for row in rows
            )

        try:
            return await self._database.read(transaction)
        except (ValueError, TypeError) as error:
            raise StoreError(f'What was asked for job {job_id} cannot be read from the ledger.') from error

    async def jobs(
        self, *, states: Iterable[JobState] | None = None, limit: int | None = None, newest_first: bool = False
    ) -> tuple[Job, ...]:
        """Jobs in the order they were asked for, or the newest first."""
        chosen = None if states is None else tuple(states)

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            where, values = '', list[Any]()
            if chosen is not None:
                where = f'WHERE jobs.state IN ({", ".join("?" * len(chosen))})'
                values.extend(chosen)
            values.append(-1 if limit is None else limit)
            direction = 'DESC' if newest_first else 'ASC'
            return _read_jobs(connection, f'{where} ORDER BY jobs.sequence {direction} LIMIT ?', values)

        return await self._database.read(transaction)

    async def find(self, name: str) -> Job:
        """The job whose id is `name`, or the only one whose id begins with it. Raises UsageError."""

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            exact = _read_jobs(connection, 'WHERE jobs.id = ?', [name])
            return exact or _read_jobs(connection, 'WHERE substr(jobs.id, 1, ?) = ? LIMIT 2', [len(name), name])

        found = await self._database.read(transaction) if name else ()
        if len(found) != 1:
            problem = 'More than one job begins with' if found else 'There is no job'
            raise UsageError(f'{problem} {name[:40]!r}.', 'See `hfmedia-tui jobs`.')
        return found[0]

    async def unowned(self) -> tuple[Job, ...]:
        """Unfinished jobs that no living process drives, and failed ones that were paid for and can be collected."""

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            alive = tuple(living(self._owners))
            unfinished = tuple(state for state in JobState if state not in FINAL_STATES)
            return _read_jobs(
                connection,
                f'WHERE (jobs.state IN ({", ".join("?" * len(unfinished))})'
                " OR (jobs.collectable = 1 AND jobs.state != 'cancelled'))"
                f' AND (jobs.owner IS NULL OR jobs.owner NOT IN ({", ".join("?" * len(alive))}))'
                ' ORDER BY jobs.sequence',
                [*unfinished, *alive],
            )

        return await self._database.read(transaction)

    async def last_order(self, router: str) -> Order | None:
        """The newest order that was sent to `router`, if there is any."""

        def transaction(connection: sqlite3.Connection) -> Order | None:
            row = connection.execute(
                'SELECT orders.body FROM orders JOIN jobs ON jobs.order_id = orders.id WHERE orders.router = ?'
                ' ORDER BY jobs.sequence DESC LIMIT 1',
                (router,),
            ).fetchone()
            return None if row is None else _decode(row['body'], Order)

        return await self._database.read(transaction)


def _save_job(connection: sqlite3.Connection, job: Job, collectable: bool) -> None:
    connection.execute(
        'UPDATE jobs SET state = ?, provider = ?, priority = ?, progress = ?, error = ?, note = ?, facts = ?,'
        ' started_at = ?, finished_at = ?, collectable = ?, owner = CASE WHEN ? THEN NULL ELSE owner END WHERE id = ?',
        (
            job.state,
            job.provider,
            job.priority,
            _json(job.progress),
            None if job.error is None else _json(job.error),
            job.note,
            _json(job.facts),
            _moment(job.started_at),
            _moment(job.finished_at),
            int(collectable),
            job.state in FINAL_STATES,
            job.id,
        ),
    )
    connection.executemany(
        'INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        [
            (
                job.id,
                ordinal,
                output.path,
                output.media_type,
                output.width,
                output.height,
                output.duration,
                output.size,
                output.sha256,
            )
            for ordinal, output in enumerate(job.outputs)
        ],
    )


def _read_jobs(connection: sqlite3.Connection, clause: str, values: Sequence[Any]) -> tuple[Job, ...]:
    """Read jobs; one that cannot be read is left out and logged, so that it keeps nobody from the others."""

    def belonging(query: str) -> dict[str, list[sqlite3.Row]]:
        """Rows of another table by the job or order that they belong to, in one query for all."""
        rows = defaultdict[str, list[sqlite3.Row]](list)
        for row in connection.execute(query, values):
            rows[row[0]].append(row)
        return rows

    chosen = f'FROM jobs {clause}'
    bodies = belonging(f'SELECT id, body FROM orders WHERE id IN (SELECT jobs.order_id {chosen})')
    attempts = belonging(
        'SELECT job_id, mapping, status, error FROM attempts'
        f' WHERE job_id IN (SELECT jobs.id {chosen}) ORDER BY ordinal'
    )
    outputs = belonging(f'SELECT * FROM outputs WHERE job_id IN (SELECT jobs.id {chosen}) ORDER BY ordinal')
    orders = dict[str, Order]()
    jobs = list[Job]()
    for row in connection.execute(f'SELECT jobs.* {chosen}', values):
        name, order_id = row['id'], row['order_id']
        try:
            if order_id not in orders:
                orders[order_id] = _decode(bodies[order_id][0]['body'], Order)
            jobs.append(_job(row, orders[order_id], attempts[name], outputs[name]))
        except (ValueError, TypeError, LookupError):  # what decoding raises, msgspec's errors among them
            log.exception('job %s cannot be read from the ledger', name)
    return tuple(jobs)


def _job(row: sqlite3.Row, order: Order, attempts: Iterable[sqlite3.Row], outputs: Iterable[sqlite3.Row]) -> Job:
    return Job(
        id=row['id'],
        order=order,
        index=row['position'],
        seed=int(row['seed']),
        state=JobState(row['state']),
        provider=row['provider'],
        priority=row['priority'],
        attempts=tuple(
            Attempt(
                provider=_decode(attempt['mapping'], ProviderMapping).provider,
                status=attempt['status'],
                error=attempt['error'],
            )
            for attempt in attempts
        ),
        progress=_decode(row['progress'], JobProgress),
        outputs=tuple(
            Output(
                path=output['path'],
                media_type=output['media_type'],
                width=output['width'],
                height=output['height'],
                duration=output['duration'],
                size=output['size'],
                sha256=output['sha256'],
            )
            for output in outputs
        ),
        facts=_decode(row['facts'], Facts) if row['facts'] else Facts(),
        error=_decode(row['error'], Failure) if row['error'] else None,
        note=row['note'],
        created_at=datetime.fromisoformat(row['created_at']),
        started_at=_read_moment(row['started_at']),
        finished_at=_read_moment(row['finished_at']),
    )


def _json(noun: object) -> str:
    # The standard library's JSON, because extra JSON may hold integers beyond 64 bits.
    return json.dumps(msgspec.to_builtins(noun), ensure_ascii=False, separators=(',', ':'))


def _decode(text: str, noun: type[Noun]) -> Noun:
    return msgspec.convert(json.loads(text), noun, strict=False)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
