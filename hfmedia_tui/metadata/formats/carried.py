"""What a file carries beside what is shown, and the edits that give it more."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, Final, NamedTuple, Protocol

from hfmedia_tui.metadata.measured import Measured

__all__ = [
    'MAXIMUM_TEXT',
    'RECORD',
    'XMP',
    'Carried',
    'Edit',
    'Format',
    'Notes',
    'UnwritableError',
    'copy_edited',
    'length_of',
]

RECORD: Final = 'hfmedia_metadata'
"""The name under which our own record lies, where a container has names."""
XMP: Final = 'xmp'
"""The name of a file's XMP among its texts."""
MAXIMUM_TEXT: Final = 4 * 2**20
"""Bytes of one text that are read: more than any workflow has."""
_PIECE: Final = 2**20


class UnwritableError(Exception):
    """Nothing can be written into this file without a risk to what is shown; the message says why."""


class Carried(NamedTuple):
    """The texts of one file by their names, and whether its content is signed."""

    texts: Mapping[str, str] = MappingProxyType({})
    """By the container's own names; a tag of EXIF as `exif:UserComment`, XMP as `xmp`."""
    manifest: bool = False
    """Whether it holds a C2PA manifest."""

    @property
    def signed(self) -> bool:
        """Whether a manifest speaks for its bytes, in it or elsewhere: one more would break that.

        https://spec.c2pa.org/specifications/specifications/2.2/specs/C2PA_Specification.html#_embedding_a_reference
        """
        return self.manifest or 'dcterms:provenance' in self.texts.get(XMP, '')


class Notes(NamedTuple):
    """What is written into a file."""

    parameters: str
    """In AUTOMATIC1111's words."""
    record: str
    """Our own, as JSON."""
    xmp: str
    brief_xmp: str
    """Without prompt and record, for where there is little room."""
    software: str
    """What wrote it, with its version."""


class Edit(NamedTuple):
    """`data` takes the place of the bytes from `start` to `end`, which are none where something is only added."""

    start: int
    end: int
    data: bytes


class Format(Protocol):
    """What a module of this room does for its container."""

    def recognise(self, head: bytes) -> bool: ...

    def read(self, file: BinaryIO) -> Carried: ...

    def write(self, file: BinaryIO, carried: Carried, notes: Notes) -> list[Edit]:
        """Return the edits, in order. Raises UnwritableError."""


def copy_edited(source: BinaryIO, target: BinaryIO, edits: Sequence[Edit]) -> Measured:
    """Copy a file with its edits, which are in order and do not overlap; return what was written."""
    digest, position = hashlib.sha256(), 0

    def write(data: bytes) -> None:
        target.write(data)
        digest.update(data)

    for edit in edits:
        _copy(source, write, position, edit.start - position)
        write(edit.data)
        position = edit.end
    _copy(source, write, position, length_of(source) - position)
    return Measured(target.tell(), digest.hexdigest())


def length_of(file: BinaryIO) -> int:
    """Bytes of a whole file."""
    return file.seek(0, os.SEEK_END)


def _copy(source: BinaryIO, write: Callable[[bytes], None], start: int, count: int) -> None:
    source.seek(start)
    while count > 0:
        piece = source.read(min(count, _PIECE))
        if not piece:
            raise UnwritableError('it became shorter meanwhile')
        write(piece)
        count -= len(piece)
