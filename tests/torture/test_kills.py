"""Nothing is lost and nothing is paid for twice, however the program dies."""

import sys
from pathlib import Path

import pytest

from tests.torture.campaign import campaign


@pytest.mark.skipif(sys.platform == 'win32', reason='signals of POSIX')
async def test_killed_at_random_moments(tmp_path: Path) -> None:
    async with campaign(tmp_path, seed=1) as struck:
        await struck.strike(12)
        await struck.collect()
        tally = await struck.examine()
    assert not tally.problems
    assert tally.kills >= 12
    assert tally.submits <= tally.jobs
