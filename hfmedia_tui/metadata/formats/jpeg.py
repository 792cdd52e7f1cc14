"""JPEG: EXIF and XMP in segments of at most 64 KiB before the picture.

Segments: https://www.w3.org/Graphics/JPEG/itu-t81.pdf (B.1.1); XMP in them:
https://developer.adobe.com/xmp/docs/xmp-specifications/ part 3, 1.1.3.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

from hfmedia_tui.metadata.formats import exif
from hfmedia_tui.metadata.formats.carried import XMP, Carried, Edit, Notes

__all__ = ['read', 'recognise', 'write']

_EXIF: Final = b'Exif\0\0'
_XMP: Final = b'http://ns.adobe.com/xap/1.0/\0'
_LARGEST: Final = 65_533
"""Bytes that a segment holds beside its own length."""
_MOST_SEGMENTS: Final = 5_000
_APP0, _APP1, _APP11, _COMMENT = 0xE0, 0xE1, 0xEB, 0xFE
_SCAN: Final = frozenset({0xDA, 0xD9})
"""Where the picture itself begins, or the file ends."""


def recognise(head: bytes) -> bool:
    return head.startswith(b'\xff\xd8\xff')


def read(file: BinaryIO) -> Carried:
    texts = dict[str, str]()
    manifest = False
    for marker, start, length in _segments(file):
        if marker == _APP11:
            file.seek(start)
            manifest = manifest or file.read(2) == b'JP'  # JUMBF, ISO/IEC 19566-5 (D.1)
        elif marker in (_APP1, _COMMENT):
            file.seek(start)
            data = file.read(length)
            if marker == _COMMENT:
                texts.setdefault('comment', data.decode('utf-8', 'replace'))
            elif data.startswith(_EXIF):
                texts.setdefault('exif', '')
                texts.update(exif.read(data) | texts)
            elif data.startswith(_XMP):
                texts.setdefault(XMP, data[len(_XMP) :].decode('utf-8', 'replace'))
    return Carried(texts, manifest)


def write(file: BinaryIO, carried: Carried, notes: Notes) -> list[Edit]:
    place = 2
    for marker, start, length in _segments(file):
        if marker != _APP0:
            break
        place = start + length
    exifs = [_EXIF + exif.build(notes.parameters, notes.software)]
    packets = [_XMP + packet.encode() for packet in (notes.xmp, notes.brief_xmp)]
    added = b''
    for name, choices in (('exif', exifs), (XMP, packets)):
        fitting = next((data for data in choices if len(data) <= _LARGEST), None)
        if name not in carried.texts and fitting is not None:
            added += bytes((0xFF, _APP1)) + (len(fitting) + 2).to_bytes(2) + fitting
    return [Edit(place, place, added)]


def _segments(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Marker, start and length of what each segment before the picture holds."""
    position = 2
    for _ in range(_MOST_SEGMENTS):
        file.seek(position)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in _SCAN:
            return
        if head[1] == 0xFF:  # a marker may be filled up in front
            position += 1
            continue
        length = int.from_bytes(head[2:])
        if length < 2:
            return
        yield head[1], position + 4, length - 2
        position += 2 + length
