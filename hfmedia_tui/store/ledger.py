"""The ledger as the house speaks to it: orders, jobs, attempts and outputs."""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import msgspec

from hfmedia_tui.domain import (
    FINAL_STATES,
    Attempt,
    AttemptRecord,
    Driver,
    Job,
    JobProgress,
    JobState,
    Order,
    Progress,
    ProviderMapping,
)
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.store.database import Database
from hfmedia_tui.store.history import History
from hfmedia_tui.store.models import Models
from hfmedia_tui.store.owners import Owner, is_alive, living
from hfmedia_tui.store.results import Results
from hfmedia_tui.store.rows import UNREADABLE, as_json, decode, moment, read_jobs, read_order, save_job
from hfmedia_tui.store.spending import Spending
from hfmedia_tui.store.trash import Trash

__all__ = ['Ledger']

log = logging.getLogger(__name__)

CANCEL: Final = 'cancel'
"""The one thing that another process can ask of a job's owner."""
UNFINISHED: Final = tuple(state for state in JobState if state not in FINAL_STATES)
_MARKS: Final = ', '.join('?' * len(UNFINISHED))


class Seen(NamedTuple):
    """What this process has seen of the others' doings."""

    version: int | None = None
    """SQLite's mark of what others have committed."""
    revision: int = 0
    """The newest change that was read."""
    drivers: tuple[str, ...] = ()
    """Other processes that lived and drove a job."""


class Ledger:
    """Every method is one transaction, on disk when it returns, and raises StoreError when it cannot be done."""

    def __init__(self, path: Path, *, read_at_once: bool = False) -> None:
        """With `read_at_once` it can be read as soon as it is open; `examined` then says whether it is whole."""
        self._database = Database(path)
        self._read_at_once = read_at_once
        self._owners = path.parent / 'owners'
        self._owner = Owner(self._owners)
        self._seen = Seen()
        self.trash = Trash(self._database, path.parent / 'trash', self._read)
        """Ended jobs that were thrown away, and their files."""
        self.spending = Spending(self._database, path.parent / 'spending.lock')
        """How many requests were sent."""
        self.history = History(self._database)
        """How long jobs ran, and how they ended."""
        self.models = Models(self._database)
        """Which models the user marked, and which were asked for."""
        self.results = Results(self._database, self._read)
        """What the jobs brought home, and what the user made of it."""
        self.unreadable = set[str]()
        """Ids of jobs whose rows could not be read: damaged, or written by a version to come."""

    async def open(self) -> None:
        await self._database.open()
        if not self._read_at_once:
            try:
                await self.examined()
            except BaseException:
                await self._database.close()
                raise
        try:
            self._owner.__enter__()
        except OSError as error:
            await self._database.close()
            raise StoreError(f'{self._owners} cannot be written to: {error}.') from error

    async def examined(self) -> None:
        """Return when every page was looked at. Raises StoreError where one is damaged: nothing can be written then."""
        await self._database.examined()

    async def close(self) -> None:
        """Let go of every job of ours; what was left unfinished is anyone's to resume."""
        self._owner.__exit__(None, None, None)
        await self._database.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _read(self, connection: sqlite3.Connection, clause: str, values: Sequence[Any]) -> tuple[Job, ...]:
        return read_jobs(connection, clause, values, driver_of=cache(self._driver_of), unreadable=self.unreadable)

    def _driver_of(self, owner: str | None) -> Driver:
        if owner == self._owner.name:
            return Driver.OURS
        return Driver.OTHER if owner is not None and is_alive(self._owners, owner) else Driver.NOBODY

    # ------------------------------------------------------------------------------------------ writing

    async def add(self, order: Order, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """Record an order and its jobs, owned by this process, and return them with their numbers."""
        return await self.add_all((order,), jobs)

    async def add_all(self, orders: Sequence[Order], jobs: Sequence[Job]) -> tuple[Job, ...]:
        """Record orders and their jobs as `add` does: all of them or none."""

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            connection.executemany(
                'INSERT INTO orders VALUES (?, ?, ?, ?)',
                [(order.id, moment(order.created_at), order.router, as_json(order)) for order in orders],
            )
            return tuple(msgspec.structs.replace(job, sequence=insert(connection, job)) for job in jobs)

        def insert(connection: sqlite3.Connection, job: Job) -> int:
            added = connection.execute(
                'INSERT INTO jobs (id, order_id, position, seed, state, priority, progress, created_at, owner)'
                ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
                (
                    job.id,
                    job.order.id,
                    job.index,
                    str(job.seed),
                    job.state,
                    job.priority,
                    as_json(job.progress),
                    moment(job.created_at),
                    self._owner.name,
                ),
            )
            return added.lastrowid or 0

        return await self._database.write(transaction)

    async def save(self, job: Job, *, collectable: bool = False) -> None:
        """Record where a job of ours stands, with its outputs."""
        await self._database.write(lambda connection: self._save(connection, job, collectable=collectable))

    async def save_all(self, jobs: Sequence[Job]) -> None:
        """Record where jobs of ours stand that nobody has accepted: all of them or none."""

        def transaction(connection: sqlite3.Connection) -> None:
            for job in jobs:
                self._save(connection, job)

        await self._database.write(transaction)

    async def arrange(self, jobs: Sequence[Job]) -> None:
        """Record where jobs of ours stand in the line, and which of them are paused: all of them or none."""

        def transaction(connection: sqlite3.Connection) -> None:
            connection.executemany(
                'UPDATE jobs SET priority = ?, paused = ? WHERE id = ? AND owner = ?',
                [(job.priority, int(job.paused), job.id, self._owner.name) for job in jobs],
            )

        await self._database.write(transaction)

    async def pause(self, paused: bool) -> None:
        """Record whether nothing new is to start."""
        await self._database.write(lambda connection: connection.execute('UPDATE line SET paused = ?', (int(paused),)))

    async def is_paused(self) -> bool:
        """Whether nothing new is to start."""

        def transaction(connection: sqlite3.Connection) -> bool:
            return any(row['paused'] for row in connection.execute('SELECT paused FROM line'))

        return await self._database.read(transaction)

    async def save_attempt(self, job: Job, ordinal: int, mapping: ProviderMapping, progress: Progress | None) -> None:
        """Record that attempt `ordinal` stands at `progress`, and the job with it, before the step is performed.

        None says that nothing is on its way: the attempt is held back. Raises TakenOver where the job is not ours.
        """

        def transaction(connection: sqlite3.Connection) -> None:
            paid = progress is not None and progress.accepted
            save_job(connection, job, self._owner.name, collectable=False, paid=paid)
            connection.execute(
                'INSERT INTO attempts (job_id, ordinal, mapping, progress, started_at) VALUES (?, ?, ?, ?, ?)'
                ' ON CONFLICT DO UPDATE SET progress = excluded.progress, finished_at = NULL,'
                ' started_at = CASE WHEN progress IS NULL THEN excluded.started_at ELSE started_at END',
                (
                    job.id,
                    ordinal,
                    as_json(mapping),
                    None if progress is None else as_json(progress),
                    moment(datetime.now(UTC)),
                ),
            )

        await self._database.write(transaction)

    async def end_attempt(self, job: Job, ordinal: int, mapping: ProviderMapping, attempt: Attempt) -> None:
        """Record how attempt `ordinal` ended, sent or not: never to be gone on with."""

        def transaction(connection: sqlite3.Connection) -> None:
            now = moment(datetime.now(UTC))
            connection.execute(
                'INSERT INTO attempts (job_id, ordinal, mapping, status, error, started_at, finished_at)'
                ' VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE'
                ' SET status = excluded.status, error = excluded.error, finished_at = excluded.finished_at',
                (job.id, ordinal, as_json(mapping), attempt.status, attempt.error, now, now),
            )
            self._save(connection, job)

        await self._database.write(transaction)

    def _save(self, connection: sqlite3.Connection, job: Job, *, collectable: bool = False) -> None:
        """Record where a job stands.

        One that another process has taken over, as it may where a lease ran out while this one slept, is left to it:
        TakenOver.
        """
        save_job(connection, job, self._owner.name, collectable=collectable, paid=job.state is JobState.SUCCEEDED)

    # ------------------------------------------------------------------------------------------ owning

    async def take_up(
        self, job_id: str, *, asked: bool, seen: Job | None = None, sent_only: bool = False
    ) -> Job | None:
        """Make a job ours and queue it, or return None when it is not to be had.

        With `asked` by the user any job that has not succeeded is; without, one that has not ended, or that has and
        can still be collected. A job that a living process owns, this one included, never is: one job, one owner. With
        `seen` it must not have ended anew since, because what was asked for was that ending; with `sent_only` a
        provider must have been asked, so that going on submits nothing.
        """

        def transaction(connection: sqlite3.Connection) -> Job | None:
            found = self._read(connection, 'WHERE jobs.id = ?', [job_id])
            row = connection.execute('SELECT owner, collectable FROM jobs WHERE id = ?', (job_id,)).fetchone()
            if (
                not found
                or found[0].trashed_at is not None
                or (row['owner'] is not None and is_alive(self._owners, row['owner']))
            ):
                return None
            (job,) = found
            if seen is not None and (job.state, job.finished_at) != (seen.state, seen.finished_at):
                return None
            unfinished = job.state not in FINAL_STATES
            collectable = row['collectable'] and job.state is not JobState.CANCELLED
            if job.state is JobState.SUCCEEDED or not (asked or unfinished or collectable):
                return None
            if sent_only and not self._was_sent(connection, job_id):
                return None
            connection.execute('DELETE FROM outputs WHERE job_id = ?', (job_id,))
            connection.execute(
                'UPDATE jobs SET state = ?, progress = ?, error = NULL, note = NULL, started_at = NULL,'
                # What was asked of an owner that died meanwhile is asked of the next one.
                ' finished_at = NULL, paused = 0, owner = ?, wanted = CASE WHEN ? THEN NULL ELSE wanted END'
                ' WHERE id = ?',
                (JobState.QUEUED, as_json(JobProgress()), self._owner.name, asked, job_id),
            )
            (queued,) = self._read(connection, 'WHERE jobs.id = ?', [job_id])
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

        try:
            return await self._database.read(lambda connection: _attempts(connection, job_id))
        except UNREADABLE as error:
            raise StoreError(f'What was asked for job {job_id} cannot be read from the ledger.') from error

    async def jobs(
        self,
        *,
        states: Iterable[JobState] | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        deleted: bool = False,
    ) -> tuple[Job, ...]:
        """Jobs in the order they were asked for, or the newest first, without those in the trash.

        With `deleted` those whose files were deleted for good, and no others.
        """
        chosen = None if states is None else tuple(states)

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            values = list[Any]()
            where = "WHERE jobs.trash = 'deleted'" if deleted else 'WHERE jobs.trash IS NULL'
            if chosen is not None:
                where += f' AND jobs.state IN ({", ".join("?" * len(chosen))})'
                values.extend(chosen)
            values.append(-1 if limit is None else limit)
            direction = 'DESC' if newest_first else 'ASC'
            return self._read(connection, f'{where} ORDER BY jobs.sequence {direction} LIMIT ?', values)

        return await self._database.read(transaction)

    async def older(self, than: int | None, limit: int, *, state: JobState | None = None) -> tuple[Job, ...]:
        """The next jobs by their numbers, the newest first, without those in the trash; from the newest on at None."""

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            where = 'WHERE jobs.trash IS NULL AND jobs.sequence < ?' + (' AND jobs.state = ?' if state else '')
            values = [2**62 if than is None else than, *([state] if state else []), limit]
            return self._read(connection, f'{where} ORDER BY jobs.sequence DESC LIMIT ?', values)

        return await self._database.read(transaction)

    async def find(self, name: str) -> Job:
        """The job whose id is `name`, or the only one whose id begins with it. Raises UsageError."""

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            exact = self._read(connection, 'WHERE jobs.id = ?', [name])
            return exact or self._read(connection, 'WHERE substr(jobs.id, 1, ?) = ? LIMIT 2', [len(name), name])

        found = await self._database.read(transaction) if name else ()
        if len(found) != 1:
            problem = 'More than one job begins with' if found else 'There is no job'
            raise UsageError(f'{problem} {name[:40]!r}.', 'See `hfmedia-tui jobs`.')
        return found[0]

    async def unowned(self, *, sent_only: bool = False) -> tuple[Job, ...]:
        """Unfinished jobs that no living process drives, and failed ones that were paid for and can be collected.

        With `sent_only` those of them that a provider was asked for, so that going on with them submits nothing.
        """

        def transaction(connection: sqlite3.Connection) -> tuple[Job, ...]:
            alive = tuple(living(self._owners))
            found = self._read(
                connection,
                # Parted so that each of the two is found by its index, whatever has ended.
                f'WHERE jobs.sequence IN (SELECT sequence FROM jobs WHERE state IN ({_MARKS}) UNION ALL'
                " SELECT sequence FROM jobs WHERE collectable = 1 AND state != 'cancelled')"
                f' AND (jobs.owner IS NULL OR jobs.owner NOT IN ({", ".join("?" * len(alive))}))'
                ' ORDER BY jobs.sequence',
                [*UNFINISHED, *alive],
            )
            return tuple(job for job in found if not sent_only or self._was_sent(connection, job.id))

        return await self._database.read(transaction)

    def _was_sent(self, connection: sqlite3.Connection, job_id: str) -> bool:
        """Whether a provider was asked for the job and has not refused it."""
        try:
            records = _attempts(connection, job_id)
        except (ValueError, TypeError):
            log.exception('what was asked for job %s cannot be read from the ledger', job_id)
            self.unreadable.add(job_id)
            return False
        return bool(records) and records[-1].sent

    async def news(self) -> tuple[Job, ...]:
        """Jobs of other processes that changed since the last call: also those whose process is gone since.

        The first call returns every unfinished job that is not ours. Cheap while nothing happens.
        https://www.sqlite.org/pragma.html#pragma_data_version
        """

        def look(connection: sqlite3.Connection) -> tuple[Job, ...]:
            last = self._seen
            (version,) = connection.execute('PRAGMA data_version').fetchone()
            gone = [name for name in last.drivers if not is_alive(self._owners, name)]
            if version == last.version and not gone:
                return ()
            (revision,) = connection.execute('SELECT revision FROM clock').fetchone()
            if last.version is None:
                changed = self._read(connection, f'WHERE jobs.state IN ({_MARKS})', UNFINISHED)
            else:
                dead = f'jobs.owner IN ({", ".join("?" * len(gone))})'
                changed = self._read(
                    connection,
                    f'WHERE jobs.revision > ? OR (jobs.state IN ({_MARKS}) AND {dead})',
                    [last.revision, *UNFINISHED, *gone],
                )
            drivers = connection.execute(
                f'SELECT DISTINCT owner FROM jobs WHERE state IN ({_MARKS}) AND owner IS NOT NULL AND owner != ?',
                [*UNFINISHED, self._owner.name],
            )
            alive = tuple(row['owner'] for row in drivers if is_alive(self._owners, row['owner']))
            self._seen = Seen(version, revision, alive)
            return tuple(job for job in changed if job.state in FINAL_STATES or job.driver is not Driver.OURS)

        return await self._database.read(look)

    async def last_order(self, router: str) -> Order | None:
        """The newest order that was sent to `router`, if there is any."""

        def transaction(connection: sqlite3.Connection) -> Order | None:
            for row in connection.execute(
                'SELECT orders.body FROM orders JOIN jobs ON jobs.order_id = orders.id WHERE orders.router = ?'
                ' ORDER BY jobs.sequence DESC',
                (router,),
            ):
                with suppress(*UNREADABLE):
                    return read_order(row['body'])
            return None

        return await self._database.read(transaction)

    async def past_prompts(self) -> tuple[Order, ...]:
        """Of each prompt that was ever ordered, or of its template, the newest order, the newest first."""

        def transaction(connection: sqlite3.Connection) -> tuple[Order, ...]:
            orders = list[Order]()
            # SQLite takes a row's other columns from where its max() is: https://www.sqlite.org/lang_select.html#bareagg
            for row in connection.execute(
                'SELECT body, max(created_at) AS last FROM orders WHERE json_valid(body) GROUP BY'
                " coalesce(json_extract(body, '$.template'), json_extract(body, '$.prompt')) ORDER BY last DESC"
            ):
                with suppress(*UNREADABLE):
                    orders.append(read_order(row['body']))
            return tuple(orders)

        return await self._database.read(transaction)


def _attempts(connection: sqlite3.Connection, job_id: str) -> tuple[AttemptRecord, ...]:
    rows = connection.execute('SELECT * FROM attempts WHERE job_id = ? ORDER BY ordinal', (job_id,))
    return tuple(
        AttemptRecord(
            ordinal=row['ordinal'],
            mapping=decode(row['mapping'], ProviderMapping),
            progress=decode(row['progress'], Progress) if row['progress'] else None,
            finished=row['finished_at'] is not None,
        )
        for row in rows
    )
