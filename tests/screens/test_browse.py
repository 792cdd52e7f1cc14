"""The catalogue: listing, filters, search, details, and what is shown when there is none."""

import json
import re
import threading
from collections.abc import Iterable
from typing import Any

import pytest
from textual import events

from hfmedia_tui.catalog.ranking import FAILS_ON_PURPOSE
from hfmedia_tui.catalog.wishes import Wishes
from hfmedia_tui.domain import Model, Task
from hfmedia_tui.paths import Paths
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.services import Ask
from hfmedia_tui.widgets.model_details import ModelDetails
from hfmedia_tui.widgets.model_list import ModelList
from hfmedia_tui.widgets.row_list import Part
from tests.engine.loopback import Answer, Asked, serving
from tests.reading import TORTURE
from tests.screens.conftest import Start


def listing(names: list[str], task: str = 'text-to-image') -> bytes:
    """A page of the Hub's list, every model one that fal-ai serves."""
    offer = {'provider': 'fal-ai', 'providerId': 'x', 'status': 'live', 'task': task}
    return json.dumps(
        [{'id': name, 'likes': 3, 'tags': names[:5], 'inferenceProviderMapping': [offer]} for name in names]
    ).encode()


@pytest.mark.parametrize('size', [(80, 24), (100, 30), (200, 50)])
async def test_names_are_whole_at_every_size(start: Start, size: tuple[int, int]) -> None:
    """You should see every row's full owner/name, however narrow the other columns became."""
    async with start(size) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.pilot.pause()
        shown = studio.browse.models.rows[: studio.browse.models.size.height]
        assert len(shown) >= 10
        for model in shown:
            assert model.id in studio.text
        assert 'Enter Compose' in studio.text


async def test_headings_stand_over_their_columns_where_no_scrollbar_is(start: Start) -> None:
    async with start() as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.press('slash', *'schnell', 'enter')
        await studio.until(lambda: len(studio.browse.models.rows) == 1)
        await studio.pilot.pause()
        heading = next(line for line in studio.text.splitlines() if 'Likes' in line)
        row = next(line for line in studio.text.splitlines() if line.startswith('▌'))
        end = heading.index('Likes') + len('Likes')
        assert row[end - 1] != ' '
        assert row[end] == ' '


async def test_counts_stand_under_their_headings_behind_a_long_name_too(start: Start) -> None:
    async with start((120, 40)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.until_shown('Lightricks/LTX-Video-0.9.8-13B-distilled')
        lines = studio.text.splitlines()
        end = next(line for line in lines if 'Likes' in line).index('Likes') + len('Likes')
        rows = [line for line in lines if line[1:2] in ('▶', '▣')]
        assert len(rows) > 20
        assert all(row[end - 1] != ' ' and row[end] == ' ' for row in rows)


async def test_the_columns_stay_where_they_are_whatever_is_searched_for(start: Start) -> None:
    async with start((160, 40)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.until_shown('Lightricks/LTX-Video-0.9.8-13B-distilled')
        heading = re.search('Task +Model +Providers +Likes', studio.text)
        assert heading
        await studio.press('slash', *'schnell')
        await studio.until(lambda: len(studio.browse.models.rows) == 1)
        await studio.pilot.pause()
        assert heading[0] in studio.text


async def test_details_stand_beside_the_list_from_100_columns_on(start: Start) -> None:
    async with start((100, 30)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.until_shown('Licence')
        model = studio.browse.models.row
        assert model is not None
        for words in (
            f'{model.likes:,}',
            'Providers',
            *(m.provider for m in model.mappings),
        ):
            assert words in studio.text
        await studio.press('d')
        assert 'Licence' not in studio.text


async def test_details_tell_how_well_each_provider_has_served(start: Start) -> None:
    """You should see what each provider finished and refused, in what time, and what was said last."""
    async with start((120, 40)) as studio:
        await studio.services.submit(Ask(model='sandbox/falls-back', prompt='a fox', count=2))
        (*_, served_by) = [job.provider for job in await studio.settle()]
        await studio.press('slash', *'falls-back', 'enter')
        await studio.until_shown('2 failed')
        for words in ('2 finished', '  last: '):
            assert words in studio.text
        await studio.services.submit(Ask(model='sandbox/falls-back', prompt='a fox', provider=served_by))
        await studio.until_shown('3 finished, median')


async def test_details_come_on_a_key_at_80_columns(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        assert 'Licence' not in studio.text
        await studio.press('d')
        await studio.until_shown('Licence')


async def test_details_that_are_longer_than_their_place_are_read_with_the_keys(start: Start) -> None:
    """You should come to the last provider and the tags, and back to the list with what was searched for."""
    async with start((80, 24)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.press('slash', *'falls-back', 'enter', 'd')
        await studio.until_shown('Licence')
        assert 'Tags' not in studio.text
        await studio.press('tab', 'G')
        await studio.until_shown('Tags')
        await studio.press('escape')
        assert studio.browse.models.has_focus
        assert studio.browse.field.value == 'falls-back'


async def test_task_and_provider_filters_combine(start: Start) -> None:
    async with start() as studio:
        await studio.until(lambda: studio.browse.models.rows)
        everything = len(studio.browse.models.rows)
        await studio.press('t')
        await studio.until(lambda: 0 < len(studio.browse.models.rows) < everything)
        assert {model.task for model in studio.browse.models.rows} == {Task.TEXT_TO_VIDEO}
        await studio.press('t')
        await studio.until(lambda: studio.browse.models.rows[0].task is Task.TEXT_TO_IMAGE)

        await studio.press('p')
        await studio.until(lambda: isinstance(studio.app.screen, Choice))
        assert 'not supported' in studio.text
        await studio.press('down', 'down', 'enter')
        await studio.until(lambda: not isinstance(studio.app.screen, Choice))
        provider = studio.browse._wishes.provider
        assert provider
        await studio.until(
            lambda: all(
                any(mapping.provider == provider and mapping.serves(model.task) for mapping in model.mappings)
                for model in studio.browse.models.rows
            )
        )
        assert {model.task for model in studio.browse.models.rows} == {Task.TEXT_TO_IMAGE}


async def test_search_ranks_as_one_types_and_keeps_the_row(start: Start) -> None:
    async with start() as studio:
        await studio.until(lambda: studio.browse.models.rows)
        everything = len(studio.browse.models.rows)
        await studio.press('slash', *'schnell')
        await studio.until(lambda: studio.browse.models.rows[0].id.endswith('FLUX.1-schnell'))
        await studio.press('enter')
        assert studio.browse.models.has_focus
        chosen = studio.browse.models.row
        assert chosen is not None
        await studio.press('escape')
        await studio.until(lambda: len(studio.browse.models.rows) == everything)
        assert studio.browse.models.row == chosen
        await studio.until(lambda: studio.browse.query_one(ModelDetails).model == chosen)
        await studio.press('enter')
        await studio.until(lambda: studio.app.current_mode == 'compose' and studio.compose.model == chosen)
        assert studio.compose.prompt.has_focus


async def test_a_search_and_an_ask_may_be_typed_ahead_of_the_screens(start: Start) -> None:
    """You should see the model that was searched for, and the whole prompt, though all keys came at once."""
    async with start() as studio:
        await studio.until(lambda: studio.browse.models.rows)
        for key in ('slash', *'schnell', 'enter', 'enter', *'afox', 'f5'):
            studio.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await studio.until(lambda: studio.services.pool.jobs)
        (job,) = await studio.settle()
        assert (job.order.model, job.order.prompt) == ('black-forest-labs/FLUX.1-schnell', 'afox')


async def test_a_search_without_a_match_leaves_nothing_to_enter(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.press('slash', *'zzzzzzzz', 'enter')
        await studio.until_shown('No model fits')
        assert studio.browse.models.highlighted is None
        await studio.press('enter', 'down', 'G')
        assert studio.app.current_mode == 'browse'
        await studio.until(lambda: studio.browse.query_one(ModelDetails).model is None)


async def test_models_of_unspoken_providers_say_so(start: Start) -> None:
    async with start() as studio:
        await studio.until(lambda: studio.browse.models.rows)
        speaks = studio.services.offers.speaks
        unspoken = [
            model
            for model in studio.browse.models.rows
            if not any(speaks(m.provider) for m in model.mappings if m.serves(model.task))
        ]
        if unspoken:
            studio.browse.models.highlight(studio.browse.models.key_of(unspoken[0]))
            await studio.until_shown('not supported')


async def test_a_hub_that_refuses_is_shown_with_its_reason_and_can_be_asked_again(start: Start) -> None:
    answers = [Answer(401, body=b'{"error": "Invalid [/credentials]"}')] * 2

    def answer(asked: Asked) -> Answer:
        if not asked.path.startswith('/api/models?'):
            return Answer(404, body=b'{}')
        return answers.pop() if answers else Answer(body=listing(['a/found']))

    with serving(answer) as hub:
        async with start((80, 24), hub=hub.url) as studio:
            await studio.until_shown('Invalid [/credentials]')
            assert 'hf auth login' in studio.text
            assert 'Press r' in studio.text
            answers.clear()
            await studio.press('r')
            await studio.until_shown('a/found')


async def test_hostile_names_are_shown_as_they_stand(start: Start) -> None:
    names = [f'o/{text}' for text in TORTURE] + ['o/\x1b]0;owned\x07name', 'o/\u202egnp.exe']
    with serving(lambda asked: Answer(body=listing(names) if '/api/models?' in asked.path else b'{}')) as hub:
        async with start((100, 30), hub=hub.url) as studio:
            await studio.until(lambda: len(studio.browse.models.rows) >= len(names))
            await studio.pilot.pause()
            for text in ('o/[/nope]', 'o/[red]', 'o/[@click=app.bell]here[/]', 'o/]0;ownedname'):
                assert text in studio.text
            assert '\x1b' not in studio.text
            assert '\u202e' not in studio.text
            for _ in names:
                await studio.press('down')
                await studio.until(lambda: studio.browse.query_one(ModelDetails).model == studio.browse.models.row)
            await studio.press('p', 'escape', 'home', 'enter')
            await studio.until(lambda: studio.app.current_mode == 'compose')
            await studio.until_shown('o/[/')


async def test_twenty_thousand_models_cost_what_is_in_sight(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f'owner-{number}/model-{number}' for number in range(20_000)]
    page = listing(names)
    drawn = list[Model]()
    draw = ModelList.draw

    def count_and_draw(self: ModelList, row: Model, width: int) -> Iterable[Part]:
        drawn.append(row)
        return draw(self, row, width)

    monkeypatch.setattr(ModelList, 'draw', count_and_draw)

    def answer(asked: Asked) -> Answer:
        return Answer(body=page if 'text-to-image' in asked.path else b'[]')

    with serving(answer) as hub:
        async with start((80, 24), hub=hub.url) as studio:
            models = studio.browse.models
            await studio.until(lambda: len(models.rows) == 20_000)
            await studio.pilot.pause()
            height = models.size.height
            assert len(drawn) <= 6 * height

            drawn.clear()
            await studio.press('G')
            assert 'owner-19999/model-19999' in studio.text
            assert len(drawn) <= 3 * height

            drawn.clear()
            await studio.press('k')
            assert len(drawn) <= 4

            drawn.clear()
            await studio.press('slash', *'12345', 'enter')
            await studio.until(lambda: models.rows and models.rows[0].id == 'owner-12345/model-12345')
            await studio.pilot.pause()
            assert 'owner-12345/model-12345' in studio.text
            assert len(drawn) <= 20 * height


async def test_models_are_shown_as_their_pages_arrive(start: Start) -> None:
    """You should see the first page while the second is still on its way, and the highlight stay where it was put."""
    second = threading.Event()

    def answer(asked: Asked) -> Answer:
        if 'cursor=2' in asked.path:
            second.wait(10)
            return Answer(body=listing([f'b/{number}' for number in range(30)]))
        if 'text-to-image' not in asked.path:
            return Answer(body=b'[]')
        following = f'<http://{asked.headers["host"]}/api/models?cursor=2>; rel="next"'
        return Answer(body=listing([f'a/{number}' for number in range(30)]), headers={'Link': following})

    with serving(answer) as hub:
        async with start((80, 24), hub=hub.url) as studio:
            await studio.until_shown('30 models by trend, more to come')
            await studio.press('down', 'down')
            assert studio.browse.models.row is not None
            second.set()
            await studio.until_shown('60 models by trend')
            await studio.until(lambda: 'more to come' not in studio.text)
            assert studio.browse.models.row.id == 'a/2'


async def test_films_stand_first_however_late_they_come(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """You should stand on the first model while you have not moved, although the list was whole before it was shown."""
    told, slowly = threading.Event(), threading.Event()
    pick = Wishes.pick

    def pick_slowly(*about: Any) -> Any:
        if told.is_set():
            slowly.wait(10)
        return pick(*about)

    def answer(asked: Asked) -> Answer:
        if '/api/models?' not in asked.path:
            return Answer(404, body=b'{}')
        if 'text-to-image' in asked.path:
            return Answer(body=listing([f'a/{number}' for number in range(30)]))
        told.wait(10)
        return Answer(body=listing(['b/film'], task='text-to-video'))

    monkeypatch.setattr(Wishes, 'pick', pick_slowly)
    with serving(answer) as hub:
        async with start((80, 24), hub=hub.url) as studio:
            await studio.until_shown('30 models by trend, more to come')
            told.set()
            await studio.until(lambda: studio.services.catalog.fetched is not None)
            slowly.set()
            await studio.until_shown('31 models by trend')
            await studio.until(lambda: 'more to come' not in studio.text)
            await studio.pilot.pause()
            assert studio.browse.models.row is not None
            assert studio.browse.models.row.id == 'b/film'
            assert 'b/film' in studio.text


async def test_a_refresh_moves_neither_the_highlight_nor_what_is_in_sight(start: Start) -> None:
    names = [f'a/{number:02}' for number in range(60)]

    def answer(asked: Asked) -> Answer:
        return Answer(body=listing(names) if 'text-to-image' in asked.path else b'[]')

    with serving(answer) as hub:
        async with start((80, 24), hub=hub.url) as studio:
            models = studio.browse.models
            await studio.until(lambda: len(models.rows) == 60)
            await studio.press('pagedown', 'pagedown')
            assert models.row is not None
            chosen, line = models.row.id, (models.highlighted or 0) - models.scroll_offset.y
            assert models.scroll_offset.y
            names[:0] = ['z/new', 'z/newer']
            await studio.press('r')
            await studio.until(lambda: len(models.rows) == 62)
            await studio.pilot.pause()
            assert models.row is not None
            assert models.row.id == chosen
            assert (models.highlighted or 0) - models.scroll_offset.y == line
            assert chosen in studio.text


async def test_the_list_of_the_last_time_is_shown_at_once_with_its_age(start: Start, paths: Paths) -> None:
    """You should see yesterday's models while the Hub says nothing, with their age, and then why they are old."""
    silent = threading.Event()
    answers = [Answer(body=listing(['a/kept'])), Answer(body=b'[]')]

    def answer(asked: Asked) -> Answer:
        if '/api/models?' not in asked.path:
            return Answer(404, body=b'{}')
        if answers:
            return answers.pop(0)
        silent.wait(10)
        return Answer(429, body=b'{}', headers={'Retry-After': '120'})

    with serving(answer) as hub:
        async with start(hub=hub.url) as studio:
            await studio.until_shown('1 model by trend')
            await studio.until(lambda: 'more to come' not in studio.text)
            (kept,) = paths.cache.glob('models-*.json')
        head, _, pages = kept.read_bytes().partition(b'\n')
        fetched = json.loads(head)['fetched']
        kept.write_bytes(head.replace(str(fetched).encode(), str(fetched - 100_000).encode()) + b'\n' + pages)

        async with start(hub=hub.url) as studio:
            await studio.until_shown('a/kept')
            await studio.until_shown('as of 27 hours ago, refreshing')
            silent.set()
            await studio.until(lambda: 'refreshing' not in studio.text)
            (said,) = studio.app._notifications
            assert 'try again in 120 s' in said.message
            assert 'as of 27 hours ago' in studio.text


async def test_a_pause_that_the_hub_asks_for_is_told(start: Start) -> None:
    patient = threading.Event()

    def answer(asked: Asked) -> Answer:
        if 'cursor=2' in asked.path and patient.is_set():
            return Answer(body=listing(['a/second']))
        if 'cursor=2' in asked.path:
            patient.set()
            return Answer(429, body=b'{}', headers={'Retry-After': '1'})
        if 'text-to-image' not in asked.path:
            return Answer(body=b'[]')
        following = f'<http://{asked.headers["host"]}/api/models?cursor=2>; rel="next"'
        return Answer(body=listing(['a/first']), headers={'Link': following})

    with serving(answer) as hub:
        async with start((80, 24), hub=hub.url) as studio:
            await studio.until_shown('1 model by trend, more when the Hub allows')
            await studio.until_shown('2 models by trend')
            await studio.until(lambda: 'Hub allows' not in studio.text)


async def test_the_search_field_reads_the_filter_language(start: Start) -> None:
    async with start((80, 24)) as studio:
        models = studio.browse.models
        await studio.until(lambda: models.rows)
        await studio.press('slash', *'provider:nscale likes:>5000 !schnell')
        await studio.until(lambda: models.rows and all(model.likes > 5000 for model in models.rows))
        assert all(any(m.provider == 'nscale' for m in model.mappings) for model in models.rows)
        assert all('schnell' not in model.id for model in models.rows)
        found = list(models.rows)
        studio.browse.field.value += ' colour:red'  # at once: its first letters are a word, which finds nothing
        await studio.until_shown("The models have no 'colour'.")
        assert models.rows == found, 'what was found stays while the filter is being typed'
        studio.browse.field.value = studio.browse.field.value.removesuffix(' colour:red')
        await studio.until(lambda: "no 'colour'" not in studio.text)


async def test_favourites_are_marked_kept_and_first_when_asked(start: Start) -> None:
    async with start((80, 24)) as studio:
        models = studio.browse.models
        await studio.until(lambda: models.rows)
        await studio.press('down', 'down', 'down', 'f')
        assert models.row is not None
        favourite = models.row
        await studio.until_shown(f'★ {favourite.id}')
        assert studio.text.count('★') == 1

    async with start((80, 24)) as studio:
        models = studio.browse.models
        await studio.until_shown(f'★ {favourite.id}')
        await studio.press('s', 's', 's')
        await studio.until_shown('favourites first')
        assert models.rows[0].id == favourite.id
        await studio.press('home', 'f')
        await studio.until(lambda: '★' not in studio.text)


async def test_models_are_sorted_and_picked_by_access_and_adapter(start: Start) -> None:
    async with start() as studio:
        models = studio.browse.models
        await studio.until(lambda: models.rows)
        everything = len(models.rows)

        await studio.press('s')
        await studio.until_shown(f'{everything} models by likes')
        usable = [
            model
            for model in models.rows
            if FAILS_ON_PURPOSE not in model.tags
            and any(studio.services.offers.speaks(m.provider) for m in model.mappings)
        ]
        assert [model.likes for model in usable] == sorted((model.likes for model in usable), reverse=True)
        assert models.rows[: len(usable)] == usable, 'what cannot be used stays last'
        await studio.press('s', 's', 's')
        await studio.until_shown('by trend')

        await studio.press('a', 'a')
        await studio.until(lambda: models.rows and all(model.gated for model in models.rows))
        assert ', gated' in studio.text
        await studio.press('a', 'l', 'l')
        await studio.until(lambda: 0 < len(models.rows) < everything and not models.rows[0].gated)
        await studio.until(lambda: all(any(m.adapter == 'lora' for m in model.mappings) for model in models.rows))
        assert ', LoRA' in studio.text
        await studio.press('l')
        await studio.until(lambda: len(models.rows) == everything)


async def test_details_tell_how_each_offer_stands(start: Start) -> None:
    offers = [
        {'provider': 'fal-ai', 'providerId': 'x', 'status': 'live', 'task': 'text-to-image'},
        {'provider': 'together', 'providerId': 'x', 'status': 'staging', 'task': 'text-to-image'},
        {'provider': 'replicate', 'providerId': 'x', 'status': 'error', 'task': 'text-to-image'},
        {'provider': 'someone-new', 'providerId': 'x', 'status': 'live', 'task': 'text-to-image'},
    ]
    page = json.dumps([{'id': 'a/model', 'inferenceProviderMapping': offers}]).encode()

    def answer(asked: Asked) -> Answer:
        return Answer(body=page if 'text-to-image' in asked.path else b'[]')

    with serving(answer) as hub:
        async with start(hub=hub.url) as studio:
            await studio.until_shown('a/model')
            await studio.pilot.pause()
            told = {
                line.split()[1]: line for line in studio.browse.query_one(ModelDetails).render().plain.splitlines()[-4:]
            }
            assert told['fal-ai'].startswith('●')
            assert 'for tests only' in told['together']
            assert 'failed its last check' in told['replicate']
            assert 'not supported' in told['someone-new']
