"""The place of the settings: what it shows, what it changes, and what it never shows."""

import pytest
from textual.constants import DEFAULT_THEME

from hfmedia_tui.domain import harmless
from hfmedia_tui.errors import HubError
from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.key_question import KeyQuestion
from hfmedia_tui.screens.settings import SettingsScreen
from hfmedia_tui.screens.text_question import TextQuestion
from hfmedia_tui.services import Ask
from hfmedia_tui.settings import AtStart, read_settings
from tests.screens.conftest import Start
from tests.screens.studio import Studio

COMMENTED = '# mine\n[jobs]\ntotal = 8  # enough\n[keys]\nfal-ai = "s3cret-key"\n'


async def go_to(studio: Studio, setting: str) -> SettingsScreen:
    """Highlight one setting."""
    await studio.press('f7')
    screen = studio.app.screen
    assert isinstance(screen, SettingsScreen)
    await studio.until(lambda: screen.settings.rows)
    screen.settings.focus()
    screen.settings.highlight(setting)
    await studio.pilot.pause()
    assert screen.settings.row is not None
    assert screen.settings.row.id == setting
    return screen


async def answer(studio: Studio, *keys: str) -> None:
    """Press Enter, and `keys` in the popup that comes."""
    await studio.press('enter')
    await studio.until(lambda: isinstance(studio.app.screen, TextQuestion | Choice))
    await studio.press(*keys)


@pytest.mark.parametrize('size', [(80, 24), (200, 50)])
async def test_a_setting_is_changed_in_its_file_and_heard_at_once(
    start: Start, paths: Paths, size: tuple[int, int]
) -> None:
    paths.configuration.mkdir()
    paths.settings.write_text(COMMENTED, encoding='utf-8')
    async with start(size) as studio:
        await go_to(studio, 'jobs.total')
        assert 'How many run at once.' in studio.text
        await answer(studio, 'backspace', '0', 'enter')
        await studio.until_shown('from 1 to 256')
        await studio.press('backspace', *'16', 'enter')
        await studio.until(lambda: studio.services.settings.jobs.total == 16)
        assert paths.settings.read_text(encoding='utf-8') == COMMENTED.replace('total = 8', 'total = 16')

        await go_to(studio, 'jobs.at_start')
        await answer(studio, 'down', 'enter')
        await studio.until(lambda: read_settings(paths.settings).jobs.at_start is AtStart.RUN)

        await go_to(studio, 'jobs.total')
        await studio.press('x')
        await studio.until(lambda: read_settings(paths.settings).jobs.total == 8)


async def test_it_starts_in_the_theme_that_textual_starts_in_by_itself(start: Start, paths: Paths) -> None:
    paths.configuration.mkdir()
    paths.settings.write_text(f'[interface]\ntheme = "{DEFAULT_THEME}"\n', encoding='utf-8')
    async with start() as studio:
        assert studio.app.theme == DEFAULT_THEME
        assert studio.app.theme_variables['background']


async def test_the_theme_is_chosen_here_and_there_again_after_a_start(start: Start) -> None:
    async with start() as studio:
        await go_to(studio, 'interface.theme')
        await answer(studio)
        assert isinstance(studio.app.screen, Choice)
        before = studio.app.theme
        await studio.press('end')
        await studio.until(lambda: studio.app.theme == 'tokyo-night')
        await studio.press('escape')
        await studio.until(lambda: studio.app.theme == before)
        await answer(studio)
        assert isinstance(studio.app.screen, Choice)
        await studio.press('end', 'enter')
        await studio.until(lambda: studio.app.theme == 'tokyo-night')
        await studio.until(lambda: isinstance(studio.app.screen, SettingsScreen))
    async with start() as studio:
        assert studio.app.theme == 'tokyo-night'


async def test_keys_at_providers_are_taken_masked_and_never_shown(start: Start, paths: Paths) -> None:
    paths.configuration.mkdir()
    paths.settings.write_text(COMMENTED, encoding='utf-8')
    async with start((120, 80)) as studio:
        await go_to(studio, 'keys.replicate')
        await answer(studio, *'r8-other')
        assert 'r8-other' not in studio.text
        await studio.press('enter')
        await studio.until(lambda: read_settings(paths.settings).keys.get('replicate') == 'r8-other')
        screen = await go_to(studio, 'keys.fal-ai')
        assert screen.settings.row is not None
        assert screen.settings.row.value == 'set'
        for secret in ('s3cret-key', 'r8-other', 'hf_test'):
            assert secret not in studio.text
        await studio.press('x')
        await studio.until(lambda: list(read_settings(paths.settings).keys) == ['replicate'])


async def test_what_changed_outside_is_shown_before_it_is_overwritten(start: Start, paths: Paths) -> None:
    async with start(toasts=True) as studio:
        await go_to(studio, 'network.bill_to')
        await answer(studio, *'mine')
        paths.configuration.mkdir(exist_ok=True)
        paths.settings.write_text('[network]\nbill_to = "theirs"\n', encoding='utf-8')
        await studio.press('enter')
        await studio.until_shown('changed in the file')
        assert read_settings(paths.settings).network.bill_to == 'theirs'
        await studio.press('enter')
        await studio.until(lambda: read_settings(paths.settings).network.bill_to == 'mine')

        await studio.press('f2')
        paths.settings.write_text('[network', encoding='utf-8')
        await studio.press('f7')
        await studio.until_shown('is not TOML')


async def test_a_file_that_holds_anything_is_shown_and_steers_nothing(start: Start, paths: Paths) -> None:
    paths.configuration.mkdir()
    evil = r'[/] [red] \u001b]0;x\u0007 \u202e\n\t全角'
    paths.settings.write_text(
        f'[output]\nfolder = "{evil}"\n[network]\nbill_to = "{evil}"\n[interface]\ntheme = "{evil}"\n'
        f'[views."{evil}"]\n"{evil}" = "{evil}"\n[bindings]\n"{evil}" = "{evil}"\n"app.jobs" = "{evil}"\n'
        '"app.help" = "\\u001b"\n',
        encoding='utf-8',
    )
    async with start((80, 90), toasts=True) as studio:
        screen = await go_to(studio, 'output.folder')
        for line in [line for line in screen.settings.rows if line.own]:
            screen.settings.highlight(line.id)
            await studio.pilot.pause()
            assert harmless(studio.text) == studio.text
        for setting in ('output.folder', 'bindings.app.jobs', 'interface.theme'):
            await go_to(studio, setting)
            await studio.press('enter')
            await studio.until(lambda: isinstance(studio.app.screen, TextQuestion | KeyQuestion | Choice))
            assert harmless(studio.text) == studio.text
            await studio.press('escape')
        for key in ('f2', 'f3', 'f4', 'f6'):
            await studio.press(key)
            assert harmless(studio.text) == studio.text


async def test_settings_are_found_by_words(start: Start) -> None:
    async with start((80, 24)) as studio:
        screen = await go_to(studio, 'jobs.total')
        await studio.press('slash', *'bill', 'enter')
        assert [line.id for line in screen.settings.rows] == ['network.bill_to']
        await studio.press('escape')
        assert len(screen.settings.rows) > 20


async def test_a_pasted_token_is_checked_kept_and_used(start: Start) -> None:
    kept: list[str] = []

    def keep(token: str) -> None:
        assert not any(token in worker.description for worker in studio.app.workers), 'it would come into a log'
        if token != 'hf_good':
            raise HubError('The Hub does not know this token.')
        kept.append(token)

    async with start((80, 24), token_found=False, keep_token=keep, wait=False) as studio:
        await studio.press('p', *'hf_bad', 'enter')
        await studio.until_shown('does not know')
        assert 'hf_bad' not in studio.text
        assert studio.app.services is None
        await studio.press(*['backspace'] * 3, *'good', 'enter')
        await studio.until(lambda: studio.app.services is not None)
        assert kept == ['hf_good']
        assert studio.app.current_mode == 'browse'


async def test_a_token_is_used_at_once_unless_jobs_run_with_another(start: Start) -> None:
    async with start((120, 40), keep_token=lambda _: None, toasts=True) as studio:
        await studio.until(lambda: studio.app.mark == 'sandbox')
        before = studio.services.account._transport.fingerprint
        for told in ('used from now on', 'from the next start on'):
            await go_to(studio, 'token')
            await studio.press('enter', *'hf_other', 'enter')
            await studio.until_shown(told)
            now = studio.services.account._transport.fingerprint
            assert (now != before) is (told == 'used from now on')
            before = now
            services = studio.services
            services.pool.paused = True
            await services.submit(Ask(model='black-forest-labs/FLUX.1-schnell', prompt='a fox'))


async def test_the_account_tells_where_the_token_was_found(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HF_TOKEN', 'hf_test')
    async with start((120, 40), toasts=True) as studio:
        await studio.until(lambda: studio.app.mark)
        await go_to(studio, 'token')
        assert 'HF_TOKEN' in studio.text
        assert 'hf_test' not in studio.text
        await studio.press('enter')
        await studio.until_shown('comes before any')


async def test_a_key_is_moved_at_once_and_at_the_next_start(start: Start, paths: Paths) -> None:
    async with start((120, 40)) as studio:
        await studio.press('f3')
        await go_to(studio, 'bindings.app.jobs')
        await studio.press('enter')
        await studio.until(lambda: isinstance(studio.app.screen, KeyQuestion))
        await studio.press('f7')
        assert 'F7 also does app.settings' in studio.text
        await studio.press('ctrl+f9')
        await studio.until(lambda: read_settings(paths.settings).bindings == {'app.jobs': 'ctrl+f9'})
        await studio.press('f3')
        await studio.until_shown('Ctrl+F9 Jobs')
        studio.compose.prompt.focus()
        await studio.press('f4')
        assert studio.app.current_mode == 'compose'
        await studio.press('ctrl+f9')
        assert studio.app.current_mode == 'jobs'
    paths.settings.write_text(
        '[bindings]\n"app.jobs" = "f4"\n"jobs.retry" = "ctrl+f9"\n"nope" = "x"\n', encoding='utf-8'
    )
    async with start((120, 40), toasts=True) as studio:
        await studio.until_shown('nope is no binding.')
        await studio.press('f4')
        assert studio.app.current_mode == 'jobs'
        keys = studio.app.screen._bindings.key_to_bindings
        assert [binding.id for binding in keys['ctrl+f9']] == ['jobs.retry']
        assert [binding.id for binding in keys['r']] == ['jobs.restore'], 'another binding of the same key stays'
        await go_to(studio, 'bindings.jobs.retry')
        await studio.press('x')
        await studio.until(lambda: 'jobs.retry' not in read_settings(paths.settings).bindings)
        await studio.press('f4')
        assert [binding.id for binding in studio.app.screen._bindings.key_to_bindings['r']] == [
            'jobs.retry',
            'jobs.restore',
        ]
