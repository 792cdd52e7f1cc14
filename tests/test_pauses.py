"""However a host says when to come back, it is understood."""

import pytest

from hfmedia_tui.domain import Reply
from hfmedia_tui.pauses import asked_pause

NOON = {'date': 'Wed, 21 Oct 2026 12:00:00 GMT'}
NOON_UNIX = 1792584000


@pytest.mark.parametrize(
    ('headers', 'seconds'),
    [
        ({}, None),
        ({'retry-after': '7'}, 7),
        ({'retry-after': '1.5'}, 1.5),
        ({'retry-after-ms': '250', 'retry-after': '1'}, 0.25),
        ({'retry-after': 'Wed, 21 Oct 2026 12:00:20 GMT', **NOON}, 20),
        ({'retry-after': 'Wed, 21 Oct 2026 11:59:00 GMT', **NOON}, 0),
        ({'retry-after': 'Wed, 21 Oct 2026 12:00:20 GMT'}, None),  # by whose clock?
        ({'retry-after': 'soon', 'ratelimit-reset': '8'}, 8),
        ({'ratelimit': '"api";r=0;t=289'}, 289),
        ({'ratelimit': '"minute";r=0;t=5, "day";r=0;t=60'}, 60),
        ({'ratelimit': 'limit=100, remaining=0, reset=30'}, 30),
        ({'ratelimit': '"api";r=3;t=289'}, 289),  # 429 says that it is spent
        ({'ratelimit': '"api";r=0;t=17300000000'}, None),
        ({'ratelimit': 'r=;t='}, None),
        ({'ratelimit-reset': '30'}, 30),
        ({'x-ratelimit-reset': '1'}, 1),
        ({'x-ratelimit-reset': str(NOON_UNIX + 12), **NOON}, 12),
        ({'x-ratelimit-reset': str(NOON_UNIX)}, None),
        ({'x-ratelimit-reset': '9' * 40, **NOON}, None),
        *(({'retry-after': text}, None) for text in ('nan', 'inf', '-inf', '-3', '', '1' * 400)),
    ],
)
def test_a_pause_that_is_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_pause(Reply(status=429, headers=headers)) == seconds


@pytest.mark.parametrize(
    ('headers', 'seconds'),
    [
        ({'ratelimit': '"api";r=10;t=289'}, None),
        ({'ratelimit': '"api";r=05;t=2'}, None),
        ({'ratelimit': '"api";r=0;t=2'}, 2),
        ({'ratelimit': '"minute";r=9;t=5, "day";r=0;t=60'}, 60),
        ({'ratelimit-remaining': '599', 'ratelimit-reset': '1'}, None),
        ({'ratelimit-remaining': '0', 'ratelimit-reset': '1'}, 1),
    ],
)
def test_while_anything_is_left_nobody_waits(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_pause(Reply(status=200, headers=headers)) == seconds
