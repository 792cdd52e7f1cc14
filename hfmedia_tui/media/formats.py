"""What a file is, by its first bytes.

Signatures: PNG https://www.w3.org/TR/png-3/#3PNGsignature, JPEG https://www.w3.org/Graphics/JPEG/itu-t81.pdf (B.1.1),
WebP https://developers.google.com/speed/webp/docs/riff_container, GIF https://www.w3.org/Graphics/GIF/spec-gif89a.txt,
AVIF, MP4 and MOV ISO/IEC 14496-12 (the `ftyp` box), WebM https://www.webmproject.org/docs/container/.
"""

import stat
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import MediaError

__all__ = ['Format', 'reason', 'recognise']


class _Kind(NamedTuple):
    media_type: str
    extension: str
    decoder: str
    """Pillow's name of the format; empty for a film."""


class Format(Enum):
    """A kind of file that this program shows."""

    PNG = _Kind('image/png', '.png', 'PNG')
    JPEG = _Kind('image/jpeg', '.jpg', 'JPEG')
    WEBP = _Kind('image/webp', '.webp', 'WEBP')
    GIF = _Kind('image/gif', '.gif', 'GIF')
    AVIF = _Kind('image/avif', '.avif', 'AVIF')
    MP4 = _Kind('video/mp4', '.mp4', '')
    MOV = _Kind('video/quicktime', '.mov', '')
    WEBM = _Kind('video/webm', '.webm', '')

    @property
    def is_film(self) -> bool:
        return not self.value.decoder


_SIGNATURES: Final = {
    b'\x89PNG\r\n\x1a\n': Format.PNG,
    b'\xff\xd8\xff': Format.JPEG,
    b'GIF87a': Format.GIF,
    b'GIF89a': Format.GIF,
}
_LOOKS: Final = {
    '<!doctype html': 'an HTML page',
    '<html': 'an HTML page',
    '<': 'XML or SVG',
    '{': 'JSON',
    '[': 'JSON',
    '%pdf': 'a PDF',
    'pk\x03\x04': 'a ZIP archive',
}
"""How other files begin that a server may send in place of a picture."""
_HEAD: Final = 512


def recognise(path: Path) -> Format:
    """Tell a file's format. Raises MediaError, saying what the file looks like, where it is no picture or film."""
    name = clean(path.name, 80)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for somebody to write to it
            raise MediaError(f'{name} is no file.')
        with path.open('rb') as file:
            head = file.read(_HEAD)
    except (OSError, ValueError) as error:  # a record may name what no file can be called
        raise MediaError(f'{name} cannot be read: {clean(reason(error), 200)}.') from error
    if found := _match(head):
        return found
    raise MediaError(f'{name} is no picture or film: {_looks_like(head)}.')


def reason(error: OSError | ValueError) -> str:
    """Why a file cannot be read, in the system's words."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _match(head: bytes) -> Format | None:
    container, brand = head[4:8], head[8:12]
    if container == b'ftyp':
        return {b'avif': Format.AVIF, b'avis': Format.AVIF, b'qt  ': Format.MOV}.get(brand, Format.MP4)
    if head.startswith(b'RIFF'):
        return Format.WEBP if brand == b'WEBP' else None
    if head.startswith(b'\x1a\x45\xdf\xa3'):
        return Format.WEBM if b'webm' in head else None
    return next((form for signature, form in _SIGNATURES.items() if head.startswith(signature)), None)


def _looks_like(head: bytes) -> str:
    text = head.decode('utf-8', 'ignore').lstrip('\ufeff \t\r\n').lower()
    if not head:
        return 'it is empty'
    if looks := next((looks for start, looks in _LOOKS.items() if text.startswith(start)), None):
        return f'it looks like {looks}'
    if b'\0' not in head and sum(byte >= 0x20 or byte in b'\t\r\n' for byte in head) > 0.95 * len(head):
        return 'it looks like text'
    return 'its format is not known'
