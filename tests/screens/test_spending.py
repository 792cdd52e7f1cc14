"""A ceiling is asked about where somebody can be asked."""

import pytest

from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask
from tests.screens.conftest import Start

MODEL = 'black-forest-labs/FLUX.1-dev'


async def test_more_than_a_ceiling_allows_is_sent_only_after_a_yes(start: Start, paths: Paths) -> None:
    """You should see which ceiling would be passed, with nothing sent until you say so."""
    paths.configuration.mkdir(parents=True)
    paths.settings.write_text('[spend]\nper_run = 1\n', encoding='utf-8')
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = 'a fox'
        studio.compose.query_one('#count Entry').value = '2'  # type: ignore[attr-defined]
        studio.compose.prompt.focus()
        await studio.press('enter')
        await studio.until_asked()
        assert 'spend.per_run allows 1' in ' '.join(studio.text.replace('▌', ' ').split())
        assert not await studio.services.ledger.jobs()
        await studio.press('right', 'enter')
        await studio.until(lambda: len(studio.services.pool.jobs) == 2)
        await studio.settle()


@pytest.mark.parametrize('key', ['r', 'R'])
async def test_trying_again_past_a_ceiling_is_asked_about_too(start: Start, paths: Paths, key: str) -> None:
    """You should see the ceiling in the question, and the job untouched until you say yes."""
    paths.configuration.mkdir(parents=True)
    paths.settings.write_text('[spend]\nper_day = 1\n', encoding='utf-8')
    async with start((80, 24)) as studio:
        await studio.services.submit(Ask(model=MODEL, prompt='a fox'))
        await studio.settle()
        (failed,) = await studio.services.submit_all(
            [Ask(model='sandbox/fails-moderated', prompt='a hen')], over_limit=True
        )
        await studio.settle()
        before = studio.app.jobs[failed.id]
        await studio.press('f4')
        await studio.until(lambda: studio.jobs.job is not None and studio.jobs.job.id == failed.id)
        await studio.press(key)
        await studio.until_asked()
        assert 'spend.per_day allows' in ' '.join(studio.text.replace('▌', ' ').split())
        assert studio.app.jobs[failed.id] == before
        await studio.press('right', 'enter')
        await studio.until(lambda: studio.app.jobs[failed.id] != before)
        await studio.settle()
