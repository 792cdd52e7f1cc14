import sys
from pathlib import Path

import pytest

from hfmedia_tui.media.memory import hand_back

LUMP = 64 << 10
"""Bytes that the C library takes from its own store, not from the system for each."""


@pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')
def test_freed_memory_goes_back_to_the_system() -> None:
    def resident() -> int:
        return int(Path('/proc/self/statm').read_text().split()[1])

    lumps = [bytes([1]) * LUMP for _ in range(1600)]
    last = bytes([1]) * LUMP  # keeps the store from shrinking by itself
    full = resident()
    lumps.clear()
    hand_back()
    assert full - resident() > 1600 * LUMP // 4096 // 2
    assert len(last) == LUMP
