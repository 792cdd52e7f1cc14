"""A file fills the form: named, or dropped on the terminal."""

import shlex
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from hfmedia_tui.composition import Entries
from hfmedia_tui.paths import named_file
from hfmedia_tui.screens.question import Question
from tests.metadata.samples import MODEL, inscribe, write_sample
from tests.metadata.test_reading import A1111, as_xmp, png
from tests.screens.conftest import Start
from tests.screens.studio import Studio

OTHER = 'black-forest-labs/FLUX.1-schnell'


@pytest.mark.parametrize(
    'text',
    [
        '/a b/fox.png', "'/a b/fox.png' ", '"/a b/fox.png"', r'/a\ b/fox.png', 'file:///a%20b/fox.png',
        'file://host/a%20b/fox.png\n',
    ],
)  # fmt: skip
def test_what_terminals_write_for_a_dropped_file_is_its_path(text: str) -> None:
    assert named_file(text) == Path('/a b/fox.png')


@pytest.mark.parametrize(
    'text',
    ['', 'a fox', '/imagine a fox', 'fox.png', '/a.png\n/b.png', 'file://[', '/a.txt', '~nobody0/a.png'],
)
def test_other_text_is_none(text: str) -> None:
    assert named_file(text) is None


def asked(studio: Studio) -> dict[str, object]:
    entries = studio.compose.form.read()
    assert entries is not None, studio.text
    return {'seed': entries.seed, **entries.sized}


async def drop(studio: Studio, path: Path) -> None:
    studio.app.post_message(events.Paste(f'{shlex.quote(str(path))} '))
    await studio.pilot.pause()


async def test_a_dropped_file_fills_the_form_when_that_is_wished(start: Start, tmp_path: Path) -> None:
    path = write_sample(tmp_path, 'still.png')
    inscribe(path, prompt='a {red} fox', parameters={'width': 512, 'height': 768, 'guidance_scale': 3.5})
    async with start() as studio:
        await studio.choose(OTHER)
        await studio.press(*'mine')
        await drop(studio, path)
        await studio.until_asked()
        assert 'Fill the form from still.png?' in studio.text
        await studio.press('escape')
        assert studio.compose.prompt.text.startswith('mine')
        await drop(studio, path)
        await studio.until_asked()
        await studio.press('right', 'enter')
        await studio.until(lambda: not isinstance(studio.app.screen, Question) and 'red' in studio.compose.prompt.text)
        assert studio.compose.model is not None
        assert studio.compose.model.id == MODEL
        assert asked(studio) == {'seed': 2**60 + 1, 'width': 512, 'height': 768, 'guidance_scale': 3.5}
        template = await studio.services.template(studio.compose.prompt.text)
        (ask,) = studio.services.plan(template, studio.compose.models, Entries())
        assert ask.prompt == 'a {red} fox', 'braces are words here, not alternatives'


async def test_a_named_file_of_another_tool_tells_what_it_cannot_fill(start: Start, tmp_path: Path) -> None:
    path = png(tmp_path, parameters=A1111)
    async with start(toasts=True) as studio:
        await studio.choose(OTHER)
        await studio.press('ctrl+l')
        await studio.until_shown("Open a file's recipe")
        box = studio.app.screen.query_one(Input)
        box.value = str(tmp_path / 'gone.png')
        await studio.press('enter')
        await studio.until_shown('gone.png cannot be read')
        box.value = str(path)
        await studio.press('enter')
        await studio.until_shown('Not taken over')
        assert 'Sampler: DPM++ 2M' in studio.text
        assert studio.compose.prompt.text == 'a red fox, (detailed:1.2)\nin snow'
        assert studio.compose.model is not None
        assert studio.compose.model.id == OTHER
        assert asked(studio)['num_inference_steps'] == 28


async def test_what_the_task_of_the_model_has_no_field_for_is_told(start: Start, tmp_path: Path) -> None:
    """You should see the frames of a film that the Hub does not know among what a picture's form did not take."""
    told = {'c': 'a fox', 'steps': 20, 'v2': {'numFrames': 81}}
    path = png(tmp_path, xmp=as_xmp(told))
    async with start(toasts=True) as studio:
        await studio.choose(OTHER)
        await drop(studio, path)
        await studio.until_asked()
        await studio.press('right', 'enter')
        await studio.until_shown('Frames: 81')
        assert asked(studio)['num_inference_steps'] == 20


async def test_a_dropped_file_that_tells_nothing_stays_text(start: Start, tmp_path: Path) -> None:
    path = write_sample(tmp_path, 'still.png')
    async with start(toasts=True) as studio:
        await studio.choose(OTHER)
        await drop(studio, path)
        await studio.until_shown('does not tell how it was made')
        assert str(path) in studio.compose.prompt.text
