"""Jumping to what can have the focus."""

import pytest

from hfmedia_tui.screens.jump import JumpScreen
from hfmedia_tui.widgets.popup import Popup
from hfmedia_tui.widgets.themes import ANSI
from tests.screens.conftest import Start


@pytest.mark.parametrize('size', [(80, 24), (200, 50)])
async def test_a_letter_goes_to_what_it_stands_on(start: Start, size: tuple[int, int]) -> None:
    """You should see a letter at the corner of each field and list."""
    async with start(size) as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        compose = studio.compose
        regions = [(widget, compose.find_widget(widget).visible_region) for widget in compose.focus_chain]
        in_sight = [(widget, region) for widget, region in regions if region.area]
        assert len(in_sight) > 5
        await studio.press('ctrl+right_square_bracket')
        assert isinstance(studio.app.screen, JumpScreen)
        for place, letter in enumerate('asdf'):
            x, y = in_sight[place][1].offset
            assert studio.text.splitlines()[y][x : x + 3].rstrip() == f' {letter}'
        await studio.press('d')
        assert studio.compose.focused is in_sight[2][0]
        await studio.press('ctrl+right_square_bracket', 'escape')
        assert studio.compose.focused is in_sight[2][0]
        compose.prompt.focus()
        await studio.press('semicolon')
        assert compose.prompt.text == ';'
        await studio.press('f2', 'semicolon', 'q')
        await studio.until(lambda: not isinstance(studio.app.screen, JumpScreen))
        assert studio.app.current_mode == 'browse'


@pytest.mark.parametrize('keys', [('ctrl+right_square_bracket',), ('p',), ('ctrl+p',), ('question_mark',)])
async def test_in_sixteen_colours_the_place_stays_in_sight(start: Start, keys: tuple[str, ...]) -> None:
    """You should see the models behind the letters, and beside a popup."""
    async with start((100, 30)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        studio.app.theme = ANSI.name
        await studio.press(*keys)
        await studio.until(lambda: isinstance(studio.app.screen, Popup) and studio.text.count('▶') > 5)
