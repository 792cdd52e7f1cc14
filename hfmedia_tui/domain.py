"""The nouns of the house, one meaning each, and nothing that does I/O.

What a person asks for
    task      what is made: text-to-image or text-to-video.
    model     a repository on the Hub, named `owner/name`.
    mapping   one provider's offer to run one model: its own id for it, and whether it is live.
    order     one ask: a prompt and its parameters, for a number of generations of one model.
    job       one generation of an order, with its own seed; it lives until it is succeeded, failed, cancelled
              or interrupted, and its snapshots are immutable.

How a provider is spoken to
    prediction  one job as one provider is asked for it.
    attempt     one prediction tried, and how it ended.
    progress    where a prediction stands, small enough to be a row of a database, with exactly one next step.
    step        send, wait, fetch, done or failed: the whole vocabulary between a provider and the engine.
    output      one file that a job brought home.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from msgspec import Struct

__all__ = [
    'FINAL_STATES',
    'JSON',
    'Access',
    'Attempt',
    'AttemptRecord',
    'Cancellation',
    'Done',
    'Driver',
    'Event',
    'Facts',
    'Failed',
    'Failure',
    'FailureCode',
    'Fetch',
    'Job',
    'JobProgress',
    'JobState',
    'Media',
    'MediaFacts',
    'Model',
    'Order',
    'Output',
    'Prediction',
    'Progress',
    'ProviderMapping',
    'Reply',
    'Request',
    'Result',
    'Send',
    'SendKind',
    'Stage',
    'Step',
    'Task',
    'Wait',
    'clean',
    'event_of',
    'harmless',
    'masked',
    'split_name',
]

JSON: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None
"""A decoded JSON value."""


# ---------------------------------------------------------------------------------------------- models


class Task(StrEnum):
    """What is made, in the Hub's own word (`pipeline_tag`)."""

    TEXT_TO_IMAGE = 'text-to-image'
    TEXT_TO_VIDEO = 'text-to-video'


class ProviderMapping(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """One provider's offer to run one model, an entry of the Hub's `inferenceProviderMapping`."""

    provider: str
    """The provider's name at Hugging Face, such as `fal-ai`."""
    provider_id: str
    """The provider's own id of the model; it may hold slashes or end in `:version`."""
    status: str = 'live'
    """`live`, `staging` (for tests only) or `error` (the last health check failed)."""
    task: str = ''
    """The task that this provider runs the model for: not always the model card's."""
    adapter: str | None = None
    """`lora` where the model is an adapter on a base model of the provider's."""
    adapter_weights_path: str | None = None
    """The adapter's file in the model's repository."""

    def serves(self, task: Task) -> bool:
        """Whether this offer can be used now for `task`."""
        return self.status == 'live' and self.task == task


class Model(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """A model of the Hub that at least one provider serves for `task`."""

    id: str
    task: Task
    mappings: tuple[ProviderMapping, ...] = ()
    """The offers for this task, in the Hub's order."""
    likes: int = 0
    downloads: int = 0
    gated: bool | str = False
    """False, or how access is granted: `auto` or `manual`."""
    tags: tuple[str, ...] = ()


def split_name(name: str) -> tuple[str, str | None]:
    """Part `owner/name:provider` into the model and the provider, which may be left out."""
    model, _, provider = name.strip().partition(':')
    return model, provider or None


# ---------------------------------------------------------------------------------------------- orders and jobs


class Order(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """One ask: `count` generations of one prompt by one model."""

    id: str
    task: Task
    model: str
    prompt: str
    """The text that is sent."""
    template: str | None = None
    """What the prompt was made from, where that had alternatives or wildcards."""
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
    """The Hub that the model was found on, or `sandbox`."""
    router: str = ''
    """The router that predictions are sent to, or `sandbox`."""
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
    def collectable(self) -> bool:
        """Whether it failed on our side alone: a provider has accepted it, and retry collects it at no new cost."""
        return self.state is JobState.FAILED and bool(self.attempts) and self.attempts[-1].error is None

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


# ---------------------------------------------------------------------------------------------- speaking to a provider


class Access(StrEnum):
    """The way to a provider, and with it whose credentials open it."""

    ROUTED = 'routed'
    """Through the router, with the user's Hugging Face token."""
    OWN_KEY = 'own_key'
    """At the provider's own host, with the user's own key there."""
    ANONYMOUS = 'anonymous'
    """Through the router, without any credentials."""


class Prediction(Struct, frozen=True, kw_only=True):
    """One job as one provider is asked for it."""

    task: Task
    model: str
    """The Hub's id."""
    mapping: ProviderMapping
    prompt: str
    seed: int
    parameters: Mapping[str, Any] = {}
    """House names to values; the seed apart."""
    extra: Mapping[str, Any] = {}
    access: Access = Access.ROUTED


class Request(Struct, frozen=True, kw_only=True):
    """An HTTP request to the provider, without host and without credentials: the engine adds both."""

    method: str
    path: str
    """Below the provider's base, percent-encoded, beginning with a slash."""
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: JSON = None
    """Sent as JSON; None for no body."""


class Reply(Struct, frozen=True, kw_only=True):
    """What came back. A media fetch is answered without a body."""

    status: int
    headers: Mapping[str, str] = {}
    """Names in lower case."""
    body: bytes = b''


class Media(Struct, frozen=True, kw_only=True):
    """One result on its way home: at a URL, in our hands, or already in a file."""

    url: str | None = None
    data: bytes | None = None
    file: str | None = None
    """A partial file of ours that holds the bytes; only the engine sets it."""
    media_type: str | None = None
    """What the provider says it is: never trusted."""
    version: str | None = None
    """What its host calls the version of which a part is here: only with the same one it is gone on with."""


class SendKind(StrEnum):
    SUBMIT = 'submit'
    """May be billed: never repeated unless it certainly did not start anything."""
    POLL = 'poll'
    """Asks how it stands: may be repeated at will."""
    RESULT = 'result'
    """Asks for the result: may be repeated, and an error may be the prediction's own failure."""


class Send(Struct, frozen=True, kw_only=True, tag='send'):
    """Send the request and advance with its reply, whatever its status."""

    request: Request
    kind: SendKind


class Wait(Struct, frozen=True, kw_only=True, tag='wait'):
    """Let this many seconds pass, then advance with no reply."""

    seconds: float


class Fetch(Struct, frozen=True, kw_only=True, tag='fetch'):
    """Bring these home, then advance: with status 200 when all are files, else with the status that failed."""

    media: tuple[Media, ...]


class Done(Struct, frozen=True, kw_only=True, tag='done'):
    """Everything is home."""


class Failed(Struct, frozen=True, kw_only=True, tag='failed'):
    """It failed, finally."""

    failure: Failure
    collectable: bool = False
    """Whether a question was refused and not the prediction: it may still be asked for, beginning with a wait."""


Step: TypeAlias = Send | Wait | Fetch | Done | Failed


class Progress(Struct, frozen=True, kw_only=True):
    """Where a prediction stands. It survives JSON, so that it survives the program."""

    provider: str
    step: Step
    access: Access = Access.ROUTED
    """The way by which it was submitted, and by which every later request goes."""
    stage: Stage = Stage.SUBMITTING
    accepted: bool = False
    """Whether the provider has taken the prediction on: from here it is paid for, and never submitted again."""
    handle: str | None = None
    """The provider's id of the prediction."""
    queue_position: int | None = None
    fraction: float | None = None
    log: str | None = None
    """The last line that the provider logged, cleaned."""
    polls: int = 0
    """How often it was asked how it stands: waits grow with it."""
    memory: Mapping[str, str] = {}
    """What the provider's module needs to remember, such as a path to poll."""
    said: JSON = None
    """The provider's own words with the result, fit to be kept beside it."""
    facts: Facts = Facts()


class Cancellation(StrEnum):
    """What asking a provider to stop has done."""

    REMOVED = 'removed'
    """It was still in the queue, and is out of it: it never ran."""
    REQUESTED = 'requested'
    """It runs, and was asked to stop: it may still finish, and be billed."""
    TOO_LATE = 'too_late'
    """It had ended before: its result can be collected."""
    UNHEARD = 'unheard'
    """The provider cannot be told, or did not listen: we only stop watching."""

    def sentence(self, provider: str) -> str:
        """Say it to the user."""
        return {
            Cancellation.REMOVED: f"Removed from {provider}'s queue before it ran.",
            Cancellation.REQUESTED: f'{provider} was asked to stop it; it may still be billed.',
            Cancellation.TOO_LATE: f'{provider} had ended it already. Retry collects it.',
            Cancellation.UNHEARD: f'Stopped watching; {provider} may finish and bill it. Retry collects it.',
        }[self]


class AttemptRecord(Struct, frozen=True, kw_only=True):
    """One attempt with what is needed to go on with it."""

    ordinal: int
    mapping: ProviderMapping
    progress: Progress | None
    """As saved before its step was performed."""
    finished: bool
    """Whether there is nothing to go on with."""

    @property
    def collectable(self) -> bool:
        """Whether a provider has accepted it, and it can still be collected."""
        return not self.finished and self.progress is not None and self.progress.accepted

    @property
    def sent(self) -> bool:
        """Whether a provider was asked and has not refused: to go on with it submits nothing."""
        return self.collectable or (
            not self.finished
            and self.progress is not None
            and isinstance(self.progress.step, Send)
            and self.progress.step.kind is SendKind.SUBMIT
        )


# ---------------------------------------------------------------------------------------------- text from outside

_BIDI = frozenset('\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')
_PLACEHOLDER = '\U0010eeee'
"""Stands for a piece of a picture that the terminal has.

https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""


def harmless(text: str) -> str:
    """Take from a text what could steer the terminal that shows it.

    Control characters (C0 and C1, so every escape sequence loses its escape), lone surrogates, and overrides of
    the writing direction go, and so does what would show a picture of the terminal's; newline and tab stay. Joiners
    stay too, so that composed emoji survive.
    """
    if text.isprintable():  # nearly every text is, and it holds nothing that goes
        return text
    return ''.join(character for character in text if character in '\n\t' or not _goes(character))


def clean(text: str, limit: int = 2_000) -> str:
    """Make text from outside safe to show, see `harmless`, without space around it and cut to `limit` characters.

    Called once, where text enters: a reply, a mapping, a file name, metadata.
    """
    whole = harmless(text[: limit * 4]).strip()
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + '…'


def _goes(character: str) -> bool:
    return unicodedata.category(character) in ('Cc', 'Cs') or character in _BIDI or character == _PLACEHOLDER


_PASSWORD = re.compile(r'(?<=://)[^\s/?#@]+@')
_QUERY = re.compile(r"""([?#])[^\s?#"'<>`]*=[^\s"'<>`]*""")


def masked(text: str) -> str:
    """Take from every URL in a text what may open something: the values of its query, and a name and password.

    For whatever somebody else says, and for the log: a link to media is signed in its query.
    """
    return _QUERY.sub(r'\1…', _PASSWORD.sub('…@', text))
