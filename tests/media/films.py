"""Small real films whose every frame tells which one it is."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw, ImageStat

__all__ = ['counted_film', 'number_of']

_STEP = 4


def counted_film(
    path: Path,
    frames: int = 24,
    rate: int = 12,
    *,
    width: int = 96,
    height: int = 64,
    times: Sequence[float] = (),
    turned: int = 0,
    live: bool = False,
    draw: Callable[[ImageDraw.ImageDraw, int], None] = lambda _, __: None,
) -> Path:
    """Write a film of grey frames, the first one black and each of the others a little lighter than the one before.

    `times` are the frames' own, in seconds, where they do not follow from the rate; `turned` degrees it is shown;
    a `live` one (WebM) tells no length;
    `draw` adds to each frame.
    """
    from_image: Callable[[Image.Image], av.VideoFrame] = av.VideoFrame.from_image
    with av.open(str(path), 'w', options={'live': '1'} if live else {}) as container:
        codec = 'libvpx-vp9' if path.suffix == '.webm' else 'libx264'
        stream: Any = container.add_stream(codec, rate=rate, options={'crf': '4', 'b': '0'})
        stream.width, stream.height, stream.pix_fmt = width, height, 'yuv420p'
        stream.codec_context.time_base = Fraction(1, 1000) if times else Fraction(1, rate)
        stream.codec_context.gop_size = 8
        if turned:
            stream.set_display_rotation(turned)
        for index in range(frames):
            image = Image.new('RGB', (width, height), (_STEP * index,) * 3)
            draw(ImageDraw.Draw(image), index)
            frame = from_image(image)
            frame.pts = round(times[index] * 1000) if times else index
            frame.time_base = stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def number_of(picture: Image.Image) -> int:
    """Tell which frame of a counted film this is."""
    return round((ImageStat.Stat(picture.convert('L')).mean[0] + 1) / _STEP)  # scaling darkens by as much
