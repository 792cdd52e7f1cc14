"""The session comes back: the place, its filters, and what was selected."""

import json

import pytest
from textual.widgets import Input

from hfmedia_tui.paths import Paths
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-schnell'


async def test_the_place_its_filters_and_the_selection_return(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.settle()
        await studio.press('f2', 't', 'slash', *'sandbox', 'enter')
        await studio.until(lambda: len(studio.browse.models.rows) > 3)
        await studio.press('j', 'j')
        row = studio.browse.models.row
        assert row is not None
        studio.app.exit()
        await studio.pilot.pause()
    async with start((80, 24)) as studio:
        assert studio.app.current_mode == 'browse'
        await studio.until(lambda: studio.browse.models.row == row)
        assert studio.browse.query_one('#search', Input).value == 'sandbox'
        assert {model.task for model in studio.browse.models.rows} == {row.task}
        await studio.press('f3')
        await studio.until(lambda: studio.compose.model and studio.compose.model.id == MODEL)
        await studio.press('f7')
        await studio.until_shown('Jobs at once')
        studio.app.exit()
        await studio.pilot.pause()
    async with start((80, 24)) as studio:
        assert studio.app.current_mode == 'settings'


@pytest.mark.parametrize(
    'text',
    [
        '',
        '[' * 9000,
        '{"place": 3}',
        '{"place": "../x", "places": {"browse": 3, "jobs": {"x": {}}}}',
        '{"place": "nowhere", "new": 1, "places": {"browse": {"filter": "a\\u001b]0;x\\u0007", "wishes": "{}x"}}}',
        json.dumps({'place': 'browse', 'places': {'browse': {'filter': 'x' * 50_000, 'wishes': '{"sort":"new"}'}}}),
    ],
)
async def test_what_is_no_session_changes_nothing(start: Start, paths: Paths, text: str) -> None:
    paths.data.mkdir(parents=True)
    (paths.data / 'session.json').write_text(text, encoding='utf-8')
    async with start((80, 24)) as studio:
        assert studio.app.current_mode == 'browse'
        assert '\x1b' not in studio.browse.query_one('#search', Input).value
