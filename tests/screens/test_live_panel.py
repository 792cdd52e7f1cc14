"""What is being made is seen from every place, and only while something is."""

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import JobState
from hfmedia_tui.widgets.live_panel import LivePanel
from tests.screens.conftest import Start

STUCK = 'sandbox/fails-stuck-in-queue'


@pytest.mark.parametrize(('size', 'lines'), [((80, 24), 2), ((200, 50), 5)])
async def test_running_jobs_are_seen_from_browse_until_they_end(
    start: Start, size: tuple[int, int], lines: int
) -> None:
    """You should see as many of six jobs as there is room for, and how many more there are."""
    async with start(size) as studio:
        await studio.choose(STUCK)
        await studio.generate('a fox', count=6)
        await studio.press('f2')
        panel = studio.app.screen.query_one(LivePanel)
        await studio.until(lambda: panel.region.height == lines)
        await studio.until_shown('next')
        assert studio.text.count('a fox') == lines - 1
        assert '2 waiting' in studio.text
        assert 'F1 Help' in studio.text, 'the keys stay in sight'
        await studio.pilot.click(panel, offset=(5, 0))
        await studio.until(lambda: studio.app.current_mode == 'jobs')
        await studio.services.pool.cancel_all()
        await studio.settle()
        await studio.press('f2')
        assert not panel.region.height


async def test_a_second_run_tells_how_long_the_first_took(start: Start) -> None:
    async with start() as studio:
        await studio.choose('black-forest-labs/FLUX.1-schnell')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        pasts, running = studio.services.pasts, replace(job, state=JobState.RUNNING)
        await studio.until(lambda: pasts.of(running))
        past = pasts.of(running)
        assert past is not None
        assert past.median == pytest.approx(job.elapsed(job.created_at), abs=0.01)
