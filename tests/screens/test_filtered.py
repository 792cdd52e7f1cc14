"""Filters that are kept on the number keys."""

import pytest
from textual.widgets import Input

from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.filtered import Filtered
from hfmedia_tui.settings import read_settings
from hfmedia_tui.widgets.key_line import KeyLine
from hfmedia_tui.widgets.words import Words
from tests.screens.conftest import Start
from tests.screens.studio import Studio


async def keep(studio: Studio, *keys: str) -> None:
    """Keep the present filter, choosing where with `keys`."""
    await studio.press('w')
    await studio.until(lambda: isinstance(studio.app.screen, Choice))
    await studio.press(*keys, 'enter')
    await studio.until(lambda: not isinstance(studio.app.screen, Choice))


async def test_a_filter_of_the_models_is_kept_with_its_order(start: Start, paths: Paths) -> None:
    async with start((80, 24)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.press('t', 's', 'slash', *'sandbox 1', 'backspace', 'backspace', 'enter')
        await studio.until(lambda: 0 < len(studio.browse.models.rows) < 10)
        shown = list(studio.browse.models.rows)
        await keep(studio)
        told = {'1': 'task:text-to-video sort:likes sandbox'}
        await studio.until(lambda: read_settings(paths.settings).views == {'browse': told})
        await studio.press('escape', 't')
        await studio.until(lambda: len(studio.browse.models.rows) > 10)
        await studio.press('1')
        await studio.until(lambda: studio.browse.models.rows == shown)
        assert 'by likes' in studio.text
        await studio.press('escape', 't', 't', 't', 's', 's', 's')
        assert studio.browse.view == ''
        await keep(studio, '7', '1')
        await studio.until(lambda: not read_settings(paths.settings).views.get('browse'))


async def test_a_field_tells_the_way_out_of_it_and_no_key_that_types(start: Start) -> None:
    async with start((80, 24)) as studio:
        for place in ('f7', 'f2'):
            await studio.press(place, 'slash')
            await studio.until(lambda: told(studio) == ['List', 'Help'])
            await studio.press('slash')
            assert studio.app.screen.query_one(Words).value == '/'
        await studio.press('down', 'slash', 'backspace', 'down')
        await studio.until(lambda: told(studio)[:2] == ['Compose', 'Search'])


def told(studio: Studio) -> list[str]:
    """What the keys do that the footer names."""
    return [key.told for key in studio.app.screen.query_one(KeyLine).keys]


@pytest.mark.parametrize(('key', 'place'), [('f4', 'jobs'), ('f6', 'gallery')])
async def test_every_list_has_views_of_its_own(start: Start, paths: Paths, key: str, place: str) -> None:
    paths.configuration.mkdir()
    views = f'[views.{place}]\n7 = "model:flux [/] \\u001b[31m"\n[views.nowhere]\n1 = "x"\n'
    views += '[output]\nfolder = "/tmp/\\u001b[31m[/]"\n'
    paths.settings.write_text(views, encoding='utf-8')
    async with start((80, 24), toasts=True) as studio:
        await studio.press(key)
        screen = studio.app.screen
        assert isinstance(screen, Filtered)
        await studio.press('2')
        await studio.until_shown('No filter is kept on 2')
        await studio.press('7')
        assert screen.query_one('#filter', Input).value.startswith('model:flux')
        assert '\x1b' not in studio.text
        await studio.press('f7')
        await studio.until_shown('Settings')
        assert '\x1b' not in studio.text
