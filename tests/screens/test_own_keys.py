"""The user's own keys: heard in every place and popup, and told wherever a key is told."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from textual.content import Content
from textual.screen import Screen
from textual.style import Style

from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.bringing import bring_screens
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.compare import CompareScreen
from hfmedia_tui.screens.help import HelpScreen
from hfmedia_tui.screens.limits import LimitsScreen
from hfmedia_tui.screens.model_finder import ModelFinder
from hfmedia_tui.screens.palette import Palette
from hfmedia_tui.screens.prompt_finder import PromptFinder
from hfmedia_tui.screens.tagging import TagEditor
from hfmedia_tui.screens.template_finder import TemplateFinder
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.widgets.command_list import CommandList
from hfmedia_tui.widgets.job_details import JobDetails
from hfmedia_tui.widgets.key_line import MOST_KEYS, KeyLine
from hfmedia_tui.widgets.keymap import known_bindings
from hfmedia_tui.widgets.keys import Hint, key_name
from hfmedia_tui.widgets.top_bar import TopBar
from tests.screens.conftest import Start
from tests.screens.studio import Studio

Walk = tuple[tuple[str, str | type[Screen[Any]]], ...]

_FIXED = frozenset({'enter'})
"""Keys that end a line of text, wherever one is written."""


@pytest.fixture
def own(paths: Paths) -> Mapping[str, str]:
    """Settings in which every binding has another key, which no terminal has."""
    bring_screens()
    modifiers = ('meta', 'super', 'hyper', 'ctrl+meta', 'ctrl+super', 'ctrl+hyper', 'alt+meta', 'alt+super')
    keys = (f'{modifier}+f{number}' for modifier, number in product(modifiers, range(1, 36)))
    own = dict(zip(sorted(known_bindings()), keys, strict=False))
    assert len(own) == len(known_bindings())
    paths.settings.parent.mkdir(parents=True, exist_ok=True)
    paths.settings.write_text('\n'.join(['[bindings]', *(f'"{name}" = "{key}"' for name, key in own.items())]))
    return own


def told(screen: Screen[Any]) -> Iterator[set[str]]:
    """The keys that each line of a screen tells, of which a click presses one, by their names."""
    for line in screen.query(KeyLine):
        yield {key.key for key in line.keys}
    for hint in screen.query(Hint):
        assert isinstance(hint.content, Content)
        yield {span.style.meta['key'] for span in hint.content.spans if isinstance(span.style, Style)} - _FIXED


async def test_every_place_and_popup_hears_and_tells_the_users_own_keys(start: Start, own: Mapping[str, str]) -> None:
    async with start() as studio:
        first: Walk = (
            ('browse.provider', Choice),
            ('choice.leave', 'browse'),
            ('app.compose', 'compose'),
            ('compose.models', ModelFinder),
            ('finder.leave', 'compose'),
            ('compose.prompts', PromptFinder),
            ('finder.leave', 'compose'),
            ('compose.templates', TemplateFinder),
            ('finder.leave', 'compose'),
        )
        for press, kind in first:
            await go(studio, own, press, kind)
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await studio.generate('a red fox', 2)
        await studio.settle()
        second: Walk = (
            ('app.jobs', 'jobs'),
            ('jobs.limits', LimitsScreen),
            ('limits.leave', 'jobs'),
            ('app.gallery', 'gallery'),
            ('result.tag', TagEditor),
            ('tags.leave', 'gallery'),
            ('grid.select', ViewerScreen),
            ('look.leave', 'gallery'),
            ('gallery.mark', 'gallery'),
            ('gallery.mark', 'gallery'),
            ('gallery.compare', CompareScreen),
            ('look.leave', 'gallery'),
            ('app.settings', 'settings'),
            ('app.keys', HelpScreen),
            ('help.leave', 'settings'),
            ('app.palette', Palette),
        )
        for press, kind in second:
            await go(studio, own, press, kind)
        shown = {key_name(key) for key in own.values()}
        rows = studio.app.screen.query_one(CommandList).rows
        assert len(rows) > 100
        assert {key for command in rows for key in command.keys} <= shown


async def go(studio: Studio, own: Mapping[str, str], press: str, kind: str | type[Screen[Any]]) -> None:
    """Press the own key of a binding, see where it leads, and that what is told there are own keys."""
    usual = known_bindings()[press].usual[0]
    if not isinstance(studio.app.screen, HelpScreen) and usual not in ('enter', 'escape', 'space'):
        before = studio.app.screen
        await studio.press(usual)
        assert studio.app.screen is before, f'{usual} is not heard where another key was chosen'
    await studio.press(own[press])

    def is_there() -> bool:
        return studio.app.current_mode == kind if isinstance(kind, str) else isinstance(studio.app.screen, kind)

    await studio.until(is_there)
    await studio.pilot.pause()
    lines = list(told(studio.app.screen))
    assert set().union(*lines) <= set(own.values()), press
    assert all(len(line) <= MOST_KEYS for line in lines)
    assert any(lines) or isinstance(studio.app.screen, Choice), 'it tells how to go on'
    for bar in studio.app.screen.query(TopBar):
        assert dict(bar.keys) == {name: key_name(own[f'app.{name}']) for name in TopBar.PLACES}


async def test_what_is_told_beside_a_result_and_of_a_held_job_names_own_keys(
    start: Start, own: Mapping[str, str]
) -> None:
    async with start((200, 50), grace=60) as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await studio.generate('a red fox', 2)
        await studio.press(own['app.jobs'])
        undo, send = key_name(own['jobs.undo']), key_name(own['jobs.start_now'])
        details = studio.jobs.query_one(JobDetails)
        await studio.until(lambda: f'{undo} takes it back, {send} sends it now.' in str(details.render()))
        studio.services.pool.send_now(next(iter(studio.services.pool.jobs.values())).order.id)
        await studio.settle()
        await studio.press(own['app.compose'])
        await studio.until_shown(f'{key_name(own["compose.earlier"])} {key_name(own["compose.later"])}')
