"""What was composed, under a name."""

from hfmedia_tui.composition import Composition, Entries, SavedTemplate
from hfmedia_tui.screens.compose import ComposeScreen
from hfmedia_tui.screens.template_finder import TemplateFinder
from hfmedia_tui.screens.text_question import TextQuestion
from hfmedia_tui.widgets.chooser import Chooser
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-schnell'
OTHER = 'black-forest-labs/FLUX.1-dev'


async def test_what_is_composed_is_saved_opened_replaced_and_deleted(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        await studio.until(lambda: len(studio.compose.form.providers) > 2)
        compose = studio.compose
        await studio.press(*'a {red|blue} fox')
        compose.query_one('#provider Chooser', Chooser).value = '*'
        compose.query_one('#num_inference_steps Entry').value = '4'  # type: ignore[attr-defined]
        await studio.pilot.pause()
        saved = compose.form.read()

        await studio.press('ctrl+s')
        await studio.until_shown('No template yet')
        await studio.press(*'foxes', 'ctrl+s')
        await studio.until(lambda: isinstance(studio.app.screen, TextQuestion))
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, TemplateFinder) and 'a {red|blue} fox' in studio.text)
        assert studio.services.templates.has('foxes')

        await studio.press('ctrl+s', *'foxes', 'enter')
        await studio.until_shown('Enter again replaces it')
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, TemplateFinder))
        await studio.press('escape', 'f2')

        await studio.choose(OTHER)
        compose.prompt.text = 'something else'
        compose.query_one('#num_inference_steps Entry').value = ''  # type: ignore[attr-defined]
        await studio.press('ctrl+s')
        await studio.until_shown('foxes')
        await studio.press('enter')
        await studio.until(lambda: compose.model is not None and compose.model.id == MODEL)
        await studio.until(lambda: compose.form.read() == saved)
        assert compose.prompt.text == 'a {red|blue} fox'
        await studio.press('ctrl+z')
        assert compose.prompt.text == 'something else'

        await studio.press('ctrl+s')
        await studio.until_shown('foxes')
        await studio.press('delete')
        await studio.until_shown('Delete foxes?')
        await studio.until_asked()
        await studio.press('right', 'enter')
        await studio.until_shown('No template yet')
        await studio.press('escape')
        assert isinstance(studio.app.screen, ComposeScreen)
        assert studio.services.templates.all() == ()


async def test_a_model_that_is_no_longer_listed_keeps_nobody_from_a_template(start: Start) -> None:
    """You should see the other model with all that was saved, and never its prompt beside another model."""
    async with start(toasts=True) as studio:
        opened = Composition(models=('gone/away', OTHER), prompt='a fox', entries=Entries(count=2))
        studio.services.templates.save(SavedTemplate('foxes', opened))
        await studio.choose(MODEL)
        await studio.press('ctrl+s')
        await studio.until_shown('foxes')
        await studio.press('enter')
        await studio.until(lambda: studio.compose.prompt.text == 'a fox')
        assert OTHER in [model.id for model in studio.compose.models]
        await studio.until_shown('gone/away is not listed any more')
        assert [model.id for model in studio.compose.models] == [OTHER]
        assert studio.compose.form.count == 2
