"""What comes back: the shapes that replies share, read with mistrust.

Mandatory are the handle to ask again and the output, and they are typed where a module declares a reply. All else is
declared `Any` and read by the functions below, which answer None for what is not what it should be: no label or
figure may cost anybody a picture that is paid for.
"""

import base64
import json
import re
from typing import Any, Final, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec

from hfmedia_tui.domain import JSON, Media, Reply, clean, masked
from hfmedia_tui.providers._requests import is_plain

__all__ = [
    'UnreadableError',
    'bar',
    'document',
    'flags',
    'last_line',
    'media',
    'number',
    'path_of',
    'read',
    'token',
    'whole',
]

_Kind = TypeVar('_Kind')

_MOST_MEDIA: Final = 64
"""More results than any provider documents for one prediction: what a reply lists beyond is not fetched."""

_LEAST_BASE64: Final = 100
"""Characters of base64 that nothing announces: less is no picture, and may be a word."""

_URL = re.compile(r'(?:https?://[^/?#]+)?((?:/[\w.~:@-]+)+)(?:[?#].*)?', re.ASCII | re.IGNORECASE)
_TOKEN = re.compile(r'[\w.~:-]{1,200}', re.ASCII)
_BAR = re.compile(r'\s*\d{1,3}%\|[^|]{0,400}\| *(\d{1,7})/([1-9]\d{0,6})(?: \[.*|\s*)')


class UnreadableError(Exception):
    """A reply without what it must have; the message says what, to follow `: `."""


def document(reply: Reply) -> JSON:
    """Decode the body of `reply`.

    A cut emoji or a NaN in a log line, which strict decoders refuse, is read over.
    Raises UnreadableError for what is no JSON at all.
    """
    if not reply.body.strip():
        raise UnreadableError('it is empty')
    try:
        return msgspec.json.decode(reply.body)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(reply.body.decode(errors='replace'))  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        raise UnreadableError('it is no JSON') from None


def read(reply: Reply, kind: type[_Kind]) -> _Kind:
    """Decode the body of `reply` as `kind`; raises UnreadableError, naming the field that is missing or wrong."""
    try:
        return msgspec.convert(document(reply), kind)
    except msgspec.ValidationError as error:
        raise UnreadableError(clean(str(error), 200)) from None
    except UnicodeEncodeError:  # half of a surrogate pair, where something else than text belongs
        raise UnreadableError('it holds text that is none') from None


def media(value: object) -> tuple[Media, ...]:
    """Return every result that `value` holds, in order.

    A result is a URL, a data: URI, long base64, an object with `url` or `b64_json`, or a list of these. What is none is
    left out.
    """
    found = (_one_media(item) for item in (value if isinstance(value, list) else [value]))
    return tuple(item for item in found if item is not None)[:_MOST_MEDIA]


def _one_media(value: object) -> Media | None:
    if isinstance(value, str):
        if value[:5].lower() == 'data:':
            return _from_data_uri(value)
        unannounced = len(value) >= _LEAST_BASE64 and ' ' not in value
        return _from_url(value) or (_from_base64(value) if unannounced else None)
    if not isinstance(value, dict):
        return None
    data, url, label = value.get('b64_json'), value.get('url'), value.get('content_type')
    if isinstance(data, str) and (item := _from_data_uri(data) if data.startswith('data:') else _from_base64(data)):
        return item
    item = _one_media(url) if isinstance(url, str) else None
    if item is None or item.media_type is not None or not isinstance(label, str):
        return item
    return msgspec.structs.replace(item, media_type=clean(label, 100))


def _from_url(url: str) -> Media | None:
    is_whole = url.lower().startswith(('https://', 'http://')) and ' ' not in url and url.isprintable()
    return Media(url=url) if is_whole else None


def _from_base64(text: str, media_type: str | None = None) -> Media | None:
    kept = ''.join(text.split())  # MIME breaks it into lines (RFC 2045), and some leave the padding out
    try:
        data = base64.b64decode(kept + '=' * (-len(kept) % 4), validate=True)
    except ValueError:
        return None
    return Media(data=data, media_type=media_type) if data else None


def _from_data_uri(uri: str) -> Media | None:
    """Decode a data: URI (RFC 2397)."""
    head, _, body = uri[5:].partition(',')
    kind, *attributes = (part.strip() for part in head.split(';'))
    media_type = clean(kind, 100) or None
    if 'base64' in attributes:
        return _from_base64(body, media_type)
    data = unquote_to_bytes(body.encode(errors='replace'))
    return Media(data=data, media_type=media_type) if data else None


def path_of(url: object) -> str | None:
    """Return the path of a URL that a reply names; host and query are never used.

    None for one that could lead elsewhere: `..`, `//`, an escape, a control character, or no path.
    """
    if not isinstance(url, str) or len(url) > 2_000 or not (match := _URL.fullmatch(url)):
        return None
    path = match[1]
    return path if is_plain(path) else None


def token(value: object) -> str | None:
    """Return an id that may stand in a path as it is."""
    return value if isinstance(value, str) and _TOKEN.fullmatch(value) and value not in ('.', '..') else None


def whole(value: object, maximum: int = 2**64 - 1) -> int | None:
    """Return a count, or a seed: fal's are known to pass 2**63."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= maximum else None


def number(value: object, field: str | None = None) -> float | None:
    """Return a duration or a cost; with `field`, the one that an object holds under this name."""
    if field is not None:
        value = value.get(field) if isinstance(value, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value < 1e9 else None


def flags(value: object) -> tuple[bool, ...]:
    """Return a list of booleans, or nothing."""
    return tuple(value[:_MOST_MEDIA]) if isinstance(value, list) and all(type(item) is bool for item in value) else ()


def last_line(*texts: Any) -> str | None:
    """Return the last line that says something; a line overwritten in place counts as lines."""
    for line in _lines_backwards(*texts):
        if shown := clean(masked(line), 200):
            return shown
    return None


def bar(*texts: Any) -> float | None:
    """Return how far the last progress bar among the last lines has come, 0 to 1.

    Only a bar as tqdm draws it without a name is taken at its word (` 40%|████      | 8/20 [00:02<00:03]`, or without
    its times): named bars count the loading of a model, and a bare percentage may be of anything.
    Sources: the format `{l_bar}{bar}{r_bar}` in https://github.com/tqdm/tqdm; `Progress.parse` in Replicate's client.
    """
    for line in _lines_backwards(*texts):
        if (match := _BAR.fullmatch(line)) and int(match[1]) <= int(match[2]):
            return int(match[1]) / int(match[2])
    return None


def _lines_backwards(*texts: Any) -> list[str]:
    tail = '\n'.join(text[-4_000:] for text in texts[-20:] if isinstance(text, str))
    return tail.replace('\r', '\n').split('\n')[:-21:-1]
