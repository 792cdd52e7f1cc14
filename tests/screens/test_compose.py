"""From a prompt to results."""

import asyncio
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Static

from hfmedia_tui.domain import JobState, Model, Task
from hfmedia_tui.widgets.chooser import Chooser
from hfmedia_tui.widgets.field import Entry, Field
from hfmedia_tui.widgets.live_jobs import LiveJobs
from hfmedia_tui.widgets.preview import Preview
from hfmedia_tui.widgets.result_strip import ResultStrip
from tests.engine.loopback import serving
from tests.reading import TORTURE
from tests.screens.conftest import Start
from tests.screens.studio import Studio
from tests.screens.worlds import World

MODEL = 'black-forest-labs/FLUX.1-schnell'


def set_field(studio: Studio, name: str, value: str) -> None:
    studio.compose.query_one(f'#{name} Entry', Entry).value = value


def error_of(studio: Studio, name: str) -> str:
    return studio.compose.query_one(f'#{name}', Field).error


async def test_four_generations_run_at_once_and_the_newest_is_shown(start: Start) -> None:
    """You should see four jobs succeed, and the picture of the last."""
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a lighthouse in a storm', count=4)
        jobs = await studio.settle()

        assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 4
        files = {job.outputs[0].path for job in jobs}
        assert len(files) == 4
        assert all(Path(path).is_file() for path in files)
        assert len({Path(path).read_bytes() for path in files}) == 4
        preview = studio.compose.query_one(Preview)
        newest = max(jobs, key=lambda job: job.finished_at or job.created_at)
        assert preview.source == Path(newest.outputs[0].path)
        await studio.until(lambda: preview.picture is not None)
        assert studio.text.count('succeeded') == 4
        assert '4 done' in studio.text
        assert f'seed {newest.seed}' in studio.text

        assert studio.compose.prompt.has_focus
        assert studio.compose.prompt.text == 'a lighthouse in a storm'


async def test_results_are_stepped_through_while_typing(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox', count=3)
        await studio.settle()
        strip, preview = studio.compose.query_one(ResultStrip), studio.compose.query_one(Preview)
        assert (strip.count, strip.place) == (3, 2)
        newest = preview.source
        await studio.press('pageup')
        assert strip.place == 1
        assert preview.source != newest
        await studio.press('pageup', 'pageup')
        assert strip.place == 0
        first = preview.source

        await studio.generate('another fox', count=4)
        await studio.settle()
        assert strip.count == 7
        assert preview.source == first, 'stepping back holds the result'
        await studio.press(*['pagedown'] * 7)
        assert strip.place == 6
        assert studio.compose.prompt.text == 'another fox'


@pytest.mark.parametrize('size', [(80, 24), (200, 50)])
async def test_prompt_fields_and_jobs_are_in_sight_and_the_picture_in_reach(
    start: Start, size: tuple[int, int]
) -> None:
    async with start(size) as studio:
        await studio.choose(MODEL)
        for words in (
            MODEL,
            'Negative prompt',
            'Aspect ratio',
            'Count',
            'Seed',
            'Provider',
            'Extra JSON',
            'Generate 1',
        ):
            assert words in studio.text
        await studio.generate('a fox')
        await studio.settle()
        assert 'succeeded' in studio.text
        preview = studio.compose.query_one(Preview)
        await studio.until(lambda: preview.picture is not None)
        assert preview.region.height >= 5, 'a picture is seen without a key'
        await studio.press('f8')
        assert preview.region.height >= 10
        await studio.until(lambda: preview.picture is not None)
        assert 'Negative prompt' not in studio.text
        await studio.press('escape')
        assert 'Negative prompt' in studio.text
        assert studio.compose.prompt.has_focus


async def test_the_form_shows_what_the_model_takes(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        assert 'Resolution' not in studio.text
        await studio.press('f2')
        await studio.choose('Wan-AI/Wan2.2-T2V-A14B')
        for words in ('Resolution', 'Frames'):
            assert words in studio.text


async def test_wrong_values_are_told_where_they_are_and_nothing_is_sent(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = 'a fox'
        for name, value in (
            ('num_inference_steps', 'many'),
            ('width', '-3'),
            ('guidance_scale', 'nan'),
            ('seed', '1e3'),
            ('count', '0'),
            ('extra', '{"a": '),
        ):
            set_field(studio, name, value)
        await studio.press('f5')
        assert 'whole number' in error_of(studio, 'num_inference_steps')
        assert 'at least 1' in error_of(studio, 'width')
        assert 'Guidance scale' in error_of(studio, 'guidance_scale')
        assert 'Seed' in error_of(studio, 'seed')
        assert 'from 1 to' in error_of(studio, 'count')
        assert 'JSON' in error_of(studio, 'extra')
        focused = studio.compose.focused
        assert focused is not None
        assert isinstance(focused.parent, Field)
        assert focused.parent.error
        assert focused.parent.error[:20] in studio.text
        assert 'Generate' in studio.text.splitlines()[-9], 'the button stays in sight'
        assert not studio.services.pool.jobs
        assert studio.compose.prompt.text == 'a fox'

        set_field(studio, 'extra', '[1]')
        await studio.press('f5')
        assert 'object' in error_of(studio, 'extra')
        set_field(studio, 'seed', '7')
        await studio.pilot.pause()
        assert not error_of(studio, 'seed'), 'an error goes when its value changes'


async def test_what_was_set_is_what_is_asked(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        for name, value in (
            ('negative_prompt', ' fog '),
            ('num_inference_steps', '4'),
            ('seed', '42'),
            ('extra', '{"a": 1}'),
        ):
            set_field(studio, name, value)
        await studio.press('tab', 'tab', 'enter', 'down', 'down', 'enter')
        await studio.generate('a fox', count=2)
        jobs = await studio.settle()
        order = jobs[0].order
        expected = {'width': 1024, 'height': 576, 'num_inference_steps': 4}
        assert {name: order.parameters.get(name) for name in expected} == expected
        assert order.extra == {'a': 1}
        assert [job.seed for job in jobs] == [42, 43]
        assert order.provider is None


async def test_compose_begins_with_a_model_and_says_that_nobody_chose_it(start: Start) -> None:
    """You should be able to write and press Enter at once; a picture comes, which costs less than a film."""
    async with start((80, 24)) as studio:
        await studio.press('f3')
        await studio.until(lambda: studio.compose.models)
        await studio.until_shown('image, to begin with: Ctrl+O finds others')
        await studio.generate('a fox')
        await studio.until(lambda: 'to begin with' not in studio.text)
        await studio.settle()


async def test_pressing_again_what_is_on_its_way_sends_it_once(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """You should be told that it is on its way, and once it was sent, the same can be asked for again."""
    monkeypatch.setattr('hfmedia_tui.screens.compose._REPEAT', 0)
    async with start((80, 24), toasts=True) as studio:
        await studio.choose(MODEL)
        come, go_on = studio.hold_submits(monkeypatch)
        studio.compose.prompt.text = 'a fox'
        await studio.press('enter')
        await asyncio.wait_for(come.wait(), 30)
        await studio.until_shown('Nothing was sent yet')
        await studio.press('enter')
        await studio.until_shown('It is on its way')
        go_on.set()
        await studio.until(lambda: len(studio.services.pool.jobs) == 1)
        await studio.settle()
        await studio.press('enter')
        await studio.until(lambda: len(studio.services.pool.jobs) == 2)
        await studio.settle()


async def test_without_a_model_nothing_is_sent(start: Start) -> None:
    with serving(World()) as server:
        async with start((80, 24), hub=server.url) as studio:
            await studio.press('f3')
            await studio.press('a', 'f5')
            assert 'Choose a model first' in studio.text
            assert not studio.services.pool.jobs


async def test_without_a_prompt_nothing_is_sent(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = ' \n '
        await studio.press('enter')
        assert 'Write a prompt first' in studio.text
        assert not studio.services.pool.jobs


async def test_new_lines_and_pastes_never_send(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        prompt = studio.compose.prompt
        await studio.press('a', 'ctrl+n', 'b', 'ctrl+j', 'c')
        assert prompt.text == 'a\nb\nc'
        studio.app.post_message(events.Paste('one\ntwo\n'))
        await studio.pilot.pause()
        assert prompt.text == 'a\nb\ncone\ntwo\n'

        prompt.clear()
        for key, character in (('x', 'x'), ('enter', '\r'), ('y', 'y'), ('enter', '\r')):
            studio.app.post_message(events.Key(key, character))  # as a terminal without marked pastes sends it
        await studio.pilot.pause()
        assert prompt.text == 'x\ny\n'
        assert not studio.services.pool.jobs


async def test_a_key_held_down_pays_once(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = 'a fox'
        for _ in range(10):
            studio.compose.action_generate()
        await studio.until(lambda: studio.services.pool.jobs)
        await studio.settle()
        assert len(studio.services.pool.jobs) == 1


async def test_the_number_of_paid_requests_is_said(start: Start) -> None:
    """You should see the number that was typed: it takes the place of the 1 that stood there."""
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.query_one('#count Entry', Entry).focus()
        await studio.press('4')
        assert 'Generate 4' in studio.text
        assert '4 paid requests' in studio.text


async def test_a_prompt_that_is_too_long_is_refused_and_not_cut(start: Start) -> None:
    """You should see how long a prompt may be, and yours as it was."""
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.prompt.text = 'fox, ' * 6_401
        studio.compose.prompt.focus()
        await studio.press('enter')
        await studio.until(lambda: 'must be text of at most 32,000' in studio.text)
        assert not await studio.services.ledger.jobs()
        studio.compose.prompt.text = whole = 'a fox ' + 'x' * 31_000
        await studio.press('enter')
        (job,) = await studio.settle()
        assert job.order.prompt == whole


async def test_what_nobody_bills_is_said_to_be_free(start: Start, environment: dict[str, str]) -> None:
    """You should see a free request where there is no token, so that Hugging Face's inference is asked without one."""
    environment.update(HF_TOKEN='', HF_HUB_DISABLE_IMPLICIT_TOKEN='1')
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.until(lambda: '1 free request' in studio.text)
        assert 'auto: hf-free' in studio.text


async def test_a_failure_is_told_on_its_row_and_fallbacks_are_recorded(start: Start) -> None:
    async with start((200, 50)) as studio:
        await studio.choose('sandbox/fails-out-of-credit')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert job.error.message[:20] in studio.text
        assert '1 failed' in studio.text
        assert studio.compose.prompt.text == 'a fox'

        studio.compose.query_one(LiveJobs).focus()
        await studio.press('enter')
        assert studio.app.current_mode == 'jobs'
        await studio.until_shown('Attempts')
        assert len(job.attempts) > 1
        for attempt in job.attempts:
            assert attempt.provider in studio.text


async def test_why_a_job_failed_stands_where_its_result_would(start: Start) -> None:
    async with start((100, 30)) as studio:
        await studio.choose('sandbox/fails-moderated')
        assert 'Results appear here' in studio.text
        await studio.generate('a fox')
        (job,) = await studio.settle()
        assert job.error is not None
        await studio.until_shown('tell more')
        assert job.error.message.split()[-1] in studio.text
        assert 'Results appear here' not in studio.text
        await studio.choose(MODEL)
        await studio.generate('a fox', count=1)
        await studio.settle()
        await studio.until(lambda: 'tell more' not in studio.text)


async def test_hostile_prompts_are_shown_as_they_stand(start: Start) -> None:
    async with start((100, 30)) as studio:
        await studio.choose(MODEL)
        for text in TORTURE:
            studio.compose.prompt.text = text
            studio.compose.action_generate()
        await studio.until(lambda: len(studio.services.pool.jobs) == len(TORTURE))
        await studio.settle()
        assert '[/nope]' in studio.text
        await studio.press('f4')
        for _ in TORTURE:
            await studio.press('j')
        assert '\x1b' not in studio.text


async def test_a_refused_ask_keeps_everything(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.model = Model(id='nobody/nothing-here', task=Task.TEXT_TO_IMAGE)
        studio.compose.prompt.text = 'a fox'
        await studio.press('f5')
        await studio.until(lambda: studio.compose.query_one('#prompt-error', Static).display)
        assert 'nobody/nothing-here' in studio.text
        assert studio.compose.prompt.text == 'a fox'


def caution_of(studio: Studio, name: str) -> str:
    return studio.compose.query_one(f'#{name}', Field).caution


async def test_what_a_provider_makes_of_a_value_is_said_beside_it_and_never_blocks(start: Start) -> None:
    """You should see the sentences come and go with the values and the provider, while nothing is called wrong."""
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.until(lambda: studio.compose.form.first)
        assert f'auto: {studio.compose.form.first}' in studio.text
        for name, value in (('num_inference_steps', '4'), ('seed', '7'), ('width', 'wide')):
            set_field(studio, name, value)
        provider = studio.compose.query_one('#provider Chooser', Chooser)
        provider.value = 'nscale'
        await studio.until(lambda: 'nscale has no setting for steps' in caution_of(studio, 'num_inference_steps'))
        assert 'nscale takes no seed' in caution_of(studio, 'seed')
        assert 'nscale takes no seed' in studio.text
        assert not any(error_of(studio, name) for name in ('num_inference_steps', 'seed', 'width'))

        set_field(studio, 'seed', '')
        await studio.until(lambda: not caution_of(studio, 'seed'))
        provider.value = 'fal-ai'
        await studio.until(lambda: not caution_of(studio, 'num_inference_steps'))
        provider.value = 'nscale'
        set_field(studio, 'width', '')
        await studio.generate('a fox')
        (job,) = await studio.settle()
        assert job.state is JobState.SUCCEEDED


async def test_what_is_worth_knowing_of_the_whole_stands_by_the_button(start: Start) -> None:
    async with start((80, 24)) as studio:
        await studio.choose('Wan-AI/Wan2.2-T2V-A14B')
        assert 'REPLICATE_API_TOKEN' not in studio.text
        studio.compose.query_one('#provider Chooser', Chooser).value = 'replicate'
        await studio.until_shown('REPLICATE_API_TOKEN')
        assert 'Generate 1' in studio.text
        assert 'Through Hugging Face, replicate' in studio.text


async def test_an_aspect_ratio_is_cautioned_where_it_was_chosen(start: Start) -> None:
    async with start() as studio:
        await studio.choose('zai-org/GLM-Image')
        studio.compose.query_one('#provider Chooser', Chooser).value = 'zai-org'
        studio.compose.query_one('#aspect_ratio Chooser', Chooser).value = '21:9'
        await studio.until(lambda: 'may refuse 440' in caution_of(studio, 'aspect_ratio'))
        assert not caution_of(studio, 'height')
        set_field(studio, 'height', '441')
        await studio.until(lambda: 'may refuse 441' in caution_of(studio, 'height'))


async def test_an_old_order_is_composed_with_everyone_who_serves_its_model_now(start: Start) -> None:
    """You should be able to choose among all providers again, though the order was for one."""
    async with start() as studio:
        await studio.choose(MODEL)
        studio.compose.query_one('#provider Chooser', Chooser).value = 'nscale'
        await studio.generate('a fox')
        (job,) = await studio.settle()
    async with start() as studio:
        await studio.until(lambda: studio.compose.model)
        await studio.until(lambda: len(studio.compose.form.providers) > len(job.order.mappings))
        assert studio.compose.form.provider == 'nscale'


async def test_the_job_list_points_at_the_result_that_is_shown(start: Start) -> None:
    async with start() as studio:
        await studio.choose(MODEL)
        await studio.generate('a fox', count=3)
        await studio.settle()
        jobs, preview = studio.compose.query_one(LiveJobs), studio.compose.query_one(Preview)
        for key in ('pageup', 'pageup', 'pagedown'):
            await studio.press(key)
            assert jobs.row is not None
            assert Path(jobs.row.outputs[0].path) == preview.source
        shown = jobs.row
        await studio.press('escape')
        assert jobs.has_focus
        assert jobs.row == shown
        await studio.press('end' if jobs.highlighted == 0 else 'home')
        assert jobs.row != shown
        await studio.press('i')
        await studio.until(lambda: jobs.row == shown)
