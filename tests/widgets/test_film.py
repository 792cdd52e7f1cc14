import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import ImageDraw
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.events import Click, MouseMove, MouseUp
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Graphics
from hfmedia_tui.widgets import film as player_module
from hfmedia_tui.widgets import film_animation
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.film_stage import FilmStage
from hfmedia_tui.widgets.pictures_app import PicturesApp
from tests.media.files import encoded
from tests.media.films import counted_film
from tests.reading import until
from tests.widgets.stage import Recording, pictures_for


class Question(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static('Sure?')


class Cinema(PicturesApp):
    """A player above an input, its driver's writes recorded."""

    CSS = 'Input { height: 1; } #below { height: 60; }'

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self.pictures = pictures
        self.player = FilmPlayer(pictures, placeholder='Nothing yet')
        self.player.styles.height = 12
        self.written: list[str] = []
        self.started: list[FilmPlayer] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield self.player
            yield Input(compact=True)
            yield Static(id='below')

    async def on_mount(self) -> None:
        self._driver = Recording(self, self.written)

    def on_film_player_started(self, event: FilmPlayer.Started) -> None:
        self.started.append(event.player)


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[Pictures]:
    with pictures_for(tmp_path) as made:
        yield made


@asynccontextmanager
async def cinema(pictures: Pictures, source: Path) -> AsyncIterator[tuple[Cinema, Pilot[None]]]:
    app = Cinema(pictures)
    async with app.run_test(size=(44, 20)) as pilot:
        app.player.source = source
        await pilot.pause()
        yield app, pilot


def lines(app: App[None]) -> list[str]:
    return [''.join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def bar(app: Cinema) -> str:
    return lines(app)[11].strip()


def brightness(app: Cinema) -> int:
    """Of the film's middle."""
    return strip_colour(app, 20, 5)


def strip_colour(app: Cinema, x: int, y: int) -> int:
    (segment,) = app.screen._compositor.render_strips()[y].crop(x, x + 1)
    assert segment.style is not None
    assert segment.style.color is not None
    return segment.style.color.get_truecolor().red


async def rolling(app: Cinema, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.player.has_class('-rolling') and app.query_one(FilmStage).display)
    await pilot.pause()


async def test_a_film_plays_where_its_first_frame_stood(pictures: Pictures, tmp_path: Path) -> None:
    """You should see the same place grow lighter, and the time in its last row."""
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 36, 12)) as (app, pilot):
        await until(pilot, lambda: '▶ 0:03' in bar(app))
        app.player.play()
        await rolling(app, pilot)
        assert re.match(r'▶ 0:0\d / 0:03 ', bar(app))
        await until(pilot, lambda: brightness(app) > 40)
        assert app.started == [app.player]
        assert '▀' in lines(app)[0]


async def test_it_pauses_and_plays_on_from_there(pictures: Pictures, tmp_path: Path) -> None:
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 36, 12)) as (app, pilot):
        app.player.focus()
        await pilot.press('space')
        await rolling(app, pilot)
        await until(pilot, lambda: app.player.position > 0.4)
        await pilot.press('space')
        await until(pilot, lambda: bar(app).startswith('‖ 0:0'))
        stood = app.player.position
        await pilot.pause(0.1)
        assert app.player.position == stood
        await pilot.press('space')
        await until(pilot, lambda: app.player.position != stood)
        assert app.player.playing


async def test_keys_go_through_the_film(pictures: Pictures, tmp_path: Path) -> None:
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 60, 12)) as (app, pilot):
        app.player.focus()
        await pilot.press('space')
        await rolling(app, pilot)
        await pilot.press('space', 'home', 'right', 'right')
        assert app.player.position == pytest.approx(2.0)
        await until(pilot, lambda: bar(app).startswith('‖ 0:02 / 0:05'))
        await until(pilot, lambda: abs(brightness(app) - 24 * 4) < 12)
        await pilot.press('left')
        await until(pilot, lambda: bar(app).startswith('‖ 0:01'))
        await pilot.press('end')
        await until(pilot, lambda: abs(brightness(app) - 59 * 4) < 12)
        assert '━' in bar(app)
        assert '─' not in bar(app)
        await pilot.press('backspace')
        await pilot.pause()
        assert not app.player.has_class('-rolling')
        assert '▶ 0:05' in bar(app)


async def test_the_line_of_time_can_be_pointed_at(pictures: Pictures, tmp_path: Path) -> None:
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 120, 12)) as (app, pilot):
        app.player.play()
        await rolling(app, pilot)
        app.player.pause()
        await pilot.pause()
        start = lines(app)[11].index('0:10') + 5
        end = len(lines(app)[11].rstrip()) - 1
        await pilot.click(FilmStage, offset=((start + end) // 2, 11))
        assert 4 < app.player.position < 6
        assert not app.player.playing
        await pilot.click(FilmStage, offset=(20, 3))
        assert app.player.playing


async def test_the_place_follows_the_mouse_along_the_line_of_time(pictures: Pictures, tmp_path: Path) -> None:
    """Also where the mouse leaves the line, and letting go of it is no click on the film."""
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 120, 12)) as (app, pilot):
        app.player.play()
        await rolling(app, pilot)
        app.player.pause()
        await pilot.pause()
        start = lines(app)[11].index('0:10') + 5
        end = len(lines(app)[11].rstrip()) - 1
        await pilot.mouse_down(FilmStage, offset=(start + 1, 11))
        for x in ((start + end) // 2, end - 1):
            await pilot._post_mouse_events([MouseMove], FilmStage, offset=(x, 11), button=1)
            assert abs(app.player.position - 10 * (x - start) / (end - start)) < 1
        await pilot._post_mouse_events([MouseMove], FilmStage, offset=(end - 1, 5), button=1)
        await pilot._post_mouse_events([MouseUp, Click], FilmStage, offset=(end - 1, 5), button=1)
        assert app.player.position > 8
        assert not app.player.playing


async def test_a_film_that_was_dragged_is_not_clicked(pictures: Pictures, tmp_path: Path) -> None:
    """Who drags what is seen closer does not want it to play when the mouse lets go."""
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 120, 12)) as (app, pilot):
        await pilot.mouse_down(FilmPlayer, offset=(20, 3))
        await pilot._post_mouse_events([MouseMove], FilmPlayer, offset=(24, 5), button=1)
        await pilot._post_mouse_events([MouseUp, Click], FilmPlayer, offset=(24, 5), button=1)
        assert not app.player.playing
        await pilot.click(FilmPlayer, offset=(24, 5))
        assert app.player.playing


@pytest.mark.parametrize('live', [False, True])
async def test_it_goes_round(pictures: Pictures, tmp_path: Path, live: bool) -> None:
    """Also where the file does not tell how long it is."""
    async with cinema(pictures, counted_film(tmp_path / 'film.webm', 6, 12, live=live)) as (app, pilot):
        app.player.play()
        await rolling(app, pilot)
        await until(pilot, lambda: app.player._playhead.rounds >= 2)
        assert app.player.playing


async def test_typing_goes_on_beside_it(pictures: Pictures, tmp_path: Path) -> None:
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 36, 12)) as (app, pilot):
        app.query_one(Input).focus()
        app.player.play()
        await rolling(app, pilot)
        await pilot.press(*'a sea ')
        assert app.query_one(Input).value == 'a sea '
        assert app.player.playing


@pytest.mark.parametrize('how', ['covered', 'blurred', 'scrolled out'])
async def test_out_of_sight_it_pauses(pictures: Pictures, tmp_path: Path, how: str) -> None:
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 36, 12)) as (app, pilot):
        app.player.play()
        await rolling(app, pilot)
        match how:
            case 'covered':
                await app.push_screen(Question())
            case 'blurred':
                app.app_focus = False
            case _:
                app.query_one(VerticalScroll).scroll_to(y=30, animate=False)
        await until(pilot, lambda: not app.player.playing)
        stood = app.player.position
        if how == 'covered':
            app.pop_screen()
        await pilot.pause()
        assert app.player.position == stood


async def test_another_source_ends_the_film(pictures: Pictures, tmp_path: Path) -> None:
    painted = tmp_path / 'painted.png'
    painted.write_bytes(encoded('PNG'))
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 36, 12)) as (app, pilot):
        app.player.focus()
        await pilot.press('space')
        await rolling(app, pilot)
        app.player.source = painted
        await until(pilot, lambda: not app.player.has_class('-rolling'))
        assert not app.player.playing
        await until(pilot, lambda: not app.player.has_focus)
        app.player.play()
        assert not app.player.playing


async def test_a_resize_goes_on_at_the_new_size(pictures: Pictures, tmp_path: Path) -> None:
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 36, 12)) as (app, pilot):
        app.player.play()
        await rolling(app, pilot)
        app.player.pause()
        await pilot.resize_terminal(20, 20)
        stage = app.query_one(FilmStage)
        await until(pilot, lambda: stage._picture and stage._picture.columns == stage.size.width == 18)
        await pilot.pause()
        assert any(line.strip().startswith('‖ 0:0') for line in lines(app))


async def test_what_cannot_be_played_is_said_in_its_place(pictures: Pictures, tmp_path: Path) -> None:
    broken = tmp_path / '[broken].mp4'
    broken.write_bytes(b'\0\0\0\x14ftypisom' + bytes(300))
    async with cinema(pictures, broken) as (app, pilot):
        app.player.play()
        await until(pilot, lambda: app.player.has_class('-rolling'))
        await pilot.pause()
        assert '[broken].mp4 is damaged' in ' '.join(map(str.strip, lines(app)))
        assert not app.player.playing
        app.player.source = counted_film(tmp_path / 'film.mp4', 36, 12)
        await pilot.pause()
        assert 'damaged' not in ' '.join(lines(app))


async def test_kitty_is_sent_each_frame_under_one_number_and_frees_it(tmp_path: Path) -> None:
    with pictures_for(tmp_path, Graphics.KITTY) as pictures:
        async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 36, 12)) as (app, pilot):
            app.player.play()
            await rolling(app, pilot)
            number = app.query_one(FilmStage).number
            app.written.clear()
            await until(pilot, lambda: ''.join(app.written).count(f'a=T,U=1,i={number},') >= 3)
            assert '\U0010eeee' not in ''.join(app.written)
            app.written.clear()
            app.player.stop()
            await pilot.pause()
            assert f'\x1b_Ga=d,d=I,i={number},q=2\x1b\\' in ''.join(app.written)


async def test_only_rows_that_changed_are_drawn(pictures: Pictures, tmp_path: Path) -> None:
    path = counted_film(
        tmp_path / 'film.mp4',
        36,
        12,
        draw=lambda canvas, index: canvas.rectangle((0, 20, 95, 63), fill='navy'),
    )
    async with cinema(pictures, path) as (app, pilot):
        stage = app.query_one(FilmStage)
        app.player.play()
        await rolling(app, pilot)
        before = stage._picture
        assert before is not None
        await until(pilot, lambda: stage._picture and stage._picture.lines[1] != before.lines[1])
        assert stage._picture is not None
        same = [old == new for old, new in zip(before.lines, stage._picture.lines, strict=True)]
        assert same[5:] == [True] * (len(same) - 5)


async def test_kitty_plays_a_short_film_by_itself(tmp_path: Path) -> None:
    """Frames are sent once; after that, but for the time that is told, nothing is."""
    with pictures_for(tmp_path, Graphics.KITTY, version='kitty(0.32.2)') as pictures:
        async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 24, 12)) as (app, pilot):
            app.player.play()
            await until(pilot, lambda: 's=3' in ''.join(app.written))
            number = app.query_one(FilmStage).number
            graphics = re.findall(r'\x1b_G([^;\x1b]*)', ''.join(app.written).split(f'i={number},c=', 1)[1])
            frames = [keys for keys in graphics if keys.startswith(f'a=f,i={number},')]
            gaps = [int(re.search(r'z=(\d+)', keys)[1]) for keys in frames]  # type: ignore[index]
            assert len(frames) == 15
            assert f'a=a,i={number},r=1,z=125,q=2' in graphics
            assert 125 + sum(gaps) == 2000
            assert all(keys.startswith('a=f,q=2') for keys in graphics if ',m=' in keys and 'i=' not in keys)
            app.written.clear()
            await until(pilot, lambda: app.player._playhead.rounds >= 1)
            assert '\x1b_G' not in ''.join(app.written)
            app.player.pause()
            await until(pilot, lambda: 's=1' in ''.join(app.written))
            app.written.clear()
            app.player.action_go_to(0.5)
            await until(pilot, lambda: f'a=a,i={number},c=9,s=1' in ''.join(app.written))
            app.player.stop()
            await pilot.pause()
            assert f'a=d,d=I,i={number},' in ''.join(app.written)


@pytest.mark.parametrize('version', ['kitty(0.32.2)', 'ghostty 1.1.3'])
async def test_what_the_terminal_lost_of_a_film_is_sent_again(tmp_path: Path, version: str) -> None:
    """Also where it stands; and what is sent of it counts, so that what was lost on the way is missed."""
    with pictures_for(tmp_path, Graphics.KITTY, version=version) as pictures:
        async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 24, 12)) as (app, pilot):
            app.player.play()
            await until(pilot, lambda: app.player.position > 0.2)
            app.player.pause()
            await until(pilot, lambda: bar(app).startswith('‖'))
            number = app.query_one(FilmStage).number
            stood, sent = app.player.position, pictures.kept.sent
            app.written.clear()
            pictures.kept.send_again()
            app.refresh()
            await until(pilot, lambda: f'a=T,U=1,i={number},' in ''.join(app.written) and bar(app).startswith('‖'))
            await until(pilot, lambda: 's=1' in ''.join(app.written) or 'kitty' not in version)
            assert not app.query_one(FilmStage).is_lost
            assert pictures.kept.sent - sent >= sum(
                map(len, re.findall(r'\x1b_Ga=[Tf].*?\x1b\\', ''.join(app.written)))
            )
            assert app.player.position == stood


async def test_a_film_that_tmux_shows_in_a_terminal_without_placeholders_plays_in_half_cells(tmp_path: Path) -> None:
    with pictures_for(tmp_path, Graphics.KITTY, version='kitty(0.32.2)') as pictures:
        async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 24, 12)) as (app, pilot):
            app.player.play()
            await rolling(app, pilot)
            stage = app.query_one(FilmStage)

            def drawn() -> str:
                return stage.render_lines(stage.size.region)[5].render(app.console)

            pictures.kept.move(usable=False)
            await until(pilot, lambda: not stage.is_lost and '▀' in drawn())
            app.written.clear()
            shown = drawn()
            await until(pilot, lambda: drawn() != shown)
            assert '\U0010eeee' not in drawn()
            assert '\x1b_G' not in ''.join(app.written)
            pictures.kept.move(usable=True)
            await until(pilot, lambda: '\U0010eeee' in drawn())


async def test_a_film_too_large_to_be_kept_in_kitty_is_sent_frame_by_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_animation, '_MOST_BYTES', 2000)
    with pictures_for(tmp_path, Graphics.KITTY, version='kitty(0.32.2)') as pictures:
        async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 24, 12)) as (app, pilot):
            app.player.play()
            await until(pilot, lambda: ''.join(app.written).count('a=T,U=1') >= 4)
            assert 's=3' not in ''.join(app.written)


async def test_where_nothing_can_be_drawn_frames_are_told_in_words(tmp_path: Path) -> None:
    """You should see when the film is dark and when it is light."""
    with pictures_for(tmp_path, Graphics.NONE) as pictures:
        async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 48, 12)) as (app, pilot):
            app.player.play()
            await until(pilot, lambda: 'Frames of the film' in '\n'.join(lines(app)))
            told = [line[:38].strip() for line in lines(app)[:11] if ':' in line]
            assert told == ['0:00  black', '0:01  dark grey', '0:02  grey', '0:03  grey']
            assert not app.player.playing


async def test_over_a_link_too_slow_to_play_stands_a_filmstrip(
    pictures: Pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """You should see four frames, one darker than the other, and their times."""
    monkeypatch.setattr(player_module, '_TRIAL', 0.2)
    monkeypatch.setattr(player_module, '_LEAST_RATE', 1000.0)
    async with cinema(pictures, counted_film(tmp_path / 'film.mp4', 48, 12)) as (app, pilot):
        app.player.play()
        await until(pilot, lambda: 'Too slow' in bar(app))
        assert bar(app) == 'Too slow  0:00 0:01 0:02 0:03'
        corners = [strip_colour(app, x, y) for y in (2, 9) for x in (8, 30)]
        assert corners == sorted(corners)
        assert len(set(corners)) == 4
        assert not app.player.playing
        monkeypatch.setattr(player_module, '_LEAST_RATE', 0.0)
        app.player.play()
        await until(pilot, lambda: bar(app).startswith('▶ 0:0'))


async def test_a_frame_that_stands_becomes_sharp(tmp_path: Path) -> None:
    with pictures_for(tmp_path, Graphics.SIXEL) as pictures:
        path = counted_film(tmp_path / 'film.mp4', 36, 12, draw=rainbow)
        async with cinema(pictures, path) as (app, pilot):
            app.player.play()
            await rolling(app, pilot)
            passing = colours(app)
            app.player.pause()
            await until(pilot, lambda: colours(app) > 1.5 * passing)
            app.player.play()
            await until(pilot, lambda: colours(app) <= 1.2 * passing)


def rainbow(canvas: ImageDraw.ImageDraw, index: int) -> None:
    for x in range(96):
        canvas.line((x, 0, x, 63), fill=(255 - 2 * x, (5 * x + index) % 256, 2 * x))


def colours(app: Cinema) -> int:
    picture = app.query_one(FilmStage)._picture
    assert picture is not None
    return len(set(re.findall(r'#\d+;2;([\d;]+)', ''.join(picture.sixels))))
