"""Takes the packing off what arrives, a little at a time: what is small on the wire may be large without end.

The codings are those of RFC 9110, 8.4.1.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Final

from hfmedia_tui.engine.client import httpx

__all__ = ['unpacked']

_GZIP: Final = ('gzip', 'x-gzip')
_WINDOW: Final = zlib.MAX_WBITS | 16
"""That there is a gzip header: https://docs.python.org/3/library/zlib.html#zlib.decompressobj"""
_PIECE: Final = 2**20
"""Bytes that are unpacked in one turn of the event loop, which takes about 2 ms."""


def unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body of a response, piece by piece. Raises what the HTTP client does, also for a coding that is not asked."""
    coding = response.headers.get('content-encoding', 'identity').strip().lower()
    pieces = response.aiter_raw()
    if coding in ('identity', ''):
        return pieces
    if coding not in _GZIP:
        raise httpx.DecodingError('it is packed in a way that was not asked for')
    return _unzipped(pieces)


async def _unzipped(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    gzip = zlib.decompressobj(_WINDOW)
    try:
        async for packed in pieces:
            yield gzip.decompress(packed, _PIECE)
            while gzip.unconsumed_tail:
                await asyncio.sleep(0)
                yield gzip.decompress(gzip.unconsumed_tail, _PIECE)
        yield gzip.flush()
    except zlib.error:
        raise httpx.DecodingError('it is not packed as it says') from None
