"""How many requests were sent that may be billed."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from hfmedia_tui.errors import StoreError
from hfmedia_tui.store.database import Database, unbroken
from hfmedia_tui.store.rows import moment

__all__ = ['Spending']

log = logging.getLogger(__name__)

_LOCK_SECONDS: Final = 10.0
"""How long another process is waited for that counts and records."""


class Spending:
    """Counts what the ledger knows of. Its methods raise StoreError."""

    def __init__(self, database: Database, lock: Path) -> None:
        """`lock` is the file that whoever counts before they record holds."""
        self._database = database
        self._lock = FileLock(lock, mode=0o600, thread_local=False, is_singleton=False)
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold back whoever else takes a turn, in any process: what is counted in it is true until it ends.

        Where the file system knows no locks, only this process is held back.
        """
        async with self._turn:
            try:
                await unbroken(asyncio.ensure_future(asyncio.to_thread(self._acquire)))
                yield
            finally:
                self._lock.release()

    def _acquire(self) -> None:
        try:
            self._lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout:
            raise StoreError('Another process is about to send.', 'Try again when it has.') from None
        except (OSError, NotImplementedError) as error:
            log.warning('no other process can be held back while requests are counted: %s', error)

    async def requests(self, since: datetime, *, free_router: str, free_providers: Collection[str]) -> int:
        """How many requests may be billed of those sent from `since` on, or waiting to be.

        None of `free_router`, and none that only `free_providers` were, or can be, asked for. A request that its
        provider turned away is none of them, but while it waits to be sent again; one whose answer did not come is.
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
                " WHERE jobs.state IN ('queued', 'running') AND orders.router != ?"
                ' AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.job_id = jobs.id'
                ' AND attempts.finished_at IS NULL AND attempts.progress IS NOT NULL)'
                " AND CASE WHEN json_valid(orders.body) THEN EXISTS (SELECT 1 FROM json_each(orders.body, '$.mappings')"
                " AS mapping WHERE json_extract(mapping.value, '$.provider') NOT IN (SELECT value FROM json_each(?)))"
                ' ELSE TRUE END',
                (free_router, free),
            ).fetchone()
            return int(sent + waiting)

        return await self._database.read(transaction)
