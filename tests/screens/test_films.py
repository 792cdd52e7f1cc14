from pathlib import Path

from tests.media.films import counted_film
from tests.screens.conftest import Start


async def test_a_result_plays_while_the_next_prompt_is_written(start: Start, tmp_path: Path) -> None:
    """You should see the film play beside the prompt, and its key named only where there is a film."""
    async with start((120, 40)) as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        assert 'F9 Play' not in studio.text
        player = studio.compose.player
        player.source = counted_film(tmp_path / 'film.mp4', 48, 12)
        studio.compose.refresh_bindings()
        await studio.until_shown('F9 Play')
        await studio.press('f9')
        await studio.until_shown('▶ 0:01 / 0:04')
        await studio.press(*'a cat')
        assert studio.compose.prompt.text == 'a cat'
        assert player.playing
        await studio.press('f9')
        await studio.until_shown('‖ 0:0')


async def test_on_a_narrow_screen_the_key_shows_the_film_first(start: Start, tmp_path: Path) -> None:
    async with start((80, 24)) as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        studio.compose.player.source = counted_film(tmp_path / 'film.mp4', 48, 12)
        await studio.press('f9')
        await studio.until_shown('▶ 0:00 / 0:04')
        assert studio.compose.player.has_focus
        await studio.press('space', 'end')
        await studio.until_shown('‖ 0:04 / 0:04')


async def test_one_film_plays_at_a_time_and_not_in_a_place_that_was_left(start: Start, tmp_path: Path) -> None:
    async with start((120, 40)) as studio:
        path = counted_film(tmp_path / 'film.mp4', 48, 12)
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        composed = studio.compose.player
        composed.source = path
        await studio.press('f9')
        await studio.until_shown('▶ 0:00 / 0:04')
        await studio.press('f4')
        await studio.until(lambda: not composed.playing)
        assert composed.has_class('-rolling')
        studio.jobs.remove_class('-empty')
        studio.jobs.add_class('-has-result')
        studio.jobs.player.source = path
        await studio.press('space')
        await studio.until_shown('▶ 0:00 / 0:04')
        assert not composed.has_class('-rolling')
        await studio.press('right', 'right', 'space')
        assert studio.jobs.player.position >= 2
        await studio.until_shown('‖ 0:0')
