"""Nothing is lost and nothing is paid for twice, however the program ends."""

import sys
from pathlib import Path

import pytest

from tests.torture.campaign import Blow, campaign


@pytest.mark.skipif(sys.platform == 'win32', reason='signals of POSIX')
@pytest.mark.parametrize('blow', Blow)
async def test_ended_at_random_moments(tmp_path: Path, blow: Blow) -> None:
    async with campaign(tmp_path, seed=1) as struck:
        await struck.strike(10, blow)
        await struck.collect()
        tally = await struck.examine()
    assert not tally.problems
    assert tally.kills >= 10
    assert tally.submits <= tally.jobs
