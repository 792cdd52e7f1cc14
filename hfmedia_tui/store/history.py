"""What this user's own past says of a model at a provider: how long jobs ran there, and how they ended."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

from hfmedia_tui.domain import Failure, FailureCode, JobState, ProviderMapping, clean, masked
from hfmedia_tui.outlook import PastRuns, TrackRecord
from hfmedia_tui.store.database import Database
from hfmedia_tui.store.rows import UNREADABLE, decode

__all__ = ['History']

_MOST: Final = 200
"""Runs that are looked at: what was long ago says little."""
_MOST_ATTEMPTS: Final = 2_000
"""Attempts that a track record is made from, so that it comes at once however much was made with a model."""
_LONGEST_REASON: Final = 200
"""Characters that are kept of what was said."""
_ATTEMPTS: Final = """
    SELECT attempts.mapping, attempts.status, attempts.error, jobs.state, jobs.error AS ending, runs.seconds,
        attempts.ordinal = (SELECT max(ordinal) FROM attempts AS each WHERE each.job_id = jobs.id) AS is_last
    FROM orders JOIN jobs ON jobs.order_id = orders.id JOIN attempts ON attempts.job_id = jobs.id
    LEFT JOIN runs ON runs.router = orders.router AND runs.model = orders.model AND runs.provider = jobs.provider
        AND runs.sequence = jobs.sequence
    WHERE orders.model = ? AND orders.router = ?
    ORDER BY orders.created_at DESC LIMIT ?
"""
_OF_PROVIDERS: Final = frozenset(FailureCode) - {
    FailureCode.CANCELLED,
    FailureCode.INTERNAL,
    FailureCode.INTERRUPTED,
    FailureCode.NETWORK,
    FailureCode.NO_PROVIDER,
    FailureCode.STORAGE,
}
"""What a job fails for that tells of the provider: the rest tells of this machine, of the way there, or of nothing."""


class History:
    """What became of the jobs that were asked for here. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(self, router: str, model: str, provider: str) -> tuple[float, ...]:
        """Seconds of the newest runs that succeeded in one go, the newest first.

        That is: with one attempt, and not left and taken up again between.
        """

        def transaction(connection: sqlite3.Connection) -> tuple[float, ...]:
            rows = connection.execute(
                'SELECT seconds FROM runs WHERE router = ? AND model = ? AND provider = ?'
                ' ORDER BY sequence DESC LIMIT ?',
                (router, model, provider, _MOST),
            )
            return tuple(row['seconds'] for row in rows)

        return await self._database.read(transaction)

    async def track_records(self, router: str, model: str) -> Mapping[str, TrackRecord]:
        """How well each provider has served a model, by the provider's name, where anything was asked of it."""

        def transaction(connection: sqlite3.Connection) -> Mapping[str, TrackRecord]:
            rows = defaultdict[str, list[sqlite3.Row]](list)
            for row in connection.execute(_ATTEMPTS, (model, router, _MOST_ATTEMPTS)):
                with suppress(*UNREADABLE):
                    rows[decode(row['mapping'], ProviderMapping).provider].append(row)
            return {provider: record for provider, told in rows.items() if (record := _track_record(told))}

        return await self._database.read(transaction)


def _track_record(attempts: Iterable[sqlite3.Row]) -> TrackRecord | None:
    """What attempts at one provider, the newest first, tell of it; None where they tell nothing."""
    finished = unheard = 0
    seconds, failures = list[float](), list[str]()
    for attempt in attempts:
        if attempt['status'] is not None and attempt['error'] is not None:
            failures.append(attempt['error'])
        elif not attempt['is_last']:
            continue
        elif attempt['state'] == JobState.SUCCEEDED:
            finished += 1
            if attempt['seconds'] is not None:
                seconds.append(attempt['seconds'])
        elif attempt['state'] == JobState.INTERRUPTED:
            unheard += 1
        elif attempt['state'] == JobState.FAILED:
            with suppress(*UNREADABLE):
                ending = decode(attempt['ending'], Failure)
                if ending.code in _OF_PROVIDERS:
                    failures.append(ending.message)
    if not (finished or failures or unheard):
        return None
    return TrackRecord(
        finished=finished,
        failed=len(failures),
        unheard=unheard,
        median=PastRuns(seconds).median if seconds else None,
        last_failure=clean(masked(failures[0]), _LONGEST_REASON) if failures else '',
    )
