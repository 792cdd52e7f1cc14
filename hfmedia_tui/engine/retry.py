"""What may be repeated, what may go to the next provider, and what never: the whole policy, pure.

A submit is billed as soon as it is accepted, so it is repeated only when it certainly started nothing: the
connection was refused, or the answer said that it was turned away. A submit without an answer, or with one that says
that something broke on the way or at work, is ambiguous and never repeated.

Polls, results and downloads cost nothing. They are repeated, with waits that grow, until the job's deadline; however
often a provider answers the same, a job that is answered is not stalled. Stalled is one whose connections stay open
and bring nothing useful (see `pace`), so often in a row: it ends, keeps what is paid for to be collected, and frees its
place for others.
"""

import random
from enum import StrEnum
from typing import Final

from hfmedia_tui.domain import SendKind

__all__ = [
    'RENEWED_AFTER',
    'After',
    'after_submit',
    'is_ambiguous',
    'is_stalled',
    'may_go_on',
    'wait_after_download',
    'wait_after_refusal',
    'wait_after_trouble',
]


class After(StrEnum):
    """What follows a submit that was answered and not accepted."""

    NEXT = 'ask the next provider'
    """It started nothing, and another provider may do better."""
    AGAIN = 'send it again'
    """It was turned away for now."""
    END = 'fail'
    """It started nothing, and nobody else would take it either, or the user has to do something about it."""
    AMBIGUOUS = 'interrupted'
    """It may have started something: only the user sends it again."""


_SUBMITS: Final = {
    **dict.fromkeys((400, 401, 402, 404, 410), After.NEXT),
    **dict.fromkeys((429, 503), After.AGAIN),
    # A machine between gave up waiting for what it had passed on, or its client did (499 is nginx's).
    **dict.fromkeys((408, 499), After.AMBIGUOUS),
    # Not made to do it; and of Cloudflare's, those that never got through to the provider
    # (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/).
    **dict.fromkeys((501, 505, 521, 525, 526), After.END),
}
"""Where a status is not listed: 5xx is ambiguous, because 500 tells that something broke at work and no provider
documents that nothing is billed for it, and the gateways' 502, 504 and 520 to 524 that something was passed on; all
else is an end, because a request that is refused for what it is started nothing."""

_REFUSALS_REPEATED: Final = {429: 3, 503: 2}
"""How often a submit is tried again that was turned away for now."""
_UNREACHED_SUBMITS_REPEATED: Final = 2
_PASSING_STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of a poll that say nothing about the prediction, which goes on."""
_RESULTS_REPEATED: Final = 3
"""After so many errors, the error of a result is taken for the prediction's own."""
_CUTS_REPEATED: Final = 4
"""After so many in a row that brought nothing more, a host that sends less than it says is taken at its deed."""
_STALLS: Final = 2
"""So many stalled connections in a row make a stalled job."""
RENEWED_AFTER: Final = 3
"""So many failures in a row of a link's host, and the provider is asked for a fresh link, once."""
_LONGEST_WAIT: Final = 30.0
"""Seconds between two tries, where nobody asks for more."""
_LONGEST_PAUSE: Final = 60.0
"""Seconds that a host may ask to be left alone; where it asks for more, it is tried after these."""


def after_submit(status: int) -> After:
    """What follows a submit that was answered so, and not accepted."""
    return _SUBMITS.get(status, After.AMBIGUOUS if status >= 500 else After.END)


def is_ambiguous(status: int, *, garbled: bool) -> bool:
    """Whether a submit that was answered so, and not accepted, may have started a prediction all the same.

    `garbled` tells that the answer could not be read: one of success then says that something began, and not what.
    """
    return after_submit(status) is After.AMBIGUOUS or (garbled and 200 <= status < 300)


def may_go_on(status: int | None) -> bool:
    """Whether the next provider may be asked after this one refused: it started nothing, and another may do better."""
    return status is not None and after_submit(status) is After.NEXT


def wait_after_refusal(status: int, tries: int, pause: float | None = None) -> float | None:
    """Seconds to wait before the same submit is sent again, after it was answered `status` for the `tries`th time.

    `pause` is what the answer asked for. None when it is not to be sent again: the job fails, or goes on to the next
    provider.
    """
    again = after_submit(status) is After.AGAIN and tries <= _REFUSALS_REPEATED[status]
    return _growing(tries, pause) if again else None


def wait_after_trouble(
    kind: SendKind, *, status: int | None, reached: bool, tries: int, pause: float | None = None
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
    return _growing(tries, pause) if again else None


def wait_after_download(tries: int, *, cut: bool = False, pause: float | None = None) -> float | None:
    """Seconds to wait before a download goes on that failed for the `tries`th time in a row without bringing more.

    `cut` tells that the host ended it as if it were whole. None to give up.
    """
    return None if cut and tries > _CUTS_REPEATED else _growing(tries, pause)


def is_stalled(stalls: int) -> bool:
    """Whether a job is stalled after so many stalled connections in a row."""
    return stalls >= _STALLS


def _growing(tries: int, pause: float | None) -> float:
    """Seconds that double with each try, with jitter so that many jobs do not return at once."""
    if pause is not None:
        return min(pause, _LONGEST_PAUSE)
    return min(0.5 * float(2 ** min(tries, 10)), _LONGEST_WAIT) * random.uniform(0.75, 1.0)
