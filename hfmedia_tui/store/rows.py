"""Rows of the ledger as nouns, and nouns as rows."""

import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from hfmedia_tui.domain import (
    FINAL_STATES,
    Attempt,
    Driver,
    Facts,
    Failure,
    Job,
    JobProgress,
    JobState,
    Order,
    Output,
    ProviderMapping,
)

__all__ = ['as_json', 'decode', 'moment', 'read_jobs', 'save_job']

log = logging.getLogger(__name__)

Noun = TypeVar('Noun')


def save_job(connection: sqlite3.Connection, job: Job, collectable: bool) -> None:
    connection.execute(
        'UPDATE jobs SET state = ?, provider = ?, priority = ?, progress = ?, error = ?, note = ?, facts = ?,'
        ' started_at = ?, finished_at = ?, collectable = ?, owner = CASE WHEN ? THEN NULL ELSE owner END WHERE id = ?',
        (
            job.state,
            job.provider,
            job.priority,
            as_json(job.progress),
            None if job.error is None else as_json(job.error),
            job.note,
            as_json(job.facts),
            moment(job.started_at),
            moment(job.finished_at),
            int(collectable),
            job.state in FINAL_STATES,
            job.id,
        ),
    )
    connection.executemany(
        'INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        [
            (
                job.id,
                ordinal,
                output.path,
                output.media_type,
                output.width,
                output.height,
                output.duration,
                output.size,
                output.sha256,
            )
            for ordinal, output in enumerate(job.outputs)
        ],
    )


def read_jobs(
    connection: sqlite3.Connection,
    clause: str,
    values: Sequence[Any],
    *,
    driver_of: Callable[[str | None], Driver],
    unreadable: set[str],
) -> tuple[Job, ...]:
    """Read jobs; one that cannot be read is left out, logged and put among the `unreadable`, so that it keeps nobody
    from the others. `driver_of` tells who an owner is.
    """

    def belonging(query: str) -> dict[str, list[sqlite3.Row]]:
        """Rows of another table by the job or order that they belong to, in one query for all."""
        rows = defaultdict[str, list[sqlite3.Row]](list)
        for row in connection.execute(query, values):
            rows[row[0]].append(row)
        return rows

    chosen = f'FROM jobs {clause}'
    bodies = belonging(f'SELECT id, body FROM orders WHERE id IN (SELECT jobs.order_id {chosen})')
    attempts = belonging(
        'SELECT job_id, mapping, status, error FROM attempts'
        f' WHERE job_id IN (SELECT jobs.id {chosen}) ORDER BY ordinal'
    )
    outputs = belonging(f'SELECT * FROM outputs WHERE job_id IN (SELECT jobs.id {chosen}) ORDER BY ordinal')
    orders = dict[str, Order]()
    jobs = list[Job]()
    for row in connection.execute(f'SELECT jobs.* {chosen}', values):
        name, order_id = row['id'], row['order_id']
        try:
            if order_id not in orders:
                orders[order_id] = decode(bodies[order_id][0]['body'], Order)
            jobs.append(_job(row, orders[order_id], attempts[name], outputs[name], driver_of))
        except (ValueError, TypeError, LookupError):  # what decoding raises, msgspec's errors among them
            log.exception('job %s cannot be read from the ledger', name)
            unreadable.add(name)
    return tuple(jobs)


def _job(
    row: sqlite3.Row,
    order: Order,
    attempts: Iterable[sqlite3.Row],
    outputs: Iterable[sqlite3.Row],
    driver_of: Callable[[str | None], Driver],
) -> Job:
    state = JobState(row['state'])
    return Job(
        id=row['id'],
        order=order,
        index=row['position'],
        seed=int(row['seed']),
        state=state,
        provider=row['provider'],
        priority=row['priority'],
        attempts=tuple(
            Attempt(
                provider=decode(attempt['mapping'], ProviderMapping).provider,
                status=attempt['status'],
                error=attempt['error'],
            )
            for attempt in attempts
        ),
        progress=decode(row['progress'], JobProgress),
        outputs=tuple(
            Output(
                path=output['path'],
                media_type=output['media_type'],
                width=output['width'],
                height=output['height'],
                duration=output['duration'],
                size=output['size'],
                sha256=output['sha256'],
            )
            for output in outputs
        ),
        facts=decode(row['facts'], Facts) if row['facts'] else Facts(),
        error=decode(row['error'], Failure) if row['error'] else None,
        note=row['note'],
        created_at=datetime.fromisoformat(row['created_at']),
        started_at=_read_moment(row['started_at']),
        finished_at=_read_moment(row['finished_at']),
        driver=Driver.OURS if state in FINAL_STATES else driver_of(row['owner']),
    )


def as_json(noun: object) -> str:
    # The standard library's JSON, because extra JSON may hold integers beyond 64 bits.
    return json.dumps(msgspec.to_builtins(noun), ensure_ascii=False, separators=(',', ':'))


def decode(text: str, noun: type[Noun]) -> Noun:
    return msgspec.convert(json.loads(text), noun, strict=False)


def moment(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
