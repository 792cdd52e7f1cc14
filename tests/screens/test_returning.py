"""The session comes back: the place, its filters, and what was selected."""

import json
from collections.abc import Mapping

import pytest
from textual.widgets import Input

from hfmedia_tui.composition import Composition, Entries
from hfmedia_tui.domain import JobState
from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.shelf import Shelf
from hfmedia_tui.services import Ask
from hfmedia_tui.store.session import Session
from tests.screens.conftest import Start
from tests.screens.studio import Studio

MODEL = 'black-forest-labs/FLUX.1-schnell'
OTHER = 'black-forest-labs/FLUX.1-dev'


async def test_the_place_its_filters_and_the_selection_return(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox')
        await studio.settle()
        await studio.press('f2', 't', 'slash', *'sandbox', 'enter')
        await studio.until(lambda: len(studio.browse.models.rows) > 3)
        await studio.press('j', 'j')
        row = studio.browse.models.row
        assert row is not None
        studio.app.exit()
        await studio.pilot.pause()
    async with start((80, 24)) as studio:
        assert studio.app.current_mode == 'browse'
        await studio.until(lambda: studio.browse.models.row == row)
        assert studio.browse.query_one('#search', Input).value == 'sandbox'
        assert {model.task for model in studio.browse.models.rows} == {row.task}
        await studio.press('f3')
        await studio.until(lambda: studio.compose.model and studio.compose.model.id == MODEL)
        await studio.press('f7')
        await studio.until_shown('Jobs at once')
        studio.app.exit()
        await studio.pilot.pause()
    async with start((80, 24)) as studio:
        assert studio.app.current_mode == 'settings'


async def test_what_was_composed_comes_back_without_a_model_that_is_gone(
    start: Start, paths: Paths, environment: Mapping[str, str]
) -> None:
    composed = Composition(models=(OTHER, 'gone/away', MODEL), prompt='', entries=Entries(count=3, seed=7))
    compose = {'router': environment['HFMEDIA_ROUTER_URL'], 'composed': composed.as_json()}
    paths.data.mkdir(parents=True)
    (paths.data / 'session.json').write_text(json.dumps({'places': {'compose': compose}}))
    async with start() as studio:
        await studio.press('f3')
        await studio.until(lambda: [model.id for model in studio.compose.models] == [OTHER, MODEL])
        assert studio.compose.form.valid == composed.entries


async def test_a_long_form_comes_back_whole(start: Start, paths: Paths, environment: Mapping[str, str]) -> None:
    entries = Entries(parameters={'negative_prompt': 'no "blur", ' * 2_000}, seed=7)
    composed = Composition(models=(OTHER,), prompt='', entries=entries)
    compose = {'router': environment['HFMEDIA_ROUTER_URL'], 'composed': composed.as_json()}
    paths.data.mkdir(parents=True)
    (paths.data / 'session.json').write_text(json.dumps({'places': {'compose': compose}}))
    async with start() as studio:
        await studio.press('f3')
        await studio.until(lambda: studio.compose.form.valid.seed == 7)
        told = studio.compose.form.valid.parameters['negative_prompt']
        assert told.strip() == entries.parameters['negative_prompt'].strip()


async def test_jobs_come_back_with_their_filter_and_the_one_that_was_looked_at(start: Start) -> None:
    """You should see the same jobs, the same one highlighted, and what runs still running."""
    async with start((80, 24)) as studio:
        for prompt in ('a fox', 'a hen', 'a fox in snow'):
            await studio.services.submit(Ask(model=MODEL, prompt=prompt))
            await studio.settle()
        (stuck,) = await studio.services.submit(
            Ask(model='sandbox/fails-stuck-in-queue', prompt='a stuck fox', provider='fal-ai')
        )
        await studio.until(lambda: studio.services.pool.if_left().collected)
        await studio.press('f4', 'slash', *'prompt:fox', 'enter')
        await studio.until(lambda: len(studio.jobs.jobs.rows) == 3)
        await studio.press('G')
        looked_at = studio.jobs.job
        assert looked_at is not None
        assert looked_at.order.prompt == 'a fox'
        studio.app.exit()
        await studio.pilot.pause()
    async with start((80, 24)) as studio:
        assert studio.app.current_mode == 'jobs'
        await studio.until(lambda: studio.jobs.job and studio.jobs.job.id == looked_at.id)
        assert studio.jobs.field.value == 'prompt:fox'
        assert {job.order.prompt for job in studio.jobs.jobs.rows} == {'a fox', 'a fox in snow', 'a stuck fox'}
        await studio.until(lambda: studio.app.jobs[stuck.id].state is JobState.RUNNING)
        await studio.until(lambda: studio.jobs.jobs.rows[0].id == stuck.id)
        await studio.until_shown('●1 ')
        await studio.services.pool.cancel_all()


async def test_a_kill_finds_the_place_and_its_filter_on_the_disk(start: Start, paths: Paths) -> None:
    def kept() -> tuple[str, str]:
        session = Session(paths.data / 'session.json')
        session.read()
        return session.place, session.of('jobs').get('filter', '')

    async with start((80, 24)) as studio:
        await studio.press('f4', 'slash', *'seed:4')
        await studio.until(lambda: kept() == ('jobs', 'seed:4'))
        await studio.press('2')
        await studio.until(lambda: kept() == ('jobs', 'seed:42'))
        await studio.press('enter', 'f7')
        await studio.until(lambda: kept() == ('settings', 'seed:42'))


def shelf_of(studio: Studio) -> Shelf:
    shelf = studio.gallery.shelf
    assert shelf is not None
    return shelf


async def test_the_gallery_comes_back_with_its_filter_and_the_result_that_was_looked_at(start: Start) -> None:
    async with start((120, 40)) as studio:
        for prompt in ('a fox', 'a hen', 'a fox in snow'):
            await studio.services.submit(Ask(model=MODEL, prompt=prompt))
            await studio.settle()
        await studio.press('f6')
        await studio.until(lambda: len(shelf_of(studio).collection) == 3)
        studio.gallery.field.value = 'prompt:fox'  # at once: each letter begins anew
        await studio.until(lambda: len(shelf_of(studio).collection) == 2)
        await studio.press('right')
        await studio.until(lambda: shelf_of(studio).place == 1)
        looked_at = shelf_of(studio).looked_at
        studio.app.exit()
        await studio.pilot.pause()
    async with start((120, 40)) as studio:
        assert studio.app.current_mode == 'gallery'
        await studio.until(lambda: shelf_of(studio).looked_at == looked_at)
        assert studio.gallery.field.value == 'prompt:fox'
        assert len(shelf_of(studio).collection) == 2


@pytest.mark.parametrize(
    'text',
    [
        '',
        '[' * 9000,
        '{"place": 3}',
        '{"place": "../x", "places": {"browse": 3, "jobs": {"x": {}}}}',
        '{"place": "nowhere", "new": 1, "places": {"browse": {"filter": "a\\u001b]0;x\\u0007", "wishes": "{}x"}}}',
        json.dumps({'place': 'browse', 'places': {'browse': {'filter': 'x' * 50_000, 'wishes': '{"sort":"new"}'}}}),
    ],
)
async def test_what_is_no_session_changes_nothing(start: Start, paths: Paths, text: str) -> None:
    paths.data.mkdir(parents=True)
    (paths.data / 'session.json').write_text(text, encoding='utf-8')
    async with start((80, 24)) as studio:
        assert studio.app.current_mode == 'browse'
        assert '\x1b' not in studio.browse.query_one('#search', Input).value
