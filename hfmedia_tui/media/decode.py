"""From a file to pixels: pictures by Pillow, films by PyAV, both imported when first needed (30 and 70 ms)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.formats import Format
from hfmedia_tui.media.gif import MOST_FRAMES, measure

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

__all__ = ['MAXIMUM_PIXELS', 'film_duration', 'first_frame', 'open_film', 'open_picture', 'shown_pixels', 'shown_size']

MAXIMUM_PIXELS: Final = 100_000_000
"""Larger pictures are refused before a pixel is decoded: they would take more memory than a preview is worth."""


def _damaged(path: Path, error: BaseException) -> MediaError:
    reason = clean(getattr(error, 'strerror', None) or str(error), 200).rstrip('.')
    return MediaError(f'{clean(path.name, 80)} is damaged or incomplete: {reason}.')


def _refuse_giants(path: Path, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise MediaError(f'{clean(path.name, 80)} has no pixels.')
    if width * height > MAXIMUM_PIXELS:
        raise MediaError(
            f'{clean(path.name, 80)} is too large to open: {width} by {height} pixels.',
            f'Up to {MAXIMUM_PIXELS // 1_000_000} megapixels are opened.',
        )


def _refuse_endless(path: Path) -> None:
    """Refuse a GIF whose frames would take more memory or time than its head tells."""
    with path.open('rb') as file:
        extent = measure(file)
    _refuse_giants(path, max(1, extent.width), max(1, extent.height))
    if extent.frames > MOST_FRAMES:
        raise MediaError(f'{clean(path.name, 80)} has more than {MOST_FRAMES:,} frames.')


@contextmanager
def open_picture(path: Path, form: Format) -> Iterator['ImageFile']:
    """Open a picture, its size known and bounded, its pixels not yet decoded.

    Whatever decoding raises inside the block comes out as MediaError.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own bound stands instead, and neither warns nor lets twice as much pass
    try:
        if form is Format.GIF:
            _refuse_endless(path)
        with Image.open(path, formats=[form.value.decoder]) as picture:
            _refuse_giants(path, *picture.size)
            yield picture
    except MediaError:
        raise
    except Exception as error:  # damaged files raise nearly anything from the decoders
        raise _damaged(path, error) from error


@contextmanager
def open_film(path: Path, form: Format) -> Iterator['InputContainer']:
    """Open a film that has a picture track. Whatever decoding raises inside the block comes out as MediaError.

    FFmpeg is told the format and given an absolute path, so that no file can pass itself off as a playlist, nor its
    name as the address of something else.
    """
    import av

    try:
        kind = 'webm' if form is Format.WEBM else 'mp4'
        # Frames may be of another size than the file says of them: neither looking into it nor decoding believes it.
        bounds = {'max_pixels': str(MAXIMUM_PIXELS)}
        with av.open(str(path.absolute()), format=kind, options=bounds) as container:
            if not container.streams.video:
                raise MediaError(f'{clean(path.name, 80)} has no picture track.')
            stream = container.streams.video[0]
            _refuse_giants(path, stream.width, stream.height)
            stream.codec_context.options = bounds
            yield container
    except MediaError:
        raise
    except Exception as error:  # PyAV raises OSError and ValueError kin, by FFmpeg's code
        raise _damaged(path, error) from error


def first_frame(container: 'InputContainer') -> 'VideoFrame':
    """Decode the first frame. Raises EOFError where there is none."""
    for frame in container.decode(video=0):
        return frame
    raise EOFError('it has no frames')


def film_duration(container: 'InputContainer') -> float | None:
    """Return a film's length in seconds, where the file tells it."""
    stream: Any = container.streams.video[0]
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def shown_size(container: 'InputContainer', frame: 'VideoFrame') -> tuple[int, int]:
    """Return width and height as a film is meant to be seen: turned as its camera was, its pixels square."""
    aspect = container.streams.video[0].sample_aspect_ratio
    width = frame.width * float(aspect) if aspect and 0.25 <= aspect <= 4 else frame.width
    size = max(1, round(width)), frame.height
    return size[::-1] if _is_sideways(frame) else size


def shown_pixels(frame: 'VideoFrame', width: int, height: int) -> 'Image':
    """Return a frame as RGB of this size, turned as it is meant to be seen."""
    to_image: Callable[..., Image] = frame.to_image  # PyAV leaves it untyped
    if _is_sideways(frame):
        width, height = height, width
    pixels = to_image(width=width, height=height, interpolation='AREA')
    turn = round(frame.rotation / 90) % 4
    return pixels.rotate(90 * turn, expand=True) if turn else pixels


def _is_sideways(frame: 'VideoFrame') -> bool:
    return round(frame.rotation / 90) % 2 == 1
