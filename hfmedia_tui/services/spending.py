"""The ceilings that a user has set on what is sent, and what is said where they would be passed."""

from datetime import UTC, datetime

from hfmedia_tui.domain import SANDBOX
from hfmedia_tui.settings import Spend
from hfmedia_tui.store.spending import Spending

__all__ = ['over_limit']


async def over_limit(requests: int, spend: Spend, spending: Spending) -> str | None:
    """Why so many more requests would pass a ceiling, in a sentence; None where they would not. Raises StoreError.

    What is paid for comes home whatever was sent before: no request passes no ceiling. A day begins at midnight on
    this machine's clock. Two processes that ask at the same moment may pass it together.
    """
    if not requests:
        return None
    if spend.per_run and requests > spend.per_run:
        return f'That is {requests:,} requests, and spend.per_run allows {spend.per_run:,} at once.'
    if spend.per_day:
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        today = await spending.requests(midnight.astimezone(UTC), free=SANDBOX)
        if today + requests > spend.per_day:
            return (
                f'Requests sent today or waiting: {today:,}. With {requests:,} more it would pass the'
                f' {spend.per_day:,} that spend.per_day allows.'
            )
    return None
