"""What goes wrong on purpose, so that a client can be seen to cope with it."""

import math
from enum import StrEnum
from typing import Final

from hfmedia_tui.domain import JSON
from hfmedia_tui.sandbox.replies import Refusal

__all__ = ['RUN_FAILURES', 'Fault', 'refusal']


class Fault(StrEnum):
    """How a model fails. The first ones refuse the submit, the others take it on and fail later."""

    OUT_OF_CREDIT = 'out of credit'
    THROTTLED = 'throttled'
    COLD = 'cold'
    """Refuses as still loading, twice for each ask, then works."""
    FORBIDDEN = 'forbidden'
    GONE = 'gone'
    GATEWAY_TIMEOUT = 'gateway timeout'
    LOST_REPLY = 'lost reply'
    """Takes the submit on, and its answer breaks off."""
    MODERATED = 'moderated'
    CRASHED = 'crashed'
    STUCK = 'stuck'
    """Stays next in the queue for ever."""
    PAST_THE_WAIT = 'past the wait'
    """Answers a synchronous request before the result is there."""
    FLAGGED = 'flagged'
    """Answers with a black picture that it calls unsafe."""
    CUT_OFF = 'cut off'
    """Sends half of the media."""
    EXPIRED_LINK = 'expired link'


RUN_FAILURES: Final = {
    Fault.MODERATED: 'The content could not be processed because it was flagged by a content checker.',
    Fault.CRASHED: 'CUDA out of memory. Tried to allocate 2.00 GiB.',
}
"""Faults that end a prediction that was taken on, and the words of the provider for them."""


def refusal(fault: Fault | None, provider: str, model: str, pace: float) -> Refusal | None:
    """Return what the router answers to a submit where `fault` refuses it, in the words that users have reported.

    The sentence about credit is quoted in hub-docs issue 2392, the one about permissions in agents-course issue
    558, the one about deprecation in symfony/ai pull request 2327.
    """
    if fault is Fault.GATEWAY_TIMEOUT:
        return Refusal(504, _GATEWAY_TIMEOUT)
    seconds = math.ceil(2 * pace)
    errors = {
        Fault.OUT_OF_CREDIT: (
            402,
            'You have depleted your monthly included credits. Purchase pre-paid credits to continue using Inference '
            'Providers. Alternatively, subscribe to PRO to get 20x more included usage.',
        ),
        Fault.THROTTLED: (429, f'Request was throttled. Your rate limit resets in ~{seconds}s.'),
        Fault.COLD: (503, f'Model {model} is currently loading'),
        Fault.FORBIDDEN: (
            403,
            'This authentication method does not have sufficient permissions to call Inference Providers on behalf '
            'of user sandbox',
        ),
        Fault.GONE: (410, f'The requested model is deprecated and no longer supported by provider {provider}'),
    }
    if fault not in errors:
        return None
    status, words = errors[fault]
    body: dict[str, JSON] = {'error': words}
    if fault is Fault.COLD:
        body['estimated_time'] = round(1.5 * pace, 2)
    return Refusal(status, body, {'retry-after': str(seconds)} if fault is Fault.THROTTLED else None)


_GATEWAY_TIMEOUT: Final = (
    '<html>\n<head><title>504 Gateway Time-out</title></head>\n'
    '<body>\n<center><h1>504 Gateway Time-out</h1></center>\n</body>\n</html>\n'
)
