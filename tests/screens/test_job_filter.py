"""Every job of the ledger is found in its place, and only as many are read as are looked at."""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import JobState
from hfmedia_tui.paths import Paths
from hfmedia_tui.store.ledger import Ledger
from tests.jobs import job, order
from tests.screens.conftest import Start

MANY = 900


@pytest.fixture
async def many(paths: Paths) -> list[str]:
    """Ids of many ended jobs of earlier sessions, the newest first."""
    ledger = Ledger(paths.ledger)
    await ledger.open()
    names = list[str]()
    for name in ('aaaaaaaa', 'bbbbbbbb', 'cccccccc'):
        of = order(name, prompt=f'a fox {name}', count=MANY // 3)
        jobs = await ledger.add(of, [job(of, index, seed=index) for index in range(MANY // 3)])
        await ledger.save_all([replace(one, state=JobState.CANCELLED) for one in jobs])
        names += [one.id for one in jobs]
    await ledger.close()
    return names[::-1]


def ids(jobs: Iterable[object]) -> list[str]:
    return [one.id for one in jobs]  # type: ignore[attr-defined]


async def test_the_whole_ledger_is_gone_through_as_it_is_looked_at(start: Start, many: list[str]) -> None:
    async with start((80, 24)) as studio:
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.jobs.rows)
        assert ids(studio.jobs.jobs.rows) == many[: len(studio.jobs.jobs.rows)]
        assert len(studio.jobs.jobs.rows) < MANY
        studio.jobs.jobs.highlighted = read = len(studio.jobs.jobs.rows) - 1
        await studio.until(lambda: len(studio.jobs.jobs.rows) > read + 100)
        assert len(studio.jobs.jobs.rows) < MANY
        await studio.press('G')
        await studio.until(lambda: studio.jobs.job is not None and studio.jobs.job.id == many[-1])
        assert ids(studio.jobs.jobs.rows) == many


async def test_a_filter_finds_what_is_far_back(start: Start, many: list[str]) -> None:
    async with start((120, 40)) as studio:
        await studio.press('f4', 'slash', *'aaaaaaaa seed:<3', 'enter')
        await studio.until(lambda: ids(studio.jobs.jobs.rows) == many[-3:])
        await studio.until_shown('3 fit')
        assert studio.jobs.jobs.has_focus
        await studio.press('slash', 'end', *' stat:x')
        await studio.until_shown("have no 'stat'")
        assert ids(studio.jobs.jobs.rows) == many[-3:], 'what fitted last stays'
        await studio.press('escape', 'escape')
        await studio.until(lambda: len(studio.jobs.jobs.rows) > 100)
        assert ids(studio.jobs.jobs.rows)[:9] == many[:9]
        await studio.press('slash', *'no such job', 'enter')
        await studio.until_shown('No job fits')


async def test_what_happens_meanwhile_shows_only_where_it_fits(start: Start, many: list[str]) -> None:
    async with start((120, 40)) as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await studio.press('f4', 'slash', *'state:succeeded', 'enter')
        await studio.until_shown('No job fits')
        await studio.press('f3')
        await studio.generate('a hen')
        (made,) = await studio.settle()
        await studio.press('f4')
        await studio.until(lambda: ids(studio.jobs.jobs.rows) == [made.id])
