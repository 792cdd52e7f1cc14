"""The one stream of what happens: immutable snapshots of jobs, to everyone who listens."""

import asyncio
from typing import Self

from hfmedia_tui.domain import Job

__all__ = ['Stream', 'Subscription']


class Subscription:
    """Snapshots from the moment of subscribing on, in order: `async for job in subscription`."""

    def __init__(self, stream: 'Stream') -> None:
        self._stream = stream
        self._queue: asyncio.Queue[Job | None] = asyncio.Queue()

    def put(self, job: Job | None) -> None:
        self._queue.put_nowait(job)

    def close(self) -> None:
        """End the iteration after what has arrived already."""
        self._stream.remove(self)
        self._queue.put_nowait(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Job:
        job = await self._queue.get()
        if job is None:
            raise StopAsyncIteration
        return job


class Stream:
    """Hands each snapshot to every subscription."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(self) -> Subscription:
        subscription = Subscription(self)
        self._subscriptions.append(subscription)
        return subscription

    def publish(self, job: Job) -> None:
        for subscription in self._subscriptions:
            subscription.put(job)

    def remove(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def close(self) -> None:
        """End every subscription."""
        for subscription in tuple(self._subscriptions):
            subscription.close()
