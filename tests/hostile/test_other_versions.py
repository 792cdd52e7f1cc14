"""What another version left in the ledger is read as far as it can be, and keeps nobody from starting."""

import sqlite3
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import (
    FailureCode,
    JobState,
    Output,
    Progress,
    ProviderMapping,
    Wait,
    harmless,
)
from hfmedia_tui.paths import Paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.store.ledger import Ledger
from tests.hostile.payloads import ALL
from tests.hostile.world import fill_ledger
from tests.houses import opened
from tests.jobs import NOW, job, order

UNKNOWN = ProviderMapping(provider='tomorrow', provider_id='x', task='text-to-image')


async def record(paths: Paths, router: str, mapping: ProviderMapping, progress: Progress | None) -> str:
    """Record one job that waits, and return its id."""
    one = job(order(mappings=(mapping,), output=str(paths.output), router=router))
    ledger = Ledger(paths.ledger)
    await ledger.open()
    await ledger.add(one.order, [one])
    if progress is not None:
        await ledger.save_attempt(one, 0, mapping, progress)
    await ledger.close()
    return one.id


@pytest.mark.parametrize('accepted', [False, True])
async def test_a_provider_that_only_a_newer_version_speaks(paths: Paths, sandbox: Addresses, accepted: bool) -> None:
    progress = Progress(provider='tomorrow', step=Wait(seconds=1), accepted=True, handle='h') if accepted else None
    job_id = await record(paths, sandbox.router, UNKNOWN, progress)
    async with opened(paths, sandbox.hub, sandbox.router) as house:
        await house.resume()
        await house.pool.idle()
        job = house.pool.jobs[job_id]
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert job.error.code is FailureCode.NOT_SUPPORTED
        assert 'does not speak tomorrow' in job.error.message
        assert 'Upgrade' in (job.error.hint or '')
        (record_of_it,) = await house.ledger.attempts(job_id) or (None,)
        assert (record_of_it is not None and record_of_it.collectable) == accepted, 'a newer version goes on with it'


async def test_all_that_is_shown_of_a_row_is_harmless(paths: Paths, sandbox: Addresses) -> None:
    await fill_ledger(paths.ledger, sandbox.router, paths.output)
    async with opened(paths, sandbox.hub, sandbox.router) as house:
        jobs = await house.ledger.jobs(limit=100, newest_first=True)
        assert len(jobs) == len(ALL) - 1
        for job in jobs:
            order = job.order
            for text in (
                *(job.id, job.provider, job.note, job.facts.request_id, order.model, order.prompt, order.provider),
                *(order.account, *order.passed_over, *map(str, order.parameters), *map(str, order.parameters.values())),
                *(text for attempt in job.attempts for text in (attempt.provider, attempt.error)),
                *((job.error.message, job.error.hint, job.error.provider) if job.error else ()),
                *(output.media_type for output in job.outputs),
                *(mapping.provider for mapping in order.mappings),
                *(order.matrix.models if order.matrix else ()),
            ):
                assert text is None or harmless(text) == text
        last = await house.last_order()
        assert last is not None
        assert harmless(last.prompt) == last.prompt


async def test_an_owner_that_is_named_like_a_file_elsewhere_is_nobody(paths: Paths) -> None:
    job_id = await record(paths, 'https://router.example', replace(UNKNOWN, provider='fal-ai'), None)
    elsewhere = paths.data.parent / 'precious.lock'
    elsewhere.write_text('precious')
    connection = sqlite3.connect(paths.ledger)
    with connection:
        connection.execute("UPDATE jobs SET owner = '../../precious'")
    connection.close()
    ledger = Ledger(paths.ledger)
    await ledger.open()
    assert await ledger.take_up(job_id, asked=True) is not None
    await ledger.close()
    assert elsewhere.read_text() == 'precious'


@pytest.mark.parametrize(
    'damage',
    [
        "UPDATE orders SET body = '{'",
        "UPDATE orders SET body = '[]'",
        f"UPDATE orders SET body = '{'[' * 200_000}'",
        "UPDATE orders SET body = CAST(x'7bff' AS TEXT)",
        "UPDATE jobs SET note = CAST(x'fffe1b5d' AS TEXT)",
        "UPDATE jobs SET created_at = '0001-01-01T00:00:00+00:00'",
        "UPDATE jobs SET created_at = '2026-11-22T12:00:00', started_at = '2026-11-22T12:00:00'",
        "UPDATE jobs SET started_at = '9999-12-31T23:59:59-12:00'",
        "UPDATE jobs SET state = 'dreaming'",
        "UPDATE jobs SET seed = 'x'",
        'UPDATE jobs SET id = id || char(27)',
        'UPDATE jobs SET progress = \'{"stage": "waiting", "fraction": NaN}\'',
        'UPDATE jobs SET progress = \'{"stage": "dreaming"}\'',
        "UPDATE jobs SET error = 'null'",
        'UPDATE jobs SET facts = \'{"seed": "x"}\'',
        "UPDATE attempts SET mapping = '{}'",
        "UPDATE attempts SET progress = '{}'",
        "UPDATE outputs SET path = '/' || char(0)",
        f"UPDATE jobs SET state = 'running', owner = '{'9' * 5_000}'",
        "UPDATE outputs SET path = '', size = -1, width = -1",
    ],
    ids=lambda damage: damage[:50],
)
async def test_a_damaged_row_keeps_nobody_from_starting(paths: Paths, sandbox: Addresses, damage: str) -> None:
    job_id = await record(paths, sandbox.router, replace(UNKNOWN, provider='fal-ai'), None)
    ledger = Ledger(paths.ledger)
    await ledger.open()
    job = await ledger.take_up(job_id, asked=False)
    assert job is not None
    output = Output(path='/nowhere/a.png', media_type='image/png', size=1, sha256='0')
    await ledger.save(replace(job, state=JobState.SUCCEEDED, outputs=(output,), finished_at=NOW))
    await ledger.close()
    connection = sqlite3.connect(paths.ledger)
    with connection:
        connection.execute(damage)
    connection.close()
    async with opened(paths, sandbox.hub, sandbox.router) as house:
        for told in (await house.ledger.jobs(limit=100, newest_first=True), await house.ledger.unowned()):
            for job in told:
                assert job.elapsed(datetime.now(UTC)) >= 0
                assert job.created_at.astimezone().isoformat()
        await house.last_order()
        await house.resume(sent_only=True)
