"""Small real pictures and films, made on the spot."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import av
from PIL import Image

RED, GREEN, BLUE, WHITE = (220, 30, 30), (20, 200, 40), (30, 40, 210), (240, 240, 240)


def quarters(width: int = 64, height: int = 64) -> Image.Image:
    """A picture of four plain quarters: red and green above blue and white."""
    image = Image.new('RGB', (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    return image


def encoded(form: str, image: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (image or quarters()).save(file, form, **options)
    return file.getvalue()


def animation(form: str, frames: int = 4, milliseconds: int = 250) -> bytes:
    images = [Image.new('RGB', (32, 32), (60 * index, 80, 200)) for index in range(frames)]
    return encoded(form, images[0], save_all=True, append_images=images[1:], duration=milliseconds)


def film(path: Path, seconds: float = 1.5, width: int = 64, height: int = 64) -> Path:
    """A film of four plain quarters, in what the name's extension says."""
    codec: Literal['libx264', 'libvpx-vp9'] = 'libvpx-vp9' if path.suffix == '.webm' else 'libx264'
    from_image: Callable[[Image.Image], av.VideoFrame] = av.VideoFrame.from_image
    with av.open(str(path), 'w') as container:
        stream = container.add_stream(codec, rate=8)
        stream.width, stream.height, stream.pix_fmt = width, height, 'yuv420p'
        for _ in range(round(seconds * 8)):
            container.mux(stream.encode(from_image(quarters(width, height))))
        container.mux(stream.encode())
    return path


def png_header(width: int, height: int) -> bytes:
    """The start of a PNG that claims to be huge, and a few bytes of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    header = chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
    return b'\x89PNG\r\n\x1a\n' + header + chunk(b'IDAT', zlib.compress(bytes(1000))) + chunk(b'IEND', b'')
