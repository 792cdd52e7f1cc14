"""Fetches one link into one file: bounded, counted, and going on where an earlier try broke off.

Going on is RFC 9110, 13.1.5 and 14.2: `Range` with `If-Range`, so that a host whose file has changed sends all of it.
"""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from hfmedia_tui.domain import FailureCode, Reply
from hfmedia_tui.engine.transport import Lost, RefusedLink, Stalled, Transport, Unreached
from hfmedia_tui.engine.writing import DownloadError, in_thread, open_partial, write
from hfmedia_tui.pauses import asked_pause

__all__ = ['Begin', 'Report', 'download']

Begin = Callable[[str | None], Awaitable[None]]
"""Told, before a byte is written, which version of the file is begun; None where it could not be gone on with."""
Report = Callable[[int, int | None], None]
"""Told the bytes that have arrived, and how many there will be where that is known."""

_LARGEST_FILE: Final = 2**30
"""Bytes."""


async def download(
    url: str, path: Path, *, transport: Transport, version: str | None, begin: Begin, report: Report
) -> None:
    """Fetch `url` into the file at `path`, whose bytes so far are of `version`. Raises DownloadError."""
    arrived = 0 if version is None else await in_thread(path.parent, _size, path)
    headers = {'range': f'bytes={arrived}-', 'if-range': version} if version is not None and arrived else {}
    try:
        async with transport.open_media(url, headers) as (reply, pieces):
            if reply.status == 416 and _total(reply) == arrived:
                return  # there is nothing beyond what is here
            goes_on = reply.status == 206 and _first_byte(reply) == arrived
            if not goes_on:
                arrived = 0
                if reply.status != 200 and not (headers and reply.status in (206, 416)):
                    raise _refused(reply)
                named = _version(reply) if reply.status == 200 else None
                if named != version:
                    await in_thread(path.parent, _empty, path)
                    await begin(named)
                if reply.status != 200:
                    raise DownloadError(FailureCode.NETWORK, 'The media host cannot go on with it.', again=True)
            expected = _length(reply, arrived)
            if expected is not None and expected > _LARGEST_FILE:
                raise _too_large()
            await _write(path, pieces, arrived=arrived, expected=expected, goes_on=goes_on, report=report)
    except RefusedLink as error:
        raise DownloadError(FailureCode.BAD_REPLY, f'The result was not fetched: {error}.') from None
    except Stalled as error:
        raise DownloadError(FailureCode.TIMEOUT, f'The result has stalled: {error}.', again=True) from None
    except (Unreached, Lost) as error:
        raise DownloadError(FailureCode.NETWORK, f'The result could not be fetched: {error}.', again=True) from None


async def _write(
    path: Path, pieces: AsyncIterator[bytes], *, arrived: int, expected: int | None, goes_on: bool, report: Report
) -> None:
    """Write what arrives. Raises DownloadError where it is too much or too little."""
    folder = path.parent

    def open_it() -> int:
        return open_partial(path, goes_on=goes_on)

    file = await in_thread(folder, open_it)
    broke = False
    try:
        async for piece in pieces:
            arrived += len(piece)
            if arrived > _LARGEST_FILE:
                raise _too_large()
            await in_thread(folder, write, file, piece)
            report(arrived, expected)
    except Stalled:
        raise
    except Lost:
        broke = True
    finally:
        await in_thread(folder, os.close, file)
    if broke or (expected is not None and arrived != expected):
        whole = 'an unknown number of' if expected is None else expected
        raise DownloadError(
            FailureCode.BAD_MEDIA, f'The result was cut short: {arrived} of {whole} bytes arrived.', again=True
        )


def _refused(reply: Reply) -> DownloadError:
    gone = reply.status in (401, 403, 404, 410)
    return DownloadError(
        FailureCode.EXPIRED if gone else FailureCode.NETWORK,
        f'The link to the result has expired: its host answered {reply.status}.'
        if gone
        else f'The media host answered {reply.status}.',
        status=reply.status,
        again=reply.status in (408, 425, 429) or reply.status >= 500,
        pause=asked_pause(reply),
    )


def _too_large() -> DownloadError:
    return DownloadError(FailureCode.BAD_MEDIA, f'The result is larger than {_LARGEST_FILE // 2**20} MiB.')


def _version(reply: Reply) -> str | None:
    """What names this version of the file for sure: a strong entity tag, or a date that cannot be another's.

    A date is strong when the answer is at least a second younger (RFC 9110, 8.8.2.2).
    """
    if reply.headers.get('content-encoding', 'identity') != 'identity':
        return None
    tag = reply.headers.get('etag', '')
    if re.fullmatch(r'"[!#-~]{1,200}"', tag):
        return tag
    changed, date = reply.headers.get('last-modified', ''), reply.headers.get('date', '')
    try:
        strong = (parsedate_to_datetime(date) - parsedate_to_datetime(changed)).total_seconds() >= 1
    except (ValueError, TypeError):
        return None
    return changed if strong else None


def _length(reply: Reply, before: int) -> int | None:
    """How many bytes there will be; with a content encoding the length counts other bytes than those that we see."""
    plain = reply.headers.get('content-encoding', 'identity') == 'identity'
    told = reply.headers.get('content-length', '')
    return before + int(told) if plain and re.fullmatch(r'[0-9]{1,15}', told) else None


def _first_byte(reply: Reply) -> int | None:
    match = re.match(r'bytes ([0-9]{1,15})-', reply.headers.get('content-range', ''))
    return int(match[1]) if match else None


def _total(reply: Reply) -> int | None:
    match = re.fullmatch(r'bytes \*/([0-9]{1,15})', reply.headers.get('content-range', ''))
    return int(match[1]) if match else None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _empty(path: Path) -> None:
    os.close(open_partial(path))
