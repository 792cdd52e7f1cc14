"""What has to happen for each fault at each stage, as data: written from the policy, not from the code."""

from enum import StrEnum
from typing import Final, NamedTuple

from hfmedia_tui.domain import FailureCode, JobState

__all__ = ['EXCEPTIONS', 'EXPECTED', 'Expected', 'Fault', 'Stage', 'Way', 'impossible']


class Stage(StrEnum):
    """What is asked when the fault strikes."""

    LIST = 'list'
    """The Hub, which models there are."""
    MAPPING = 'mapping'
    """The Hub, who serves one model."""
    SUBMIT = 'submit'
    POLL = 'poll'
    RESULT = 'result'
    """The provider, for the result or for a fresh link to it."""
    MEDIA = 'media'


class Fault(StrEnum):
    """What goes wrong: every time, until it is mended."""

    REFUSED = 'refused'
    RESET_BEFORE = 'reset before the headers'
    RESET_AFTER = 'reset after the headers'
    CUT = 'cut body'
    DRIP = 'slow drip'
    THROTTLED = '429'
    ERROR = '500'
    BAD_GATEWAY = '502'
    UNAVAILABLE = '503'
    GATEWAY_TIMEOUT = '504 with HTML'
    MALFORMED = 'malformed JSON'
    WRONG_TYPE = 'wrong type'
    EXPIRED = 'expired'
    BOMB = 'bomb'
    REDIRECT = 'redirect'
    DISK_FULL = 'disk full'


class Way(StrEnum):
    """How a provider gives the result."""

    QUEUE = 'queue'
    """A handle to poll with, then a link."""
    LINK = 'link'
    """A link in the answer to the submit."""
    INLINE = 'inline'
    """The bytes in the answer to the submit."""


class Expected(NamedTuple):
    """How a job ends, and what a retry makes of it when the fault is mended."""

    state: JobState | None
    """None where nothing may be queued at all, because what was asked raises an error."""
    code: FailureCode | None = None
    submits: int = 1
    """How many submits were sent until then."""
    submits_after_retry: int = 1
    """How many in all, when a retry has brought the result."""
    at_the_deadline: bool = False
    """Whether it goes on until the job's deadline."""
    says: str = ''
    """What the error says beside, in its sentence or its hint."""
    kept: bool = False
    """Whether bytes lie in the shelter that were refused."""


NOT_QUEUED: Final = Expected(None, submits=0, submits_after_retry=1)
FAILED, INTERRUPTED = JobState.FAILED, JobState.INTERRUPTED
AMBIGUOUS: Final = Expected(
    INTERRUPTED, FailureCode.INTERRUPTED, submits=1, submits_after_retry=2, says='may have been billed'
)
COLLECTED: Final = 'retry collects it without a new request'


def _failed(code: FailureCode, *, collectable: bool = True, **fields: object) -> Expected:
    if collectable:
        return Expected(FAILED, code, **{'says': COLLECTED, **fields})  # type: ignore[arg-type]
    return Expected(FAILED, code, **{'submits_after_retry': 2, **fields})  # type: ignore[arg-type]


LATE: Final = _failed(FailureCode.TIMEOUT, at_the_deadline=True)
STALLED: Final = _failed(FailureCode.TIMEOUT)
FULL: Final = _failed(FailureCode.STORAGE, says='Make room')

_AT_THE_HUB: Final = {**dict.fromkeys(Fault, NOT_QUEUED)}

EXPECTED: Final[dict[Stage, dict[Fault, Expected]]] = {
    Stage.LIST: _AT_THE_HUB,
    Stage.MAPPING: _AT_THE_HUB,
    Stage.SUBMIT: {
        Fault.REFUSED: Expected(FAILED, FailureCode.NETWORK, submits=0, says='Nothing was sent'),
        Fault.RESET_BEFORE: AMBIGUOUS,
        Fault.RESET_AFTER: AMBIGUOUS,
        Fault.CUT: AMBIGUOUS,
        Fault.DRIP: AMBIGUOUS,
        Fault.THROTTLED: Expected(FAILED, FailureCode.THROTTLED, submits=4, submits_after_retry=5),
        Fault.ERROR: AMBIGUOUS,
        Fault.BAD_GATEWAY: AMBIGUOUS,
        Fault.UNAVAILABLE: Expected(FAILED, FailureCode.UNAVAILABLE, submits=3, submits_after_retry=4),
        Fault.GATEWAY_TIMEOUT: AMBIGUOUS,
        Fault.MALFORMED: AMBIGUOUS,
        Fault.WRONG_TYPE: AMBIGUOUS,
        Fault.BOMB: AMBIGUOUS,
        Fault.REDIRECT: _failed(FailureCode.BAD_REPLY, collectable=False),
        Fault.DISK_FULL: Expected(FAILED, FailureCode.STORAGE, says='may be billed'),
    },
    Stage.POLL: {
        Fault.REFUSED: LATE,
        Fault.RESET_BEFORE: LATE,
        Fault.RESET_AFTER: LATE,
        Fault.CUT: LATE,
        Fault.DRIP: STALLED,
        Fault.THROTTLED: LATE,
        Fault.ERROR: LATE,
        Fault.BAD_GATEWAY: LATE,
        Fault.UNAVAILABLE: LATE,
        Fault.GATEWAY_TIMEOUT: LATE,
        Fault.MALFORMED: _failed(FailureCode.BAD_REPLY),
        Fault.WRONG_TYPE: _failed(FailureCode.BAD_REPLY),
        Fault.EXPIRED: _failed(FailureCode.EXPIRED, collectable=False),
        Fault.BOMB: LATE,
        Fault.REDIRECT: _failed(FailureCode.BAD_REPLY),
        Fault.DISK_FULL: FULL._replace(says='may be billed'),
    },
    Stage.RESULT: {
        Fault.REFUSED: LATE,
        Fault.RESET_BEFORE: LATE,
        Fault.RESET_AFTER: LATE,
        Fault.CUT: LATE,
        Fault.DRIP: STALLED,
        Fault.THROTTLED: LATE,
        Fault.ERROR: _failed(FailureCode.PROVIDER, collectable=False),
        Fault.BAD_GATEWAY: _failed(FailureCode.UNAVAILABLE),
        Fault.UNAVAILABLE: _failed(FailureCode.UNAVAILABLE),
        Fault.GATEWAY_TIMEOUT: _failed(FailureCode.TIMEOUT),
        Fault.MALFORMED: _failed(FailureCode.BAD_REPLY),
        Fault.WRONG_TYPE: _failed(FailureCode.BAD_REPLY, collectable=False),
        Fault.EXPIRED: _failed(FailureCode.EXPIRED, collectable=False),
        Fault.BOMB: LATE,
        Fault.REDIRECT: _failed(FailureCode.BAD_REPLY),
        Fault.DISK_FULL: FULL._replace(says='may be billed'),
    },
    Stage.MEDIA: {
        Fault.REFUSED: LATE,
        Fault.RESET_BEFORE: LATE,
        Fault.RESET_AFTER: _failed(FailureCode.BAD_MEDIA),
        Fault.CUT: _failed(FailureCode.BAD_MEDIA),
        Fault.DRIP: STALLED,
        Fault.THROTTLED: LATE,
        Fault.ERROR: LATE,
        Fault.BAD_GATEWAY: LATE,
        Fault.UNAVAILABLE: LATE,
        Fault.GATEWAY_TIMEOUT: LATE,
        Fault.WRONG_TYPE: _failed(FailureCode.BAD_MEDIA, kept=True),
        Fault.EXPIRED: _failed(FailureCode.EXPIRED, collectable=False),
        Fault.BOMB: _failed(FailureCode.BAD_MEDIA, kept=True),
        Fault.REDIRECT: _failed(FailureCode.BAD_REPLY),
        Fault.DISK_FULL: FULL,
    },
}
"""Of each combination that is possible."""


EXCEPTIONS: Final = {
    # Hugging Face's router passes no question about a prediction on to Replicate: one that was not done within the
    # minute that its submit is held cannot be collected, and 404 is how that is told.
    ('replicate', Stage.POLL, Fault.EXPIRED): _failed(FailureCode.PROVIDER, collectable=False),
}
"""What is otherwise at one provider, and why."""


def impossible(stage: Stage, fault: Fault, way: Way) -> str | None:
    """Why a combination cannot be, or None where it can."""
    if fault is Fault.DISK_FULL and stage is Stage.LIST:
        return 'a list needs no disk: what cannot be kept is fetched again'
    if fault is Fault.EXPIRED and stage in (Stage.LIST, Stage.MAPPING, Stage.SUBMIT):
        return 'nothing was given yet that could expire'
    if stage in (Stage.POLL, Stage.RESULT) and way is not Way.QUEUE:
        return 'the answer to the submit holds the result: nothing is asked afterwards'
    if stage is Stage.MEDIA and fault is Fault.MALFORMED:
        return 'media are no JSON: any other bytes are of the wrong type'
    if stage is Stage.MEDIA and way is Way.INLINE and fault not in (Fault.WRONG_TYPE, Fault.BOMB):
        return 'the media come inside the answer to the submit, and break with it'
    return None
