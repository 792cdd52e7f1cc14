"""Several prompts, models and providers at once."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Static

from hfmedia_tui.domain import Job, JobState, Matrix
from hfmedia_tui.paths import Paths
from hfmedia_tui.widgets.chooser import Chooser
from tests.screens.conftest import Start
from tests.screens.studio import Studio

MODEL = 'black-forest-labs/FLUX.1-schnell'
OTHER = 'Tongyi-MAI/Z-Image-Turbo'
ELSEWHERE = 'Qwen/Qwen-Image'
OF_ONE_PROVIDER = 'fal/AuraFlow-v0.3'


def cost(studio: Studio) -> str:
    return str(studio.compose.query_one('#cost', Static).render())


async def test_marked_models_are_composed_with_and_the_number_is_told_as_it_is_written(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.press('f2')
        await studio.until(lambda: len(studio.browse.models.rows) > 2)
        await studio.press('space', 'm', 'm', 'up', 'space')
        assert '2 marked' in studio.text
        await studio.press('enter')
        await studio.until(lambda: studio.app.current_mode == 'compose' and '2 models' in studio.text)
        await studio.press(*'{a|b} fox')
        assert cost(studio) == '4 paid requests: 2 prompts × 2 models'
        assert 'Generate 4' in studio.text
        await studio.press('ctrl+o')
        await studio.until_shown('Enter takes the 2 marked')
        await studio.press('escape', 'f2')
        assert 'marked' not in studio.text
        await studio.pilot.click('#models', offset=(4, 2), control=True)
        assert '1 marked' in studio.text
        await studio.press('escape')
        assert 'marked' not in studio.text


async def test_a_matrix_is_asked_about_before_anything_is_sent(start: Start, paths: Paths) -> None:
    """You should be asked once more than eight requests would be sent, and go back with everything kept."""
    wildcards = paths.wildcards
    wildcards.mkdir(parents=True)
    (wildcards / 'animal.txt').write_text('fox\nowl\nelk\nlynx\nhare\n')
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = 'a {red|blue} __animal__'
        await studio.until(lambda: cost(studio) == '10 paid requests: 10 prompts')
        await studio.press('enter')
        await studio.until_asked()
        assert 'Send 10 paid requests?' in studio.text
        await studio.press('enter')
        assert studio.compose.prompt.text == 'a {red|blue} __animal__'
        assert not await studio.services.ledger.jobs()

        await studio.press('enter')
        await studio.until_asked()
        await studio.press('right', 'enter')
        await studio.until(lambda: len(studio.services.pool.jobs) == 10)
        jobs = await studio.settle()
        assert {job.state for job in jobs} == {JobState.SUCCEEDED}
        assert {job.order.template for job in jobs} == {'a {red|blue} __animal__'}
        assert jobs[-1].order.prompt == 'a blue hare'

        await studio.press('ctrl+r')
        await studio.until_shown('a {red|blue} __animal__')
        await studio.press('escape')
        (wildcards / 'animal.txt').write_text('fox\n')
        await studio.press('enter')
        await studio.until_shown('another number than was shown')


async def test_each_provider_is_asked_and_prompts_are_drawn(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.until(lambda: len(studio.compose.form.providers) > 2)
        provider = studio.compose.query_one('#provider Chooser', Chooser)
        provider.focus()
        await studio.press('down')
        await studio.until(lambda: 'providers' in cost(studio))
        await studio.press('up')
        studio.compose.prompt.text = '{1|2|3}{a|b|c}{x|y|z}'
        await studio.until(lambda: cost(studio) == '27 paid requests: 27 prompts')
        studio.compose.query_one('#alternatives Chooser', Chooser).focus()
        await studio.press('down')
        studio.compose.query_one('#count Entry').value = '2'  # type: ignore[attr-defined]
        await studio.until(lambda: cost(studio) == '2 paid requests: 2 prompts')
        studio.compose.prompt.focus()
        await studio.press('enter')
        await studio.until(lambda: len(studio.services.pool.jobs) == 2)
        jobs = await studio.settle()
        assert len({job.order.prompt for job in jobs}) == 2
        asked = studio.compose.form.read()

        await studio.press('f4', 'e')
        await studio.until(lambda: studio.compose.prompt.text == jobs[-1].order.prompt)
        await studio.press('f4', 'E')
        await studio.until(lambda: studio.compose.prompt.text == '{1|2|3}{a|b|c}{x|y|z}')
        assert studio.compose.form.read() == asked
        await studio.until(lambda: cost(studio) == '2 paid requests: 2 prompts')


async def test_a_wildcard_that_is_not_there_is_told_with_its_place(start: Start, paths: Paths) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = 'a __beast__'
        await studio.until_shown('There is no wildcard beast')
        await studio.press('enter')
        await studio.until_shown('There is no wildcard beast')
        assert not studio.services.pool.jobs
        studio.compose.prompt.text = r'a \__beast__ {"a": 1}'
        await studio.generate(studio.compose.prompt.text)
        (job,) = await studio.settle()
        assert job.order.prompt == 'a __beast__ {"a": 1}'
        assert Path(job.outputs[0].path).is_file()


async def test_an_earlier_order_is_opened_again_as_it_was_asked_for(start: Start) -> None:
    """You should get back the template, the fields and the seed, from the history; and one job alone from Jobs."""
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = 'a {red|blue} fox'
        form = studio.compose.form
        form.query_one('#seed Entry').value = '42'  # type: ignore[attr-defined]
        form.query_one('#next_seeds Chooser', Chooser).value = 'same'
        form.query_one('#count Entry').value = '2'  # type: ignore[attr-defined]
        form.query_one('#extra Entry').value = '{"a": [1]}'  # type: ignore[attr-defined]
        await studio.pilot.pause()
        asked = form.read()
        studio.compose.prompt.focus()
        await studio.press('enter')
        await studio.until(lambda: len(studio.services.pool.jobs) == 4)
        jobs = await studio.settle()
        assert {job.seed for job in jobs} == {42}

        await studio.press('f2')
        await studio.choose('black-forest-labs/FLUX.1-dev')
        studio.compose.prompt.text = 'something else'
        form.query_one('#seed Entry').value = ''  # type: ignore[attr-defined]
        await studio.press('ctrl+r')
        await studio.until_shown('a {red|blue} fox')
        await studio.press('ctrl+o')
        await studio.until(lambda: studio.compose.prompt.text == 'a {red|blue} fox')
        assert studio.compose.model is not None
        assert studio.compose.model.id == MODEL
        assert form.read() == asked

        await studio.press('f4', 'home', 'e')
        await studio.until(lambda: studio.compose.prompt.text in ('a red fox', 'a blue fox'))
        again = form.read()
        assert again is not None
        assert (again.count, again.seed, again.extra) == (1, 42, {'a': [1]})

        await studio.press('f4', 'E')
        await studio.until(lambda: studio.compose.prompt.text == 'a {red|blue} fox')
        assert form.read() == asked


def asked_of(jobs: Iterable[Job]) -> Counter[object]:
    return Counter((job.order.prompt, job.order.model, job.order.provider, job.order.template) for job in jobs)


@pytest.mark.parametrize('every_provider', [False, True])
async def test_a_matrix_is_opened_again_with_all_its_models(start: Start, every_provider: bool) -> None:
    """You should see both models, and send as much as before, once more."""
    async with start((200, 50)) as studio:
        await studio.services.waiting.pause_all(True)
        pool = studio.services.pool

        async def send(told: str) -> list[Job]:
            before = set(pool.jobs)
            assert cost(studio) == told
            await studio.press('f5')
            if every_provider:
                await studio.until_asked()
                await studio.press('right', 'enter')
            await studio.until(lambda: pool.jobs.keys() - before)
            return [job for name, job in pool.jobs.items() if name not in before]

        await studio.choose(OTHER)
        form = studio.compose.form
        models = [(await studio.services.catalog.model(name))[0] for name in (OTHER, MODEL)]
        studio.compose.models = tuple(models)
        studio.compose.prompt.text = 'a {red|blue} fox'
        form.query_one('#provider Chooser', Chooser).value = '*' if every_provider else ''
        form.query_one('#count Entry').value = '2'  # type: ignore[attr-defined]
        form.query_one('#seed Entry').value = '7'  # type: ignore[attr-defined]
        form.query_one('#next_seeds Chooser', Chooser).value = 'same'
        total, offers = (36, '9 offers of 2 models') if every_provider else (8, '2 models')
        told = f'{total} paid requests: 2 prompts × {offers} × 2'
        await studio.until(lambda: cost(studio) == told)
        asked = form.read()
        first = await send(told)

        await studio.choose(ELSEWHERE)
        studio.compose.prompt.text = 'something else'
        form.query_one('#provider Chooser', Chooser).value = ''
        await studio.press('f4', 'home', 'E')
        await studio.until(lambda: studio.app.current_mode == 'compose' and len(studio.compose.models) == 2)
        await studio.until(lambda: cost(studio) == told)
        assert list(studio.compose.models) == models
        assert studio.compose.prompt.text == 'a {red|blue} fox'
        assert form.read() == asked
        assert asked_of(await send(told)) == asked_of(first)

        await studio.press('f4', 'home', 'e')
        await studio.until(lambda: studio.app.current_mode == 'compose' and len(studio.compose.models) == 1)
        one = form.read()
        assert one is not None
        assert (one.every_provider, one.provider is not None, one.count) == (False, every_provider, 1)


async def test_a_model_that_is_no_longer_listed_is_told_and_the_others_stay(start: Start) -> None:
    async with start(toasts=True) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.choose(ELSEWHERE)
        asked_for = Matrix(models=('gone/away', MODEL, OTHER), every_provider=True)
        studio.compose.reuse(replace(job.order, matrix=asked_for))
        await studio.until_shown('gone/away is not listed any more')
        assert [model.id for model in studio.compose.models] == [MODEL, OTHER]
        entries = studio.compose.form.read()
        assert entries is not None
        assert entries.every_provider


async def test_each_provider_stays_chosen_where_only_one_is_left(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        await studio.choose(ELSEWHERE)
        left = Matrix(models=(OF_ONE_PROVIDER,), every_provider=True)
        studio.compose.reuse(replace(job.order, model=OF_ONE_PROVIDER, provider='gone', mappings=(), matrix=left))
        await studio.until(lambda: studio.compose.form.providers == ('fal-ai',))
        await studio.until(lambda: cost(studio) == '1 paid request')
        entries = studio.compose.form.read()
        assert entries is not None
        assert entries.every_provider


async def test_a_provider_that_is_gone_is_not_replaced_in_silence(start: Start) -> None:
    async with start(toasts=True) as studio:
        await studio.choose(MODEL)
        await studio.until(lambda: len(studio.compose.form.providers) > 2)
        await studio.generate('a fox')
        (job,) = await studio.settle()
        assert 'Bill to' not in studio.text
        studio.compose.reuse(replace(job.order, provider='gone', bill_to='lab'))
        await studio.until_shown('gone does not serve this model now')
        assert studio.compose.form.provider is None
        entries = studio.compose.form.read()
        assert entries is not None
        assert entries.bill_to == 'lab'
        assert 'Bill to' in studio.text
