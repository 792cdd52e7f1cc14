"""What is composed becomes asks: prompts × models × providers, each with its seeds."""

import pytest

from hfmedia_tui.composition import Entries, extent_of
from hfmedia_tui.errors import UsageError
from hfmedia_tui.services import Ask, Services
from hfmedia_tui.templates import read_template
from tests.engine.conftest import OpenHouse

MODELS = ('black-forest-labs/FLUX.1-dev', 'black-forest-labs/FLUX.1-schnell')


async def planned(services: Services, text: str, entries: Entries) -> tuple[Ask, ...]:
    models = [model for name in MODELS for model in await services.catalog.model(name)]
    return services.plan(read_template(text), models, entries)


async def test_a_matrix_is_every_prompt_by_every_model_at_every_provider(open_house: OpenHouse) -> None:
    async with open_house() as services:
        entries = Entries(every_provider=True, count=2, seed=7, bill_to='lab')
        asks = await planned(services, 'a {red|blue} fox', entries)
        offers = [
            len(services.offers.choose(model, None)[0])
            for name in MODELS
            for model in await services.catalog.model(name)
        ]
        assert min(offers) > 1
        extent = extent_of(entries, 2, offers)
        assert sum(ask.count for ask in asks) == extent.requests == 2 * sum(offers) * 2
        assert len({(ask.prompt, ask.model, ask.provider) for ask in asks}) == len(asks)
        assert {(ask.template, ask.seed, ask.bill_to) for ask in asks} == {('a {red|blue} fox', 7, 'lab')}
        assert [ask.prompt for ask in asks] == sorted((ask.prompt for ask in asks), reverse=True)

        (*_, last) = await services.orders(asks)
        assert (last.prompt, last.template, last.count, last.provider) == (
            'a blue fox',
            'a {red|blue} fox',
            2,
            asks[-1].provider,
        )


async def test_drawn_prompts_come_again_with_their_seed(open_house: OpenHouse) -> None:
    async with open_house() as services:
        text = '{a|b|c|d|e|f} {1|2|3|4|5|6}'
        entries = Entries(drawn=True, count=5, seed=7)
        asks = await planned(services, text, entries)
        assert len(asks) == extent_of(entries, 36, [1, 1]).requests == 10
        assert [ask.seed for ask in asks[::2]] == [7, 8, 9, 10, 11]
        assert len({ask.prompt for ask in asks}) == 5
        assert await planned(services, text, entries) == asks
        same = await planned(services, text, Entries(drawn=True, count=5, seed=7, same_seed=True))
        assert [ask.prompt for ask in same] == [ask.prompt for ask in asks]
        assert {ask.seed for ask in same} == {7}


@pytest.mark.parametrize('same_seed', [False, True])
async def test_what_was_drawn_is_opened_again_as_it_was_asked_for(open_house: OpenHouse, same_seed: bool) -> None:
    async with open_house() as services:
        entries = Entries(drawn=True, count=3, seed=7, same_seed=same_seed)
        orders = await services.orders(await planned(services, '{a|b|c|d|e|f}', entries))
        assert len(orders) == 6
        assert all(Entries.of(order) == entries for order in orders)
        unseeded = await services.orders(await planned(services, '{a|b|c}', Entries(drawn=True, count=2)))
        assert {Entries.of(order).seed for order in unseeded} == {None}


async def test_the_seed_counts_up_or_stays(open_house: OpenHouse) -> None:
    async with open_house() as services:
        for same, seeds in ((False, [7, 8]), (True, [7, 7])):
            (ask, _) = await planned(services, 'a fox', Entries(count=2, seed=7, same_seed=same))
            jobs = await services.submit(ask, grace=60)
            assert [job.seed for job in jobs] == seeds
            assert ask.template is None
            await services.pool.take_back(jobs[0].order.id)


async def test_what_is_too_much_or_served_by_nobody_is_refused(open_house: OpenHouse) -> None:
    async with open_house() as services:
        with pytest.raises(UsageError, match='more than a million million generations'):
            await planned(services, '{a|b}' * 500, Entries())
        with pytest.raises(UsageError, match='1,024 generations'):
            await planned(services, '{a|b}' * 9, Entries())
        assert len(await planned(services, '{a|b}' * 500, Entries(drawn=True, count=100))) == 200


@pytest.mark.parametrize(
    ('entries', 'combinations', 'offers', 'told'),
    [
        (Entries(), 1, [3], ''),
        (Entries(count=4), 1, [3], '4'),
        (Entries(count=2), 3, [3, 2], '3 prompts × 2 models × 2'),
        (Entries(every_provider=True), 1, [3], '3 providers'),
        (Entries(every_provider=True), 2, [2, 2], '2 prompts × 2 models × 2 providers'),
        (Entries(every_provider=True, count=2), 1, [3, 2], '5 offers of 2 models × 2'),
        (Entries(every_provider=True), 2, [5, 3, 4], '2 prompts × 12 offers of 3 models'),
        (Entries(drawn=True, count=4), 30, [3], '4 prompts'),
    ],
)
def test_it_is_told_how_the_number_comes_about(
    entries: Entries, combinations: int, offers: list[int], told: str
) -> None:
    assert str(extent_of(entries, combinations, offers)) == told
