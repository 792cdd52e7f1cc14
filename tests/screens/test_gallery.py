"""The gallery: every result as a thumbnail, found, marked, looked at and thrown away."""

from functools import partial
from pathlib import Path

import pytest
from textual import events
from textual.geometry import Offset
from textual.widgets import Input

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Graphics, Terminal
from hfmedia_tui.screens.gallery import GalleryScreen
from hfmedia_tui.screens.tagging import TagEditor, read_tags
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.services import Ask
from hfmedia_tui.widgets.key_line import KeyLine
from hfmedia_tui.widgets.picture_tile import PictureTile
from hfmedia_tui.widgets.preview import Preview
from tests.screens.conftest import Start
from tests.screens.studio import Studio

MODEL = 'black-forest-labs/FLUX.1-schnell'


async def enter_gallery(studio: Studio, *prompts: str) -> GalleryScreen:
    """Make results of these prompts, one each, and go to them."""
    for prompt in prompts:
        await studio.services.submit(Ask(model=MODEL, prompt=prompt))
    await studio.settle()
    await studio.press('f6')
    await studio.until(lambda: studio.app.current_mode == 'gallery' and studio.gallery.result is not None)
    await studio.until(lambda: found(studio.gallery) == [*reversed(prompts)])
    return studio.gallery


def found(gallery: GalleryScreen) -> list[str]:
    """Prompts of all that is shown."""
    assert gallery.shelf is not None
    collection = gallery.shelf.collection
    results = [collection.peek(place) for place in range(len(collection))]
    return [result.job.order.prompt if result else '' for result in results]


def shows(gallery: GalleryScreen, prompts: list[str]) -> bool:
    return found(gallery) == prompts


def drawn(studio: Studio) -> int:
    return sum(preview.picture is not None for preview in studio.app.screen.query(Preview))


@pytest.mark.parametrize('size', [(80, 24), (250, 60)])
async def test_what_was_made_is_seen_newest_first(start: Start, size: tuple[int, int]) -> None:
    async with start(size) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour at dusk')
        await studio.until(lambda: drawn(studio) == 2)
        assert '2 results' in studio.text
        assert gallery.result is not None
        assert gallery.result.job.order.prompt == 'a harbour at dusk'
        assert studio.text.index('a harbour') < studio.text.index('a red fox')
        model = MODEL.rpartition('/')[2]
        assert f'{model} · 1024×1024 · seed ' in studio.text
        await studio.press('v')
        await studio.until_shown(MODEL)
        await studio.until(lambda: drawn(studio) == 2)


async def test_a_frame_wears_no_colour_where_none_is_wanted(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('NO_COLOR', '1')
    async with start((80, 24)) as studio:
        gallery = await enter_gallery(studio, 'a red fox')
        await studio.press('space')
        tile = gallery.query(PictureTile).first()
        text, colours = '', set[tuple[int, int, int]]()
        for line in tile.render_lines(tile.size.region):
            text += line.text
            styles = [segment.style for segment in line if segment.style is not None]
            colours |= {colour.get_truecolor() for style in styles for colour in (style.color, style.bgcolor) if colour}
        assert '● a red fox' in text
        assert all(len({*colour}) == 1 for colour in colours), 'shades of grey'


async def test_an_empty_gallery_says_how_to_fill_it(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.press('f6')
        await studio.until_shown('Nothing yet')
        for key in ('enter', 'f', 't', 'x', 'space', 'v', 'G', 'e', 'y'):
            await studio.press(key)
        assert studio.app.current_mode == 'gallery'
        line = studio.app.screen.query_one(KeyLine)
        assert {key.told for key in line.keys if key.enabled} == {'Filter', 'Help'}
        assert 'Compare' in {key.told for key in line.keys}


async def test_the_filter_finds_favourites_tags_and_words(start: Start) -> None:
    async with start((80, 24)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour', 'a teapot')
        await studio.press('f')
        await studio.until_shown('★')
        await studio.press('right', 't')
        await studio.until(lambda: isinstance(studio.app.screen, TagEditor))
        await studio.press(*'sea', 'space', *'dusk', 'enter')
        await studio.until_shown('#dusk #sea')
        for wish, prompts in (
            ('is:favourite', ['a teapot']),
            ('tag:sea', ['a harbour']),
            ('!is:favourite', ['a harbour', 'a red fox']),
            ('"red fox"', ['a red fox']),
            ('prompt:nothing', []),
        ):
            gallery.query_one('#filter', Input).value = wish
            await studio.until(partial(shows, gallery, prompts))
            await studio.until_shown(f'{len(prompts)} of 3 results')
        assert 'Nothing fits' in studio.text
        gallery.query_one('#filter', Input).value = 'state:failed'
        await studio.until_shown("no 'state'")
        gallery.grid.focus()
        await studio.press('escape')
        await studio.until_shown('3 results')


async def test_what_is_thrown_away_goes_and_comes_back(start: Start) -> None:
    async with start((120, 40)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour')
        await studio.press('x')
        await studio.until_shown('1 result')
        assert gallery.result is not None
        assert gallery.result.job.order.prompt == 'a red fox'
        await studio.press('T')
        await studio.until_shown('in the trash')
        await studio.until(lambda: gallery.result and gallery.result.job.order.prompt == 'a harbour')
        await studio.press('r')
        await studio.until_shown('The trash is empty')
        await studio.press('escape')
        await studio.until_shown('2 results')
        await studio.press('x')
        await studio.until_shown('1 result')
        await studio.press('u')
        await studio.until_shown('2 results')


async def test_marked_results_are_meant_together(start: Start) -> None:
    async with start((120, 40)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour', 'a teapot')
        await studio.press('space', 'space', 'f')
        await studio.until(lambda: studio.text.count('★') == 2)
        assert '2 marked' in studio.text
        await studio.press('escape')
        assert 'marked' not in studio.text
        assert gallery.grid.selected == 2


async def test_a_new_result_comes_first_and_moves_nothing(start: Start) -> None:
    async with start((120, 40)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour')
        await studio.press('right')
        before = gallery.result
        await studio.services.submit(Ask(model=MODEL, prompt='a teapot'))
        await studio.until_shown('3 results')
        assert gallery.result == before
        assert gallery.grid.selected == 2


async def test_the_viewer_shows_one_after_another_from_near_and_far(start: Start) -> None:
    async with start((80, 24)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour')
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, ViewerScreen))
        viewer = studio.app.screen
        assert isinstance(viewer, ViewerScreen)
        await studio.until_shown('1 of 2')
        await studio.until(lambda: viewer.preview.picture)
        assert viewer.preview.picture is not None
        assert viewer.preview.picture.rows == 22, 'as large as the screen'
        await studio.press('n')
        await studio.until_shown('2 of 2')
        await studio.press('n')
        result = gallery.shelf and gallery.shelf.collection.peek(1)
        assert result
        await studio.until(lambda: viewer.preview.picture and viewer.preview.picture.path == Path(result.output.path))
        whole = viewer.preview.picture
        await studio.press('plus', 'plus')
        await studio.until(lambda: viewer.preview.picture is not whole and viewer.preview.is_settled)
        near = viewer.preview.picture
        assert near is not None
        assert near.columns > whole.columns
        assert near.crop.height < 0.5
        await studio.press('l', 'j')
        await studio.until(lambda: viewer.preview.picture is not near and viewer.preview.is_settled)
        await studio.until(lambda: viewer.preview.picture and viewer.preview.picture.crop.top > near.crop.top)
        assert '2 of 2' in studio.text
        await studio.press('escape')
        assert viewer.lens.zoom == 1
        await studio.press('i')
        await studio.until_shown('Seed')
        await studio.press('escape')
        assert studio.app.screen is gallery
        assert gallery.grid.selected == 1


async def test_the_viewer_goes_on_when_what_it_shows_is_thrown_away(start: Start) -> None:
    async with start((120, 40)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour')
        await studio.press('enter')
        await studio.until_shown('1 of 2')
        await studio.press('x')
        await studio.until_shown('1 of 1')
        await studio.until_shown('a red fox')
        await studio.press('x')
        await studio.until(lambda: studio.app.screen is gallery)
        await studio.until_shown('Nothing yet')
        await studio.press('u')
        await studio.until_shown('a red fox')


async def test_a_contact_sheet_is_made_of_what_is_found(start: Start) -> None:
    async with start((120, 40), toasts=True) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour', 'a teapot')
        gallery.query_one('#filter', Input).value = '!teapot'
        await studio.until(lambda: shows(gallery, ['a harbour', 'a red fox']))
        await studio.press('s')
        await studio.until_shown('Contact sheet of 2 results')
        folder = studio.services.paths.output
        await studio.until(lambda: list(folder.glob('contact-sheet-*.jpg')))
        await studio.until_shown('contact-sheet-')


async def test_the_gallery_is_found_as_it_was_left(start: Start) -> None:
    async with start((120, 40)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a red harbour', 'a teapot')
        gallery.query_one('#filter', Input).value = 'red'
        await studio.until(lambda: shows(gallery, ['a red harbour', 'a red fox']))
        await studio.press('down', 'right', 'v', 'plus')
        studio.app.exit()
        await studio.pilot.pause()
    async with start((120, 40)) as studio:
        assert studio.app.current_mode == 'gallery'
        await studio.until(lambda: studio.gallery.result)
        gallery = studio.gallery
        await studio.until(lambda: shows(gallery, ['a red harbour', 'a red fox']))
        await studio.until(lambda: gallery.grid.selected == 1)
        assert gallery.in_rows
        assert gallery.tile == 2


async def test_the_mouse_does_it_too(start: Start) -> None:
    async with start((120, 40)) as studio:
        gallery = await enter_gallery(studio, 'a red fox', 'a harbour')
        middle = gallery.grid.region_of(1).translate(gallery.grid.region.offset).offset + Offset(5, 5)
        await studio.pilot.click(offset=middle)
        await studio.until(lambda: gallery.grid.selected == 1)
        assert studio.app.current_mode == 'gallery'
        await studio.pilot.click(offset=middle, times=2)
        await studio.until(lambda: isinstance(studio.app.screen, ViewerScreen))
        viewer = studio.app.screen
        assert isinstance(viewer, ViewerScreen)
        await studio.until(lambda: viewer.preview.picture)
        viewer.preview.post_message(
            events.MouseScrollUp(None, 9, 9, 0, 0, 0, shift=False, meta=False, ctrl=False)  # a turn of the wheel
        )
        await studio.until(lambda: viewer.lens.zoom > 1)


async def test_a_film_plays_in_the_viewer(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.services.submit(Ask(model='Wan-AI/Wan2.2-T2V-A14B', prompt='waves'))
        await studio.settle()
        await studio.press('f6')
        await studio.until_shown('1 result')
        await studio.until(lambda: studio.gallery.result)
        await studio.press('enter')
        await studio.until_shown('Space Play')
        await studio.press('space')
        await studio.until_shown('▶ 0:0')
        viewer = studio.app.screen
        assert isinstance(viewer, ViewerScreen)
        await studio.until(lambda: viewer.player.playing)
        await studio.press('space')
        assert not viewer.player.playing


async def test_without_graphics_there_are_words(start: Start) -> None:
    pictures = Pictures(Terminal(graphics=Graphics.NONE))
    async with start((80, 24), pictures=pictures) as studio:
        await enter_gallery(studio, 'a red fox', 'a harbour')
        for words in ('a red fox', 'a harbour', MODEL, '1024×1024'):
            await studio.until_shown(words)
        assert not any(preview.display for preview in studio.gallery.query(Preview))
    pictures.close()


async def test_what_was_looked_at_is_in_sight_again(start: Start) -> None:
    async with start((80, 24)) as studio:
        gallery = await enter_gallery(studio, 'an owl', 'a wolf', 'a bear')
        await studio.press('plus', 'plus', 'down')
        assert gallery.result
        assert gallery.result.job.order.prompt == 'a wolf'
        studio.app.exit()
        await studio.pilot.pause()
    async with start((80, 24)) as studio:
        await studio.until(lambda: studio.app.current_mode == 'gallery' and studio.gallery.grid.selected == 1)
        grid = studio.gallery.grid
        await studio.until(lambda: grid.region_of(1).y == grid.scroll_offset.y)


def test_tags_are_words_that_a_filter_can_name() -> None:
    assert read_tags(' sea, "red fox" #dusk sea\x1b[31m ') == ('sea', 'red', 'fox', 'dusk', 'sea[31m')
    assert read_tags('') == ()
    assert len(read_tags('x' * 500)[0]) == 40
