"""What the terminal is told beside the screen, when work runs and when it has ended."""

from collections.abc import Iterator

import pytest
from textual import events

from hfmedia_tui.domain import JobState
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.media.terminal import Terminal
from hfmedia_tui.paths import Paths
from tests.screens.conftest import Start
from tests.screens.studio import Studio

MODEL = 'black-forest-labs/FLUX.1-schnell'


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    """Those of a terminal that takes notifications and shows progress."""
    pictures = Pictures(Terminal(version='WezTerm 20240203'))
    yield pictures
    pictures.close()


def record(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is written to the terminal from now on, which here is none."""
    written: list[str] = []
    monkeypatch.setattr(studio.app._driver, 'write', written.append)
    return written


async def look_away_and_send(studio: Studio, prompt: str, count: int = 1) -> None:
    """Order something, and have it sent when the window is not looked at any more."""
    await studio.generate(prompt, count)
    await studio.until(lambda: any(job.sent_in for job in studio.app.jobs.values()))
    studio.app.post_message(events.AppBlur())
    await studio.until(lambda: not studio.app.app_focus)
    studio.services.pool.send_now(list(studio.services.pool.jobs.values())[-1].order.id)
    await studio.settle()


async def test_work_that_ends_unseen_is_told_once_for_each_order(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async with start(grace=60) as studio:
        written = record(studio, monkeypatch)
        await studio.choose(MODEL)
        await look_away_and_send(studio, 'a fox; \u202e in the snow')
        await look_away_and_send(studio, 'hares', 3)
        await studio.until(lambda: sum('777;notify' in one for one in written) == 2)
        one, several = (told for told in written if '777;notify' in told)
        assert one.startswith('\x07\x1b]777;notify;hfmedia;Done after ')
        assert one.endswith(': a fox, in the snow\x1b\\')
        assert several == '\x07\x1b]777;notify;hfmedia;3 jobs: 3 done\x1b\\'
        assert sum(told.startswith('\x07') for told in written) == 2
        titles = [told for told in written if '\x1b]2;' in told]
        assert '\x1b]2;3 waiting - hfmedia\x1b\\' in titles
        assert titles[-1] == '\x1b]2;hfmedia\x1b\\'
        assert [told for told in written if '9;4;' in told][-1] == '\x1b]9;4;0;0\x1b\\'
        studio.app.exit()
        await studio.until(lambda: '\x1b[23;2t' in written)  # the title that was there before


async def test_what_the_user_watches_or_cancels_is_not_told(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async with start(grace=60) as studio:
        written = record(studio, monkeypatch)
        await studio.choose(MODEL)
        await studio.generate('a hare')
        await studio.until(lambda: studio.app.jobs)
        studio.services.pool.send_now(next(iter(studio.app.jobs.values())).order.id)
        await studio.settle()
        await studio.generate('a fox')
        await studio.until(lambda: any(job.sent_in for job in studio.app.jobs.values()))
        await studio.press('ctrl+z')
        studio.app.post_message(events.AppBlur())
        *_, taken_back = await studio.settle()
        assert taken_back.state is JobState.CANCELLED
        assert not [told for told in written if '777' in told or told.startswith('\x07')]


async def test_each_of_them_can_be_switched_off(start: Start, monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    paths.configuration.mkdir()
    off = '[notifications]\nbell = false\ndesktop = "off"\ntitle = false\nprogress = "off"\nafter_seconds = 0\n'
    paths.settings.write_text(off, encoding='utf-8')
    async with start() as studio:
        written = record(studio, monkeypatch)
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.settle()
        assert not [told for told in written if told.startswith(('\x07', '\x1b]2;', '\x1b]9', '\x1b]7'))]
        await studio.app.change_setting('notifications', 'bell', True)
        await studio.generate('a hare')
        await studio.settle()
        await studio.until(lambda: '\x07' in written)
