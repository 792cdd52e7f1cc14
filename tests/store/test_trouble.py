"""A ledger that cannot be used says what is wrong, where, and what to do; and nothing that was in it is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hfmedia_tui.domain import Job, Order
from hfmedia_tui.errors import StoreError
from hfmedia_tui.store.ledger import Ledger
from tests.disks import fill, make_read_only
from tests.jobs import job, order


def an_order(count: int = 1, prompt: str = 'a fox') -> tuple[Order, list[Job]]:
    asked = order(f'o{count}', prompt=prompt)
    return asked, [job(asked, index) for index in range(count)]


async def written(path: Path, count: int = 200) -> bytes:
    """A ledger with jobs in it, closed: its bytes."""
    ledger = Ledger(path)
    await ledger.open()
    await ledger.add(*an_order(count))
    await ledger.close()
    return path.read_bytes()


@pytest.mark.parametrize('damage', ['middle', 'half', 'other'])
async def test_a_damaged_ledger_is_named_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    path = tmp_path / 'ledger.sqlite3'
    whole = await written(path)
    broken = {
        'middle': whole[:8192] + b'\xa5' * 8192 + whole[16384:],
        'half': whole[: len(whole) // 2],
        'other': b'these are words, and no ledger' * 100,
    }[damage]
    path.write_bytes(broken)
    with pytest.raises(StoreError, match='damaged') as told:
        await Ledger(path).open()
    assert str(path) in told.value.message
    assert 'aside' in (told.value.hint or '')
    assert path.read_bytes() == broken


async def test_a_damaged_ledger_that_is_read_at_once_is_never_written_to(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite3'
    whole = await written(path)
    broken = whole[:8192] + b'\xa5' * 8192 + whole[16384:]
    path.write_bytes(broken)
    ledger = Ledger(path, read_at_once=True)
    await ledger.open()
    for write in (ledger.add(*an_order()), ledger.pause(True), ledger.examined()):
        with pytest.raises(StoreError, match='damaged'):
            await write
    await ledger.close()
    assert path.read_bytes() == broken


async def test_a_ledger_can_be_closed_while_it_is_examined(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite3'
    await written(path, 2_000)
    for _ in range(20):
        ledger = Ledger(path, read_at_once=True)
        await ledger.open()
        await ledger.close()
    async with Ledger(path) as whole:
        assert len(await whole.jobs()) == 2_000


async def test_tables_that_are_gone_are_damage(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite3'
    await written(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('DROP TABLE outputs')
    ledger = Ledger(path)
    await ledger.open()
    with pytest.raises(StoreError, match='damaged: no such table'):
        await ledger.jobs()
    await ledger.close()


async def test_a_ledger_that_is_held_says_so_and_works_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('hfmedia_tui.store.database.BUSY_SECONDS', 0.1)
    path = tmp_path / 'ledger.sqlite3'
    ledger = Ledger(path)
    await ledger.open()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute('BEGIN IMMEDIATE')
        with pytest.raises(StoreError, match='held by another program') as told:
            await ledger.add(*an_order())
        assert told.value.hint is not None
        other.execute('ROLLBACK')
    await ledger.add(*an_order())
    assert len(await ledger.jobs()) == 1
    await ledger.close()


async def test_a_full_disk_is_called_so_and_loses_nothing(small_disk: Path) -> None:
    path = small_disk / 'ledger.sqlite3'
    ledger = Ledger(path)
    await ledger.open()
    await ledger.add(*an_order(1))
    with pytest.raises(StoreError, match='disk is full') as told:
        await ledger.add(*an_order(2, 'x' * 300_000))
    assert str(path) in told.value.message
    assert 'Make room' in (told.value.hint or '')
    assert [job.id for job in await ledger.jobs()] == ['o1-1']
    await ledger.add(*an_order(3))
    await ledger.close()


@pytest.mark.parametrize('room', [0, 16, 64])
async def test_a_disk_without_room_for_a_ledger_is_called_full(small_disk: Path, room: int) -> None:
    """Of none at all, of too little for what lies beside the ledger, and of too little for its tables."""
    (small_disk / 'room').write_bytes(bytes(room * 1024))
    fill(small_disk)
    (small_disk / 'room').unlink()
    with pytest.raises(StoreError, match='disk is full'):
        await Ledger(small_disk / 'ledger.sqlite3').open()


async def test_a_folder_that_cannot_be_written_is_named(small_disk: Path) -> None:
    path = small_disk / 'ledger.sqlite3'
    whole = await written(path, 1)
    make_read_only(small_disk)
    with pytest.raises(StoreError, match='cannot be written') as told:
        await Ledger(path).open()
    assert str(path) in told.value.message
    assert 'writable' in (told.value.hint or '')
    assert path.read_bytes() == whole
