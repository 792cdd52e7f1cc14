"""A ceiling counts what somebody may bill: neither the sandbox nor Hugging Face's inference without a token."""

import asyncio

import pytest

from hfmedia_tui.domain import JobState
from hfmedia_tui.errors import OverLimit
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, open_services
from hfmedia_tui.settings import Settings, Spend
from tests.engine.loopback import Server
from tests.engine.provider import Provider, as_json
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


async def test_what_is_tried_again_counts_while_it_waits(paths: Paths, server: Server, provider: Provider) -> None:
    settings = Settings(spend=Spend(per_day=2))
    provider.submit = lambda: as_json({'error': 'no'}, 422)
    async with open_services(paths, environment=environment_for(server.url), settings=settings, patience=0) as house:
        first, second = await house.submit_all([PAID, PAID])
        await house.pool.idle()
        assert await house.over_limit(2) is None, 'what was refused is not billed'
        house.pool.stop_starting()
        await house.retry(first.id)
        await house.retry(second.id)
        assert 'today or waiting: 2' in (await house.over_limit(1) or '')


async def test_what_was_turned_away_counts_until_it_is_sent_again(
    paths: Paths, server: Server, provider: Provider
) -> None:
    settings = Settings(spend=Spend(per_day=1))
    provider.submit = lambda: as_json({'error': 'busy'}, 503)
    async with open_services(paths, environment=environment_for(server.url), settings=settings) as house:
        subscription = house.pool.subscribe()
        await house.submit(PAID)
        async for snapshot in subscription:
            if snapshot.note and 'busy' in snapshot.note:
                break
        assert 'today or waiting: 1' in (await house.over_limit(1) or '')


async def test_two_that_send_or_try_again_at_once_do_not_pass_a_ceiling_together(
    paths: Paths, server: Server, provider: Provider
) -> None:
    settings = Settings(spend=Spend(per_day=3))
    provider.submit = lambda: as_json({'error': 'no'}, 422)

    async with (
        open_services(paths, environment=environment_for(server.url), settings=settings, patience=0) as one,
        open_services(paths, environment=environment_for(server.url), settings=settings, patience=0) as other,
    ):
        refused = await one.submit_all([PAID] * 3)
        await one.pool.idle()
        for house in (one, other):
            house.pool.stop_starting()
        outcomes = await asyncio.gather(
            *(house.submit(PAID) for house in (one, other) * 3),
            *(one.retry(job.id) for job in refused),
            return_exceptions=True,
        )
        assert [isinstance(outcome, OverLimit) for outcome in outcomes].count(True) == len(outcomes) - 3, outcomes
        assert len(await one.ledger.jobs(states=[JobState.QUEUED])) == 3
        await one.submit_all([PAID], over_limit=True)


async def test_what_never_left_this_machine_counts_for_no_ceiling(
    paths: Paths, server: Server, provider: Provider
) -> None:
    settings = Settings(spend=Spend(per_day=1))
    nowhere = environment_for(server.url, 'http://127.0.0.1:9')
    for environment in (nowhere, {**nowhere, 'HF_TOKEN': '', 'HF_HOME': str(paths.data)}):
        async with open_services(paths, environment=environment, settings=settings, patience=0) as house:
            (failed,) = await house.ledger.jobs() or await house.submit(PAID)
            if environment['HF_TOKEN'] == '':
                await house.retry(failed.id)
            await house.pool.idle()
            assert 'Nothing was sent' in str(house.pool.jobs[failed.id].error)
            assert await house.over_limit(1) is None
    assert provider.submits == 0
