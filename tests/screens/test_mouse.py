"""Everything is done with the mouse too: what is named is clicked, and what is beside a popup leaves it."""

from textual import events
from textual.geometry import Offset
from textual.widgets import Input

from hfmedia_tui.media.fit import WHOLE
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.help import HelpScreen
from hfmedia_tui.screens.jump import JumpScreen
from hfmedia_tui.screens.limits import LimitsScreen
from hfmedia_tui.screens.model_finder import ModelFinder
from hfmedia_tui.screens.settings import SettingsScreen
from hfmedia_tui.screens.text_question import TextQuestion
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.preview import Preview
from tests.screens.conftest import Start
from tests.screens.studio import Studio
from tests.screens.test_gallery import enter_gallery


async def click_on(studio: Studio, words: str) -> None:
    """Click on words that stand on the screen, once."""
    assert words in studio.text, studio.text
    row, line = next((row, line) for row, line in enumerate(studio.text.splitlines()) if words in line)
    await studio.pilot.click(offset=Offset(line.index(words), row))
    await studio.pilot.pause()


async def test_a_line_of_the_help_is_done_by_a_click(start: Start) -> None:
    async with start((120, 200)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await click_on(studio, 'F1 Help')
        await studio.until_shown('Show the models of one provider')
        await click_on(studio, 'Show the models of one provider')
        await studio.until(lambda: isinstance(studio.app.screen, Choice))
        await studio.pilot.click(offset=Offset(1, 1))
        await studio.until(lambda: studio.app.screen is studio.browse)
        await studio.press('f1')
        await studio.until_shown('Search the settings')
        await click_on(studio, 'Search the settings')
        assert isinstance(studio.app.screen, HelpScreen), 'what does nothing here is no link'
        await click_on(studio, 'Esc closes this')
        assert not isinstance(studio.app.screen, HelpScreen)


async def test_a_click_beside_a_popup_leaves_it_and_one_on_its_keys_presses_them(start: Start) -> None:
    async with start() as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await click_on(studio, 'Ctrl+O')
        await studio.until(lambda: isinstance(studio.app.screen, ModelFinder))
        await studio.until_shown('Tab marks several')
        await click_on(studio, 'Tab marks several')
        await studio.until_shown('takes the 1 marked')
        await studio.pilot.click(offset=Offset(1, 1))
        assert not isinstance(studio.app.screen, ModelFinder)
        await studio.press('f4', 'l')
        await studio.until(lambda: isinstance(studio.app.screen, LimitsScreen))
        await click_on(studio, 'Esc back')
        await studio.until(lambda: studio.app.screen is studio.jobs)
        await studio.press('f7')
        settings = studio.app.screen
        assert isinstance(settings, SettingsScreen)
        settings.settings.highlight('jobs.total')
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, TextQuestion))
        studio.app.screen.query_one(Input).value = '3'
        await click_on(studio, 'Enter takes it')
        await studio.until(lambda: studio.services.settings.jobs.total == 3)


async def test_a_letter_of_the_jump_is_clicked(start: Start) -> None:
    async with start() as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await studio.press('ctrl+right_square_bracket')
        jump = studio.app.screen
        assert isinstance(jump, JumpScreen)
        widget, region = jump._targets['d']
        await studio.pilot.click(offset=Offset(region.x + 1, region.y))
        assert studio.compose.focused is widget


async def test_the_viewer_goes_on_looks_closer_and_is_left(start: Start) -> None:
    async with start() as studio:
        gallery = await enter_gallery(studio, 'an owl', 'a wolf', 'a bear')
        await studio.press('enter')
        viewer = studio.app.screen
        assert isinstance(viewer, ViewerScreen)
        await studio.until(lambda: viewer.picture)
        region = viewer.query_one(FilmPlayer).region
        middle = Offset(region.x + region.width // 2, region.y + region.height // 2)
        await studio.pilot.click(offset=Offset(region.right - 2, middle.y))
        await studio.until(lambda: viewer.result and viewer.result.job.order.prompt == 'a wolf')
        await studio.pilot.click(offset=Offset(region.x + 2, middle.y))
        await studio.until(lambda: viewer.result and viewer.result.job.order.prompt == 'a bear')
        await studio.until(lambda: viewer.query_one(Preview).picture)
        await studio.pilot.click(offset=middle)
        assert viewer.lens != WHOLE
        before = viewer.lens
        await studio.until(lambda: viewer.picture and viewer.picture.crop.height < 1)
        drag = events.MouseMove(viewer, *middle, -4, -2, 1, False, False, False)
        viewer.post_message(drag)
        await studio.until(lambda: viewer.lens.y > before.y)
        viewer.post_message(events.Click(viewer, *middle, 0, 0, 1, False, False, False, *middle))
        await studio.pilot.pause()
        assert viewer.lens.zoom == before.zoom, 'letting go of it is no click'
        await click_on(studio, 'Esc Back')
        await click_on(studio, 'Esc Back')
        assert studio.app.screen is gallery
        await click_on(studio, '/ Filter')
        assert gallery.focused is gallery.field
