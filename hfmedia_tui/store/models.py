"""Which models the user marked, and which were asked for."""

import sqlite3
from datetime import UTC, datetime

from hfmedia_tui.store.database import Database
from hfmedia_tui.store.rows import moment

__all__ = ['Models']


class Models:
    """Ids of models, as far as this user had to do with them. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def favourites(self) -> tuple[str, ...]:
        """Ids of the models that the user marked, the last one first."""

        def transaction(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = connection.execute('SELECT model FROM favourites ORDER BY added_at DESC, model')
            return tuple(row['model'] for row in rows)

        return await self._database.read(transaction)

    async def mark_favourite(self, model: str, *, favourite: bool) -> None:
        """Mark a model, or take its mark away."""

        def transaction(connection: sqlite3.Connection) -> None:
            if favourite:
                connection.execute('INSERT OR IGNORE INTO favourites VALUES (?, ?)', (model, moment(datetime.now(UTC))))
            else:
                connection.execute('DELETE FROM favourites WHERE model = ?', (model,))

        await self._database.write(transaction)

    async def recent(self, limit: int) -> tuple[str, ...]:
        """Ids of the models that were asked for, the last one first."""

        def transaction(connection: sqlite3.Connection) -> tuple[str, ...]:
            # From one model to the next by the index, however many orders each has.
            rows = connection.execute(
                'WITH RECURSIVE asked (model) AS ('
                ' SELECT min(model) FROM orders UNION ALL'
                ' SELECT (SELECT min(orders.model) FROM orders WHERE orders.model > asked.model) FROM asked'
                ' WHERE asked.model IS NOT NULL)'
                ' SELECT model FROM asked WHERE model IS NOT NULL'
                ' ORDER BY (SELECT max(created_at) FROM orders WHERE orders.model = asked.model) DESC LIMIT ?',
                (limit,),
            )
            return tuple(row['model'] for row in rows)

        return await self._database.read(transaction)
