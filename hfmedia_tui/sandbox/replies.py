"""What the sandbox answers with: JSON, or a refusal that any depth of a handler may raise."""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hfmedia_tui.domain import JSON

__all__ = ['Refusal', 'answer', 'read_object', 'refuse']

BODY_LIMIT = 256 * 1024
"""Bytes that a request's body may have; the longest prompt anyone sends is a few kilobytes."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of the program
    """A request is not taken: the status and body that say so."""

    def __init__(self, status: int, body: JSON, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        """JSON, or a string for an answer that is plain text or HTML."""
        self.headers = headers


def answer(body: JSON, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `body` as JSON."""
    return Response(msgspec.json.encode(body), status, headers, media_type='application/json')


async def refuse(request: Request, refusal: Exception) -> Response:
    """Answer a request whose handler raised a Refusal."""
    assert isinstance(refusal, Refusal)
    if isinstance(refusal.body, str):
        kind = 'text/html' if refusal.body.startswith('<') else 'text/plain'
        return Response(refusal.body, refusal.status, refusal.headers, media_type=kind)
    return answer(refusal.body, refusal.status, refusal.headers)


async def read_object(request: Request) -> dict[str, JSON]:
    """Read a request's body, which must be a JSON object of sensible length; raises Refusal otherwise."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refusal(413, {'error': 'Payload Too Large'})
    try:
        return msgspec.json.decode(bytes(body), type=dict[str, JSON])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, {'error': 'The request body is not a JSON object.'}) from None
