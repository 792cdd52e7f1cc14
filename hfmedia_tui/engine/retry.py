"""What may be repeated, what may go to the next provider, and what never: the whole policy, pure.

A submit is billed as soon as it is accepted, so it is repeated only when it certainly started nothing: the
connection was refused, or the answer said that it was turned away. A submit without an answer, or with one that only
a gateway gave, is ambiguous and never repeated. Polls, results and downloads cost nothing and are repeated while the
job's deadline allows.
"""

import math
import random
from typing import Final

from hfmedia_tui.domain import Reply, SendKind

__all__ = [
    'is_ambiguous',
    'may_go_on',
    'told_to_wait',
    'wait_after_download',
    'wait_after_refusal',
    'wait_after_trouble',
]

_FALLBACK_STATUSES: Final = frozenset({400, 401, 402, 404, 410})
_AMBIGUOUS_STATUSES: Final = frozenset({408, 502, 504, 520, 522, 523, 524})
"""Only a gateway answers so, which may have passed the request on."""
_REFUSALS_REPEATED: Final = {429: 3, 503: 2}
"""Statuses of a submit that was turned away for now, and how often it is tried again."""
_UNREACHED_SUBMITS_REPEATED: Final = 2
_PASSING_STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of a poll that say nothing about the prediction, which goes on."""
_RESULTS_REPEATED: Final = 3
"""After so many errors, the error of a result is taken for the prediction's own."""
_DOWNLOADS_REPEATED: Final = 3
_LONGEST_WAIT: Final = 30.0
"""Seconds."""


def is_ambiguous(status: int, *, garbled: bool) -> bool:
    """Whether a submit that was answered so, and not accepted, may have started a prediction all the same.

    `garbled` tells that the answer could not be read: one of success then says that something began, and not what.
    """
    return status in _AMBIGUOUS_STATUSES or (garbled and 200 <= status < 300)


def may_go_on(status: int | None) -> bool:
    """Whether the next provider may be asked after this one refused: it started nothing, and another may do better."""
    return status in _FALLBACK_STATUSES


def wait_after_refusal(status: int | None, tries: int, retry_after: float | None = None) -> float | None:
    """Seconds to wait before the same submit is sent again, after it was answered `status` for the `tries`th time.

    None when it is not to be sent again: the job fails, or goes on to the next provider.
    """
    if status is None or tries > _REFUSALS_REPEATED.get(status, 0):
        return None
    return _growing(tries, retry_after)


def wait_after_trouble(
    kind: SendKind, *, status: int | None, reached: bool, tries: int, retry_after: float | None = None
) -> float | None:
    """Seconds to wait before a request is sent again, after trouble that came for the `tries`th time in a row.

    `status` is None when no answer came, and `reached` tells whether anything can have arrived at all. None means
    that the request is not repeated: an answer goes to the provider's machine as it is, a lost submit is ambiguous.
    """
    if kind is SendKind.SUBMIT:
        again = status is None and not reached and tries <= _UNREACHED_SUBMITS_REPEATED
    elif status is None:
        again = True
    elif kind is SendKind.RESULT and status != 429:
        again = status in _PASSING_STATUSES and tries <= _RESULTS_REPEATED
    else:
        again = status in _PASSING_STATUSES
    return _growing(tries, retry_after) if again else None


def wait_after_download(tries: int, *, again: bool) -> float | None:
    """Seconds to wait before a download is begun anew that broke for the `tries`th time; None to give up."""
    return _growing(tries, None) if again and tries <= _DOWNLOADS_REPEATED else None


def told_to_wait(reply: Reply) -> float | None:
    """Seconds that the answer asks to wait, where it tells a number."""
    try:
        return float(reply.headers.get('retry-after', ''))
    except ValueError:
        return None


def _growing(tries: int, retry_after: float | None) -> float:
    """Seconds that double with each try, with jitter so that many jobs do not return at once."""
    if retry_after is not None and math.isfinite(retry_after):
        return min(max(retry_after, 0.0), 2 * _LONGEST_WAIT)
    return min(0.5 * float(2 ** min(tries, 10)), _LONGEST_WAIT) * random.uniform(0.75, 1.0)
