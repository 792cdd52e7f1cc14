"""What was asked for, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from hfmedia_tui.domain.models import ProviderMapping, Task

__all__ = [
    'FINAL_STATES',
    'SANDBOX',
    'Attempt',
    'Draw',
    'Driver',
    'Event',
    'Facts',
    'Failure',
    'FailureCode',
    'Job',
    'JobProgress',
    'JobState',
    'Matrix',
    'MediaFacts',
    'Order',
    'Output',
    'Result',
    'Stage',
    'event_of',
]

SANDBOX: Final = 'sandbox'
"""What stands for the sandbox's addresses in an order: they change from start to start."""


class Draw(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """That a prompt was drawn from its template at random, beside others that have orders of their own."""

    count: int
    """Prompts that were drawn together."""
    place: int
    """Which of them this is, from 0."""


class Matrix(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """That the same was asked of several models or providers, each by an order of its own."""

    models: tuple[str, ...]
    """Ids of all of them, in the order in which they were chosen."""
    every_provider: bool = False
    """Whether each provider that served a model was asked, and named in the order."""


class Order(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """One ask: `count` generations of one prompt by one model."""

    id: str
    task: Task
    model: str
    prompt: str
    """The text that is sent."""
    template: str | None = None
    """What the prompt was made from, where that had alternatives or wildcards."""
    draw: Draw | None = None
    """How the prompt was drawn from the template; None where every one that this stands for was asked for."""
    matrix: Matrix | None = None
    """What the order was asked for together with; None where one model was asked, of one provider."""
    mappings: tuple[ProviderMapping, ...]
    """The offers to try, first to last; empty when no provider that we speak serves the model."""
    passed_over: tuple[str, ...] = ()
    """Names of providers that serve the model and that this program does not speak."""
    provider: str | None = None
    """The provider that the user named, the only one tried; None where it is chosen from the mappings."""
    parameters: Mapping[str, Any] = {}
    """House names (see `parameters`) to values; only what the user set. Never the seed."""
    extra: Mapping[str, Any] = {}
    """JSON that the provider gets as it stands; it wins over what we would send."""
    count: int = 1
    seed: int | None = None
    """The first generation's seed, counting up from there; None for a random one each."""
    same_seed: bool = False
    """Whether the seed does not count up: every generation has the same."""
    fallback: bool = True
    """Whether to go on to the next mapping when a provider refuses."""
    timeout: float | None = None
    """Seconds that each job may take as a whole; None for the task's own default."""
    bill_to: str | None = None
    """The organisation that pays, sent as `X-HF-Bill-To`."""
    output: str = ''
    """The folder that results are written to."""
    name: str = ''
    """What results are called there, with fields in braces; empty for the usual name."""
    hub: str = ''
    """The Hub that the model was found on, or `SANDBOX`."""
    router: str = ''
    """The router that predictions are sent to, or `SANDBOX`."""
    account: str | None = None
    """The name of the account whose token pays, where it is known."""
    created_at: datetime


class JobState(StrEnum):
    QUEUED = 'queued'
    RUNNING = 'running'
    SUCCEEDED = 'succeeded'
    FAILED = 'failed'
    CANCELLED = 'cancelled'
    INTERRUPTED = 'interrupted'
    """The program ended between a submit and its reply: it may have been billed."""


FINAL_STATES: Final = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED})
"""States that a job leaves only when the user asks for it again."""


class Driver(StrEnum):
    """Which process drives a job that has not ended, as seen from this one."""

    OURS = 'ours'
    OTHER = 'other'
    """Another process that lives."""
    NOBODY = 'nobody'
    """It was left: whatever a provider does, nothing happens here until somebody takes it up."""


class Stage(StrEnum):
    """What a job is doing now, in one word for people."""

    WAITING = 'waiting'
    """In our own queue; nothing was sent."""
    SUBMITTING = 'submitting'
    QUEUED = 'queued'
    """In the provider's queue."""
    RUNNING = 'running'
    DOWNLOADING = 'downloading'
    SAVING = 'saving'
    """All of it lies on this machine, to be checked and given its name: nobody is asked anything any more."""


class FailureCode(StrEnum):
    """Why a prediction failed, as scripts may test it."""

    NO_PROVIDER = 'no_provider'
    UNAUTHORIZED = 'unauthorized'
    OUT_OF_CREDIT = 'out_of_credit'
    FORBIDDEN = 'forbidden'
    NOT_SUPPORTED = 'not_supported'
    INVALID = 'invalid'
    MODERATED = 'moderated'
    THROTTLED = 'throttled'
    UNAVAILABLE = 'unavailable'
    PROVIDER = 'provider'
    """The provider tried and could not."""
    BAD_REPLY = 'bad_reply'
    BAD_MEDIA = 'bad_media'
    EXPIRED = 'expired'
    TIMEOUT = 'timeout'
    NETWORK = 'network'
    STORAGE = 'storage'
    CANCELLED = 'cancelled'
    INTERRUPTED = 'interrupted'
    """A submit was out, and nobody knows what became of it."""
    INTERNAL = 'internal'


class Failure(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """Why something failed: the provider's own words, and what to do about it."""

    code: FailureCode
    message: str
    hint: str | None = None
    provider: str | None = None
    status: int | None = None
    """The HTTP status, where there was one."""


class Attempt(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """One prediction tried, and how it ended; `error` is None while it runs and when it succeeded."""

    provider: str
    status: int | None = None
    error: str | None = None


class Output(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """One file that a job brought home. Sizes are read from the file itself, never from a provider's label."""

    path: str
    media_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    """Seconds, for a film."""
    size: int
    """Bytes."""
    sha256: str


class MediaFacts(Struct, frozen=True, kw_only=True):
    """What a file is by its own bytes, not by its name or a provider's label."""

    media_type: str
    extension: str
    """With the dot."""
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    """Seconds, for a film."""


class Facts(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """What the provider told about the result beside the media."""

    seed: int | None = None
    nsfw: tuple[bool, ...] = ()
    inference_seconds: float | None = None
    request_id: str | None = None
    """The id to quote to the router's support, or to the provider's where it was asked directly."""
    cost: float | None = None
    """US dollars, as the provider billed them."""


class JobProgress(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    stage: Stage = Stage.WAITING
    queue_position: int | None = None
    """Predictions ahead in the provider's queue; 0 is next. Only where the provider tells."""
    fraction: float | None = None
    """Done so far, 0 to 1. Only where the provider, or a download of known length, really tells."""
    bytes: int | None = None
    """Bytes of the result that have arrived."""
    log: str | None = None
    """The last line that the provider logged, cleaned. Only where the provider tells."""


class Job(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """One generation, as it stands at one moment."""

    id: str
    order: Order
    index: int
    """Which generation of its order, from 0."""
    sequence: int = 0
    """The ledger's number of the job, higher for each that is asked for later; 0 until it is recorded."""
    seed: int
    state: JobState = JobState.QUEUED
    provider: str | None = None
    """The provider being asked, or that answered; None before the first is chosen."""
    priority: int = 0
    """How far it was moved ahead of its coming in the line, behind it where negative; 0 goes as it came."""
    paused: bool = False
    """Whether it waits until the user says otherwise."""
    attempts: tuple[Attempt, ...] = ()
    progress: JobProgress = JobProgress()
    outputs: tuple[Output, ...] = ()
    facts: Facts = Facts()
    error: Failure | None = None
    note: str | None = None
    """Something true about this job worth a line, such as what a cancel did."""
    driver: Driver = Driver.OURS
    """Who drives it, until it has ended; true when the snapshot was made."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    sent_in: int | None = None
    """Whole seconds until it may leave this machine, while it can still be taken back; None when no grace runs."""
    trashed_at: datetime | None = None
    """When it was thrown into the trash, for as long as it is not restored."""
    deleted: bool = False
    """Whether its files were deleted for good, from the trash."""

    @property
    def attempt_stands(self) -> bool:
        """Whether its last attempt was not refused: it is gone on with, unless it has brought its results."""
        return bool(self.attempts) and self.attempts[-1].error is None

    @property
    def next_provider(self) -> str | None:
        """The provider that it asks next: where it is, or the first of its mappings; None where there is none."""
        if self.provider is not None and self.attempt_stands:
            return self.provider
        return self.order.mappings[0].provider if self.order.mappings else None

    @property
    def collectable(self) -> bool:
        """Whether it failed on our side alone: a provider has accepted it, and retry collects it at no new cost."""
        return self.state is JobState.FAILED and self.attempt_stands

    @property
    def in_doubt(self) -> bool:
        """Whether it ended, cancelled or not, with a submit out: it may have been billed."""
        return self.error is not None and self.error.code is FailureCode.INTERRUPTED

    @property
    def asked_anew(self) -> bool:
        """Whether trying it again asks a provider anew: one that has not ended was asked for already."""
        return self.state in FINAL_STATES and not self.collectable

    def elapsed(self, now: datetime) -> float:
        """Seconds that the job has run, or ran; 0 before it started."""
        if self.started_at is None:
            return 0.0
        return max(0.0, ((self.finished_at or now) - self.started_at).total_seconds())


class Result(Struct, frozen=True, kw_only=True):
    """One output with its job, as a gallery shows it."""

    ordinal: int
    """Which of the job's outputs, from 0."""
    job: Job
    favourite: bool = False
    tags: tuple[str, ...] = ()
    """Words that the user gave it, in the order of the alphabet."""

    @property
    def output(self) -> Output:
        return self.job.outputs[self.ordinal]

    @property
    def is_film(self) -> bool:
        return self.output.media_type.startswith('video/') or self.output.duration is not None


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened to a job."""

    event: str
    """The state that the job came into, or `progress`."""
    job: Job


def event_of(job: Job, before: Job | None) -> Event:
    """The event that a new snapshot is, after the one before."""
    changed = before is None or before.state is not job.state
    return Event(event=job.state.value if changed else 'progress', job=job)
