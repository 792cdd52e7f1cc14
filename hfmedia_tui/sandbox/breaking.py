"""Answers that break off, as a lost connection looks to the client."""

import logging
from asyncio import CancelledError

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ['BreakingResponse', 'unintended']


class _BreakOff(Exception):  # noqa: N818 - nothing is wrong: the server closes the connection on any exception
    pass


class BreakingResponse(Response):
    """Promises `content` in whole, sends the first half of it, and closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({'type': 'http.response.start', 'status': self.status_code, 'headers': self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({'type': 'http.response.body', 'body': half, 'more_body': True})
        raise _BreakOff


def unintended(record: logging.LogRecord) -> bool:
    """Return whether the server logs an error that nobody meant: neither a break nor a request cut at the end."""
    return record.exc_info is not None and not isinstance(record.exc_info[1], (_BreakOff, CancelledError))
