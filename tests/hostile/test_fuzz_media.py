"""Whatever a file holds, looking into it and showing it end with what it is or with MediaError, soon and in bounds."""

import struct
import tempfile
import time
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.decode import MAXIMUM_PIXELS
from hfmedia_tui.media.film import FilmReader
from hfmedia_tui.media.fit import Area
from hfmedia_tui.media.formats import recognise
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.media.scale import scale
from hfmedia_tui.media.terminal import CellSize
from tests.hostile.feeding import damaged
from tests.media.files import animation, encoded, film

AREA = Area(20, 10, CellSize(8, 16))
_LONGEST: float = 20.0
"""Seconds on a busy machine, for a file of a few kilobytes."""


@cache
def originals() -> tuple[bytes, ...]:
    """Small whole files of every kind."""
    with tempfile.TemporaryDirectory() as folder:
        films = [film(Path(folder) / f'film{end}', seconds=0.5).read_bytes() for end in ('.mp4', '.mov', '.webm')]
    stills = [encoded(form) for form in ('PNG', 'JPEG', 'WEBP', 'GIF', 'AVIF')]
    return (*stills, *(animation(form, frames=3) for form in ('PNG', 'WEBP', 'GIF')), *films)


def with_checksums(whole: bytes) -> bytes:
    """Write the checksums of a PNG anew: a decoder goes further into what is wrong."""
    if not whole.startswith(b'\x89PNG\r\n\x1a\n'):
        return whole
    written, place = bytearray(whole[:8]), 8
    while place + 12 <= len(whole):
        (length,) = struct.unpack('>I', whole[place : place + 4])
        chunk = whole[place + 4 : place + 8 + length]
        written += struct.pack('>I', length) + chunk + struct.pack('>I', zlib.crc32(chunk))
        place += 12 + length
    return bytes(written)


def look_into(path: Path) -> None:
    """Inspect and scale; raises what neither should."""
    began = time.monotonic()
    with suppress(MediaError):
        facts = inspect(path)
        assert facts.width is None or 0 < facts.width <= MAXIMUM_PIXELS
        assert facts.duration is None or facts.duration >= 0
    with suppress(MediaError):
        scaled = scale(path, recognise(path), AREA)
        assert scaled.pixels.size <= (20 * 8, 10 * 16)
    assert time.monotonic() - began < _LONGEST


@given(contents=st.deferred(lambda: damaged(list(originals()), with_checksums)))
def test_a_damaged_file(tmp_path_factory: pytest.TempPathFactory, contents: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / 'damaged'
    path.write_bytes(contents)
    look_into(path)


@given(
    contents=st.one_of(
        st.binary(max_size=300),
        st.tuples(st.deferred(lambda: st.sampled_from(originals())), st.binary(max_size=300)).map(
            lambda pair: pair[0][:24] + pair[1]
        ),
        st.lists(st.deferred(lambda: st.sampled_from(originals())), min_size=2, max_size=3).map(b''.join),
    )
)
def test_a_file_that_is_none_or_several(tmp_path_factory: pytest.TempPathFactory, contents: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / 'other'
    path.write_bytes(contents)
    look_into(path)


@given(
    contents=st.deferred(
        lambda: damaged([whole for whole in originals() if b'ftyp' in whole[:16] or b'webm' in whole])
    ),
    moments=st.lists(st.floats(-1, 1e9), min_size=1, max_size=4),
)
def test_playing_a_damaged_film(
    tmp_path_factory: pytest.TempPathFactory, contents: bytes, moments: list[float]
) -> None:
    path = tmp_path_factory.getbasetemp() / 'film'
    path.write_bytes(contents)
    began = time.monotonic()
    with suppress(MediaError):
        reader = FilmReader(path)
        try:
            assert reader.length is None or reader.length > 0
            for moment in moments:
                assert reader.shot_at(moment).frame.width > 0
        finally:
            reader.close()
    assert time.monotonic() - began < _LONGEST
