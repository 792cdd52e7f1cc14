"""Keys that arrive together are handled in their order."""

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from hfmedia_tui.widgets.type_ahead import TypeAheadApp


class Form(TypeAheadApp):
    def compose(self) -> ComposeResult:
        yield Input('1', id='first', select_on_focus=False)
        yield Input('', id='second')


def burst(app: Form, *keys: tuple[str, str | None]) -> None:
    """Keys as they arrive in one packet."""
    for key, character in keys:
        app.post_message(events.Key(key, character))


async def test_a_letter_behind_backspace_comes_after_it() -> None:
    async with Form().run_test() as pilot:
        burst(pilot.app, ('backspace', '\x7f'), ('4', '4'), ('backspace', '\x7f'), ('8', '8'))  # type: ignore[arg-type]
        await pilot.pause()
        assert pilot.app.query_one('#first', Input).value == '8'


async def test_what_is_typed_behind_a_tab_goes_to_the_next_field() -> None:
    async with Form().run_test() as pilot:
        burst(pilot.app, ('tab', '\t'), ('a', 'a'), ('b', 'b'), ('shift+tab', None), ('2', '2'))  # type: ignore[arg-type]
        await pilot.pause()
        assert pilot.app.query_one('#first', Input).value == '12'
        assert pilot.app.query_one('#second', Input).value == 'ab'
