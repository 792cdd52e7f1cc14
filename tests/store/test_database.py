"""The thread of the database, and who waits for it."""

import asyncio
import gc
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.store.database import Database


async def test_what_fails_after_nobody_waits_for_it_is_told_to_nobody(tmp_path: Path) -> None:
    told = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    began, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def failing(_: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(began.set)
        go_on.wait(10)
        raise sqlite3.OperationalError('disk I/O error')

    database = Database(tmp_path / 'ledger.sqlite3')
    await database.open()
    reading = asyncio.create_task(database.read(failing))
    await began.wait()
    reading.cancel()
    loop.call_soon(go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await reading
    await database.close()
    del reading
    gc.collect()
    await asyncio.sleep(0)
    assert not told


async def test_what_waits_for_the_disk_shares_one_commit_and_stands_or_falls_alone(tmp_path: Path) -> None:
    database = Database(tmp_path / 'ledger.sqlite3')
    await database.open()
    begun, go_on = threading.Event(), threading.Event()
    done = list[str]()

    def hold(connection: sqlite3.Connection) -> None:
        connection.execute('CREATE TABLE numbers (number INTEGER PRIMARY KEY)')
        begun.set()
        go_on.wait(10)
        connection.set_trace_callback(done.append)

    def put(number: int) -> Callable[[sqlite3.Connection], int]:
        def transaction(connection: sqlite3.Connection) -> int:
            connection.execute('INSERT INTO numbers VALUES (?)', (number,))
            if number == 3:
                raise UsageError('not this one')
            return number

        return transaction

    holding = asyncio.create_task(database.write(hold))
    await asyncio.to_thread(begun.wait, 10)
    waiting = [asyncio.create_task(database.write(put(number))) for number in (1, 2, 3, 2, 5)]
    await asyncio.sleep(0)  # each has joined the line
    go_on.set()
    await holding
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert told[:2] + told[4:] == [1, 2, 5]
    assert [type(error) for error in told[2:4]] == [UsageError, StoreError]
    assert [statement for statement in done if statement in ('BEGIN IMMEDIATE', 'COMMIT')] == [
        *('COMMIT', 'BEGIN IMMEDIATE', 'COMMIT')
    ]
    with closing(sqlite3.connect(tmp_path / 'ledger.sqlite3')) as other:
        assert [number for (number,) in other.execute('SELECT number FROM numbers')] == [1, 2, 5]
    await database.close()


async def test_where_sqlite_gives_up_a_shared_commit_nobody_is_told_that_it_stands(tmp_path: Path) -> None:
    database = Database(tmp_path / 'ledger.sqlite3')
    await database.open()
    begun, go_on = threading.Event(), threading.Event()

    def hold(connection: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(10)

    def put(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO favourites VALUES ('owner/model')")

    def fill(connection: sqlite3.Connection) -> None:
        connection.execute(f'PRAGMA max_page_count = {connection.execute("PRAGMA page_count").fetchone()[0]}')
        connection.execute('INSERT OR ROLLBACK INTO favourites SELECT hex(randomblob(100000))')

    holding = asyncio.create_task(database.write(hold))
    await asyncio.to_thread(begun.wait, 10)
    waiting = [asyncio.create_task(database.write(transaction)) for transaction in (put, fill)]
    await asyncio.sleep(0)
    go_on.set()
    await holding
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in told] == [StoreError, StoreError]
    await database.close()
    with closing(sqlite3.connect(tmp_path / 'ledger.sqlite3')) as other:
        assert not other.execute('SELECT * FROM favourites').fetchall()
