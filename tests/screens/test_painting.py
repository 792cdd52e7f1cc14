"""What changed is painted as Textual paints it, and what stands between or behind is not asked for its lines."""

import re
from itertools import combinations
from random import Random

from textual._compositor import ChopsUpdate, Compositor
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from hfmedia_tui.widgets.painting import Painting
from tests.screens.conftest import Start


def painted(update: ChopsUpdate | None, app: App[None]) -> str:
    """What the terminal is told, but for going where nothing is written, as Textual does at the end of a change."""
    assert update is not None
    return re.sub(r'\x1b\[\d+;\d+H(?=\x1b\[\d+;\d+H|\n|$)', '', update.render_segments(app.console))


async def test_any_two_widgets_are_painted_as_textual_paints_them(start: Start) -> None:
    async with start() as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await studio.generate('a fox', count=2)
        await studio.settle()
        painting = studio.compose._compositor
        assert isinstance(painting, Painting)
        regions = [region.intersection(clip) for region, clip in painting.visible_widgets.values()]
        for two in Random(7).sample([*combinations(dict.fromkeys(regions), 2)], 40):
            painting._dirty_regions = set(two)
            ours = painted(painting.render_partial_update(), studio.app)
            painting._dirty_regions = set(two)
            assert ours == painted(Compositor.render_partial_update(painting), studio.app), two
            assert not painting._dirty_regions


class Line(Widget):
    DEFAULT_CSS = 'Line { height: 1; }'
    asked = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked += 1
        return super().render_lines(crop)


class Behind(Line):
    DEFAULT_CSS = 'Behind { height: 5; }'


class Lines(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self._compositor = Painting()

    def compose(self) -> ComposeResult:
        with Behind():
            yield from (Line() for _ in range(5))


async def test_what_stands_between_two_that_changed_or_behind_them_is_left_alone() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        await app.push_screen(screen := Lines())
        await pilot.pause()
        behind, *lines = screen.query(Line)
        assert isinstance(behind, Behind)
        asked, before = behind.asked, [line.asked for line in lines]
        lines[0].refresh()
        lines[4].refresh()
        await pilot.pause()
        assert [line.asked - was for line, was in zip(lines, before, strict=True)] == [1, 0, 0, 0, 1]
        assert behind.asked == asked
