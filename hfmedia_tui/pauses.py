"""How long an answer asks to be left alone, in every way that one says so.

`Retry-After` as seconds or as a date is RFC 9110, 10.2.3; `Retry-After-Ms` Together's. `RateLimit: "api";r=0;t=289`
is https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ as the Hub sends it
(https://huggingface.co/docs/hub/rate-limits); its older form is `limit=100, remaining=0, reset=30`, and an older one
still has a header for each. `X-RateLimit-Reset` holds seconds or, at some, a moment in Unix time.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from hfmedia_tui.domain import Reply

__all__ = ['asked_pause']

_LONGEST_SPAN: Final = 1e9
"""Seconds: what is more can only be a moment in Unix time."""


def asked_pause(reply: Reply) -> float | None:
    """Seconds before the same host should be asked again; None where it may be at once, or the answer does not tell.

    What a limit says of the time to come counts when it is spent: nothing remains, or the answer is 429.
    """
    headers = reply.headers
    after = _seconds(headers.get('retry-after-ms', ''))
    if after is not None:
        return after / 1000
    after = _span(headers.get('retry-after', ''), headers.get('date', ''))
    if after is not None:
        return after
    if limits := headers.get('ratelimit', ''):
        spans = [span for limit in re.split(r',(?=\s*")', limits) if (span := _until(limit, reply.status)) is not None]
        if spans:
            return max(spans)
    for prefix in ('ratelimit', 'x-ratelimit'):
        if reply.status == 429 or headers.get(f'{prefix}-remaining') == '0':
            span = _span(headers.get(f'{prefix}-reset', ''), headers.get('date', ''))
            if span is not None:
                return span
    return None


def _until(limit: str, status: int) -> float | None:
    """Seconds until one limit of a `RateLimit` is renewed, where it is spent."""
    spent = status == 429 or re.search(r'\b(?:r|remaining)=0+(?![0-9])', limit)
    until = re.search(r'\b(?:t|reset)=([0-9.]+)', limit)
    return _seconds(until[1]) if spent and until else None


def _span(text: str, date: str) -> float | None:
    """Seconds that a header tells as a number, or as a moment that counts from the answer's own date.

    The server's clock, not ours: it may be set otherwise.
    """
    if (seconds := _seconds(text)) is not None:
        return seconds
    moment, now = _moment(text), _moment(date)
    return None if moment is None or now is None else max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() else None
        moment = moment or parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < _LONGEST_SPAN else None
