"""Every place of the interface shows hostile text as plain words: nothing crashes, and nothing is obeyed."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import pytest
from textual import events

from hfmedia_tui.domain import Job, JobState, harmless
from hfmedia_tui.messages import JobReused
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Services
from hfmedia_tui.widgets.field import Entry
from hfmedia_tui.widgets.job_details import JobDetails
from hfmedia_tui.widgets.model_details import ModelDetails
from hfmedia_tui.widgets.prompt import Prompt
from tests.engine.loopback import serving
from tests.hostile.payloads import ALL, MARK
from tests.hostile.world import EVERYTHING, HostileWorld, fill_ledger
from tests.houses import opened
from tests.screens.conftest import Start, pictures, start
from tests.screens.studio import Studio

__all__ = ['pictures', 'start']

Enter = Callable[..., AbstractAsyncContextManager[Studio]]


@pytest.fixture
def enter(start: Start, paths: Paths) -> Enter:
    """Starts the program in a hostile world, with a hostile ledger."""

    @asynccontextmanager
    async def enter_it(size: tuple[int, int]) -> AsyncIterator[Studio]:
        world = HostileWorld()
        with serving(world) as server:
            world.url = server.url
            await fill_ledger(paths.ledger, server.url, paths.output)

            def opening(paths: Paths, _sandbox: bool) -> AbstractAsyncContextManager[Services]:
                return opened(paths, server.url, patience=0)

            async with start(size, opening=opening) as studio:
                yield studio

    return enter_it


def check(studio: Studio) -> str:
    """What is on the screen, which steers nothing."""
    shown = studio.text
    assert harmless(shown) == shown
    assert studio.app.is_running
    return shown


async def test_models(enter: Enter) -> None:
    async with enter((80, 24)) as studio:
        await studio.press('f2')
        await studio.until(lambda: len(studio.browse.models.rows) >= len(ALL))
        await studio.press('d')
        seen = ''
        for _ in ALL:
            await studio.press('j')
            seen += check(studio)
            described = studio.browse.query_one(ModelDetails)
            await studio.until(lambda: described.model is studio.browse.models.row)  # noqa: B023 - while it is this one
            details = described.render().plain
            assert harmless(details) == details
        assert '[/nope]' in seen
        assert MARK in seen
        await studio.press('p')
        check(studio)
        await studio.press('escape', 'slash', *'[/nope', 'enter')
        await studio.until(lambda: 0 < len(studio.browse.models.rows) < len(ALL))
        check(studio)


async def test_jobs(enter: Enter) -> None:
    async with enter((200, 50)) as studio:
        await studio.press('f4')
        await studio.until(lambda: len(studio.jobs.jobs.rows) == len(ALL) - 1)
        seen = ''
        for _ in ALL:
            await studio.press('y')
            seen += check(studio)
            await studio.press('enter')
            seen += check(studio)
            details = studio.jobs.query_one(JobDetails).render().plain
            assert harmless(details) == details
            await studio.press('j')
        assert '[/nope]' in seen
        assert MARK in seen


async def test_results(enter: Enter) -> None:
    async with enter((120, 40)) as studio:
        await studio.press('f6', 'v')
        await studio.until(lambda: studio.gallery.result is not None)
        count = len(studio.gallery.grid.items)
        seen = ''
        for _ in range(count):
            seen += check(studio)
            await studio.press('f', 'j')
        await studio.press('i', 'enter')
        await studio.until_shown(f'{count} of {count}')
        for _ in range(count):
            await studio.press('p')
            seen += check(studio)
        assert count == len(ALL) // 4
        assert MARK in seen


def is_composed(studio: Studio, job: Job) -> bool:
    return studio.app.current_mode == 'compose' and studio.compose.prompt.text == job.order.prompt


def is_marked(widget: Prompt | Entry) -> bool:
    return MARK in (widget.value if isinstance(widget, Entry) else widget.text)


async def test_composing_again_what_hostile_jobs_were_made_from(enter: Enter) -> None:
    async with enter((120, 40)) as studio:
        for job in (await studio.services.ledger.jobs(limit=100, newest_first=True))[::6]:
            studio.app.post_message(JobReused(job))
            await studio.until(partial(is_composed, studio, job))
            check(studio)
            entries = studio.compose.form.read()
            assert entries is not None
            assert entries.extra == job.order.extra, 'what the provider is to get stays as it was'


async def test_a_hostile_provider(enter: Enter) -> None:
    async with enter((80, 24)) as studio:
        await studio.choose('a/b')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert MARK in job.error.message
        check(studio)
        await studio.press('f4')
        assert MARK in check(studio)


async def test_a_paste(enter: Enter) -> None:
    async with enter((200, 50)) as studio:
        await studio.choose('a/b')
        for widget in (studio.compose.prompt, studio.compose.query_one('#extra Entry', Entry)):
            widget.focus()
            for text in ALL:
                studio.app.post_message(events.Paste(text))
            await studio.until(partial(is_marked, widget))
            await studio.pilot.pause()
            check(studio)
        studio.compose.prompt.text = ''
        studio.compose.prompt.focus()
        studio.app.post_message(events.Paste('  two\r\nlines '))
        await studio.until(lambda: studio.compose.prompt.text == '  two\nlines ')


async def test_words_from_anywhere_as_notices(enter: Enter) -> None:
    """What the places notify is cleaned before; no markup of it is obeyed."""
    async with enter((80, 24)) as studio:
        await studio.press('f4')
        for text in ALL:
            studio.app.notify(harmless(text), title=harmless(text), markup=False)
        await studio.pilot.pause()
        check(studio)
        studio.app.standing = harmless(EVERYTHING)
        studio.app.mark = harmless(EVERYTHING)
        for key in ('f2', 'f3', 'f4', 'f1', 'escape'):
            await studio.press(key)
            check(studio)
