"""How long jobs ran: what this user's own past says of a model at a provider."""

import sqlite3
from typing import Final

from hfmedia_tui.store.database import Database

__all__ = ['History']

_MOST: Final = 200
"""Runs that are looked at: what was long ago says little."""


class History:
    """Runs that succeeded in one go: one attempt, and not left and taken up again between."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(self, router: str, model: str, provider: str) -> tuple[float, ...]:
        """Seconds of the newest runs, the newest first. Raises StoreError."""

        def transaction(connection: sqlite3.Connection) -> tuple[float, ...]:
            rows = connection.execute(
                'SELECT seconds FROM runs WHERE router = ? AND model = ? AND provider = ?'
                ' ORDER BY sequence DESC LIMIT ?',
                (router, model, provider, _MOST),
            )
            return tuple(row['seconds'] for row in rows)

        return await self._database.read(transaction)
