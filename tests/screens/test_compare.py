"""Comparing results: beside each other or in one place, through one lens, with what differs below."""

from textual.geometry import Size
from textual.widgets import Static

from hfmedia_tui.media.terminal import CellSize
from hfmedia_tui.screens.compare import CompareScreen, best_columns
from hfmedia_tui.services import Ask
from hfmedia_tui.widgets.preview import Preview
from tests.screens.conftest import Start
from tests.screens.studio import Studio

MODEL = 'black-forest-labs/FLUX.1-schnell'


async def compare(studio: Studio, *asks: Ask) -> CompareScreen:
    """Make these and compare them, the one asked for last first."""
    for ask in asks:
        await studio.services.submit(ask)
        await studio.settle()
    await studio.press('f6')
    await studio.until_shown(f'{len(asks)} results')
    await studio.press(*['space'] * len(asks), 'c')
    await studio.until(lambda: isinstance(studio.app.screen, CompareScreen) and studio.app.screen.result)
    screen = studio.app.screen
    assert isinstance(screen, CompareScreen)
    await studio.until(lambda: all(view.preview.picture for view in screen.views))
    return screen


def seen(screen: CompareScreen) -> list[tuple[float, float]]:
    """What is in the middle of each picture that is drawn, in shares of it."""
    crops = [preview.picture.crop for preview in screen.query(Preview) if preview.picture]
    return [(round(crop.left + crop.width / 2, 2), round(crop.top + crop.height / 2, 2)) for crop in crops]


async def test_two_are_beside_each_other_with_what_differs_below(start: Start) -> None:
    async with start((120, 40)) as studio:
        screen = await compare(
            studio,
            Ask(model=MODEL, prompt='a red fox in the snow', seed=1, parameters={'num_inference_steps': 4}),
            Ask(model=MODEL, prompt='a blue fox in the snow', seed=1),
        )
        assert [view.region.y for view in screen.views] == [0, 0]
        for words in ('… red …', '… blue …', 'Num inference steps', 'default'):
            assert words in studio.text
        table = studio.text[studio.text.index('Prompt') :]
        assert 'Model' not in table
        assert 'Seed' not in table
        assert seen(screen) == [(0.5, 0.5)] * 2
        await studio.press('plus', 'plus', 'l')
        await studio.until(lambda: all(x > 0.55 for x, _ in seen(screen)))
        assert len(set(seen(screen))) == 1, 'in step'
        await studio.press('escape', 'escape')
        assert studio.gallery.shelf is not None


async def test_they_flicker_in_one_place(start: Start) -> None:
    async with start((80, 24)) as studio:
        asks = [Ask(model=MODEL, prompt='a fox', seed=seed) for seed in (1, 2, 3)]
        screen = await compare(studio, *asks)
        await studio.press('v')
        await studio.until(lambda: [view.display for view in screen.views] == [True, False, False])
        preview = screen.views[0].preview
        seen = set()
        for _ in asks:
            await studio.until(lambda: screen.result and str(preview.source) == screen.result.output.path)
            await studio.until(lambda: preview.picture and preview.picture.path == preview.source)
            assert screen.result
            assert f'seed {screen.result.job.seed}' in studio.text
            seen.add(preview.source)
            await studio.press('space')
        assert len(seen) == 3
        assert screen.current == 0
        await studio.press('3')
        assert screen.current == 2
        await studio.press('v', 'f')
        await studio.until_shown('★')
        assert studio.text.count('★') == 1


async def test_a_caption_never_stands_beside_anothers_picture(start: Start) -> None:
    async with start((80, 24)) as studio:
        screen = await compare(studio, *(Ask(model=MODEL, prompt='a fox', seed=seed) for seed in (1, 2)))
        await studio.press('v')
        preview = screen.views[0].preview
        await studio.until(lambda: not screen.views[1].display and preview.picture and preview.is_settled)
        line = screen.views[0].query_one(Static)
        before = str(line.render())
        screen.current = 1
        assert preview.shown != preview.source, 'the picture before is still seen'
        assert str(line.render()) == before
        await studio.until_shown('seed 1')
        assert preview.shown == preview.source


async def test_a_film_plays_where_it_is_compared(start: Start) -> None:
    """You should see the film of the one that is meant play, and the other one stand."""
    async with start((120, 40)) as studio:
        asks = [Ask(model='Wan-AI/Wan2.2-TI2V-5B', prompt='a fox', seed=1), Ask(model=MODEL, prompt='a fox', seed=2)]
        screen = await compare(studio, *asks)
        assert not screen.player.has_film
        await studio.press('space')
        assert screen.current == 1
        await studio.press('space')
        await studio.until(lambda: screen.player.playing and '▶ 0:00 / 0:0' in studio.text)
        await studio.press('plus')
        assert not screen.player.playing
        await studio.press('n')
        await studio.pilot.click(screen.views[1].player)
        await studio.until(lambda: screen.views[1].player.playing)
        assert screen.current == 1


async def test_with_one_left_there_is_nothing_to_compare(start: Start) -> None:
    async with start((80, 24)) as studio:
        await compare(studio, *(Ask(model=MODEL, prompt='a fox', seed=seed) for seed in (1, 2)))
        assert 'Seed' in studio.text
        await studio.press('x')
        await studio.until_shown('1 result')
        assert studio.gallery.result is not None


def test_wide_pictures_are_laid_below_each_other_where_they_are_larger_so() -> None:
    cell = CellSize(10, 20)
    assert best_columns(2, Size(80, 40), [(1600, 400)] * 2, cell) == 1
    assert best_columns(2, Size(200, 40), [(1024, 1024)] * 2, cell) == 2
    assert best_columns(4, Size(160, 60), [(1024, 768)] * 4, cell) == 2
    assert best_columns(3, Size(240, 40), [(1024, 1024)] * 3, cell) == 3
