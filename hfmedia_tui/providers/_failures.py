"""Why it failed: each provider's way of saying so, read into one noun.

The shapes: `error` as text or object (the router, Together, https://docs.together.ai/docs/error-codes), `detail` as
text, list or object (fal, https://docs.fal.ai/errors), problem details (Replicate, RFC 9457), a page of HTML from a
machine between, plain text, nothing.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Final

from msgspec.structs import replace

from hfmedia_tui.domain import Access, Failed, Failure, FailureCode, Progress, Reply, Send, SendKind, clean, masked
from hfmedia_tui.pauses import asked_pause
from hfmedia_tui.providers._replies import UnreadableError, document, whole

__all__ = ['ended', 'expired', 'refused', 'reported', 'unreadable', 'words']

_LONGEST_MESSAGE: Final = 500

_BY_STATUS: Final = {
    400: FailureCode.INVALID,
    401: FailureCode.UNAUTHORIZED,
    402: FailureCode.OUT_OF_CREDIT,
    403: FailureCode.FORBIDDEN,
    404: FailureCode.NOT_SUPPORTED,
    408: FailureCode.TIMEOUT,
    410: FailureCode.NOT_SUPPORTED,
    429: FailureCode.THROTTLED,
    502: FailureCode.UNAVAILABLE,
    503: FailureCode.UNAVAILABLE,
    504: FailureCode.TIMEOUT,
    524: FailureCode.TIMEOUT,
}

_BY_KEY: Final = (
    ('content_policy', FailureCode.MODERATED),
    ('content_filter', FailureCode.MODERATED),
    ('moderation', FailureCode.MODERATED),
    ('nsfw', FailureCode.MODERATED),
    ('cancel', FailureCode.CANCELLED),
    ('insufficient_quota', FailureCode.OUT_OF_CREDIT),
    ('request_timeout', FailureCode.TIMEOUT),
    ('startup_timeout', FailureCode.TIMEOUT),
    ('generation_timeout', FailureCode.TIMEOUT),
    ('runner_server_error', FailureCode.PROVIDER),
    ('runner_', FailureCode.UNAVAILABLE),
)
"""What a machine-readable key means in which it occurs, the first that fits. Sources: https://docs.fal.ai/errors,
https://fal.ai/docs/documentation/model-apis/request-errors, https://platform.openai.com/docs/guides/error-codes."""

_HINTS: Final = {
    FailureCode.UNAUTHORIZED: 'Run `hf auth login`, or check HF_TOKEN.',
    FailureCode.OUT_OF_CREDIT: 'See https://huggingface.co/settings/billing',
    FailureCode.FORBIDDEN: (
        'The token needs the permission "Make calls to Inference Providers": https://huggingface.co/settings/'
        'tokens/new?ownUserPermissions=inference.serverless.write&tokenType=fineGrained'
    ),
    FailureCode.NOT_SUPPORTED: 'Choose another provider or model, or refresh the list of models.',
    FailureCode.MODERATED: 'Change the prompt, or choose another model.',
    FailureCode.UNAVAILABLE: 'Try again later, or choose another provider.',
    FailureCode.INVALID: 'Change what was asked for, or choose another model.',
    FailureCode.PROVIDER: 'Try again, or choose another provider or model.',
    FailureCode.BAD_REPLY: 'Try again later, or choose another provider.',
    FailureCode.TIMEOUT: 'Try again later, or choose another provider.',
    FailureCode.CANCELLED: 'It was cancelled at the provider: retry asks for it anew.',
    FailureCode.EXPIRED: 'The provider keeps results for a while only: it has to be made anew.',
}

_OWN_HINTS: Final = {
    FailureCode.UNAUTHORIZED: 'Check your own key for {provider}.',
    FailureCode.OUT_OF_CREDIT: 'See your account at {provider}.',
    FailureCode.FORBIDDEN: 'Your own key for {provider} does not allow this.',
}
"""What to do where the provider was asked with its own key."""

_CUT_OFF: Final = (
    'Requests are cut off after about two minutes: the provider may have finished it nevertheless, and billed it.'
)

_OF_FAILURES: Final = ('message', 'msg', 'code', 'reason')
"""What a failure tells of itself, and a success of something else."""

_PASSING: Final = frozenset(
    {
        FailureCode.UNAUTHORIZED,
        FailureCode.OUT_OF_CREDIT,
        FailureCode.FORBIDDEN,
        FailureCode.THROTTLED,
        FailureCode.UNAVAILABLE,
        FailureCode.TIMEOUT,
    }
)
"""Why a question about a prediction may be refused that is none the worse for it."""


def refused(progress: Progress, reply: Reply, codes: Mapping[str, FailureCode] = {}) -> Progress:
    """Fail because of a reply's HTTP status; `codes` are the provider's own, in lower case."""
    said, keys = _said(reply)
    own, known = _code_in(codes, keys), _code_of(keys)
    code = own or known or _code_by_status(reply.status)
    if code is FailureCode.INVALID and 'model not supported' in said.lower():
        code = FailureCode.NOT_SUPPORTED
    if code is FailureCode.NOT_SUPPORTED and progress.accepted:
        code = FailureCode.EXPIRED
    message = said or f'{progress.provider} answered {_status_line(reply.status)}.'
    if code is FailureCode.NOT_SUPPORTED and 'model not supported' not in message.lower():
        message = f'Model not supported by {progress.provider}: {message}'
    elif code is FailureCode.EXPIRED:
        message = f'{progress.provider} no longer knows this prediction: {message}'
    hint = _hint(progress, code)
    if code is FailureCode.THROTTLED:
        pause = asked_pause(reply)
        hint = f'Try again in {pause:.0f} s.' if pause else 'Try again later.'
    elif code is FailureCode.TIMEOUT and not progress.accepted:
        hint = _CUT_OFF
    about_the_question = own is not None or known is None
    # Who is sent elsewhere has met a machine between, such as a network's page to log in.
    passing = code in _PASSING or 300 <= reply.status < 400
    collectable = progress.handle is not None and about_the_question and passing
    return ended(progress, code, message, hint, reply.status, collectable=collectable)


def reported(progress: Progress, told: object, status: int, codes: Mapping[str, FailureCode] = {}) -> Progress:
    """Fail because a reply that arrived well, with `status`, tells in `told` that the prediction did not."""
    keys = list(_keys(told))
    code = _code_in(codes, keys) or _code_of(keys) or FailureCode.PROVIDER
    message = _sentence(_words(told)) or f'{progress.provider} could not, and does not say why.'
    return ended(progress, code, message, _hint(progress, code), status)


def unreadable(progress: Progress, reply: Reply, reason: object, codes: Mapping[str, FailureCode] = {}) -> Progress:
    """Fail because a reply that arrived well lacks what it must have; unless it tells why."""
    try:
        body = document(reply)
    except UnreadableError:
        body = None
    if isinstance(body, dict):
        names = ('error', 'error_type', 'detail', *(_OF_FAILURES if _is_failure(body) else ()))
        told = {name: body.get(name) for name in names}
        if _sentence(_words(told)):
            return reported(progress, told, reply.status, codes)
    kind = progress.step.kind if isinstance(progress.step, Send) else None
    message = f"{progress.provider}'s reply to the {kind} cannot be used: {reason}."
    # What is no JSON at all is not the provider's: its result can be asked for again.
    collectable = progress.handle is not None and (kind is SendKind.POLL or body is None)
    return ended(progress, FailureCode.BAD_REPLY, message, None, reply.status, collectable=collectable)


def _is_failure(body: Mapping[str, object]) -> bool:
    """Whether a code beside its message says that something went wrong: a success may come with a message too."""
    code = body.get('code')
    return bool(body.get('reason')) or (isinstance(code, str) and not code.isdecimal()) or (whole(code) or 0) >= 400


def expired(progress: Progress, reply: Reply) -> Progress:
    """Fail because the result cannot be brought home any more."""
    message = f"{progress.provider}'s result is no longer there to be fetched ({_status_line(reply.status)})."
    return ended(progress, FailureCode.EXPIRED, message, _HINTS[FailureCode.EXPIRED], reply.status)


def ended(
    progress: Progress,
    code: FailureCode,
    message: str,
    hint: str | None,
    status: int,
    *,
    collectable: bool = False,
) -> Progress:
    """Fail in these words; `message` is clean already, and is cut here."""
    failure = Failure(
        code=code,
        message=clean(message, _LONGEST_MESSAGE),
        hint=hint or _HINTS.get(code),
        provider=progress.provider,
        status=status,
    )
    return replace(progress, step=Failed(failure=failure, collectable=collectable))


def words(reply: Reply) -> str:
    """Return what a reply says went wrong, in the provider's own words, cleaned; empty when it does not say."""
    return _said(reply)[0]


def _status_line(status: int) -> str:
    try:
        return f'{status} {HTTPStatus(status).phrase}'
    except ValueError:
        return f'status {status}'


def _code_by_status(status: int) -> FailureCode:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 400 <= status < 500:
        return FailureCode.INVALID
    return FailureCode.PROVIDER if status >= 500 else FailureCode.BAD_REPLY


def _code_in(codes: Mapping[str, FailureCode], keys: list[str]) -> FailureCode | None:
    return next((codes[key.lower()] for key in keys if key.lower() in codes), None)


def _code_of(keys: list[str]) -> FailureCode | None:
    said = [key.lower() for key in keys]
    return next((code for mark, code in _BY_KEY if any(mark in key for key in said)), None)


def _hint(progress: Progress, code: FailureCode) -> str | None:
    """Say what to do, which depends on whose credentials were refused."""
    if code in _OWN_HINTS and progress.access is Access.OWN_KEY:
        return _OWN_HINTS[code].format(provider=progress.provider)
    if code in _OWN_HINTS and progress.access is Access.ANONYMOUS:
        return 'It was asked for without a token: run `hf auth login`, or set HF_TOKEN.'
    return _HINTS.get(code)


def _said(reply: Reply) -> tuple[str, list[str]]:
    """Return the words, cleaned, and the machine-readable keys of a reply that refuses."""
    keys = [reply.headers['x-fal-error-type']] if 'x-fal-error-type' in reply.headers else []
    try:
        body = document(reply)
    except UnreadableError:
        return _sentence([_page(reply.body[:8_192].decode(errors='replace'))]), keys
    return _sentence(_words(body)), [*keys, *_keys(body)]


def _page(text: str) -> str:
    """Return what a page or a line of text says: a page's title, or else its text."""
    if not text.lstrip().startswith('<'):
        return text
    title = re.search(r'<title[^<>]*>([^<]*)', text, re.IGNORECASE)
    return html.unescape(title[1] if title and title[1].strip() else re.sub(r'<[^<>]*>', ' ', text))


def _sentence(parts: Iterable[str]) -> str:
    """Make one line of what is said in several places, each thing once."""
    said = (clean(masked(' '.join(part[: _LONGEST_MESSAGE * 4].split())), _LONGEST_MESSAGE) for part in parts)
    return ': '.join(dict.fromkeys(part for part in said if part))


def _words(value: object, depth: int = 0) -> Iterator[str]:
    """Walk through what is meant for people, the general before the particular."""
    if isinstance(value, str):
        yield value
    elif depth > 4:
        return
    elif isinstance(value, list):
        items = (_sentence(_words(item, depth + 1)) for item in value[:10])
        yield '; '.join(item for item in items if item)
    elif isinstance(value, dict):
        place = value.get('loc')
        if isinstance(place, list) and place and isinstance(place[-1], str) and place[-1] != 'body':
            yield place[-1]
        for name in ('title', 'error', 'message', 'msg', 'detail'):
            yield from _words(value.get(name), depth + 1)


def _keys(value: object, depth: int = 0) -> Iterator[str]:
    """Walk through what is meant for programs."""
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value[:10]:
            yield from _keys(item, depth + 1)
    elif isinstance(value, dict):
        for name in ('type', 'error_type', 'code', 'reason'):
            if isinstance(value.get(name), str | int):
                yield str(value[name])
        for name in ('error', 'detail'):
            yield from _keys(value.get(name), depth + 1)
