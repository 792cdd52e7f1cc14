"""Makes the sandbox's pictures and films, from prompt, model and seed alone."""

import io
from typing import Final

from PIL import Image

from hfmedia_tui.sandbox.paint.caption import caption
from hfmedia_tui.sandbox.paint.marks import Stroke
from hfmedia_tui.sandbox.paint.scenes import compose

__all__ = ['black', 'film', 'picture']

_LARGEST_CANVAS: Final = 1_024
_LARGEST_FRAME: Final = 640
"""The longest side, in pixels, that is painted; what is asked for beyond it is scaled up."""

_SMALLEST_SIDE: Final = 64
"""Below this there is no room for the things that pictures are made of."""

_SAVING: Final = {
    'png': {'compress_level': 1},
    'jpeg': {'quality': 88},
    'webp': {'quality': 82, 'method': 0},
}


def picture(prompt: str, model: str, seed: int, size: tuple[int, int], kind: str) -> bytes:
    """Return a picture of exactly `size` as png, jpeg or webp."""
    canvas_size = _canvas(size, _LARGEST_CANVAS)
    canvas = Image.new('RGB', canvas_size)
    for stroke in compose(prompt, model, seed, canvas_size, 0):
        stroke(canvas, 0)
    if canvas_size != size:
        canvas = canvas.resize(size, Image.Resampling.BICUBIC)
    strip, mask, place = caption(size, model, seed)
    canvas.paste(strip, place, mask)
    return _saved(canvas, kind)


def black(size: tuple[int, int], kind: str) -> bytes:
    """Return a black picture, which is what a safety checker leaves."""
    return _saved(Image.new('RGB', size), kind)


def film(prompt: str, model: str, seed: int, size: tuple[int, int], *, frames: int, rate: int) -> bytes:
    """Return a film of exactly `size`, which has even sides, as H.264 in MP4."""
    import av  # 60 ms, and most sandboxes never make a film

    canvas_size = _canvas(size, _LARGEST_FRAME)
    strokes: list[Stroke] = compose(prompt, model, seed, canvas_size, frames / rate)
    strip, mask, place = caption(canvas_size, model, seed)
    written = io.BytesIO()
    with av.open(written, 'w', format='mp4') as container:
        options = {'preset': 'veryfast', 'crf': '21'}
        stream = container.add_stream('libx264', rate=rate, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = 'yuv420p'
        for index in range(frames):
            canvas = Image.new('RGB', canvas_size)
            for stroke in strokes:
                stroke(canvas, (index + 1) / rate)
            canvas.paste(strip, place, mask)
            frame = av.VideoFrame.from_image(canvas)  # type: ignore[no-untyped-call]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return written.getvalue()


def _canvas(size: tuple[int, int], largest: int) -> tuple[int, int]:
    share = min(1.0, largest / max(size))
    return max(_SMALLEST_SIDE, round(size[0] * share)), max(_SMALLEST_SIDE, round(size[1] * share))


def _saved(canvas: Image.Image, kind: str) -> bytes:
    written = io.BytesIO()
    canvas.save(written, kind, **_SAVING[kind])
    return written.getvalue()
