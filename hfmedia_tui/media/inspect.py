"""Whether a file is a whole picture or film, and what it is, by its own bytes alone."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from hfmedia_tui.domain import MediaFacts, clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.decode import MAXIMUM_PIXELS, film_duration, first_frame, open_film, open_picture, shown_size
from hfmedia_tui.media.formats import Format, recognise

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

__all__ = ['inspect']

_ANIMATION_PIXELS: Final = 5 * MAXIMUM_PIXELS
"""Of an animation's frames, as many are decoded as have this many pixels together."""


def inspect(path: Path) -> MediaFacts:
    """Tell what a file is, having decoded it: a picture wholly, of a film the first frame.

    Blocks for as long as decoding takes. Raises MediaError where the file is no picture or film, is cut off or
    damaged, or has more than MAXIMUM_PIXELS.
    """
    form = recognise(path)
    return _inspect_film(path, form) if form.is_film else _inspect_picture(path, form)


def _inspect_picture(path: Path, form: Format) -> MediaFacts:
    if form is Format.PNG:
        with open_picture(path, form) as picture:
            picture.verify()  # every checksum, and the end that a decoder does without
    with open_picture(path, form) as picture:
        width, height = picture.size
        duration = _decode_frames(picture)
    return MediaFacts(
        media_type=form.value.media_type,
        extension=form.value.extension,
        width=width,
        height=height,
        duration=duration,
    )


def _decode_frames(picture: 'ImageFile') -> float | None:
    """Decode every frame; return an animation's length in seconds, and None for a still picture."""
    picture.load()
    frames = getattr(picture, 'n_frames', 1)
    if frames == 1:
        return None
    milliseconds = 0.0
    within_reason = max(1, _ANIMATION_PIXELS // (picture.width * picture.height))
    for index in range(min(frames, within_reason)):
        picture.seek(index)
        picture.load()
        milliseconds += picture.info.get('duration') or 0
    return milliseconds / 1000 if frames <= within_reason and milliseconds else None


def _inspect_film(path: Path, form: Format) -> MediaFacts:
    with path.open('rb') as file:
        whole = _is_whole_matroska(file) if form is Format.WEBM else _is_whole_mp4(file)
    if not whole:
        raise MediaError(f'{clean(path.name, 80)} is cut off: it ends before its contents do.')
    with open_film(path, form) as film:
        width, height = shown_size(film, first_frame(film))
        return MediaFacts(
            media_type=form.value.media_type,
            extension=form.value.extension,
            width=width,
            height=height,
            duration=film_duration(film),
        )


def _is_whole_mp4(file: BinaryIO) -> bool:
    """Whether every box of the file's top level ends within it (ISO/IEC 14496-12, 4.2).

    What follows and is no box is let pass: decoders do without it.
    """
    end = os.fstat(file.fileno()).st_size
    position = 0
    while position < end:
        file.seek(position)
        size = int.from_bytes(file.read(4))
        if size == 1:
            file.seek(position + 8)
            size = int.from_bytes(file.read(8))
        if size < 8:  # 0 is to the end of the file, whatever that is
            return True
        position += size
    return position == end


def _is_whole_matroska(file: BinaryIO) -> bool:
    """Whether the header and the one segment end within the file, where their lengths are told (RFC 8794, 4 and 6)."""
    end = os.fstat(file.fileno()).st_size
    for _ in range(2):
        _, identifier_length = _variable_integer(file)
        size, size_length = _variable_integer(file)
        if size is None:  # written live
            return True
        if not identifier_length or not size_length or file.tell() + size > end:
            return False
        file.seek(size, os.SEEK_CUR)
    return True


def _variable_integer(file: BinaryIO) -> tuple[int | None, int]:
    """Read EBML's number of variable length: its value, None where all bits say unknown, and its length in bytes."""
    first = file.read(1)
    if not first or not first[0]:
        return 0, 0
    length = 9 - first[0].bit_length()
    rest = file.read(length - 1)
    bits = 7 * length
    value = int.from_bytes(first + rest) & ((1 << bits) - 1)
    return (None if value == (1 << bits) - 1 else value), length
