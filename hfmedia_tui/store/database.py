"""One SQLite file, spoken to from one thread of its own."""

import asyncio
import os
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from hfmedia_tui import private
from hfmedia_tui.errors import StoreError
from hfmedia_tui.store.migrations import MIGRATIONS
from hfmedia_tui.store.trouble import damaged, trouble

__all__ = ['Database', 'unbroken']

Result = TypeVar('Result')

BUSY_SECONDS: Final = 10.0
"""How long a write waits for another process's write before it fails."""


class _Write(NamedTuple):
    """A transaction, and who waits for it."""

    transaction: Callable[[sqlite3.Connection], Any]
    written: Future[Any]


class _Outcome(NamedTuple):
    """What became of a transaction."""

    result: Any = None
    error: BaseException | None = None


async def unbroken(future: asyncio.Future[Result]) -> Result:
    """Wait for it to its end, so that a cancelled job never leaves it unknown whether a row was written."""
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        # Nobody is left to be told how it failed.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait([future])
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # a full disk may have rolled it back already
        connection.execute('ROLLBACK')


class Database:
    """A connection whose every call runs as a transaction of its own, in a thread, one after the other.

    A transaction is on the disk when `write` returns: the write-ahead log is synced at each commit, because what is
    recorded here has been paid for. Those that came while another was synced share one commit.

    What is damaged is not written to: the first write waits until every page was looked at, which takes about a
    millisecond for each MiB. Reading does not wait for that, so that a long past does not keep the first screen
    waiting; what is read of a page that is damaged is an error or, at worst, wrong for as long as the look takes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='ledger')
        self._connection: sqlite3.Connection | None = None
        self._waiting = deque[_Write]()
        """What the thread has not begun to write yet."""
        self._examiner: sqlite3.Connection | None = None
        """Looks at every page, beside the reading."""
        self._examining: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Open the file, making and migrating it as needed, and begin to examine it. Raises StoreError."""
        await self._in_thread(self._open)
        if self._examining is None:
            self._examining = asyncio.get_running_loop().run_in_executor(None, self._examine_beside)
            # It may be closed before anybody asks.
            self._examining.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def examined(self) -> None:
        """Return when every page was looked at. Raises StoreError where one is damaged."""
        if self._examining is not None:
            await asyncio.shield(self._examining)

    async def close(self) -> None:
        if self._examining is not None:
            if self._examiner is not None:
                with suppress(sqlite3.ProgrammingError):  # it has ended meanwhile
                    self._examiner.interrupt()
            await asyncio.wait([self._examining])
            self._examining = None
        if self._connection is not None:
            await self._in_thread(self._close)
        self._thread.shutdown(wait=False)

    async def write(self, transaction: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `transaction` with the connection, all or nothing. Raises StoreError."""
        await self.examined()
        written = Future[Result]()
        self._waiting.append(_Write(transaction, written))
        if len(self._waiting) == 1:  # else the call that the first of them made takes this one along
            self._thread.submit(self._write_waiting)
        return await unbroken(asyncio.wrap_future(written))

    async def read(self, transaction: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `transaction`, which only reads, on one consistent state. Raises StoreError."""
        return await self._in_thread(lambda: self._transact('BEGIN', transaction))

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        return await unbroken(asyncio.get_running_loop().run_in_executor(self._thread, call))

    def _open(self) -> None:
        try:
            private.make_folder(self._path.parent)
            # Prompts are private: the file is the user's alone from its first byte, and SQLite makes others alike.
            os.close(private.open_file(self._path, os.O_RDWR | os.O_CREAT))
            for beside in ('-wal', '-shm'):
                private.restrict(Path(f'{self._path}{beside}'))
            connection = self._connect()
            try:
                connection.row_factory = sqlite3.Row
                # Text that is damaged is read as far as it can be: one row keeps nobody from the others.
                connection.text_factory = lambda text: str(text, 'utf-8', 'replace')
                connection.execute('PRAGMA journal_mode = WAL')
                connection.execute('PRAGMA synchronous = FULL')
                connection.execute('PRAGMA foreign_keys = ON')
                if connection.execute('PRAGMA user_version').fetchone()[0] != len(MIGRATIONS):
                    self._examine(connection)
                    self._migrate(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        except (OSError, sqlite3.Error) as error:
            raise trouble(self._path, error) from error

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _examine_beside(self) -> None:
        """Look at every page by a connection of its own, so that the other one can be read from."""
        try:
            with closing(self._connect()) as self._examiner:
                self._examine(self._examiner)
        except sqlite3.Error as error:
            raise trouble(self._path, error) from error

    def _examine(self, connection: sqlite3.Connection) -> None:
        """Look at every page once."""
        (found,) = connection.execute('PRAGMA quick_check(1)').fetchone()
        if found != 'ok':
            raise damaged(self._path, found)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute('BEGIN IMMEDIATE')
        try:
            (version,) = connection.execute('PRAGMA user_version').fetchone()
            if version > len(MIGRATIONS):
                raise StoreError(
                    f'The ledger {self._path} was written by a newer hfmedia-tui.', 'Upgrade this one to use it.'
                )
            for migration in MIGRATIONS[version:]:
                for statement in migration:
                    connection.execute(statement)
            connection.execute(f'PRAGMA user_version = {len(MIGRATIONS)}')
            connection.execute('COMMIT')
        except BaseException:
            _roll_back(connection)
            raise

    def _transact(self, begin: str, transaction: Callable[[sqlite3.Connection], Result]) -> Result:
        if self._connection is None:
            raise StoreError('The ledger is closed.')
        try:
            self._connection.execute(begin)
            try:
                result = transaction(self._connection)
                self._connection.execute('COMMIT')
            except BaseException:
                _roll_back(self._connection)
                raise
        except sqlite3.Error as error:
            raise trouble(self._path, error) from error
        return result

    def _write_waiting(self) -> None:
        """Write all that waits, each all or nothing, and tell what became of it when it is on the disk."""
        together = list[_Write]()
        while self._waiting:  # to the last: nobody makes another call while one waits
            together.append(self._waiting.popleft())
        if not together:
            return

        def transaction(connection: sqlite3.Connection) -> list[_Outcome]:
            if len(together) == 1:
                return [_Outcome(together[0].transaction(connection))]
            return [self._write_apart(connection, write.transaction) for write in together]

        try:
            outcomes = self._transact('BEGIN IMMEDIATE', transaction)
        except BaseException as error:  # each is told, whatever it is
            outcomes = [_Outcome(error=error)] * len(together)
        for write, outcome in zip(together, outcomes, strict=True):
            if outcome.error is None:
                write.written.set_result(outcome.result)
            else:
                write.written.set_exception(outcome.error)

    def _write_apart(
        self, connection: sqlite3.Connection, transaction: Callable[[sqlite3.Connection], Any]
    ) -> '_Outcome':
        """Run one of several; where it fails nothing of it stays, and the others go on."""
        connection.execute('SAVEPOINT apart')
        try:
            outcome = _Outcome(transaction(connection))
        except Exception as error:
            if not connection.in_transaction:  # SQLite gave up all of them, as it does where the disk is full
                raise
            connection.execute('ROLLBACK TO apart')
            outcome = _Outcome(error=trouble(self._path, error) if isinstance(error, sqlite3.Error) else error)
        connection.execute('RELEASE apart')
        return outcome

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
