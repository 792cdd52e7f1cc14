"""WebP: EXIF and XMP in chunks of their own behind the picture, told of in its header.

https://developers.google.com/speed/webp/docs/riff_container
"""

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from hfmedia_tui.metadata.formats import exif
from hfmedia_tui.metadata.formats.carried import MAXIMUM_TEXT, XMP, Carried, Edit, Notes, UnwritableError, length_of

__all__ = ['read', 'recognise', 'write']

_HAS_ALPHA, _HAS_EXIF, _HAS_XMP = 0x10, 0x08, 0x04
_LARGEST: Final = 2**32 - 10
_MOST_CHUNKS: Final = 100_000
_KEY_FRAME: Final = b'\x9d\x01\x2a'
"""How the header of a lossy picture goes on, with its size behind (RFC 6386, 9.1)."""
_LOSSLESS: Final = 0x2F


class _Chunk(NamedTuple):
    kind: bytes
    start: int
    """Where its data begin."""
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length + self.length % 2


def recognise(head: bytes) -> bool:
    return head.startswith(b'RIFF') and head[8:12] == b'WEBP'


def read(file: BinaryIO) -> Carried:
    texts = dict[str, str]()
    manifest = False
    for kind, start, length in _chunks(file):
        if kind == b'C2PA':
            manifest = True
        elif kind in (b'EXIF', b'XMP ') and length <= MAXIMUM_TEXT:
            file.seek(start)
            data = file.read(length)
            if kind == b'XMP ':
                texts.setdefault(XMP, data.decode('utf-8', 'replace'))
            else:
                texts.setdefault('exif', '')
                texts.update(exif.read(data) | texts)
    return Carried(texts, manifest)


def write(file: BinaryIO, carried: Carried, notes: Notes) -> list[Edit]:
    chunks = list(_chunks(file))
    if not chunks or chunks[-1].end != _end(file):
        raise UnwritableError('it is longer or shorter than its header says')
    added, flags = b'', 0
    if 'exif' not in carried.texts:
        added += _made(b'EXIF', exif.build(notes.parameters, notes.software))
        flags |= _HAS_EXIF
    if XMP not in carried.texts:
        added += _made(b'XMP ', notes.xmp.encode())
        flags |= _HAS_XMP
    first, end = chunks[0], chunks[-1].end
    file.seek(first.start)
    head = file.read(10)
    if first.kind == b'VP8X' and len(head) == 10:
        header = Edit(first.start, first.start + 1, bytes((head[0] | flags,)))
        longer = 0
    else:
        extended = _made(b'VP8X', _extended_header(first, head, flags))
        header = Edit(first.start - 8, first.start - 8, extended)
        longer = len(extended)
    size = end - 8 + longer + len(added)
    if size > _LARGEST:
        raise UnwritableError('it would become larger than its kind may be')
    return [Edit(4, 8, size.to_bytes(4, 'little')), header, Edit(end, end, added)]


def _extended_header(first: _Chunk, head: bytes, flags: int) -> bytes:
    """The header that a plain picture is given so that it may carry more: flags and the size of the canvas."""
    if first.kind == b'VP8 ' and head[3:6] == _KEY_FRAME:
        width = int.from_bytes(head[6:8], 'little') & 0x3FFF
        height = int.from_bytes(head[8:10], 'little') & 0x3FFF
    elif first.kind == b'VP8L' and head[:1] == bytes((_LOSSLESS,)):
        bits = int.from_bytes(head[1:5], 'little')
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags |= _HAS_ALPHA if bits >> 28 & 1 else 0
    else:
        raise UnwritableError('its picture begins with what is not known')
    if not width or not height:
        raise UnwritableError('its picture has no size')
    return flags.to_bytes(4, 'little') + (width - 1).to_bytes(3, 'little') + (height - 1).to_bytes(3, 'little')


def _made(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, 'little') + data + bytes(len(data) % 2)


def _end(file: BinaryIO) -> int:
    """Where the container ends; what lies behind belongs to nobody and stays."""
    file.seek(4)
    size = int.from_bytes(file.read(4), 'little')
    return min(8 + size + size % 2, length_of(file))


def _chunks(file: BinaryIO) -> Iterator[_Chunk]:
    """The chunks that lie within the file."""
    end, position = _end(file), 12
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        head = file.read(8)
        chunk = _Chunk(head[:4], position + 8, int.from_bytes(head[4:], 'little'))
        if len(head) < 8 or chunk.start + chunk.length > end:
            return
        yield chunk
        position = chunk.end
