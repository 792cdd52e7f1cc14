"""The containers that text can be read from and written into."""

from typing import BinaryIO, Final, cast

from hfmedia_tui.metadata.formats import jpeg, mp4, png, webp
from hfmedia_tui.metadata.formats.carried import Format

__all__ = ['find_format']

_FORMATS: Final = cast('tuple[Format, ...]', (png, jpeg, webp, mp4))


def find_format(file: BinaryIO) -> Format | None:
    """The container that a file is, by its first bytes; None for one of which nothing is known here."""
    file.seek(0)
    head = file.read(32)
    return next((form for form in _FORMATS if form.recognise(head)), None)
