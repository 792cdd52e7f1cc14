"""Small files with large claims are refused in bounded memory, and names that no file can have with a reason."""

import resource
import struct
import sys
import time
from pathlib import Path

import pytest

from hfmedia_tui.errors import MediaError
from hfmedia_tui.media.formats import recognise
from hfmedia_tui.media.gif import MOST_FRAMES
from hfmedia_tui.media.inspect import inspect
from tests.hostile.payloads import ALL
from tests.media.files import film


@pytest.mark.parametrize('name', [name for name in ALL if len(name) < 1000])
def test_a_name_that_no_file_can_have(name: str) -> None:
    path = Path('/nowhere') / name
    for look in (inspect, recognise):
        with pytest.raises(MediaError) as raised:
            look(path)
        assert str(raised.value).replace('\n', '').replace('\t', '').encode()
        assert '\x1b' not in str(raised.value)


def gif(*frames: tuple[int, int], screen: tuple[int, int] = (1, 1)) -> bytes:
    """A GIF of frames of these sizes, each of which is to be wiped away afterwards."""
    head = b'GIF89a' + struct.pack('<HH', *screen) + b'\x80\0\0\0\0\0\xff\xff\xff'
    wipe = b'\x21\xf9\x04\x08\0\0\0\0'
    pictures = (wipe + b',\0\0\0\0' + struct.pack('<HH', *frame) + b'\0\x02\x02\x44\x01\0' for frame in frames)
    return head + b''.join(pictures) + b';'


def memory_and_time(path: Path, words: str) -> tuple[int, float]:
    """MiB that the process came to need while `path` was refused in these words, and the seconds of the processor."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(MediaError, match=words):
        inspect(path)
    unit = 2**20 if sys.platform == 'darwin' else 2**10
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // unit, time.process_time() - began


@pytest.mark.parametrize(
    ('contents', 'words'),
    [
        (gif((1, 1), (60_000, 60_000)), 'too large to open: 60000 by 60000'),
        (gif((60_000, 60_000)), 'too large to open'),
        (gif(screen=(60_000, 60_000)), 'too large to open'),
        (gif(*[(1, 1)] * (MOST_FRAMES + 1)), 'more than 5,000 frames'),
    ],
    ids=['a later frame', 'the first frame', 'the screen', 'too many frames'],
)
def test_a_small_file_with_a_large_claim(tmp_path: Path, contents: bytes, words: str) -> None:
    path = tmp_path / 'bomb.gif'
    path.write_bytes(contents)
    mebibytes, seconds = memory_and_time(path, words)
    assert mebibytes < 100
    assert seconds < 5


def test_a_film_whose_frames_are_larger_than_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = film(tmp_path / 'film.webm', seconds=0.5, width=400, height=300)
    told = {b'\xb0\x82\x01\x90': b'\xb0\x82\x00\x40', b'\xba\x82\x01\x2c': b'\xba\x82\x00\x40'}
    contents = path.read_bytes()
    for large, small in told.items():
        assert contents.count(large) == 1
        contents = contents.replace(large, small)
    path.write_bytes(contents)
    assert (inspect(path).width, inspect(path).height) == (400, 300)
    monkeypatch.setattr('hfmedia_tui.media.decode.MAXIMUM_PIXELS', 10_000)
    with pytest.raises(MediaError):
        inspect(path)
