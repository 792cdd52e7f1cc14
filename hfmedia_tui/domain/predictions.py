"""How a provider is spoken to, and where that stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct

from hfmedia_tui.domain.jobs import Facts, Failure, Stage
from hfmedia_tui.domain.models import ProviderMapping, Task

__all__ = [
    'JSON',
    'Access',
    'AttemptRecord',
    'Cancellation',
    'Done',
    'Failed',
    'Fetch',
    'Media',
    'Prediction',
    'Progress',
    'Reply',
    'Request',
    'Send',
    'SendKind',
    'Step',
    'Wait',
]


JSON: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None
"""A decoded JSON value."""


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
