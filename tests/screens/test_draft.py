"""What is written and not sent outlives the program."""

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.compose import ComposeScreen
from hfmedia_tui.services import Services
from hfmedia_tui.store.draft import Draft
from hfmedia_tui.widgets.chooser import Chooser
from hfmedia_tui.widgets.field import Entry
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-schnell'


def kept(paths: Paths) -> str:
    """What another process would find now."""
    draft = Draft(paths.data / 'draft.txt')
    draft.read()
    return draft.text


async def test_a_draft_is_on_the_disk_while_it_is_written_and_gone_from_it_when_sent(
    start: Start, paths: Paths
) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.press(*'a fox')
        await studio.until(lambda: kept(paths) == 'a fox')
        file = paths.data / 'draft.txt'
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        await studio.press('enter')
        await studio.until(lambda: kept(paths) == '')
        await studio.settle()
        assert studio.compose.prompt.text == 'a fox'
        await studio.press(*'es')
        await studio.until(lambda: kept(paths) == 'a foxes')


async def test_the_next_session_goes_on_with_the_draft_and_what_was_typed_before_the_paint(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.settle()
        studio.compose.prompt.text = 'a wolf\n[/in the dark'
    async with start(typed='moon') as studio:
        await studio.until(lambda: isinstance(studio.app.screen, ComposeScreen))
        await studio.until(lambda: studio.compose.prompt.text == 'a wolf\n[/in the dark\nmoon')


@asynccontextmanager
async def never(_: Paths, _sandbox: bool) -> AsyncIterator[Services]:
    """Rooms that are still opening when the user has left."""
    await asyncio.Event().wait()
    yield  # type: ignore[misc]


async def test_what_is_written_before_the_house_is_open_is_a_draft_too(start: Start) -> None:
    async with start(opening=never, typed='a whale ', wait=False) as studio:
        await studio.press(*'in ice')
        assert studio.app.services is None
        await studio.press('ctrl+q')
        await studio.until(lambda: not studio.app.is_running)
    async with start(opening=never, wait=False) as studio:
        assert studio.compose.prompt.text == 'a whale in ice'
        await studio.press(*' at dawn')
    async with start() as studio:
        assert studio.compose.prompt.text == 'a whale in ice at dawn'
        await studio.until(lambda: studio.compose.model)


async def test_who_is_new_and_types_at_once_goes_on_with_the_usual_model(start: Start) -> None:
    async with start(typed='a red fox') as studio:
        await studio.until_shown('begin with: Ctrl+O finds others')
        assert studio.compose.prompt.text == 'a red fox'
        await studio.press('enter')
        await studio.until(lambda: studio.services.pool.jobs)
        (job,) = await studio.settle()
        assert job.order.prompt == 'a red fox'


async def test_an_order_that_is_taken_back_is_a_draft_again(start: Start, paths: Paths) -> None:
    async with start(grace=30) as studio:
        await studio.choose(MODEL)
        await studio.press(*'a fox', 'enter')
        await studio.until(lambda: studio.compose.held is not None)
        await studio.until(lambda: kept(paths) == '')
        await studio.press('ctrl+z')
        await studio.settle()
        await studio.until(lambda: kept(paths) == 'a fox')


def test_a_draft_that_cannot_be_kept_or_read_hinders_nobody(tmp_path: Path) -> None:
    (tmp_path / 'draft.txt').mkdir()
    draft = Draft(tmp_path / 'draft.txt')
    draft.read()
    assert draft.text == ''
    draft.write('a fox')
    assert draft.text == 'a fox'
    other = tmp_path / 'other' / 'draft.txt'
    other.parent.mkdir()
    other.write_bytes(b'a\x1b[2J fox\xff')
    draft = Draft(other)
    draft.read()
    assert draft.text == 'a[2J fox'


async def test_models_and_form_stand_as_they_were_left_and_not_as_they_were_sent(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.settle()
        models = await studio.services.catalog.models()
        other = next(model for model in models if model.id == 'black-forest-labs/FLUX.1-dev')
        studio.compose.models = (*studio.compose.models, other)
        await studio.until(lambda: len(studio.compose.form.providers) > 2)
        form = studio.compose.form
        form.query_one('#provider Chooser', Chooser).value = '*'
        form.query_one('#seed Entry', Entry).value = '42'
        form.query_one('#next_seeds Chooser', Chooser).value = 'same'
        left = form.read()
        studio.app.exit()
        await studio.pilot.pause()
    async with start() as studio:
        await studio.until(lambda: isinstance(studio.app.screen, ComposeScreen))
        await studio.until(lambda: len(studio.compose.models) == 2)
        assert studio.compose.form.read() == left
