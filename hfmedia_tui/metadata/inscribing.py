"""Writes into a file how it was made, and beside it: the bytes of what is shown stay as they came.

The file is whole under its name at every moment: what is new is written beside it, brought to the disk, decoded where
bytes were replaced and not only added, and takes its place in one step. A file that is signed, or whose container
cannot be added to, only gets the one beside it.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import msgspec

from hfmedia_tui.domain import MediaFacts
from hfmedia_tui.errors import MediaError
from hfmedia_tui.metadata.containers import find_format
from hfmedia_tui.metadata.dialects import ours
from hfmedia_tui.metadata.formats.carried import UnwritableError, copy_edited
from hfmedia_tui.metadata.made import Made, notes_of, record_of
from hfmedia_tui.metadata.measured import Measured
from hfmedia_tui.metadata.public import public
from hfmedia_tui.metadata.sidecar import draft_path, sidecar_path, write_sidecar

__all__ = ['Inscriber', 'Wishes']

_TAKEN: Final = 'beside what it carries there is no room for the whole record'

log = logging.getLogger(__name__)


class Wishes(Protocol):
    """What the user wants written, as the settings have it."""

    @property
    def embed(self) -> bool: ...
    @property
    def sidecar(self) -> bool: ...
    @property
    def prompts(self) -> bool: ...


class Inscriber:
    """Writes how files were made, as `wishes` says at that moment.

    `inspect` reads what a file is, and raises MediaError.
    """

    def __init__(self, inspect: Callable[[Path], MediaFacts], wishes: Callable[[], Wishes]) -> None:
        self._inspect = inspect
        self._wishes = wishes

    def __call__(self, path: Path, made: Made) -> Measured:
        """Write into `path` and beside it what is told of it, and return what the file is from then on.

        Blocking; raises OSError where neither can be done. Whatever happens the file is whole. One that has its own
        record already is left as it is.
        """
        wishes, now, inside, why_not = self._wishes(), made.came, False, None
        if wishes.embed:
            try:
                now, inside = self._write_into(path, made, prompts=wishes.prompts)
                if inside and now == made.came and sidecar_path(path).exists():
                    return now
                why_not = None if inside else _TAKEN
            except (UnwritableError, OSError) as error:
                why_not = (isinstance(error, OSError) and error.strerror) or str(error)
            if why_not:
                log.info('nothing is written into %s: %s', path.name, why_not)
        if wishes.sidecar:
            write_sidecar(path, _beside(path, now, made, prompts=wishes.prompts, inside=inside, why_not=why_not))
        return now

    def _write_into(self, path: Path, made: Made, *, prompts: bool) -> tuple[Measured, bool]:
        """Return what the file is then, and whether its record is in it. Raises UnwritableError and OSError."""
        with path.open('rb') as file:
            form = find_format(file)
            if form is None:
                raise UnwritableError('its kind has no place for it that is known here')
            carried = form.read(file)
            if carried.signed:
                raise UnwritableError('it is signed (C2PA), and one byte more would break that')
            if ours.read(carried.texts) is not None:
                return made.came, True
            edits = form.write(file, carried, notes_of(made, prompts=prompts))
            if not any(edit.data for edit in edits):
                raise UnwritableError(_TAKEN)
            new = draft_path(path)
            new.unlink(missing_ok=True)
            try:
                with new.open('xb') as target:
                    written = copy_edited(file, target, edits)
                    target.flush()
                    os.fsync(target.fileno())
                if any(edit.start < edit.end for edit in edits):
                    self._check(new, made)
                with new.open('rb') as target:
                    told = ours.read(form.read(target).texts) is not None
                os.replace(new, path)
            except BaseException:
                with suppress(OSError):
                    new.unlink()
                raise
        return written, told

    def _check(self, new: Path, made: Made) -> None:
        """Make sure that what was written still is what came. Raises UnwritableError."""
        try:
            same = self._inspect(new) == made.media
        except MediaError:
            same = False
        if not same:
            raise UnwritableError('it would not be what it was')


def _beside(
    path: Path, now: Measured, made: Made, *, prompts: bool, inside: bool, why_not: str | None
) -> dict[str, object]:
    """What is told beside a file: its record, what it is, and what was said about it."""
    return record_of(made, prompts=prompts) | {
        'file': {
            'name': path.name,
            'media_type': made.media.media_type,
            'size': now.size,
            'sha256': now.sha256,
            'sha256_as_it_came': made.came.sha256,
            'record_inside': inside,
            **({'why_not': why_not} if why_not else {}),
        },
        'refusals': public(
            [msgspec.to_builtins(attempt) for attempt in made.job.attempts if attempt.error is not None]
        ),
        **({} if made.said is None or not prompts else {'said': made.said}),
    }
