"""Answers that break off, as a lost connection looks to the client."""

import logging

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ['BreakingResponse', 'ignore_breaks']


class _BreakOff(Exception):  # noqa: N818 - nothing is wrong: the server closes the connection on any exception
    pass


class BreakingResponse(Response):
    """Promises `content` in whole, sends the first half of it, and closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({'type': 'http.response.start', 'status': self.status_code, 'headers': self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({'type': 'http.response.body', 'body': half, 'more_body': True})
        raise _BreakOff


def ignore_breaks(record: logging.LogRecord) -> bool:
    """Keep an intended break out of the server's log."""
    return not (record.exc_info and isinstance(record.exc_info[1], _BreakOff))
