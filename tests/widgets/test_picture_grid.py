import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot

from hfmedia_tui.media.picture import Picture, Pictures, _Key
from hfmedia_tui.media.terminal import Graphics
from hfmedia_tui.widgets.picture_grid import PictureGrid
from hfmedia_tui.widgets.picture_tile import GridItem
from hfmedia_tui.widgets.pictures_app import PicturesApp
from hfmedia_tui.widgets.preview import Preview
from tests.media.files import encoded, quarters
from tests.reading import screen_text, until
from tests.widgets.stage import Recording, pictures_for
from tests.widgets.test_preview import settle

WIDTH, HEIGHT = 81, 24
"""Four tiles of 20 by 8 in a row, three rows, and the scroll bar."""


class Wall(PicturesApp):
    def __init__(self, pictures: Pictures, items: list[GridItem]) -> None:
        super().__init__()
        self.pictures = pictures
        self.grid = PictureGrid(pictures, tile=Size(20, 8))
        self.given = items
        self.written: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    async def on_mount(self) -> None:
        self._driver = Recording(self, self.written)
        self.grid.items = self.given
        self.grid.focus()


@pytest.fixture
def items(tmp_path: Path) -> list[GridItem]:
    """Two hundred items, each a file of its own."""
    first = tmp_path / 'first.png'
    first.write_bytes(encoded('PNG', quarters(64, 64)))
    made = []
    for index in range(200):
        path = tmp_path / f'{index}.png'
        os.link(first, path)
        made.append(GridItem(path, f'picture [/{index}]'))
    return made


@asynccontextmanager
async def wall(
    items: list[GridItem], graphics: Graphics = Graphics.HALF_CELLS, messages: list[Message] | None = None
) -> AsyncIterator[tuple[Wall, Pilot[None]]]:
    assert items[0].path is not None
    with pictures_for(items[0].path.parent, graphics) as pictures:
        app = Wall(pictures, items)
        async with app.run_test(
            size=(WIDTH, HEIGHT), message_hook=messages.append if messages is not None else None
        ) as pilot:
            await settle(pilot)
            yield app, pilot


def shown(app: Wall) -> list[str]:
    """The files whose pictures are drawn, in no order."""
    pictures = (preview.picture for preview in app.query(Preview))
    return sorted((picture.path.stem for picture in pictures if picture and picture.path), key=int)


def chosen(messages: list[Message]) -> list[int]:
    """The items that were entered; a message is met at each widget that it passes."""
    met = {id(message): message.place for message in messages if isinstance(message, PictureGrid.Chosen)}
    return list(met.values())


async def test_only_what_is_in_sight_has_a_widget(items: list[GridItem]) -> None:
    async with wall(items) as (app, pilot):
        assert shown(app) == [f'{index}' for index in range(12)]
        pool = len(app.query(Preview))
        assert pool <= 16
        for _ in range(8):
            await pilot.press('pagedown')
        await settle(pilot)
        assert len(app.query(Preview)) == pool
        assert app.grid.selected == 96
        assert '96' in shown(app)
        assert '0' not in shown(app)
        assert 'picture [/96]' in screen_text(app)


async def test_the_keys_move_the_selection_and_keep_it_in_sight(items: list[GridItem]) -> None:
    async with wall(items) as (app, pilot):
        for keys, place in (
            (['right'], 1),
            (['down'], 5),
            (['left', 'left'], 3),
            (['up'], 3),
            (['end'], 199),
            (['right'], 199),
            (['down'], 199),
            (['pageup'], 187),
            (['home'], 0),
            (['left'], 0),
        ):
            await pilot.press(*keys)
            assert app.grid.selected == place
            region = app.grid.region_of(place).translate((0, -round(app.grid.scroll_y)))
            assert region.y >= 0
            assert region.bottom <= HEIGHT


async def test_the_frame_is_whole_also_around_the_first_of_the_last_row(items: list[GridItem]) -> None:
    async with wall(items[:1]) as (app, _):
        lines = [line[:20].rstrip() for line in screen_text(app).splitlines()[:8]]
        assert lines[0] == f'╭{"─" * 18}╮'
        assert lines[-1] == '╰ picture [/0] ────╯'
        assert {line[0] + line[-1] for line in lines[1:-1]} == {'││'}


async def test_a_click_selects_and_a_second_one_opens(items: list[GridItem]) -> None:
    messages: list[Message] = []
    async with wall(items, messages=messages) as (app, pilot):
        app.grid.scroll_to(y=8, animate=False, force=True)
        await settle(pilot)
        await pilot.click(offset=(30, 10))
        await pilot.pause()
        assert app.grid.selected == 9
        await pilot.click(offset=(30, 10), times=2)
        await pilot.pause()
        assert chosen(messages) == [9]


async def test_enter_opens(items: list[GridItem]) -> None:
    messages: list[Message] = []
    async with wall(items, messages=messages) as (_, pilot):
        await pilot.press('right', 'enter')
        await pilot.pause()
        assert chosen(messages) == [1]


async def test_what_is_passed_by_is_not_made(items: list[GridItem]) -> None:
    async with wall(items) as (app, pilot):
        made: list[Path] = []
        make = app.pictures._make

        def watched(key: _Key) -> Picture:
            made.append(key.path)
            return make(key)

        app.pictures._make = watched  # type: ignore[method-assign]
        for _ in range(12):
            app.grid.action_page(1)
        await pilot.pause()
        await settle(pilot)
        assert app.grid.selected == 144
        assert {'144'} <= {path.stem for path in made}
        assert len(made) < 60


async def test_a_picture_is_never_seen_in_the_place_of_another(items: list[GridItem]) -> None:
    async with wall(items) as (app, pilot):
        await pilot.press('end')
        for _ in range(20):
            for preview in app.query(Preview):
                assert preview.picture is None or preview.picture.path == preview.source
            await pilot.pause()
        await settle(pilot)
        assert '199' in shown(app)


async def test_other_items_take_the_place_of_these(items: list[GridItem]) -> None:
    async with wall(items) as (app, pilot):
        await pilot.press('end')
        app.grid.items = items[:2]
        await settle(pilot)
        assert shown(app) == ['0', '1']
        assert app.grid.selected == 1
        app.grid.items = ()
        await settle(pilot)
        assert shown(app) == []
        assert app.grid.selected == 0
        await pilot.press('right', 'pagedown', 'end', 'enter')


async def test_a_resize_lays_the_tiles_anew(items: list[GridItem]) -> None:
    async with wall(items) as (app, pilot):
        await pilot.resize_terminal(41, 16)
        await until(pilot, lambda: shown(app) == ['0', '1', '2', '3'])
        assert app.grid.columns == 2


async def test_in_kitty_nothing_is_sent_again_and_all_is_freed(items: list[GridItem]) -> None:
    async with wall(items, Graphics.KITTY) as (app, pilot):
        first, next_ = ([f'{index}' for index in range(start, start + 12)] for start in (0, 4))
        await until(pilot, lambda: shown(app) == first)
        await pilot.press('pagedown')
        await until(pilot, lambda: shown(app) == next_)
        await settle(pilot)
        assert ''.join(app.written).count('a=T') == 16
        app.written.clear()
        await pilot.press('home')
        await until(pilot, lambda: shown(app) == first)
        await pilot.press('pagedown')
        await until(pilot, lambda: shown(app) == next_)
        await settle(pilot)
        assert ''.join(app.written).count('a=T') == 0
        await app.grid.remove()
        await settle(pilot)
        assert ''.join(app.written).count('a=d,d=I') == 16
        assert len(app.pictures.kept) == 0
        await until(pilot, lambda: not app.pictures._cache)


async def test_a_grid_that_left_while_it_was_filled_puts_up_no_more(items: list[GridItem]) -> None:
    """You should be able to leave the program while the gallery is filling, and hear nothing of it."""
    async with wall(items) as (app, _):
        await app.grid.remove()
        app.grid._tiles.clear()
        app.grid._assign()
        assert not app.grid._tiles
