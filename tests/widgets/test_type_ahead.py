"""Keys that arrive together are handled in their order."""

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList

from hfmedia_tui.widgets.field import Entry
from hfmedia_tui.widgets.type_ahead import TypeAheadApp
from tests.reading import until


class Popup(ModalScreen[None]):
    BINDINGS = [Binding('escape', 'dismiss')]

    def compose(self) -> ComposeResult:
        yield OptionList('one', 'two')

    def on_option_list_option_selected(self) -> None:
        self.dismiss()


class Form(TypeAheadApp):
    BINDINGS = [Binding('f1', 'popup')]

    sent = 0

    def compose(self) -> ComposeResult:
        yield Entry(value='1')
        yield Input('', id='second')

    def on_input_submitted(self) -> None:
        self.sent += 1

    def action_popup(self) -> None:
        self.push_screen(Popup())


def burst(app: Form, *keys: str) -> None:
    """Keys as they arrive in one packet."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def until_typed(pilot: Pilot[None], first: str, second: str) -> None:
    def values() -> tuple[str, str]:
        return pilot.app.query_one(Entry).value, pilot.app.query_one('#second', Input).value

    await until(pilot, lambda: values() == (first, second))


async def test_a_letter_behind_backspace_comes_after_it() -> None:
    app = Form()
    async with app.run_test() as pilot:
        burst(app, 'backspace', '4', 'backspace', '8')
        await until_typed(pilot, '8', '')


async def test_what_is_typed_behind_a_tab_goes_to_the_next_field() -> None:
    app = Form()
    async with app.run_test() as pilot:
        burst(app, 'tab', 'a', 'b', 'shift+tab', '2')
        await until_typed(pilot, '12', 'ab')


async def test_a_popup_takes_the_keys_between_its_coming_and_its_going() -> None:
    app = Form()
    async with app.run_test() as pilot:
        burst(app, 'f1', 'down', 'enter', '2', 'f1', 'escape', 'tab', 'x')
        await until_typed(pilot, '12', 'x')


async def test_a_failing_key_ends_the_program_as_anywhere_else() -> None:
    class Failing(Form):
        BINDINGS = [Binding('f9', 'fail', priority=True)]

        def action_fail(self) -> None:
            raise LookupError('on purpose')

    async def press() -> None:
        app = Failing()
        async with app.run_test() as pilot:
            burst(app, 'f9')
            await until(pilot, lambda: not app.is_running)

    with pytest.raises(LookupError, match='on purpose'):
        await press()


async def test_a_pasted_line_sends_nothing_where_pastes_are_not_marked() -> None:
    app = Form()
    async with app.run_test() as pilot:
        burst(app, '2', 'enter', 'tab', 'x')
        await until_typed(pilot, '12', 'x')
        assert not app.sent
        await pilot.press('shift+tab')
        await pilot.pause(0.02)
        await pilot.press('enter')
        await until(pilot, lambda: app.sent == 1)
