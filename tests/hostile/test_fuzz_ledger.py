"""Whatever lies in a row of the ledger, the other rows are read, and what is read of this one can be shown."""

import asyncio
import json
import sqlite3
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hfmedia_tui.cli.report import describe, job_object, write_object
from hfmedia_tui.domain import Job, harmless
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.widgets.job_details import JobDetails, caption
from hfmedia_tui.widgets.job_list import JobList
from tests.hostile.feeding import json_values, words
from tests.jobs import MAPPING, job, order

GOOD = order('goodgood')
NAMES = ('id', 'task', 'model', 'prompt', 'mappings', 'provider', 'parameters', 'extra', 'count', 'seed', 'created_at')
MORE = ('stage', 'fraction', 'queue_position', 'code', 'message', 'hint', 'status', 'step', 'type', 'cost', 'nsfw')
JSON = json_values(*NAMES, *MORE).map(lambda value: json.dumps(value, ensure_ascii=False))
MOMENTS = st.one_of(
    words,
    st.datetimes(timezones=st.none() | st.just(UTC)).map(datetime.isoformat),
    st.sampled_from(['0001-01-01', '9999-12-31T23:59:59-23:59', '2026-11-22T12:00:00+00:00:01']),
)
TEXT = words.filter(lambda text: not any(0xD800 <= ord(character) <= 0xDFFF for character in text))
NUMBER = st.integers(-(2**63), 2**63 - 1)


@st.composite
def altered(draw: st.DrawFn, whole: dict[str, Any]) -> str:
    """A noun as JSON with some of its fields replaced or taken away, or with more."""
    told = dict(whole)
    for name in draw(st.lists(st.sampled_from(sorted(whole)), min_size=1, max_size=3)):
        if draw(st.booleans()):
            told[name] = draw(json_values(*NAMES, *MORE))
        else:
            told.pop(name, None)
    told |= draw(st.dictionaries(words, json_values(), max_size=1))
    return json.dumps(told, ensure_ascii=draw(st.booleans()))


PROGRESS = {'stage': 'waiting', 'fraction': 0.5, 'queue_position': 1, 'bytes': 1}
FAILURE = {'code': 'provider', 'message': 'm', 'hint': 'h', 'provider': 'p', 'status': 500}
WAIT = {'provider': 'fal-ai', 'step': {'type': 'wait', 'seconds': 1}, 'accepted': True, 'handle': 'h', 'memory': {}}
ORDER = {
    'id': 'badbadba',
    'task': 'text-to-image',
    'model': 'a/b',
    'prompt': 'a fox',
    'mappings': [{'provider': 'fal-ai', 'provider_id': 'x', 'task': 'text-to-image'}],
    'parameters': {'width': 8, 'negative_prompt': 'rain'},
    'extra': {'a': 1},
    'created_at': '2026-11-22T12:00:00Z',
}
COLUMNS = st.one_of(
    st.tuples(st.just('orders.body'), altered(ORDER) | JSON | TEXT),
    st.tuples(st.just('jobs.progress'), altered(PROGRESS) | JSON | TEXT),
    st.tuples(st.just('jobs.error'), altered(FAILURE) | JSON | TEXT),
    st.tuples(st.just('jobs.facts'), JSON | TEXT),
    st.tuples(st.just('attempts.mapping'), JSON | TEXT),
    st.tuples(st.just('attempts.progress'), altered(WAIT) | JSON | TEXT),
    st.tuples(
        st.sampled_from(['jobs.created_at', 'jobs.started_at', 'jobs.finished_at', 'attempts.finished_at']), MOMENTS
    ),
    st.tuples(
        st.sampled_from(
            ['jobs.provider', 'jobs.note', 'jobs.seed', 'jobs.state', 'jobs.owner', 'jobs.wanted', 'jobs.id']
        ),
        TEXT | st.sampled_from(['running', 'succeeded', 'failed', 'interrupted', '9' * 5_000, '-1']),
    ),
    st.tuples(st.sampled_from(['outputs.path', 'outputs.media_type', 'outputs.sha256', 'attempts.error']), TEXT),
    st.tuples(
        st.sampled_from(['jobs.position', 'jobs.priority', 'outputs.width', 'outputs.size', 'attempts.status']), NUMBER
    ),
    st.tuples(st.just('outputs.duration'), st.floats(allow_nan=False)),
)
"""What is put where; a column of text may hold bytes that are none."""


def put(path: Path, column: str, value: object, raw: bytes | None) -> None:
    table, _, name = column.partition('.')
    key = {'orders': 'id', 'jobs': 'id'}.get(table, 'job_id')
    connection = sqlite3.connect(path)
    try:
        with connection:
            if isinstance(value, str):
                written = value.encode(errors='surrogatepass') if raw is None else raw
                connection.execute(
                    f"UPDATE {table} SET {name} = CAST(? AS TEXT) WHERE {key} LIKE 'badbad%'", (written,)
                )
            else:
                connection.execute(f"UPDATE {table} SET {name} = ? WHERE {key} LIKE 'badbad%'", (value,))
    except sqlite3.IntegrityError:
        pass
    finally:
        connection.close()


def show(seen: Job) -> None:
    """Show a job as the command line and the places do."""
    write_object(job_object(seen))
    for text in (describe(seen), caption(seen)):
        assert harmless(text) == text
    rows = JobList()
    for width in (30, 78, 150):
        line = ''.join(text for text, _ in rows.draw(seen, width))
        assert harmless(line) == line
        assert cell_len(line) <= max(width, 60)
    assert rows.rank(seen)
    details = JobDetails()
    details.set_reactive(JobDetails.job, seen)
    told = details.render().plain
    assert harmless(told) == told


async def read_all(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.open()
    try:
        found = await ledger.jobs()
        assert any(seen.order == GOOD for seen in found)
        for seen in found:
            show(seen)
        assert await ledger.last_order('') is not None
        for seen in (*await ledger.unowned(), *found):
            with suppress(StoreError, UsageError):
                await ledger.attempts(seen.id)
                assert (await ledger.find(seen.id)).id == seen.id
                taken = await ledger.take_up(seen.id, asked=True)
                assert taken is None or taken.id == seen.id
    finally:
        await ledger.close()


async def record(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.open()
    bad = order('badbadba')
    for asked in (bad, GOOD):
        await ledger.add(asked, [job(asked)])
        await ledger.save_attempt(job(asked), 0, MAPPING, None)
    await ledger.close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("INSERT INTO outputs VALUES ('badbadba-1', 0, '/a.png', 'image/png', 1, 1, 1.0, 1, '0')")
    connection.close()


@given(damages=st.lists(COLUMNS, min_size=1, max_size=3), raw=st.none() | st.binary(max_size=20))
def test_any_row(damages: list[tuple[str, object]], raw: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'ledger.sqlite3'
        asyncio.run(record(path))
        for column, value in damages:
            put(path, column, value, raw)
        asyncio.run(read_all(path))
