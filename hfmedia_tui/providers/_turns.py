"""The turns that every prediction takes, whoever runs it: submit, wait, ask, fetch, done."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from hfmedia_tui.domain import (
    Done,
    Failed,
    Failure,
    FailureCode,
    Fetch,
    Media,
    Prediction,
    Progress,
    Reply,
    Request,
    Send,
    SendKind,
    Stage,
    Wait,
    clean,
    masked,
)
from hfmedia_tui.providers._failures import expired, refused, unreadable
from hfmedia_tui.providers._replies import UnreadableError
from hfmedia_tui.providers._requests import is_plain

__all__ = ['Answer', 'Question', 'ask', 'fetch', 'submit', 'take', 'wait']

Answer: TypeAlias = Callable[[Progress, Reply], Progress]
"""Reads a reply of status 2xx; it may raise UnreadableError."""

Question: TypeAlias = Callable[[Progress], Progress]
"""Sends for how it stands, or for the result."""

_REFRESHED: Final = 'refreshed'
"""In the memory of a prediction whose link had gone bad, and that was asked for a fresh one."""


def submit(
    provider: str,
    prediction: Prediction,
    path: str,
    body: dict[str, Any],
    *,
    query: Mapping[str, str] = {},
    headers: Mapping[str, str] = {},
) -> Progress:
    """Return the first progress: it sends `body`, or has failed where the Hub's id of the model fits in no path."""
    access = prediction.access
    if not is_plain(path):
        message = f'The Hub names a model at {provider} in a way that cannot be asked for: {clean(masked(path), 200)}'
        failure = Failure(code=FailureCode.NOT_SUPPORTED, message=message, provider=provider)
        return Progress(provider=provider, access=access, step=Failed(failure=failure))
    request = Request(method='POST', path=path, query=query, headers=headers, body=body)
    return Progress(provider=provider, access=access, step=Send(request=request, kind=SendKind.SUBMIT))


def ask(
    progress: Progress,
    kind: SendKind,
    path: str,
    query: Mapping[str, str] = {},
    headers: Mapping[str, str] = {},
) -> Progress:
    """Go on by asking, which costs nothing and may be repeated."""
    request = Request(method='GET', path=path, query=query, headers=headers)
    return replace(progress, step=Send(request=request, kind=kind), polls=progress.polls + 1)


def wait(progress: Progress, least: float, most: float) -> Progress:
    """Go on by waiting `least` seconds, and up to `most` the oftener it was asked."""
    return replace(progress, step=Wait(seconds=min(most, least + progress.polls / 4)))


def fetch(progress: Progress, found: tuple[Media, ...], missing: str) -> Progress:
    """Go on by fetching what was found; raises UnreadableError, with `missing` as its name, when nothing was."""
    if not found:
        raise UnreadableError(f'it has no usable `{missing}`')
    return replace(
        progress,
        step=Fetch(media=found),
        stage=Stage.DOWNLOADING,
        accepted=True,
        queue_position=None,
        fraction=None,
        log=None,
    )


def take(
    progress: Progress,
    reply: Reply | None,
    answers: Mapping[SendKind, Answer],
    poll: Question | None = None,
    result: Question | None = None,
    *,
    codes: Mapping[str, FailureCode] = {},
) -> Progress:
    """Return the next progress after `progress.step` was performed.

    `answers` read the replies, `poll` asks after a wait, and `result` asks for a fresh link when one has gone bad;
    `codes` are the provider's own for failures, in lower case.
    """
    match progress.step:
        case Wait() if poll is not None:
            return poll(progress)
        case Send(kind=kind) if reply is not None:
            return _answered(progress, kind, reply, answers[kind], codes)
        case Fetch() if reply is not None:
            if reply.status == 200:
                return replace(progress, step=Done())
            if result is None or progress.handle is None or _REFRESHED in progress.memory:
                return expired(progress, reply)
            return result(replace(progress, memory={**progress.memory, _REFRESHED: 'once'}))
    return progress


def _answered(
    progress: Progress, kind: SendKind, reply: Reply, answer: Answer, codes: Mapping[str, FailureCode]
) -> Progress:
    if kind is SendKind.SUBMIT and (request_id := _request_id(reply)):
        progress = replace(progress, facts=replace(progress.facts, request_id=request_id))
    if 200 <= reply.status < 300:
        try:
            return answer(progress, reply)
        except UnreadableError as reason:
            return unreadable(progress, reply, reason, codes)
    if _REFRESHED in progress.memory and 400 <= reply.status < 500 and reply.status != 429:
        return expired(progress, reply)
    return refused(progress, reply, codes)


def _request_id(reply: Reply) -> str:
    named = (clean(reply.headers.get(name, ''), 200) for name in ('x-request-id', 'x-fal-request-id'))
    return next(filter(None, named), '')
