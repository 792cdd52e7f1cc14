"""A collection goes through the ledger a piece at a time, and keeps in memory only what is near."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Job, JobState, Order, Output, Result, Task
from hfmedia_tui.filters import RESULTS, read_filter
from hfmedia_tui.store import collection as collections
from hfmedia_tui.store.collection import Collection
from hfmedia_tui.store.ledger import Ledger


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    ledger = Ledger(tmp_path / 'ledger.sqlite3')
    await ledger.open()
    yield ledger
    await ledger.close()


async def add(ledger: Ledger, *names: str, outputs: int = 1) -> tuple[Job, ...]:
    """Add a job with results for each name."""
    now = datetime.now(UTC)
    jobs = []
    for name in names:
        order = Order(
            id=name, task=Task.TEXT_TO_IMAGE, model='owner/model', prompt=f'a {name}', mappings=(), created_at=now
        )
        (job,) = await ledger.add(order, [Job(id=name, order=order, index=0, seed=1, created_at=now)])
        output = Output(path=f'/pictures/{name}.png', media_type='image/png', size=1, sha256='')
        job = replace(job, state=JobState.SUCCEEDED, outputs=(output,) * outputs, finished_at=now)
        await ledger.save(job)
        jobs.append(job)
    return tuple(jobs)


async def go_through(collection: Collection, wish: str = '') -> list[str]:
    """What is found, by the jobs' names."""
    async for _ in collection.go_through(read_filter(wish, RESULTS).fits if wish else None):
        pass
    return await names(collection)


async def names(collection: Collection) -> list[str]:
    await collection.load(range(len(collection)))
    return [result.job.id if (result := collection.peek(place)) else '?' for place in range(len(collection))]


async def test_the_newest_is_first_and_each_output_is_a_result(ledger: Ledger) -> None:
    await add(ledger, 'one', outputs=2)
    await add(ledger, 'two')
    collection = Collection(ledger.results)
    assert await go_through(collection) == ['two', 'one', 'one']
    ordinals = [result.ordinal for place in range(3) if (result := collection.peek(place))]
    assert ordinals == [0, 0, 1]


async def test_a_long_ledger_is_gone_through_in_pieces(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (('_FIRST', 2), ('_PIECE', 3), ('_SEARCHED', 2), ('_KEPT', 4)):
        monkeypatch.setattr(collections, name, size)
    await add(ledger, *'abcdefghij')
    collection = Collection(ledger.results)
    lengths = [len(collection) async for _ in collection.go_through()]
    assert lengths == [2, 5, 8, 10]
    await collection.load(range(3))
    assert [collection.peek(place) is None for place in (0, 2, 3)] == [False, False, True]
    await collection.load(range(5, 9))
    assert collection.peek(0) is None, 'what was looked at long ago is forgotten'
    assert not await collection.load(range(5, 9))
    found = [len(collection) async for _ in collection.go_through(lambda result: result.job.id in 'adj')]
    assert found == [1, 1, 1, 2, 3, 3]
    assert collection.total == 10


async def test_what_happens_meanwhile_is_taken_on_in_its_place(ledger: Ledger) -> None:
    one, two, _ = await add(ledger, 'one', 'two', 'three')
    collection = Collection(ledger.results)
    (four,) = await add(ledger, 'four')
    await collection.renew([four])  # before anything was gone through
    assert await go_through(collection) == ['four', 'three', 'two', 'one']
    await ledger.trash.put(['two'])
    assert await collection.renew([two])
    assert await names(collection) == ['four', 'three', 'one']
    assert not await collection.renew([two])
    lying = Collection(ledger.results, trash=True)
    assert await go_through(lying) == ['two']
    await ledger.trash.restore(['two'])
    await collection.renew([two])
    await lying.renew([two])
    assert await names(collection) == ['four', 'three', 'two', 'one']
    assert not lying
    assert await go_through(collection, 'two') == ['two']
    await ledger.results.tag([Result(job=one, ordinal=0)], add=['two'])
    await collection.renew([one, two])
    assert await names(collection) == ['two', 'one'], 'what fits now'


async def test_marks_and_tags_stay(ledger: Ledger) -> None:
    one, _ = await add(ledger, 'one', 'two')
    result = Result(job=one, ordinal=0)
    await ledger.results.mark_favourite([result], favourite=True)
    await ledger.results.tag([result], add=['sea', 'dusk', 'sea'])
    await ledger.results.tag([result], add=['fox'], remove=['dusk'])
    collection = Collection(ledger.results)
    assert await go_through(collection, 'is:favourite tag:sea !tag:dusk') == ['one']
    found = collection.peek(0)
    assert found is not None
    assert (found.favourite, found.tags) == (True, ('fox', 'sea'))
    assert await ledger.results.tags() == ('fox', 'sea')
    await ledger.results.mark_favourite([result], favourite=False)
    assert await go_through(collection, 'is:favourite') == []


async def test_a_row_that_cannot_be_read_leaves_no_gap(ledger: Ledger) -> None:
    await add(ledger, 'one', 'two', 'three')
    await ledger._database.write(
        lambda connection: connection.execute("UPDATE jobs SET progress = 'x' WHERE id = 'two'") and None
    )
    collection = Collection(ledger.results)
    assert '?' not in (await go_through(collection), await names(collection))[1]
    assert await names(collection) == ['three', 'one']
