"""A place opens for the first time without keeping keys waiting."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.css import stylesheet
from textual.css.parse import parse
from textual.dom import DOMNode

from hfmedia_tui.app import HFMediaApp
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Services, open_services
from hfmedia_tui.store.ledger import Ledger
from tests.jobs import job, order
from tests.screens.conftest import Start


async def test_no_style_sheet_is_read_twice(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """You should see each place as wide as the terminal is, styled by sheets that were read once."""
    read = Counter[tuple[tuple[str, str], str]]()

    def count(scope: str, css: str, read_from: tuple[str, str], **options: object) -> object:
        read[read_from, scope] += 1
        return parse(scope, css, read_from, **options)  # type: ignore[arg-type]

    async with start((80, 24)) as studio:
        await studio.press('f2')
        await studio.until(lambda: studio.browse.models.rows)
        monkeypatch.setattr(stylesheet, 'parse', count)
        for key in ('f3', 'f4', 'f1'):
            await studio.press(key)
            assert max(read.values(), default=1) == 1, read.most_common(3)
        own = {Path(file).name for (file, _), _ in read if file.endswith('.tcss')}
        assert own == {'compose.tcss', 'jobs.tcss', 'help.tcss'}
        opened = (screen for stack in studio.app._screen_stacks.values() for screen in stack)
        nodes = (node for screen in opened for node in screen.walk_children(with_self=True))
        assert {scope for _, scope in read if scope} <= {kind.__name__ for node in nodes for kind in type(node).__mro__}
        await studio.press('escape', 'f3')
        assert studio.compose.has_class('-narrow')
        assert studio.compose.has_class('-short')
        await studio.pilot.resize_terminal(120, 40)
        await studio.until(lambda: studio.compose.has_class('-wide') and not studio.compose.has_class('-narrow'))


async def test_a_place_is_not_styled_again_when_it_comes_into_sight(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    styled = list[DOMNode]()
    update = HFMediaApp.update_styles

    def note(app: HFMediaApp, node: DOMNode, animate: bool = True) -> None:
        styled.append(node)
        update(app, node, animate=animate)

    async with start((80, 24)) as studio:
        await studio.press('f2')
        monkeypatch.setattr(HFMediaApp, 'update_styles', note)
        await studio.press('f3')
        assert studio.compose not in styled
        await studio.press('f2', 'f3')
        assert studio.compose in styled, 'it is when it comes back: something may have changed meanwhile'


async def test_who_went_to_the_prompt_while_the_sandbox_starts_stays_there(
    start: Start, environment: dict[str, str]
) -> None:
    started = asyncio.Event()

    @asynccontextmanager
    async def opening(paths: Paths, _sandbox: bool) -> AsyncIterator[Services]:
        await started.wait()
        async with open_services(paths, environment=environment, patience=0.02) as services:
            yield services

    async with start((80, 24), token_found=False, wait=False, opening=opening) as studio:
        await studio.press('s')
        await studio.until_shown('Starting the sandbox')
        await studio.press('f3')
        await studio.until(lambda: studio.app.current_mode == 'compose')
        refusal = studio.compose.query_one('#prompt-error')
        await studio.press(*'fox', 'enter')
        await studio.until(lambda: refusal.display)
        started.set()
        await studio.until(lambda: studio.app.services is not None)
        await studio.until_shown('to begin with')
        assert studio.app.current_mode == 'compose'
        assert studio.compose.prompt.text == 'fox'
        assert not refusal.display


async def test_a_damaged_ledger_is_told_and_left_as_it_is(start: Start, paths: Paths) -> None:
    """You should see what is wrong where the model stands, and in the other places what to do about it."""
    async with Ledger(paths.ledger) as ledger:
        asked = order('o1')
        await ledger.add(asked, [job(asked, index) for index in range(200)])
    whole = paths.ledger.read_bytes()
    broken = whole[:8192] + b'\xa5' * 8192 + whole[16384:]
    paths.ledger.write_bytes(broken)
    async with start(wait=False) as studio:
        await studio.until_shown('damaged:')
        for key in ('f2', 'f6', 'f4'):
            await studio.press(key)
            await studio.until_shown('to try again')
            assert 'not started' in studio.text
        assert studio.app.services is None
    assert paths.ledger.read_bytes() == broken
