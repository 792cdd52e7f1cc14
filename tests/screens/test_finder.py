"""The popups of Compose: another model, and what was written before."""

import pytest

from hfmedia_tui.screens.compose import ComposeScreen
from hfmedia_tui.screens.model_finder import ModelFinder
from hfmedia_tui.widgets.model_list import ModelList
from hfmedia_tui.widgets.prompt_list import PromptList
from tests.reading import TORTURE
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-schnell'
OTHER = 'Wan-AI/Wan2.2-T2V-A14B'


@pytest.mark.parametrize('size', [(80, 24), (200, 50)])
async def test_another_model_is_found_from_the_prompt(start: Start, size: tuple[int, int]) -> None:
    """You should see the whole catalogue, one model after a few letters, and then the prompt as it was."""
    async with start(size) as studio:
        await studio.choose(MODEL)
        await studio.press(*'fox', 'ctrl+o')
        finder = studio.app.screen
        assert isinstance(finder, ModelFinder)
        models = finder.query_one(ModelList)
        every = await studio.services.catalog.models()
        await studio.until(lambda: len(models.rows) == len(every))
        await studio.pilot.pause()
        assert sum(model.id in studio.text for model in every) >= 8
        await studio.until_shown('Licence apache-2.0')
        await studio.press(*'wan2.2 t2v a14', 'enter')
        assert studio.compose.model is not None
        assert studio.compose.model.id == OTHER
        assert studio.compose.prompt.text == 'fox'
        assert studio.compose.prompt.has_focus
        await studio.press(*'es')
        assert studio.compose.prompt.text == 'foxes'


async def test_what_was_used_last_comes_first_and_keys_move_while_the_field_has_the_focus(start: Start) -> None:
    async with start() as studio:
        await studio.services.ledger.models.mark_favourite(OTHER, favourite=True)
        await studio.choose(MODEL)
        await studio.press('ctrl+o')
        models = studio.app.screen.query_one(ModelList)
        await studio.until(lambda: len(models.rows) > 5)
        assert models.rows[0].id == OTHER
        await studio.press('down', 'pagedown', 'pageup', 'up', 'down', 'up', 'enter')
        assert studio.compose.model is not None
        assert studio.compose.model.id == OTHER


async def test_escape_and_a_search_that_finds_nothing_change_nothing(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.press('ctrl+o', *'zzqqzzqq', 'enter')
        assert isinstance(studio.app.screen, ModelFinder)
        await studio.until_shown('No model fits')
        await studio.press('escape')
        assert isinstance(studio.app.screen, ComposeScreen)
        assert studio.compose.model is not None
        assert studio.compose.model.id == MODEL
        assert studio.compose.prompt.has_focus


async def test_a_prompt_of_long_ago_is_found_and_what_stood_there_comes_back(start: Start) -> None:
    """You should see each prompt once, the newest first, the whole of the highlighted one, and it in the prompt."""
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        for prompt in ('a fox in snow', TORTURE[0], 'a lighthouse\nin a storm', 'a fox in snow'):
            await studio.generate(prompt)
            await studio.settle()
        studio.compose.prompt.text = ''
        await studio.press(*'wolf', 'ctrl+r')
        prompts = studio.app.screen.query_one(PromptList)
        await studio.until(lambda: len(prompts.rows) == 3)
        assert [order.prompt for order in prompts.rows][::2] == ['a fox in snow', TORTURE[0]]
        await studio.until_shown('just now')
        await studio.press(*'STORM light')
        await studio.until_shown('  in a storm')
        await studio.press('enter')
        assert studio.compose.prompt.text == 'a lighthouse\nin a storm'
        await studio.press('ctrl+z')
        assert studio.compose.prompt.text == 'wolf'


async def test_an_empty_history_says_so(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.press('ctrl+r')
        await studio.until_shown('Nothing was asked for yet')
        await studio.press('enter', 'escape')
        assert studio.compose.prompt.has_focus
