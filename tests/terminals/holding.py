"""What a terminal holds by Kitty's graphics protocol: https://sw.kovidgoyal.net/kitty/graphics-protocol/"""

import base64
import binascii
import hashlib
import io
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image

__all__ = ['Held', 'Holding', 'Upload']

_LARGEST_PIECE: Final = 4096
_LARGEST_NUMBER: Final = (1 << 24) - 1
"""A picture behind placeholders is named by their 24-bit colour; a greater number needs a third mark on each."""


@dataclass
class Held:
    """One picture that the terminal keeps."""

    picture: Image.Image
    columns: int = 0
    rows: int = 0
    """Cells of its virtual placement; none where it has not been placed."""
    frames: int = 1

    @property
    def weight(self) -> int:
        """Bytes of the terminal's memory."""
        return self.picture.width * self.picture.height * 4 * self.frames


@dataclass(frozen=True)
class Upload:
    """Pixels that were sent once, from the first piece to the last."""

    number: int
    digest: str
    """Of the pixels' encoding and their cells: the same for the same picture at the same size."""
    wire: int
    """Bytes, with the protocol's own."""
    frame: bool
    """Whether they are a frame for a picture held already."""


class Holding:
    """Obeys graphics commands as kitty does, and notes what kitty would choke on."""

    def __init__(self, *, placeholders: bool) -> None:
        self._placeholders = placeholders
        self._pieces: list[bytes] = []
        self._keys: dict[str, str] = {}
        self._wire = 0
        self.held: dict[int, Held] = {}
        self.uploads: list[Upload] = []
        self.released: list[int] = []
        """Numbers whose memory was freed."""
        self.released_in_vain: list[int] = []
        """Numbers that were freed and not held: a picture that was given up before it was sent, or freed twice."""
        self.faults: list[str] = []

    @property
    def weight(self) -> int:
        """Bytes of memory that all of it takes."""
        return sum(held.weight for held in self.held.values())

    def obey(self, command: bytes) -> bytes:
        """Take what stands between `ESC _ G` and its end; return the answer."""
        control, _, payload = command.partition(b';')
        keys = dict(pair.split('=', 1) for pair in control.decode().split(',') if '=' in pair)
        if self._pieces and keys.keys() - {'m', 'q', 'a'}:
            self._fault('another command among the pieces of an upload')
            self._pieces = []
        if len(payload) > _LARGEST_PIECE:
            self._fault(f'a piece of {len(payload)} bytes')
        if self._pieces:
            self._pieces.append(payload)
            self._wire += len(command)
            if keys.get('m') == '1' and len(payload) % 4:
                self._fault('a piece that is not the last and no multiple of 4 bytes')
            return b'' if keys.get('m') == '1' else self._store()
        match keys.get('a', 't'):
            case 't' | 'T' | 'f' | 'q':
                self._keys, self._pieces, self._wire = keys, [payload], len(command)
                return b'' if keys.get('m') == '1' else self._store()
            case 'p':
                return self._place(keys)
            case 'd':
                self._delete(keys)
            case 'a':
                if int(keys.get('i', '0')) not in self.held:
                    self._fault(f'an animation of {keys.get("i")}, which is not held')
            case other:
                self._fault(f'the action {other}')
        return b''

    def _store(self) -> bytes:
        keys, payload, self._pieces = self._keys, b''.join(self._pieces), []
        number = int(keys.get('i', '0'))
        try:
            picture = _decoded(keys, base64.b64decode(payload, validate=True))
        except (binascii.Error, zlib.error, OSError, ValueError) as error:
            self._fault(f'an upload that cannot be read: {error}')
            return _answer(keys, 'EBADPNG')
        if keys.get('a') == 'q':
            return _answer(keys, 'OK')
        if not 0 < number <= _LARGEST_NUMBER:
            self._fault(f'the number {number}')
            return _answer(keys, 'EINVAL')
        digest = hashlib.sha256(payload + f'{keys.get("c")} {keys.get("r")}'.encode()).hexdigest()
        is_frame = keys.get('a') == 'f'
        self.uploads.append(Upload(number, digest, self._wire, is_frame))
        if is_frame:
            if number not in self.held:
                self._fault(f'a frame of {number}, which is not held')
                return _answer(keys, 'ENOENT')
            self.held[number].frames += 'r' not in keys
        else:
            self.held[number] = Held(picture)
            if keys.get('a') == 'T':
                return self._place(keys)
        return _answer(keys, 'OK')

    def _place(self, keys: dict[str, str]) -> bytes:
        held = self.held.get(int(keys.get('i', '0')))
        if held is None:
            self._fault(f'a placement of {keys.get("i")}, which is not held')
            return _answer(keys, 'ENOENT')
        if keys.get('U') != '1' or not self._placeholders:
            self._fault('a picture drawn at the cursor')
        held.columns, held.rows = int(keys.get('c', '0')), int(keys.get('r', '0'))
        return _answer(keys, 'OK')

    def _delete(self, keys: dict[str, str]) -> None:
        what = keys.get('d', 'a')
        number = int(keys.get('i', '0'))
        if what == 'I' and number in self.held:
            del self.held[number]
            self.released.append(number)
        elif what == 'I':
            self.released_in_vain.append(number)
        else:
            self._fault(f'a deletion by d={what}, which frees nothing behind placeholders')

    def _fault(self, what: str) -> None:
        self.faults.append(what)


def _decoded(keys: dict[str, str], payload: bytes) -> Image.Image:
    if keys.get('t', 'd') != 'd':
        raise ValueError(f'the medium {keys["t"]}, which does not reach through SSH')
    if keys.get('o') == 'z':
        payload = zlib.decompress(payload)
    if keys.get('f') == '100':
        with Image.open(io.BytesIO(payload), formats=['PNG']) as png:
            return png.convert('RGB')
    size = int(keys.get('s', '0')), int(keys.get('v', '0'))
    mode = 'RGB' if keys.get('f') == '24' else 'RGBA'
    return Image.frombytes(mode, size, payload).convert('RGB')


def _answer(keys: dict[str, str], message: str) -> bytes:
    if keys.get('q') == '2' or (keys.get('q') == '1' and message == 'OK') or 'i' not in keys:
        return b''
    return f'\x1b_Gi={keys["i"]};{message}\x1b\\'.encode()
