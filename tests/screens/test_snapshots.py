"""Every place at three sizes, dark and light: empty, busy, failing, and full of words that nobody means well with.

What a screen shows is kept as text in `snapshots/`; `pytest tests/screens --renew-snapshots` keeps what it shows now.
"""

import asyncio
import difflib
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import chain
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.color import Color

from hfmedia_tui.domain import harmless
from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.screens.compare import CompareScreen
from hfmedia_tui.screens.help import HelpScreen
from hfmedia_tui.screens.model_finder import ModelFinder
from hfmedia_tui.screens.palette import Palette
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.screens.welcome import WelcomeScreen
from hfmedia_tui.services import Services
from hfmedia_tui.widgets.key_line import MOST_KEYS, KeyLine
from hfmedia_tui.widgets.themes import DARK, LIGHT
from hfmedia_tui.widgets.top_bar import TopBar
from tests.engine.loopback import serving
from tests.houses import opened
from tests.screens.conftest import Start
from tests.screens.studio import Studio
from tests.screens.worlds import WORLDS, Clock, World

SIZES = ((80, 24), (120, 40), (200, 50))
SNAPSHOTS = Path(__file__).with_name('snapshots')

PLACES: dict[str, tuple[tuple[str, ...], str | type, tuple[str, ...]]] = {
    'browse': (('f2',), 'browse', ()),
    'compose': (('f3',), 'compose', ()),
    'models': (('f3', 'ctrl+o'), ModelFinder, ('escape',)),
    'jobs': (('f4',), 'jobs', ()),
    'help': (('f1',), HelpScreen, ('escape',)),
    'palette': (('ctrl+p',), Palette, ('escape',)),
    'settings': (('f7',), 'settings', ()),
    'gallery': (('f6',), 'gallery', ()),
    'viewer': (('enter',), ViewerScreen, ('escape',)),
    'compare': (('space', 'space', 'c'), CompareScreen, ('escape',)),
}
"""The keys that lead there, what is there then, and the keys that lead away."""
_NEEDS_RESULTS = ('viewer', 'compare')
_WITH_RESULTS = ('busy', 'torture')

_PATIENCE = 10.0
"""Seconds that a screen may take to come to what was kept of it."""
_REST = 0.5
"""Seconds without a change after which a screen is taken to have come to rest."""
_READABLE, _MUTED = 4.5, 3.0
"""Least contrasts of what is to be read and of what may step back.

https://www.w3.org/TR/WCAG22/#contrast-minimum, and the same for large text
"""


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """The same folders in every run, as they are shown."""
    monkeypatch.chdir(tmp_path)
    paths = find_paths({'HFMEDIA_HOME': 'home'})
    paths.settings.parent.mkdir(parents=True)
    paths.settings.write_text(f'[interface]\ntheme = "{DARK.name}"\n[output]\nfolder = "/pictures"\n')
    return paths


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in ('browse', 'sheet'):
        monkeypatch.setattr(f'hfmedia_tui.screens.{module}.datetime', Clock)
    for module in ('job_list', 'live_panel', 'plain', 'prompt_list'):
        monkeypatch.setattr(f'hfmedia_tui.widgets.{module}.datetime', Clock)
    monkeypatch.setattr('tests.hostile.world.datetime', Clock)
    monkeypatch.setenv('TZ', 'UTC')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


Enter = Callable[[World, tuple[int, int]], AbstractAsyncContextManager[Studio]]


@pytest.fixture
def enter(start: Start, paths: Paths) -> Enter:
    """Starts the program in a world."""

    @asynccontextmanager
    async def enter_it(world: World, size: tuple[int, int]) -> AsyncIterator[Studio]:
        with serving(world) as server:
            world.url = server.url
            await world.fill(paths.ledger, paths.output)

            def opening(paths: Paths, _sandbox: bool) -> AbstractAsyncContextManager[Services]:
                return opened(paths, server.url, patience=0)

            async with start(size, opening=opening) as studio:
                for job in world.under_way():
                    studio.app.take_job(job)
                yield studio

    return enter_it


def shown(studio: Studio) -> str:
    """The screen without what differs from run to run: the port of the Hub that stands in."""
    return re.sub(r'(?<=127\.0\.0\.1:)\d+', lambda port: '0' * len(port[0]), studio.text) + '\n'


async def rest(studio: Studio) -> str:
    """What the screen shows when nothing changes any more."""
    before, since = '', time.monotonic()
    while time.monotonic() - since < _REST:
        await studio.pilot.pause()
        await asyncio.sleep(0.02)
        if (now := shown(studio)) != before:
            before, since = now, time.monotonic()
    return before


async def compare(studio: Studio, path: Path, *, renew: bool) -> None:
    """Wait until the screen shows what was kept of it; fail with the difference where it never does."""
    if renew:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(await rest(studio), encoding='utf-8')
    kept = path.read_text(encoding='utf-8')
    until = time.monotonic() + _PATIENCE
    while (now := shown(studio)) != kept and time.monotonic() < until:
        await studio.pilot.pause()
    if now != kept:
        lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), str(path.name), 'shown now', lineterm='')
        pytest.fail('\n'.join(['`--renew-snapshots` keeps what is shown now.', *lines]), pytrace=False)


def check(studio: Studio, width: int) -> None:
    """What holds of every screen."""
    text = studio.text
    assert harmless(text) == text
    assert max(map(cell_len, text.splitlines())) <= width
    for line in studio.app.screen.query(KeyLine):
        assert len(line.keys) <= MOST_KEYS
    if studio.app.screen.query(TopBar):
        top = text.splitlines()[0]
        assert all(re.search(rf'\b{name}\b', top) for name in TopBar.PLACES.values()), top


def luminance(colour: Color) -> float:
    """How bright a colour is (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def faint(studio: Studio) -> set[str]:
    """Words that stand out too little from their ground."""
    lines = [line for screen in studio.app.screen_stack for line in screen.query(KeyLine)]
    disabled = {f'{key.shown} {key.told}' for line in lines for key in line.keys if not key.enabled}
    found = set[str]()
    for segment in chain.from_iterable(studio.app.screen._compositor.render_strips()):
        words, style = segment.text.strip(), segment.style
        if style is None or style.color is None or style.bgcolor is None or not any(map(str.isalnum, words)):
            continue
        colour, ground = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
        darker, brighter = sorted((luminance(colour), luminance(ground)))
        contrast = (brighter + 0.05) / (darker + 0.05)
        if contrast < (_MUTED if words in disabled else _READABLE):
            found.add(f'{contrast:.1f}: {colour.hex} on {ground.hex}, {words[:40]!r}')
    return found


async def look(studio: Studio, name: str, *, renew: bool) -> None:
    """Compare a place, and check what holds of it in both themes."""
    width, height = studio.app.size
    await compare(studio, SNAPSHOTS / f'{width}x{height}' / f'{name}.txt', renew=renew)
    check(studio, width)
    assert not faint(studio), studio.app.theme
    studio.app.theme = (LIGHT if studio.app.theme == DARK.name else DARK).name
    await studio.pilot.pause()
    assert not faint(studio), studio.app.theme


@pytest.mark.parametrize('size', SIZES, ids='{0[0]}x{0[1]}'.format)
@pytest.mark.parametrize('state', WORLDS)
async def test_places(enter: Enter, state: str, size: tuple[int, int], pytestconfig: pytest.Config) -> None:
    renew = bool(pytestconfig.getoption('--renew-snapshots'))
    async with enter(WORLDS[state](), size) as studio:
        for name, (keys, there, back) in PLACES.items():
            if name in _NEEDS_RESULTS and state not in _WITH_RESULTS:
                continue
            await studio.press(*keys)
            if isinstance(there, str):
                await studio.until(lambda there=there: studio.app.current_mode == there)  # type: ignore[misc]
            else:
                await studio.until(lambda there=there: isinstance(studio.app.screen, there))  # type: ignore[misc]
            await look(studio, f'{state}-{name}', renew=renew)
            await studio.press(*back)


@pytest.mark.parametrize('size', SIZES, ids='{0[0]}x{0[1]}'.format)
async def test_welcome(start: Start, size: tuple[int, int], pytestconfig: pytest.Config) -> None:
    renew = bool(pytestconfig.getoption('--renew-snapshots'))
    async with start(size, wait=False, token_found=False) as studio:
        await studio.until(lambda: isinstance(studio.app.screen, WelcomeScreen))
        await look(studio, 'welcome', renew=renew)
        await studio.press('l')
        await look(studio, 'welcome-failing', renew=renew)
