"""A ceiling counts what somebody may bill: neither the sandbox nor Hugging Face's inference without a token."""

import pytest

from hfmedia_tui.domain import JobState
from hfmedia_tui.errors import OverLimit
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, open_services
from hfmedia_tui.settings import Settings, Spend
from tests.engine.loopback import Server
from tests.houses import environment_for

FREE = Ask(model='a/b', prompt='a fox', provider='hf-free')
PAID = Ask(model='a/b', prompt='a fox', provider='hf-inference')


@pytest.mark.usefixtures('provider')
async def test_what_nobody_bills_counts_for_no_ceiling(paths: Paths, server: Server) -> None:
    settings = Settings(spend=Spend(per_run=1, per_day=1))
    async with open_services(paths, environment=environment_for(server.url), settings=settings, patience=0) as house:
        for _ in range(2):
            (job,) = await house.submit(FREE)
            await house.pool.idle()
            assert house.pool.jobs[job.id].state is JobState.SUCCEEDED, house.pool.jobs[job.id].error
        await house.submit_all([FREE, PAID, FREE])
        await house.pool.idle()
        with pytest.raises(OverLimit, match=r'today or waiting: 1\. With 1 more'):
            await house.submit(PAID)
        await house.submit(FREE)
        await house.pool.idle()


@pytest.mark.usefixtures('provider')
async def test_what_waits_counts_where_it_may_be_billed(paths: Paths, server: Server) -> None:
    settings = Settings(spend=Spend(per_day=2))
    async with open_services(paths, environment=environment_for(server.url), settings=settings, patience=0) as house:
        house.pool.stop_starting()
        await house.submit_all([FREE, PAID, FREE])
        with pytest.raises(OverLimit, match='today or waiting: 1'):
            await house.submit_all([PAID, PAID])


@pytest.mark.usefixtures('provider')
async def test_trying_again_what_nobody_bills_passes_no_ceiling(paths: Paths, server: Server) -> None:
    async with open_services(paths, environment=environment_for(server.url), patience=0) as house:
        jobs = await house.submit_all([FREE, PAID])
        assert house.paid_retries(jobs) == 0, 'what has not ended was asked for already'
        await house.pool.idle()
        assert house.paid_retries(house.pool.jobs.values()) == 1
