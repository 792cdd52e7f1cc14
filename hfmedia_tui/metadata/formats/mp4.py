"""MP4: texts by name in the movie's metadata, and XMP in a box of its own behind the movie (ISO/IEC 14496-12).

What is added pushes the samples behind it on, so every table that says where they lie is written anew. A film in
fragments, and one whose boxes are not where they usually are, is left as it came.

Names and values: https://developer.apple.com/documentation/quicktime-file-format/metadata_atoms_and_types; the box of
XMP: https://developer.adobe.com/xmp/docs/xmp-specifications/ part 3, 1.2.7.
"""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final, NamedTuple
from uuid import UUID

from hfmedia_tui.metadata.formats.carried import (
    MAXIMUM_TEXT,
    RECORD,
    XMP,
    Carried,
    Edit,
    Notes,
    UnwritableError,
    length_of,
)

__all__ = ['read', 'recognise', 'write']

_XMP: Final = UUID('be7acfcb-97a9-42e8-9c71-999491e3afac').bytes
_C2PA: Final = UUID('d8fec3d6-1b0e-483c-9297-5828877ec481').bytes
_OTHERS: Final = frozenset({b'avif', b'avis', b'heic', b'heix', b'mif1', b'msf1', b'qt  '})
"""Brands of pictures, and of QuickTime, whose metadata lie otherwise."""
_UNMOVABLE: Final = frozenset({b'moof', b'mfra', b'sidx', b'meta', b'styp', b'ssix'})
"""Boxes of the top level that say by offsets of their own where something lies."""
_LARGEST_MOVIE: Final = 64 * 2**20
_MOST_BOXES: Final = 100_000
_TEXT: Final = 1
"""The type of a value in UTF-8."""
_WAY_TO_OFFSETS: Final = {b'moov': b'trak', b'trak': b'mdia', b'mdia': b'minf', b'minf': b'stbl'}
"""Which box inside which leads to the tables of a track."""
_OFFSET_BYTES: Final = {b'stco': 4, b'co64': 8}
_USUAL_NAMES: Final = {b'\xa9cmt': 'comment', b'\xa9des': 'description', b'desc': 'description'}
"""Names of iTunes' kind under which tools write what they have no other place for."""


class _Box(NamedTuple):
    kind: bytes
    start: int
    body: int
    """Where its contents begin."""
    end: int


def recognise(head: bytes) -> bool:
    return head[4:8] == b'ftyp' and head[8:12] not in _OTHERS


def read(file: BinaryIO) -> Carried:
    texts = dict[str, str]()
    manifest = False
    for box in _top_level(file):
        if box.kind == b'uuid':
            file.seek(box.body)
            identifier = file.read(16)
            manifest = manifest or identifier == _C2PA
            if identifier == _XMP and box.end - box.body <= MAXIMUM_TEXT:
                texts.setdefault(XMP, file.read(box.end - box.body - 16).decode('utf-8', 'replace'))
        elif box.kind == b'moov' and box.end - box.body <= _LARGEST_MOVIE:
            file.seek(box.start)
            movie = file.read(box.end - box.start)
            for name, text in _named_texts(movie, box.body - box.start):
                texts.setdefault(name, text)
    return Carried(texts, manifest)


def write(file: BinaryIO, carried: Carried, notes: Notes) -> list[Edit]:
    boxes = list(_top_level(file))
    movies = [box for box in boxes if box.kind == b'moov']
    if len(movies) != 1 or boxes[-1].end != length_of(file):
        raise UnwritableError('it is not made of whole boxes with one movie')
    if any(box.kind in _UNMOVABLE for box in boxes):
        raise UnwritableError('it is in fragments, or refers to its own bytes')
    (box,) = movies
    if box.body - box.start != 8 or box.end - box.start > _LARGEST_MOVIE:
        raise UnwritableError('its movie box is larger than usual')
    file.seek(box.start)
    movie = file.read(box.end - box.start)
    if any(child.kind == b'mvex' for child in _boxes(movie, 8, len(movie))):
        raise UnwritableError('it is in fragments')
    inside = _named(notes) if RECORD not in carried.texts and not _has_metadata(movie) else b''
    behind = b'' if XMP in carried.texts else _box(b'uuid', _XMP + notes.xmp.encode())
    size = len(movie) + len(inside)
    return [
        Edit(box.start, box.start + 4, size.to_bytes(4)),
        *_moved_tables(movie, box, len(inside) + len(behind)),
        Edit(box.end, box.end, inside + behind),
    ]


# ---------------------------------------------------------------------------------------------- boxes


def _top_level(file: BinaryIO) -> Iterator[_Box]:
    """The boxes of the file that end within it; one of size 0 goes on to the end."""
    end, position = length_of(file), 0
    for _ in range(_MOST_BOXES):
        file.seek(position)
        head = file.read(16)
        box = _box_at(head, position, end)
        if box is None:
            return
        yield box
        position = box.end


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """The boxes in a part of `data` that end within it."""
    for _ in range(_MOST_BOXES):
        box = _box_at(data[start : start + 16], start, end)
        if box is None:
            return
        yield box
        start = box.end


def _box_at(head: bytes, start: int, end: int) -> _Box | None:
    if len(head) < 8 or start + 8 > end:
        return None
    size, body = int.from_bytes(head[:4]), start + 8
    if size == 0:
        size = end - start
    elif size == 1:
        size, body = int.from_bytes(head[8:16]), start + 16
    return _Box(head[4:8], start, body, start + size) if size >= body - start and start + size <= end else None


def _box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4) + kind + body


# ---------------------------------------------------------------------------------------------- where samples lie


def _moved_tables(movie: bytes, box: _Box, added: int) -> Iterator[Edit]:
    """Edits that write the tables of chunk offsets anew, for `added` bytes at the movie's end.

    Raises UnwritableError where a sample would lie beyond what its table can say, or inside the movie.
    """
    for table in _tables(movie):
        width = _OFFSET_BYTES[table.kind]
        count = int.from_bytes(movie[table.body + 4 : table.body + 8])
        first = table.body + 8
        if first + count * width > table.end:
            raise UnwritableError('a table of its samples is cut off')
        moved = bytearray()
        for place in range(first, first + count * width, width):
            offset = int.from_bytes(movie[place : place + width])
            if box.start < offset < box.end:
                raise UnwritableError('a sample lies where its movie box is')
            offset += added if offset >= box.end else 0
            if offset >= 1 << 8 * width:
                raise UnwritableError('its samples would lie farther away than its tables can say')
            moved += offset.to_bytes(width)
        yield Edit(box.start + first, box.start + first + count * width, bytes(moved))


def _tables(movie: bytes) -> list[_Box]:
    """The tables of chunk offsets of every track, in the order in which they lie.

    Raises UnwritableError for a table of offsets that is not understood.
    """
    found = list[_Box]()
    inside = [_Box(b'moov', 0, 8, len(movie))]
    while inside:
        parent = inside.pop()
        for child in _boxes(movie, parent.body, parent.end):
            if child.kind == _WAY_TO_OFFSETS.get(parent.kind):
                inside.append(child)
            elif parent.kind == b'stbl' and child.kind in _OFFSET_BYTES:
                found.append(child)
            elif child.kind in (b'saio', b'iloc'):
                raise UnwritableError('it refers to its own bytes')
    return sorted(found, key=lambda table: table.start)


# ---------------------------------------------------------------------------------------------- texts by name


def _has_metadata(movie: bytes) -> bool:
    return any(child.kind == b'meta' for child in _boxes(movie, 8, len(movie)))


def _named(notes: Notes) -> bytes:
    """A metadata box with our texts by their names, in the movie's own level.

    As QuickTime has it, without version and flags: so it is read there.
    """
    named = {'parameters': notes.parameters, RECORD: notes.record}
    keys = b''.join(_box(b'mdta', name.encode()) for name in named)
    values = b''.join(
        _box(number.to_bytes(4), _box(b'data', _TEXT.to_bytes(4) + bytes(4) + text.encode()))
        for number, text in enumerate(named.values(), start=1)
    )
    handler = bytes(8) + b'mdta' + bytes(13)
    numbered = _box(b'keys', bytes(4) + len(named).to_bytes(4) + keys)
    return _box(b'meta', _box(b'hdlr', handler) + numbered + _box(b'ilst', values))


def _named_texts(movie: bytes, body: int) -> Iterator[tuple[str, str]]:
    for child in _boxes(movie, body, len(movie)):
        if child.kind == b'meta':
            yield from _texts_of(movie, child)
        elif child.kind == b'udta':
            for inner in _boxes(movie, child.body, child.end):
                if inner.kind == b'meta':
                    yield from _texts_of(movie, inner)


def _texts_of(movie: bytes, meta: _Box) -> Iterator[tuple[str, str]]:
    # QuickTime leaves out the four bytes of version and flags that MP4 has.
    body = meta.body if movie[meta.body + 4 : meta.body + 8] == b'hdlr' else meta.body + 4
    parts = {part.kind: part for part in _boxes(movie, body, meta.end)}
    if (values := parts.get(b'ilst')) is None:
        return
    names = [] if (keys := parts.get(b'keys')) is None else _names(movie, keys)
    for item in islice(_boxes(movie, values.body, values.end), 1_000):
        number = int.from_bytes(item.kind)
        name = names[number - 1] if 1 <= number <= len(names) else _USUAL_NAMES.get(item.kind)
        data = next(_boxes(movie, item.body, item.end), None)
        if name is not None and data is not None and data.kind == b'data' and data.end - data.body <= MAXIMUM_TEXT:
            yield name, movie[data.body + 8 : data.end].decode('utf-8', 'replace')


def _names(movie: bytes, keys: _Box) -> list[str]:
    return [
        movie[key.body : key.end].decode('utf-8', 'replace')
        for key in islice(_boxes(movie, keys.body + 8, keys.end), 1_000)
    ]
