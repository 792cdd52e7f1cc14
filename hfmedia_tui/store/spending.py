"""How many requests were sent that may be billed."""

import json
import sqlite3
from collections.abc import Collection
from datetime import datetime

from hfmedia_tui.store.database import Database
from hfmedia_tui.store.rows import moment

__all__ = ['Spending']


class Spending:
    """Counts what the ledger knows of. Its method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def requests(self, since: datetime, *, free_router: str, free_providers: Collection[str]) -> int:
        """How many requests may be billed of those sent from `since` on, or waiting to be.

        None of `free_router`, and none that only `free_providers` were, or can be, asked for. A request that its
        provider turned away is none of them; one whose answer did not come is.
        """

        free = json.dumps(sorted(free_providers))

        def transaction(connection: sqlite3.Connection) -> int:
            (sent,) = connection.execute(
                'SELECT count(*) FROM attempts JOIN jobs ON jobs.id = attempts.job_id'
                ' JOIN orders ON orders.id = jobs.order_id'
                ' WHERE attempts.started_at >= ? AND attempts.progress IS NOT NULL AND orders.router != ?'
                ' AND (attempts.finished_at IS NULL OR attempts.status IS NULL'
                " OR (json_valid(attempts.progress) AND json_extract(attempts.progress, '$.accepted')))"
                " AND CASE WHEN json_valid(attempts.mapping) THEN json_extract(attempts.mapping, '$.provider')"
                ' NOT IN (SELECT value FROM json_each(?)) ELSE TRUE END',
                (moment(since), free_router, free),
            ).fetchone()
            (waiting,) = connection.execute(
                'SELECT count(*) FROM jobs JOIN orders ON orders.id = jobs.order_id'
                " WHERE jobs.state = 'queued' AND orders.router != ?"
                ' AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.job_id = jobs.id)'
                " AND CASE WHEN json_valid(orders.body) THEN EXISTS (SELECT 1 FROM json_each(orders.body, '$.mappings')"
                " AS mapping WHERE json_extract(mapping.value, '$.provider') NOT IN (SELECT value FROM json_each(?)))"
                ' ELSE TRUE END',
                (free_router, free),
            ).fetchone()
            return int(sent + waiting)

        return await self._database.read(transaction)
