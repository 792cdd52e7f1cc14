import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest
from PIL import Image
from rich.color import Color
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import CellSize, Graphics
from hfmedia_tui.widgets.pictures_app import PicturesApp
from hfmedia_tui.widgets.preview import Preview
from tests.media.files import BLUE, GREEN, RED, WHITE, encoded, film, quarters
from tests.reading import until
from tests.widgets.stage import Recording, pictures_for

WIDTH, HEIGHT = 40, 12


class Question(ModalScreen[None]):
    DEFAULT_CSS = 'Question { align: center middle; } Question Static { width: 6; height: 1; }'

    def compose(self) -> ComposeResult:
        yield Static('Sure?')


class Stage(PicturesApp):
    """One preview of the whole screen, its driver's writes recorded."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.pictures = preview._pictures
        self.preview = preview
        self.written: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.preview

    async def on_mount(self) -> None:
        self._driver = Recording(self, self.written)


@asynccontextmanager
async def staged(
    preview: Preview, width: int = WIDTH, height: int = HEIGHT
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage(preview)
    async with app.run_test(size=(width, height)) as pilot:
        await settle(pilot)
        yield app, pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait until no picture is being made, and what was made is drawn."""
    await pilot.pause()
    await until(pilot, lambda: all(preview.is_settled for preview in pilot.app.query(Preview)))
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.fixture
def painted(tmp_path: Path) -> Path:
    path = tmp_path / 'painted.png'
    path.write_bytes(encoded('PNG'))
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[Pictures]:
    with pictures_for(tmp_path) as made:
        yield made


def colour(app: App[None], x: int, y: int) -> tuple[int, ...] | None:
    """The upper colour of a cell of the screen, as a terminal would show it."""
    strip = app.screen._compositor.render_strips()[y]
    (segment,) = strip.crop(x, x + 1)
    assert segment.style is not None
    found: Color | None = segment.style.color if segment.text == '▀' else segment.style.bgcolor
    return tuple(found.get_truecolor()) if found else None


def sent(app: App[None]) -> str:
    """What a repaint of the whole screen writes to the terminal."""
    return app.screen._compositor.render_full_update().render_segments(app.console)


def words(app: App[None]) -> str:
    return ' '.join(
        ''.join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
    ).strip()


async def test_the_picture_is_in_the_middle(pictures: Pictures, painted: Path) -> None:
    """You should see four quarters of 12 by 6 cells each in the middle of 40 by 12."""
    async with staged(Preview(pictures, source=painted)) as (app, _):
        background = colour(app, 0, 0)
        assert [colour(app, x, 2) for x in (7, 8, 18, 21, 31, 32)] == [background, RED, RED, GREEN, GREEN, background]
        assert [colour(app, x, 10) for x in (8, 31)] == [BLUE, WHITE]


async def test_finished_lines_reach_the_terminal_as_they_are(pictures: Pictures, painted: Path) -> None:
    async with staged(Preview(pictures, source=painted)) as (app, _):
        assert app.preview.picture is not None
        for line in app.preview.picture.lines:
            assert line in sent(app)


async def test_a_placeholder_stands_for_no_source(pictures: Pictures, painted: Path) -> None:
    async with staged(Preview(pictures, placeholder='Results appear [/here]')) as (app, pilot):
        assert 'Results appear [/here]' in words(app)
        app.preview.source = painted
        await settle(pilot)
        assert 'Results' not in words(app)
        assert colour(app, 8, 2) == RED
        app.preview.source = None
        await settle(pilot)
        assert 'Results appear [/here]' in words(app)
        assert colour(app, 8, 2) == colour(app, 0, 0)


async def test_a_file_that_cannot_be_shown_says_why(pictures: Pictures, painted: Path, tmp_path: Path) -> None:
    broken = tmp_path / '[bad\x1b].png'
    broken.write_bytes(b'{"error": 1}')
    async with staged(Preview(pictures, source=painted), width=80) as (app, pilot):
        app.preview.source = broken
        await settle(pilot)
        assert '[bad].png is no picture or film: it looks like JSON.' in words(app)
        assert '\x1b].png' not in sent(app)
        app.preview.source = painted
        await settle(pilot)
        assert colour(app, 28, 2) == RED


async def test_a_resize_makes_it_anew(pictures: Pictures, painted: Path) -> None:
    async with staged(Preview(pictures, source=painted)) as (app, pilot):
        await pilot.resize_terminal(20, 20)
        await settle(pilot)
        picture = app.preview.picture
        assert picture is not None
        assert (picture.columns, picture.rows) == (20, 10)
        assert [colour(app, x, y) for x, y in ((0, 5), (19, 5), (0, 14), (19, 14))] == [RED, GREEN, BLUE, WHITE]
        assert colour(app, 0, 4) == colour(app, 0, 15) != RED


async def test_until_the_next_is_ready_the_last_one_stays_and_is_cut(pictures: Pictures, painted: Path) -> None:
    async with staged(Preview(pictures, source=painted)) as (app, pilot):
        turn = Event()
        pictures._thread.submit(turn.wait)
        try:
            await pilot.resize_terminal(10, 6)
            await pilot.pause()
            assert app.preview.picture is not None
            assert (app.preview.picture.columns, app.preview.size.width) == (24, 10)
            assert colour(app, 0, 0) == RED
            assert colour(app, 0, 5) == BLUE
        finally:
            turn.set()
        await settle(pilot)
        assert app.preview.picture.columns == 10


async def test_only_the_last_source_is_shown(pictures: Pictures, tmp_path: Path) -> None:
    paths = []
    for index in range(6):
        paths.append(tmp_path / f'{index}.png')
        paths[-1].write_bytes(encoded('PNG', quarters(64 + index, 64)))
    async with staged(Preview(pictures)) as (app, pilot):
        turn = Event()
        pictures._thread.submit(turn.wait)
        for path in paths:
            app.preview.source = path
            await pilot.pause()
        turn.set()
        await settle(pilot)
        assert app.preview.picture is not None
        assert app.preview.picture.width == 69
        assert len(pictures._cache) == 1


async def test_a_patient_one_is_not_outrun_by_what_comes_faster(pictures: Pictures, tmp_path: Path) -> None:
    """You should see the first of many pictures although others come while it is made, and then the newest."""
    paths = [tmp_path / f'{index}.png' for index in range(6)]
    for index, path in enumerate(paths):
        path.write_bytes(encoded('PNG', quarters(64 + index, 64)))
    async with staged(Preview(pictures, patient=True)) as (app, pilot):
        turn = Event()
        pictures._thread.submit(turn.wait)
        seen: list[Path | None] = []

        def note(path: Path | None) -> None:
            seen.append(path)

        app.watch(app.preview, 'shown', note, init=False)
        for path in paths:
            app.preview.source = path
            await pilot.pause()
        turn.set()
        await settle(pilot)
        assert seen == [paths[0], paths[-1]]
        assert app.preview.picture is not None
        assert app.preview.picture.width == 69
        app.preview.source = None
        await settle(pilot)
        assert app.preview.picture is None


async def test_what_is_put_away_leaves_nothing_behind(pictures: Pictures, painted: Path) -> None:
    async with staged(Preview(pictures, source=painted)) as (app, pilot):
        await app.preview.remove()
        await settle(pilot)
        assert app.preview.picture is None
        assert not app.preview._lines


async def test_under_a_modal_screen_it_is_dimmed(pictures: Pictures, painted: Path) -> None:
    """You should see the four quarters, darker, around a question."""
    async with staged(Preview(pictures, source=painted)) as (app, pilot):
        await app.push_screen(Question())
        await pilot.pause()
        for x, y, (red, green, blue) in ((9, 1, RED), (30, 1, GREEN), (9, 10, BLUE), (30, 10, WHITE)):
            dimmed = colour(app, x, y)
            assert dimmed is not None
            assert sum(dimmed) < 0.7 * (red + green + blue)
            assert max(dimmed) == dimmed[(red, green, blue).index(max(red, green, blue))]
        assert 'Sure?' in words(app)
        app.pop_screen()
        await pilot.pause()
        assert colour(app, 9, 1) == RED


async def test_a_film_bears_its_mark_and_length(pictures: Pictures, tmp_path: Path) -> None:
    async with staged(Preview(pictures, source=film(tmp_path / 'film.mp4', seconds=2))) as (app, _):
        strips = app.screen._compositor.render_strips()
        assert ''.join(segment.text for segment in strips[11]).strip().startswith('▶ 0:02 ▀▀')
        assert '▶' not in ''.join(segment.text for segment in strips[10])
        assert '▶ 0:02' in sent(app)


async def test_a_border_does_not_hurt(pictures: Pictures, painted: Path) -> None:
    preview = Preview(pictures, source=painted)
    preview.styles.border = ('round', 'white')
    async with staged(preview) as (app, _):
        assert preview.picture is not None
        assert (preview.picture.columns, preview.picture.rows) == (20, 10)
        assert [colour(app, x, y) for x, y in ((10, 1), (29, 1), (10, 10), (29, 10))] == [RED, GREEN, BLUE, WHITE]


async def test_without_graphics_it_is_told_in_words(tmp_path: Path, painted: Path) -> None:
    with pictures_for(tmp_path, Graphics.NONE) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, pilot):
            assert 'Picture, 64 x 64' in words(app)
            app.preview.source = film(tmp_path / 'film.mp4', seconds=2)
            await settle(pilot)
            assert 'Film, 64 x 64, 0:02' in words(app)


@pytest.mark.filterwarnings('ignore:Image.Image.getdata:DeprecationWarning')  # textual-image's own concern
async def test_textual_images_own_widget_can_be_chosen(tmp_path: Path, painted: Path) -> None:
    """You should see four quarters in the middle, as with our own."""
    with pictures_for(tmp_path, Graphics.TEXTUAL_IMAGE) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, pilot):
            await pilot.pause()
            background = colour(app, 0, 0)
            assert colour(app, 7, 2) == colour(app, 32, 2) == background
            assert colour(app, 10, 2) == pytest.approx(RED, abs=4)
            assert colour(app, 29, 9) == pytest.approx(WHITE, abs=4)
            app.preview.source = None
            await settle(pilot)
            assert colour(app, 10, 2) == background


async def test_sixel_is_sent_a_row_at_a_time_but_not_on_the_last_row(tmp_path: Path, painted: Path) -> None:
    with pictures_for(tmp_path, Graphics.SIXEL) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, _):
            picture = app.preview.picture
            assert picture is not None
            text = sent(app)
            assert all(image in text for image in picture.sixels[:11])
            assert text.count('\x1bP') == 11
            assert picture.lines[11] in text
            assert colour(app, 8, 2) == RED


async def test_sixel_waits_while_it_moves(tmp_path: Path, painted: Path) -> None:
    class Scrolling(Stage):
        def compose(self) -> ComposeResult:
            with VerticalScroll():
                yield Static('\n' * 3)
                with Vertical() as box:
                    box.styles.height = 10
                    yield self.preview
                yield Static('\n' * 30)

    with pictures_for(tmp_path, Graphics.SIXEL) as pictures:
        app = Scrolling(Preview(pictures, source=painted))
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            await settle(pilot)
            assert '\x1bP' in sent(app)
            app.query_one(VerticalScroll).scroll_to(y=3, animate=False)
            await pilot.pause()
            assert '\x1bP' not in sent(app)
            assert '▀' in sent(app)
            assert app.preview._rest is not None
            await app.preview._rest._task  # type: ignore[misc]
            await pilot.pause()
            assert '\x1bP' in sent(app)


def commands(app: Stage) -> list[str]:
    """What was done with pictures that the terminal keeps, since it was asked last."""
    kinds = {'a=T': 'keep', 'a=d': 'free'}
    found = [kind for text in app.written for start, kind in kinds.items() for _ in range(text.count(f'\x1b_G{start}'))]
    app.written.clear()
    return found


class Slow(Stage):
    """A stage whose terminal takes what it is sent, but answers only when it is told to."""

    async def on_mount(self) -> None:
        self._driver = Recording(self, self.written)
        self.pictures.pacer.open(self._driver.write, self.call_after_refresh)

    @property
    def is_headless(self) -> bool:  # so that frames are written
        return False

    @property
    def questions(self) -> list[tuple[int, int]]:
        """Where the terminal was asked from, since this was looked at last."""
        found = re.findall(r'\x1b\[(\d+);(\d+)H\x1b\[6n', ''.join(self.written))
        self.written.clear()
        return [(int(row), int(column)) for row, column in found]

    def answer(self) -> None:
        for row, column in self.questions:
            self.post_message(events.CursorPosition(column - 1, row - 1))


@pytest.mark.parametrize('graphics', [Graphics.HALF_CELLS, Graphics.SIXEL])
async def test_what_the_link_does_not_bear_yet_is_coarse_until_its_turn(tmp_path: Path, graphics: Graphics) -> None:
    noisy = tmp_path / 'noisy.png'
    noisy.write_bytes(encoded('PNG', Image.merge('RGB', [Image.effect_noise((400, 400), 90)] * 3)))
    with pictures_for(tmp_path, graphics) as pictures:
        app = Slow(Preview(pictures, source=noisy))
        async with app.run_test(size=(80, 41)) as pilot:
            await settle(pilot)
            preview = app.preview
            assert preview._coarse
            drawn = ''.join(app.written)
            assert len(drawn) < 90_000
            coarse = len(preview._coarse)
            app.answer()
            await pilot.pause()
            await until(pilot, lambda: len(preview._coarse) < coarse)
            async with asyncio.timeout(20):
                while preview._coarse or preview._granted:
                    app.answer()
                    await pilot.pause()
            assert preview.picture is not None


async def test_kitty_is_sent_a_picture_once_and_frees_it_when_it_is_put_away(tmp_path: Path, painted: Path) -> None:
    other = tmp_path / 'other.png'
    other.write_bytes(encoded('PNG', quarters(80, 64)))
    with pictures_for(tmp_path, Graphics.KITTY) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, pilot):
            number = app.preview._number
            assert commands(app) == ['keep']
            assert f'\x1b[38;2;{number >> 16};{number >> 8 & 255};{number & 255}m\U0010eeee' in sent(app)
            app.preview.refresh()
            await app.push_screen(Question())
            await pilot.pause()
            assert '\U0010eeee' not in sent(app)  # their colour is their number: they cannot be dimmed
            app.pop_screen()
            await settle(pilot)
            assert commands(app) == []
            app.preview.source = other
            await settle(pilot)
            assert commands(app) == ['keep']
            assert app.preview._number != number
            app.preview.source = painted
            await settle(pilot)
            assert commands(app) == []
            assert app.preview._number == number
            await app.preview.remove()
            await settle(pilot)
            assert commands(app) == ['free', 'free']


async def test_another_terminal_is_sent_the_picture_anew(tmp_path: Path, painted: Path) -> None:
    with pictures_for(tmp_path, Graphics.KITTY) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, pilot):
            assert commands(app) == ['keep']
            pictures.kept.move(usable=False)
            sent(app)
            await settle(pilot)
            assert '\U0010eeee' not in sent(app)
            assert commands(app) == []
            assert colour(app, 8, 2) == RED
            pictures.kept.move(usable=True)
            sent(app)
            await settle(pilot)
            assert commands(app) == ['keep']
            assert f'{app.preview._number & 255}m\U0010eeee' in sent(app)


async def test_with_a_larger_font_sixel_is_made_anew(
    tmp_path: Path, painted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pictures_for(tmp_path, Graphics.SIXEL) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, pilot):
            first = app.preview.picture
            monkeypatch.setattr('hfmedia_tui.media.picture.measure_cell', lambda _: CellSize(14, 28))
            app.post_message(events.Resize(app.size, app.size))  # as many cells as before
            await pilot.pause()
            sent(app)
            await settle(pilot)
            assert app.preview.picture is not None
            assert app.preview.picture is not first
            assert app.preview.picture.cell == (14, 28)


async def test_kitty_frees_everything_at_the_end(tmp_path: Path, painted: Path) -> None:
    with pictures_for(tmp_path, Graphics.KITTY) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, _):
            app.exit()
        assert commands(app) == ['keep', 'free']


async def test_in_tmux_commands_are_wrapped_and_each_cell_is_spelled(tmp_path: Path, painted: Path) -> None:
    with pictures_for(tmp_path, Graphics.KITTY, tmux=True) as pictures:
        async with staged(Preview(pictures, source=painted)) as (app, _):
            (upload,) = [text for text in app.written if 'a=T' in text]
            assert upload.startswith('\x1bPtmux;\x1b\x1b_Ga=T')
            assert upload.endswith('\x1b\x1b\\\x1b\\')
            assert sent(app).count('\U0010eeee\u0305') == 24  # the first row's mark, in each of its cells
