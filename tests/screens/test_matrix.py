"""Several prompts, models and providers at once."""

from pathlib import Path

from msgspec.structs import replace
from textual.widgets import Static

from hfmedia_tui.domain import JobState
from hfmedia_tui.paths import Paths
from hfmedia_tui.widgets.chooser import Chooser
from tests.screens.conftest import Start
from tests.screens.studio import Studio

MODEL = 'black-forest-labs/FLUX.1-schnell'


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
