"""What may be billed, the ceilings that a user has set on it, and what is said where they would be passed."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hfmedia_tui.domain import SANDBOX, Job, Order
from hfmedia_tui.providers import FREE
from hfmedia_tui.settings import Spend
from hfmedia_tui.store.spending import Spending

__all__ = ['over_limit', 'paid_requests', 'paid_retries', 'paid_today']


def paid_requests(orders: Iterable[Order]) -> int:
    """How many requests that may be billed are sent for the generations of `orders`."""
    return sum(order.count for order in orders if _is_billable(order))


def paid_retries(jobs: Iterable[Job]) -> int:
    """How many requests that may be billed are sent where `jobs` are tried again."""
    return sum(job.asked_anew and _is_billable(job.order) for job in jobs)


def _is_billable(order: Order) -> bool:
    """Whether anybody who may be asked for a generation of `order` may bill it."""
    return order.router != SANDBOX and any(mapping.provider not in FREE for mapping in order.mappings)


async def over_limit(requests: int, spend: Spend, spending: Spending) -> str | None:
    """Why so many more requests that may be billed would pass a ceiling, in a sentence; None where they would not.

    What is paid for comes home whatever was sent before: no request passes no ceiling. Raises StoreError.
    """
    if not requests:
        return None
    if spend.per_run and requests > spend.per_run:
        return f'That is {requests:,} paid requests, and spend.per_run allows {spend.per_run:,} at once.'
    if spend.per_day:
        today = await paid_today(spending)
        if today + requests > spend.per_day:
            return (
                f'Paid requests sent today or waiting: {today:,}. With {requests:,} more it would pass the'
                f' {spend.per_day:,} that spend.per_day allows.'
            )
    return None


async def paid_today(spending: Spending) -> int:
    """How many requests that may be billed were sent since midnight on this machine's clock, or wait to be.

    Raises StoreError.
    """
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return await spending.requests(midnight.astimezone(UTC), free_router=SANDBOX, free_providers=FREE)
