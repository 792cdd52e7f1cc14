"""How long the Hub asks to be left alone (https://huggingface.co/docs/hub/rate-limits)."""

import math
import re

from hfmedia_tui.domain import Reply

__all__ = ['seconds_to_wait']


def seconds_to_wait(reply: Reply) -> float | None:
    """Seconds before the Hub may be asked again; None where it may be at once, or the answer does not tell.

    `RateLimit: "api";r=0;t=289` tells that nothing is left for 289 seconds; `Retry-After` tells it by itself.
    """
    after = _seconds(reply.headers.get('retry-after', ''))
    if after is not None:
        return after
    limit = reply.headers.get('ratelimit', '')
    until = re.search(r';\s*t=([0-9.]+)', limit)
    spent = reply.status == 429 or re.search(r';\s*r=0+(?![0-9])', limit)
    return _seconds(until[1]) if spent and until else None


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
