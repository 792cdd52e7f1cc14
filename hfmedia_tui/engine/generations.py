"""What an order becomes: an id, and a job for each generation with its seed."""

import random
import secrets
from typing import Final

from hfmedia_tui.domain import Job, Order
from hfmedia_tui.parameters import MAXIMUM_RANDOM_SEED

__all__ = ['jobs_of', 'new_order_id']

_ALPHABET: Final = '0123456789abcdefghjkmnpqrstvwxyz'
"""Letters of an id: none that look alike."""


def new_order_id() -> str:
    """A new id: eight letters, short enough to type and rare enough to be one's own."""
    return ''.join(secrets.choice(_ALPHABET) for _ in range(8))


def _seed(order: Order, index: int) -> int:
    if order.seed is None:
        return random.randint(0, MAXIMUM_RANDOM_SEED)
    return order.seed if order.same_seed else order.seed + index


def jobs_of(order: Order) -> tuple[Job, ...]:
    """The generations of an order, each with its seed: where none is chosen, they are drawn anew each time."""
    return tuple(
        Job(
            id=f'{order.id}-{index + 1}',
            order=order,
            index=index,
            seed=_seed(order, index),
            created_at=order.created_at,
        )
        for index in range(order.count)
    )
