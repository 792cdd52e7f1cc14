"""Starting, moving between places, help, palette, quitting."""

import gc
from functools import partial

import pytest
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.screen import Screen
from textual.widgets import Static

from hfmedia_tui.errors import SandboxError
from hfmedia_tui.screens.help import HelpScreen
from hfmedia_tui.screens.welcome import WelcomeScreen
from hfmedia_tui.widgets.key_line import Key, KeyLine
from hfmedia_tui.widgets.top_bar import TopBar
from tests.screens.conftest import Start


async def test_without_a_token_the_first_screen_offers_three_ways_on(start: Start) -> None:
    """You should see what this is, and the sandbox chosen already."""
    async with start((80, 24), token_found=False, wait=False) as studio:
        assert isinstance(studio.app.screen, WelcomeScreen)
        for words in ('in your terminal', 'Try the sandbox', 'look again', 'Quit'):
            assert words in studio.text
        assert studio.app.services is None

        await studio.press('enter')
        await studio.until(lambda: studio.app.services is not None)
        assert studio.app.current_mode == 'browse'


async def test_looking_again_says_what_it_found(start: Start) -> None:
    found = [False, True]
    async with start(token_found=False, look_for_token=lambda: found.pop(0), wait=False) as studio:
        await studio.press('l')
        await studio.until_shown('Still no token')
        await studio.press('l')
        await studio.until(lambda: studio.app.current_mode == 'browse')


async def test_a_first_start_opens_on_browse_and_a_later_one_on_compose(start: Start) -> None:
    async with start() as studio:
        assert studio.app.current_mode == 'browse'
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await studio.generate('a red fox')
        await studio.settle()

    async with start(typed='é') as studio:
        assert studio.app.current_mode == 'compose'
        await studio.until(lambda: studio.compose.model)
        assert 'black-forest-labs/FLUX.1-schnell' in studio.text
        assert studio.compose.prompt.has_focus
        assert studio.compose.prompt.text == 'é'
        assert studio.compose.query_one('#caption', Static).visual


async def test_what_keeps_it_from_starting_is_said_and_can_be_tried_again(start: Start) -> None:
    def broken(*_: object) -> object:
        raise SandboxError('The sandbox did not start.', 'See its log.')

    async with start((80, 24), opening=broken, wait=False) as studio:
        await studio.until_shown('The sandbox did not start.')
        assert 'See its log.' in studio.text
        assert 'Press F2, then r,' in studio.text
        await studio.press('f2', 'r')
        await studio.until_shown('The sandbox did not start.')


async def test_places_are_reached_by_function_keys_and_by_mouse(start: Start) -> None:
    async with start((80, 24)) as studio:
        for key, place in (('f4', 'jobs'), ('f2', 'browse'), ('f3', 'compose'), ('f6', 'gallery'), ('f7', 'settings')):
            await studio.press(key)
            assert studio.app.current_mode == place
            assert place.capitalize() in studio.text
        await studio.pilot.click(TopBar, offset=(16, 0))
        await studio.until(lambda: studio.app.current_mode == 'compose')


async def test_a_place_is_drawn_whole_before_anything_of_it(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first of it to come was drawn by itself, the place before was seen between its fields."""
    drawn: dict[str, list[bool]] = {}
    places = ['ComposeScreen', 'JobsScreen', 'GalleryScreen', 'SettingsScreen']

    def note(screen: Screen[object], update: object) -> None:
        if isinstance(update, CompositorUpdate) and not screen.app._batch_count:
            drawn.setdefault(type(screen).__name__, []).append(isinstance(update, LayoutUpdate))

    async with start((120, 40)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        monkeypatch.setattr(studio.app, '_display', note)
        for key, place in zip(('f3', 'f4', 'f6', 'f7'), places, strict=True):
            await studio.press(key)
            await studio.until(partial(drawn.__contains__, place))
        await studio.pilot.pause()
    assert {name: drawn[name][0] for name in places} == dict.fromkeys(places, True)


async def test_digits_typed_into_the_prompt_are_text(start: Start) -> None:
    async with start() as studio:
        await studio.press('f3', '1', '3', 'question_mark', 'q')
        assert studio.compose.prompt.text == '13?q'


async def test_help_lists_the_keys_of_the_place(start: Start) -> None:
    async with start((80, 40)) as studio:
        await studio.press('question_mark')
        assert isinstance(studio.app.screen, HelpScreen)
        for words in ('Search the models', 'Go to the jobs', 'Leave the program'):
            assert words in studio.text
        await studio.press('escape')
        assert studio.app.current_mode == 'browse'
        assert not isinstance(studio.app.screen, HelpScreen)


async def test_help_tells_the_keys_of_the_other_places_and_the_filters_too(start: Start) -> None:
    async with start((80, 200)) as studio:
        await studio.press('f1')
        for words in ('Search the models', 'In Compose', 'Find an earlier prompt', 'In Settings', 'likes:>1000'):
            assert words in studio.text
        await studio.press('f1')
        assert not isinstance(studio.app.screen, HelpScreen)


async def test_help_begins_with_what_the_footer_tells_and_ends_with_what_lists_share(start: Start) -> None:
    async with start((80, 60)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.press('f1')
        told = ('Search the models', 'Ask the Hub for', 'Filter as kept', 'Keep the filter', 'Everywhere')
        assert sorted(told, key=studio.text.index) == list(told)


async def test_help_that_is_longer_than_the_screen_is_read_to_its_end(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.press('f1')
        assert 'Search the models' in studio.text
        await studio.press('pagedown')
        assert 'Search the models' not in studio.text
        await studio.press('end')
        assert 'likes:>1000' in studio.text
        assert 'Esc closes this' in studio.text


async def test_every_binding_has_an_id_of_its_own(start: Start) -> None:
    async with start() as studio:
        seen: dict[str, str] = {}
        for place in ('browse', 'compose', 'jobs'):
            await studio.app.action_place(place)
            await studio.pilot.pause()
            ours = [
                (key, binding)
                for node in studio.app.screen.walk_children(with_self=True)
                if type(node).__module__.startswith('hfmedia_tui')
                for cls in [type(node)]
                for binding in cls.__dict__.get('BINDINGS', ())
                for key in [binding.key]
            ]
            for key, binding in ours:
                assert binding.id, binding
                assert seen.setdefault(binding.id, f'{binding.action} {key}') == f'{binding.action} {key}'
        assert len(seen) > 15


async def test_the_footer_holds_seven_keys_at_most(start: Start) -> None:
    async with start((80, 24)) as studio:
        for place in ('browse', 'compose', 'jobs'):
            await studio.app.action_place(place)
            await studio.pilot.pause()
            line = studio.app.screen.query_one(KeyLine)
            while not line.keys:
                await studio.pilot.pause()
            assert len(line.keys) <= 7
            for key in line.keys:
                assert f'{key.shown} {key.told}' in studio.text

        crowded = tuple(Key('f9', 'F9', 'Take it all back', enabled=True) for _ in range(6)) + line.keys[-1:]
        while line.keys != crowded:  # the place may still be telling its own
            line.keys = crowded
            await studio.pilot.pause()
        assert studio.text.splitlines()[-1].count('F9 Take it all back') == 3
        assert studio.text.endswith('F1 Help'), 'what has no room is left out, and never the last'

        await studio.press('f4')
        await studio.pilot.click(KeyLine, offset=(studio.text.splitlines()[-1].index('F1'), 0))
        await studio.until(lambda: isinstance(studio.app.screen, HelpScreen))


async def test_the_footer_tells_no_key_that_a_popup_keeps_from_its_place(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.until_shown('F1 Help')
        for key, told in (('f1', 'Esc closes this'), ('ctrl+p', 'Esc leaves'), ('p', 'Esc goes back')):
            await studio.press(key)
            await studio.until_shown(told)
            assert not any(map(str.isalnum, studio.text.split('\n')[-1]))
            await studio.press('escape')
            await studio.until_shown('F1 Help')


async def test_quitting_with_nothing_running_asks_nothing(start: Start) -> None:
    async with start() as studio:
        await studio.press('q')
        await studio.until(lambda: studio.app._exit)
    assert studio.app.services is None


async def test_a_process_with_more_in_it_keeps_its_own_way_with_garbage(start: Start) -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    async with start():
        assert (gc.get_threshold(), gc.get_freeze_count()) == before


async def test_the_smallest_window_has_room_for_what_matters_most(start: Start) -> None:
    async with start((30, 8)) as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        assert studio.text.splitlines()[0].split() == ['F2', 'F3', 'Compose', 'F4', 'F6', 'F7']
        await studio.press(*'a fox')
        await studio.until_shown('a fox')
        await studio.press('tab')
        await studio.until_shown('Negative prompt')
        await studio.press('shift+tab')
        await studio.until_shown('a fox')
        await studio.press('f2', 'p')
        await studio.until_shown('any provider')
        await studio.press('escape', 'ctrl+p')
        await studio.until_shown('Provider')
