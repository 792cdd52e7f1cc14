"""A text that is told again as it is lays nothing out anew; another one, or in other colours, is shown."""

from textual.app import App, ComposeResult
from textual.content import Content
from textual.screen import Screen

from hfmedia_tui.widgets.told import Told
from tests.reading import screen_text


class Telling(App[None]):
    def compose(self) -> ComposeResult:
        yield Told()


async def test_only_another_text_lays_the_screen_out() -> None:
    app, laid_out = Telling(), list[Screen[object]]()
    async with app.run_test() as pilot:
        told = app.query_one(Told)
        told.update(Content('4 marked'))
        await pilot.pause()
        app.screen.screen_layout_refresh_signal.subscribe(told, laid_out.append, immediate=True)
        told.update(Content('4 marked'))
        await pilot.pause()
        assert not laid_out
        told.update(Content('5 marked'))
        await pilot.pause()
        assert len(laid_out) == 1
        assert '5 marked' in screen_text(app)


async def test_another_colour_is_another_text() -> None:
    app = Telling()
    async with app.run_test() as pilot:
        told = app.query_one(Told)
        for colour in ('red', 'blue'):
            told.update(Content.styled('4 marked', colour))
            await pilot.pause()
            (strip,) = told.render_lines(told.size.region)
            (style,) = {segment.style for segment in strip if segment.text.strip()}
            assert style is not None
            assert style.color is not None
            assert style.color.name == {'red': '#ff0000', 'blue': '#0000ff'}[colour]
