"""What the engine is handed: it makes none of these itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from hfmedia_tui.domain import Attempt, AttemptRecord, Job, Order, Progress, ProviderMapping
from hfmedia_tui.engine.results import Inscribe, Inspect
from hfmedia_tui.engine.transport import Transport
from hfmedia_tui.providers import Machine

__all__ = ['Ledger', 'Limits', 'Tools']


class Ledger(Protocol):
    """The durable facts. Each method is on disk when it returns, and raises StoreError when it cannot be done."""

    async def add_all(self, orders: tuple[Order, ...], jobs: tuple[Job, ...]) -> tuple[Job, ...]: ...
    async def save(self, job: Job, *, collectable: bool = False) -> None: ...
    async def save_all(self, jobs: Sequence[Job]) -> None: ...
    async def arrange(self, jobs: Sequence[Job]) -> None: ...
    async def save_attempt(
        self, job: Job, ordinal: int, mapping: ProviderMapping, progress: Progress | None
    ) -> None: ...
    async def end_attempt(self, job: Job, ordinal: int, mapping: ProviderMapping, attempt: Attempt) -> None: ...
    async def attempts(self, job_id: str) -> tuple[AttemptRecord, ...]: ...
    async def find(self, name: str) -> Job: ...
    async def take_up(
        self, job_id: str, *, asked: bool, seen: Job | None = None, sent_only: bool = False
    ) -> Job | None: ...
    async def let_go(self, job_id: str) -> None: ...
    async def unowned(self, *, sent_only: bool = False) -> tuple[Job, ...]: ...
    async def asked_to_cancel(self) -> tuple[str, ...]: ...


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs run at once; those whose answers lie here, to be finished, are not counted."""

    total: int = 8
    per_provider: int = 4


def _now() -> datetime:
    return datetime.now(UTC)


async def _nobody() -> str | None:
    return None


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """The hands and the memory of the engine."""

    ledger: Ledger
    transport: Transport
    machines: Mapping[str, Machine]
    inspect: Inspect
    inscribe: Inscribe
    shelter: Path
    """A folder of ours for paid bytes that cannot go home: no picture or film, or no place to write to."""
    account: Callable[[], Awaitable[str | None]] = _nobody
    """Tells whose token is used, where that is known."""
    limits: Limits = Limits()
    patience: float = 1.0
    """Multiplies every wait between two requests of one job."""
    now: Callable[[], datetime] = _now
