"""The thread of the database, and who waits for it."""

import asyncio
import gc
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

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
