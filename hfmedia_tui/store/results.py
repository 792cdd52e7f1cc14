"""Every result in the ledger, newest first, read a piece at a time, and what the user made of it."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from hfmedia_tui.domain import Job, Result
from hfmedia_tui.store.database import Database

__all__ = ['Results', 'Spot']

_LIES: Final = 'lies'
"""What the ledger says of a job in the trash."""


class Spot(NamedTuple):
    """Where a result stands in the ledger."""

    sequence: int
    """The job's number."""
    ordinal: int

    @property
    def rank(self) -> tuple[int, int]:
        """What results are sorted by: the newest job first, and its outputs as they came."""
        return -self.sequence, self.ordinal


class Results:
    """Every method is one transaction, and raises StoreError.

    `read` reads jobs by a clause of SQL, as the ledger does.
    """

    def __init__(
        self, database: Database, read: Callable[[sqlite3.Connection, str, Sequence[Any]], tuple[Job, ...]]
    ) -> None:
        self._database = database
        self._read = read

    async def spots(self, *, after: Spot | None, limit: int, trash: bool = False) -> tuple[Spot, ...]:
        """Where the next `limit` results stand behind `after`: those in the trash, or all the others."""
        last = after or Spot(2**62, 0)

        def transaction(connection: sqlite3.Connection) -> tuple[Spot, ...]:
            rows = connection.execute(
                # A cross join is gone through from left to right: https://www.sqlite.org/optoverview.html#crossjoin
                'SELECT jobs.sequence, outputs.ordinal FROM jobs CROSS JOIN outputs ON outputs.job_id = jobs.id'
                f' WHERE jobs.trash {"= ?" if trash else "IS NULL"} AND jobs.sequence <= ?'
                ' AND (jobs.sequence < ? OR outputs.ordinal > ?)'
                ' ORDER BY jobs.sequence DESC, outputs.ordinal LIMIT ?',
                (*([_LIES] if trash else []), last.sequence, last.sequence, last.ordinal, limit),
            )
            return tuple(Spot(*row) for row in rows)

        return await self._database.read(transaction)

    async def read(self, spots: Iterable[Spot]) -> Mapping[Spot, Result]:
        """The results that stand there; one that cannot be read is left out."""
        wanted = frozenset(spots)
        found = await self.of_jobs({spot.sequence for spot in wanted})
        return {spot: result for spot, result in found.items() if spot in wanted}

    async def of_jobs(self, sequences: Iterable[int]) -> Mapping[Spot, Result]:
        """All results of the jobs with these numbers, those in the trash too."""
        wanted = tuple(sequences)
        clause = f'WHERE jobs.sequence IN ({", ".join("?" * len(wanted))})'
        return await self._database.read(lambda connection: self._results(connection, clause, wanted))

    def _results(self, connection: sqlite3.Connection, clause: str, values: Sequence[Any]) -> dict[Spot, Result]:
        chosen = f'WHERE job_id IN (SELECT jobs.id FROM jobs {clause})'
        favourites = {
            (row['job_id'], row['ordinal'])
            for row in connection.execute(f'SELECT job_id, ordinal FROM favourite_results {chosen}', values)
        }
        tags = defaultdict[tuple[str, int], list[str]](list)
        for row in connection.execute(f'SELECT job_id, ordinal, tag FROM result_tags {chosen} ORDER BY tag', values):
            tags[row['job_id'], row['ordinal']].append(row['tag'])
        return {
            Spot(job.sequence, ordinal): Result(
                ordinal=ordinal,
                job=job,
                favourite=(job.id, ordinal) in favourites,
                tags=tuple(tags.get((job.id, ordinal), ())),
            )
            for job in self._read(connection, clause, values)
            for ordinal in range(len(job.outputs))
        }

    # ------------------------------------------------------------------------------------ what the user made of them

    async def mark_favourite(self, results: Iterable[Result], *, favourite: bool) -> None:
        """Mark results, or take their mark away."""
        statement = (
            'INSERT OR IGNORE INTO favourite_results VALUES (?, ?)'
            if favourite
            else 'DELETE FROM favourite_results WHERE job_id = ? AND ordinal = ?'
        )
        keys = [(result.job.id, result.ordinal) for result in results]
        await self._database.write(lambda connection: connection.executemany(statement, keys) and None)

    async def tag(self, results: Iterable[Result], *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Give results tags, and take others away."""
        keys = [(result.job.id, result.ordinal) for result in results]
        added = [(*key, tag) for key in keys for tag in dict.fromkeys(add)]
        removed = [(*key, tag) for key in keys for tag in dict.fromkeys(remove)]

        def transaction(connection: sqlite3.Connection) -> None:
            connection.executemany('DELETE FROM result_tags WHERE job_id = ? AND ordinal = ? AND tag = ?', removed)
            connection.executemany('INSERT OR IGNORE INTO result_tags VALUES (?, ?, ?)', added)

        await self._database.write(transaction)

    async def tags(self) -> tuple[str, ...]:
        """Every tag that is in use, the most used first."""

        def transaction(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = connection.execute('SELECT tag FROM result_tags GROUP BY tag ORDER BY count(*) DESC, tag')
            return tuple(row['tag'] for row in rows)

        return await self._database.read(transaction)
