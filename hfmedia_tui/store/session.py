"""Where the user was: the place, and in each place what to bring back at the next start."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from hfmedia_tui import private
from hfmedia_tui.domain import clean

__all__ = ['Session']

log = logging.getLogger(__name__)

_MOST_BYTES: Final = 1_000_000
_MOST_CHARACTERS: Final = 200_000
"""Of one thing that was kept: a whole form, with a negative prompt as long as one may be."""


class Kept(msgspec.Struct, frozen=True):
    """What the file holds. Anything else in it, as of another version, is passed over."""

    place: str = ''
    places: dict[str, Any] = {}


class Session:
    """What was kept, and what is; of two processes the last to write has its own kept."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._troubled = False
        self._kept = Kept()
        self.place = ''
        """The place that an earlier session left last; empty where none is known."""

    def of(self, place: str) -> Mapping[str, str]:
        """What was kept of a place, by names of its own; each is to be checked by whoever named it."""
        kept: Mapping[str, str] = self._kept.places.get(place, {})
        return kept

    def read(self) -> None:
        """Take on what an earlier session left, cleaned. Blocking."""
        try:
            with self._file.open('rb') as lines:
                told = msgspec.json.decode(lines.read(_MOST_BYTES), type=Kept)
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            log.warning('the last session cannot be brought back: %s', type(error).__name__)
            return
        places = {
            place: {name: clean(value, _MOST_CHARACTERS) for name, value in kept.items() if isinstance(value, str)}
            for place, kept in told.places.items()
            if isinstance(kept, dict)
        }
        self.place = clean(told.place, 40)
        self._kept = Kept(self.place, places)

    def write(self, place: str, places: Mapping[str, Mapping[str, str]]) -> None:
        """Keep this from now on, where it is new; where that cannot be, only the log is told. Blocking."""
        kept = Kept(place, {**self._kept.places, **places})
        if kept == self._kept:
            return
        self._kept = kept
        try:
            private.write_whole(self._file, msgspec.json.encode(kept))
        except OSError as error:
            if not self._troubled:
                log.warning('the session cannot be kept: %s', error)
            self._troubled = True
