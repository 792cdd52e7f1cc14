"""EXIF: a block of TIFF in which tools write what has no other place (https://www.cipa.jp/std/documents/e/DC-008.pdf).

Tags of text alone, by their names; whatever points beyond the block is passed over.
"""

import struct
from typing import Final, Literal

__all__ = ['USER_COMMENT', 'build', 'read']

USER_COMMENT: Final = 'exif:UserComment'
_PREFIX: Final = b'Exif\0\0'
_POINTER: Final = 0x8769
_TAGS: Final = {
    0x010E: 'exif:ImageDescription',
    0x010F: 'exif:Make',
    0x0110: 'exif:Model',
    0x0131: 'exif:Software',
    0x9286: USER_COMMENT,
    0x927C: 'exif:MakerNote',
}
_MOST_ENTRIES: Final = 500
_UNICODE: Final = b'UNICODE\0'
_BYTE_TYPES: Final = frozenset({1, 2, 7})
"""BYTE, ASCII and UNDEFINED: a byte each."""


def build(comment: str, software: str) -> bytes:
    """A block with a user comment in UTF-16, big-endian as its readers expect it, and the name of the software.

    Code of the comment: EXIF 2.32, 4.6.5, UserComment.
    """
    said = _UNICODE + comment.encode('utf-16-be')
    name = software.encode('ascii', 'replace') + b'\0'
    version = b'0232'
    # header 8, IFD0 2 + 2 * 12 + 4, Exif IFD 2 + 2 * 12 + 4, then the values
    exif_at = 8 + 30
    name_at = exif_at + 30
    said_at = name_at + len(name) + len(name) % 2
    entry = struct.Struct('>HHII').pack
    return b''.join(
        (
            b'MM\0*' + (8).to_bytes(4),
            (2).to_bytes(2),
            entry(0x0131, 2, len(name), name_at),
            entry(_POINTER, 4, 1, exif_at),
            bytes(4),
            (2).to_bytes(2),
            struct.pack('>HHI4s', 0x9000, 7, 4, version),
            entry(0x9286, 7, len(said), said_at),
            bytes(4),
            name + bytes(len(name) % 2),
            said,
        )
    )


def read(block: bytes) -> dict[str, str]:
    """The texts of a block, by `exif:` and the tag's name."""
    block = block.removeprefix(_PREFIX)
    order: Literal['little', 'big'] = 'little' if block[:2] == b'II' else 'big'
    if block[:2] not in (b'II', b'MM'):
        return {}
    texts = dict[str, str]()
    first = int.from_bytes(block[4:8], order)
    for tag, value in _entries(block, first, order):
        if tag == _POINTER:
            for name, text in _entries(block, int.from_bytes(value[:4], order), order):
                _put(texts, name, text)
        else:
            _put(texts, tag, value)
    return texts


def _entries(block: bytes, start: int, order: Literal['little', 'big']) -> list[tuple[int, bytes]]:
    """Tag and bytes of each entry of one directory that is text, or points to the other directory."""
    found = []
    for index in range(min(int.from_bytes(block[start : start + 2], order), _MOST_ENTRIES)):
        at = start + 2 + 12 * index
        entry = block[at : at + 12]
        if len(entry) < 12:
            break
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        count = int.from_bytes(entry[4:8], order)
        if tag == _POINTER:
            found.append((tag, entry[8:]))
        elif tag in _TAGS and kind in _BYTE_TYPES:
            place = int.from_bytes(entry[8:], order)
            found.append((tag, entry[8 : 8 + count] if count <= 4 else block[place : place + count]))
    return found


def _put(texts: dict[str, str], tag: int, value: bytes) -> None:
    if tag not in _TAGS:
        return
    text = _comment(value) if _TAGS[tag] == USER_COMMENT else value.decode('utf-8', 'replace')
    texts.setdefault(_TAGS[tag], text.strip('\0'))


def _comment(value: bytes) -> str:
    """Read a user comment: eight bytes say its code, and how UTF-16 is turned is guessed where it is not as usual."""
    code, said = value[:8], value[8:]
    if code != _UNICODE:
        known = code in (b'ASCII\0\0\0', bytes(8))
        return (said if known else value).decode('utf-8', 'replace')
    if said[:2] in (b'\xfe\xff', b'\xff\xfe'):
        return said.decode('utf-16', 'replace')
    # Most text has letters of Latin in it, whose upper byte is 0.
    big = said[::2].count(0) >= said[1::2].count(0)
    return said.decode('utf-16-be' if big else 'utf-16-le', 'replace')
