"""A listing on disk: a line for when it was fetched, and one for each page, so that no reading takes long at once."""

import logging
import os
import re
from pathlib import Path
from typing import Final

import msgspec

from hfmedia_tui import private
from hfmedia_tui.catalog.hub import Page
from hfmedia_tui.domain import harmless

__all__ = ['Listing', 'load', 'store']

log = logging.getLogger(__name__)

_ESCAPE: Final = re.compile(r'(?<!\\)(?:\\\\)*\\[^"\\]')
"""An escape in JSON for anything but a quotation mark or a backslash: of what names hold, nothing needs one."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """All pages of both tasks, as they were at one time."""

    fetched: float
    """Seconds since the epoch."""
    pages: tuple[Page, ...]


class Head(msgspec.Struct, frozen=True, kw_only=True, tag='listing', forbid_unknown_fields=True):
    """The first line."""

    fetched: float
    pages: int


def load(file: Path) -> Listing | None:
    """Read a listing; None where there is none, or none that is whole. Blocking."""
    try:
        with file.open('rb') as lines:
            told = msgspec.json.decode(lines.readline(), type=Head)
            pages = tuple(_read(line) for line in lines)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None
    return Listing(fetched=told.fetched, pages=pages) if len(pages) == told.pages else None


def _read(line: bytes) -> Page:
    """Read one page. Raises ValueError for one that holds what no name does: it was not written here."""
    text = line.decode().removesuffix('\n')
    if harmless(text) != text or ('\\' in text and _ESCAPE.search(text)):
        raise ValueError('it holds control characters')
    return msgspec.json.decode(line, type=Page)


def store(file: Path, listing: Listing) -> None:
    """Write a listing; a cache that cannot be written is only told to the log. Blocking."""
    nouns = (Head(fetched=listing.fetched, pages=len(listing.pages)), *listing.pages)
    partial = file.with_suffix(f'.{os.getpid()}')
    try:
        private.make_folder(file.parent)
        with os.fdopen(private.open_file(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 'wb') as lines:
            for noun in nouns:
                lines.write(msgspec.json.encode(noun) + b'\n')
        partial.replace(file)
    except OSError as error:
        log.warning('the listing could not be kept: %s', error)
        partial.unlink(missing_ok=True)
