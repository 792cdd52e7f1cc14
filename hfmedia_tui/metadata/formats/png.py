"""PNG: text in chunks of its own, before the pixels (https://www.w3.org/TR/png-3/#11textinfo)."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO, Final

from hfmedia_tui.metadata.formats import exif
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

_SIGNATURE: Final = b'\x89PNG\r\n\x1a\n'
_HEADER_END: Final = 33
"""Where the first chunk, which is always the header, ends."""
_MOST_CHUNKS: Final = 100_000
_XMP_KEYWORD: Final = 'XML:com.adobe.xmp'
"""https://developer.adobe.com/xmp/docs/xmp-specifications/ part 3, 1.1.5."""
_PARAMETERS: Final = 'parameters'


def recognise(head: bytes) -> bool:
    return head.startswith(_SIGNATURE)


def read(file: BinaryIO) -> Carried:
    texts = dict[str, str]()
    manifest = False
    room = 2 * MAXIMUM_TEXT
    for kind, start, length in _chunks(file):
        if kind == b'caBX':
            manifest = True
        elif kind in _READERS and length <= min(room, MAXIMUM_TEXT):
            room -= length
            file.seek(start)
            with suppress(ValueError, zlib.error):
                for name, text in _READERS[kind](file.read(length)):
                    texts.setdefault(XMP if name == _XMP_KEYWORD else name, text)
    return Carried(texts, manifest)


def write(file: BinaryIO, carried: Carried, notes: Notes) -> list[Edit]:
    chunks = [
        _text_chunk(keyword, text)
        for name, keyword, text in (
            (_PARAMETERS, _PARAMETERS, notes.parameters),
            (RECORD, RECORD, notes.record),
            (XMP, _XMP_KEYWORD, notes.xmp),
        )
        if name not in carried.texts
    ]
    first = next(_chunks(file), None)
    if first is None or (first[0], first[1] + first[2] + 4) != (b'IHDR', _HEADER_END):
        raise UnwritableError('its header is not where it should be')
    return [Edit(_HEADER_END, _HEADER_END, b''.join(chunks))]


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and length of each chunk's data, as far as they lie within the file."""
    end, position = length_of(file), len(_SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        head = file.read(8)
        length = int.from_bytes(head[:4])
        if len(head) < 8 or position + 12 + length > end or head[4:] == b'IEND':
            return
        yield head[4:], position + 8, length
        position += 12 + length


def _text_chunk(keyword: str, text: str) -> bytes:
    """A text as `tEXt` where Latin-1 holds it, for every reader knows that; XMP, and what must be exact, as `iTXt`."""
    name = keyword.encode('latin-1')
    kind, data = b'iTXt', name + b'\0\0\0\0\0' + text.encode()
    if keyword == _PARAMETERS or (text.isascii() and keyword != _XMP_KEYWORD):
        with suppress(UnicodeEncodeError):
            kind, data = b'tEXt', name + b'\0' + text.encode('latin-1')
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def _read_latin(data: bytes) -> list[tuple[str, str]]:
    keyword, _, text = data.partition(b'\0')
    try:
        return [
            (keyword.decode('latin-1'), text.decode())
        ]  # some tools write UTF-8 here, which Latin-1 never looks like
    except UnicodeDecodeError:
        return [(keyword.decode('latin-1'), text.decode('latin-1'))]


def _read_compressed(data: bytes) -> list[tuple[str, str]]:
    keyword, _, rest = data.partition(b'\0')
    return [(keyword.decode('latin-1'), _inflate(rest[1:]).decode('latin-1'))]


def _read_international(data: bytes) -> list[tuple[str, str]]:
    keyword, _, rest = data.partition(b'\0')
    compressed = rest[:1] == b'\1'
    _, _, after_language = rest[2:].partition(b'\0')
    _, _, text = after_language.partition(b'\0')
    return [(keyword.decode('latin-1'), (_inflate(text) if compressed else text).decode())]


def _inflate(data: bytes) -> bytes:
    """Decompress, up to a bound: a few kilobytes can stand for gigabytes."""
    return zlib.decompressobj().decompress(data, MAXIMUM_TEXT)


_READERS: Final[Mapping[bytes, Callable[[bytes], list[tuple[str, str]]]]] = {
    b'tEXt': _read_latin,
    b'zTXt': _read_compressed,
    b'iTXt': _read_international,
    b'eXIf': lambda data: list(exif.read(data).items()),
}
