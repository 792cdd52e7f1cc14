"""A listing on disk: a line for when it was fetched, and one for each page, so that no reading takes long at once."""

import logging
import os
from pathlib import Path

import msgspec

from hfmedia_tui import private
from hfmedia_tui.catalog.hub import Page

__all__ = ['Listing', 'load', 'store']

log = logging.getLogger(__name__)


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
            pages = tuple(msgspec.json.decode(line, type=Page) for line in lines)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None
    return Listing(fetched=told.fetched, pages=pages) if len(pages) == told.pages else None


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
