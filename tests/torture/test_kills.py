"""Nothing is lost and nothing is paid for twice, however the program ends."""

import sys
from pathlib import Path

import pytest

from tests.torture.campaign import Blow, campaign

_KILLS = 6
"""Of each kind; `python -m tests.torture` ends it as often as one likes."""


@pytest.mark.skipif(sys.platform == 'win32', reason='signals of POSIX')
@pytest.mark.parametrize('blow', Blow)
async def test_ended_at_random_moments(tmp_path: Path, blow: Blow) -> None:
    async with campaign(tmp_path, seed=1) as struck:
        await struck.strike(_KILLS, blow)
        await struck.collect()
        tally = await struck.examine()
    assert not tally.problems
    assert tally.kills >= _KILLS
    assert tally.submits <= tally.jobs
