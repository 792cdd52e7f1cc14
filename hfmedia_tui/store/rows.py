"""Rows of the ledger as nouns, and nouns as rows.

What is shown of a row is cleaned when it is read: an older version may have kept it as it came.
"""

import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

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
    clean,
    masked,
)
from hfmedia_tui.errors import TakenOver

__all__ = ['UNREADABLE', 'as_json', 'decode', 'moment', 'read_jobs', 'read_order', 'save_job']

log = logging.getLogger(__name__)

Noun = TypeVar('Noun')

UNREADABLE: Final = (ValueError, TypeError, LookupError, RecursionError, OverflowError)
"""What reading a damaged row raises, msgspec's errors among them."""
_LONGEST_TEXT: Final = 100_000
"""Characters of a prompt or a parameter."""


def save_job(connection: sqlite3.Connection, job: Job, owner: str, *, collectable: bool, paid: bool) -> None:
    """Record where a job of `owner` stands. Raises TakenOver where it is not driven by that any more.

    A process that slept may know of something `paid` for that whoever took over could not know: what has failed
    meanwhile, or is in doubt, and nobody drives is its own again then.
    """
    recorded = connection.execute(
        'UPDATE jobs SET state = ?, provider = ?, priority = ?, progress = ?, error = ?, note = ?, facts = ?,'
        ' started_at = ?, finished_at = ?, collectable = ?, owner = CASE WHEN ? THEN NULL ELSE ? END WHERE id = ?'
        " AND (owner = ? OR (? AND owner IS NULL AND state IN ('failed', 'interrupted') AND trash IS NULL))",
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
            owner,
            job.id,
            owner,
            paid,
        ),
    )
    if not recorded.rowcount:
        raise TakenOver(f'Job {job.id} is not driven by this process any more.', 'See `hfmedia-tui jobs`.')
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
                orders[order_id] = read_order(bodies[order_id][0]['body'])
            jobs.append(_job(row, orders[order_id], attempts[name], outputs[name], driver_of))
        except UNREADABLE:
            log.exception('job %s cannot be read from the ledger', name)
            unreadable.add(clean(name, 100))
    return tuple(jobs)


def read_order(body: str) -> Order:
    """Read an order. Raises one of UNREADABLE."""
    order = decode(body, Order)
    if body.isprintable() and '\\' not in body:  # nearly every one is, and at a start there are thousands
        return order
    return msgspec.structs.replace(
        order,
        model=clean(order.model, 300),
        prompt=clean(order.prompt, _LONGEST_TEXT),
        template=None if order.template is None else clean(order.template, _LONGEST_TEXT),
        matrix=None
        if order.matrix is None
        else msgspec.structs.replace(order.matrix, models=tuple(clean(name, 300) for name in order.matrix.models)),
        provider=_told(order.provider),
        # One that is named so is nobody's, and the others are compared with those of attempts: they stay as they are.
        mappings=tuple(mapping for mapping in order.mappings if mapping.provider.isprintable()),
        passed_over=tuple(clean(name, 300) for name in order.passed_over),
        parameters={
            clean(name, 300): clean(value, _LONGEST_TEXT) if isinstance(value, str) else value
            for name, value in order.parameters.items()
        },
        account=_told(order.account),
    )


def _told(text: str | None) -> str | None:
    """What a provider or a Hub said, fit to be shown."""
    return None if text is None else clean(masked(text))


def _read_failure(text: str) -> Failure:
    failure = decode(text, Failure)
    return msgspec.structs.replace(
        failure,
        message=clean(masked(failure.message)),
        hint=None if failure.hint is None else clean(failure.hint),  # ours, and its links are to be followed
        provider=_told(failure.provider),
    )


def _read_facts(text: str) -> Facts:
    facts = decode(text, Facts)
    return msgspec.structs.replace(facts, request_id=_told(facts.request_id))


def _job(
    row: sqlite3.Row,
    order: Order,
    attempts: Iterable[sqlite3.Row],
    outputs: Iterable[sqlite3.Row],
    driver_of: Callable[[str | None], Driver],
) -> Job:
    if row['id'] != clean(row['id'], 100):
        raise ValueError('its id is none')
    state = JobState(row['state'])
    return Job(
        id=row['id'],
        order=order,
        index=row['position'],
        sequence=row['sequence'],
        seed=int(row['seed']),
        state=state,
        provider=_told(row['provider']),
        priority=row['priority'],
        paused=bool(row['paused']),
        attempts=tuple(
            Attempt(
                provider=clean(decode(attempt['mapping'], ProviderMapping).provider, 300),
                status=attempt['status'],
                error=_told(attempt['error']),
            )
            for attempt in attempts
        ),
        progress=decode(row['progress'], JobProgress),
        outputs=tuple(
            Output(
                path=output['path'],
                media_type=clean(output['media_type'], 100),
                width=output['width'],
                height=output['height'],
                duration=output['duration'],
                size=output['size'],
                sha256=output['sha256'],
            )
            for output in outputs
        ),
        facts=_read_facts(row['facts']) if row['facts'] else Facts(),
        error=_read_failure(row['error']) if row['error'] else None,
        note=_told(row['note']),
        created_at=_at(row['created_at']),
        started_at=_read_moment(row['started_at']),
        finished_at=_read_moment(row['finished_at']),
        trashed_at=_read_moment(row['trashed_at']),
        deleted=row['trash'] == 'deleted',
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
    return None if text is None else _at(text)


def _at(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    if not 1970 < read.year < 9999:
        raise ValueError(f'{read} cannot be told in every zone')
    return read if read.tzinfo else read.replace(tzinfo=UTC)
