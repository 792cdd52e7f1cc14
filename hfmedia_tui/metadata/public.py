"""What may leave this machine inside a file or beside it: no token, no signed link, no path of the user's folders."""

import re
from itertools import islice
from typing import Any, Final

import msgspec

from hfmedia_tui.domain import JSON, clean, masked

__all__ = ['provider_words', 'public']

_TOKEN: Final = re.compile(r'\b(?:hf_|r8_|sk[-_]|fal[-_]|Bearer |Key )[A-Za-z0-9_:.\-]{12,}')
"""How the keys of the Hub and of providers look."""
_SECRET_NAMES: Final = re.compile(r'(?i)token|secret|passw|authori[sz]ation|api[-_]?key|credential|cookie')
_LOCAL: Final = re.compile(r'(?i)^\s*(?:file:|~|/(?!/)|[a-z]:[\\/]|\\\\)')
_LONGEST: Final = 2_000
"""Characters of one text; what is longer is a file in Base64."""
_DEEPEST: Final = 12
_MOST_ITEMS: Final = 200
_MOST_BYTES: Final = 16 * 1024


def provider_words(body: bytes) -> JSON:
    """What a provider said with its result, fit to be kept beside it; None where it is no JSON, or too much."""
    try:
        said = public(msgspec.json.decode(body))
        return said if len(msgspec.json.encode(said)) <= _MOST_BYTES else None
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):
        return None


def public(value: Any, longest: int = _LONGEST, depth: int = 0) -> Any:
    """A decoded JSON value without what belongs to the user alone, cleaned; of a long text only its length."""
    match value:
        case str():
            return _public_text(value, longest)
        case dict() if depth < _DEEPEST:
            return {
                _public_text(name, longest): '…' if _is_secret(name, inner) else public(inner, longest, depth + 1)
                for name, inner in islice(value.items(), _MOST_ITEMS)
            }
        case list() if depth < _DEEPEST:
            return [public(inner, longest, depth + 1) for inner in value[:_MOST_ITEMS]]
        case dict() | list():
            return '…'
        case _:
            return value


def _is_secret(name: str, value: object) -> bool:
    return isinstance(value, str) and _SECRET_NAMES.search(name) is not None


def _public_text(text: str, longest: int) -> str:
    if len(text) > longest:
        return f'… ({len(text)} characters)'
    text = _TOKEN.sub('…', masked(clean(text, longest)))
    if _LOCAL.match(text):
        return '…/' + re.split(r'[\\/]', text.rstrip('\\/'))[-1]
    return text
