"""Other readers than ours understand what is written: sd-parsers, exiftool, Pillow and FFmpeg.

https://github.com/d3x-at/sd-parsers and https://exiftool.org/
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from sd_parsers import ParserManager
from sd_parsers.data import Generators, PromptInfo

from hfmedia_tui.metadata.reading import read_recipe
from tests.metadata.samples import MODEL, PROMPT, SAMPLES, inscribe, write_sample

PICTURES = [name for name in SAMPLES if not name.endswith('.mp4')]
FILMS = [name for name in SAMPLES if name.endswith('.mp4')]
PROMPTS = {
    'short': 'a fox',
    'unicode-quotes-lines': PROMPT,
    'settings-inline': 'Steps: many, and a colon',
    'settings-lines': 'a fox\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 3\n\nin snow',
    'settings-last': 'a fox\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 3, Size: 1x1',
    'quotes': '"a" \'b\' \\ `d` {"e": [1]}',
    'long': 'fox, ' * 2000,
    'long-wide': '狐' * 10_000,
}
"""What may be taken for something else, or have no room."""
NEEDS_EXIFTOOL = pytest.mark.skipif(not shutil.which('exiftool'), reason='exiftool is not installed')


_OPEN = list[Image.Image]()
"""Pictures that were read: sd-parsers knows the last one by its address, which must not be used again."""


def parsed(path: Path) -> PromptInfo | None:
    _OPEN.append(Image.open(path))
    return ParserManager().parse(_OPEN[-1])


@pytest.fixture(scope='module', autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    for picture in _OPEN:
        picture.close()


@pytest.mark.parametrize('negative', ['blur', 'x: "y", z\nSteps: 3, Sampler: none'], ids=['word', 'settings'])
@pytest.mark.parametrize('prompt', PROMPTS.values(), ids=PROMPTS)
@pytest.mark.parametrize('name', PICTURES)
def test_sd_parsers(tmp_path: Path, name: str, prompt: str, negative: str) -> None:
    path = write_sample(tmp_path, name)
    inscribe(
        path, prompt=prompt, parameters={'negative_prompt': negative, 'num_inference_steps': 28, 'guidance_scale': 3.5}
    )
    told = parsed(path)
    assert told is not None
    assert told.generator is Generators.AUTOMATIC1111
    (sampler,) = told.samplers
    assert [said.value for said in sampler.prompts] == [prompt.strip()]
    assert [said.value for said in sampler.negative_prompts] == [negative]
    assert sampler.model is not None
    assert sampler.model.name == MODEL
    assert sampler.parameters == {'steps': '28', 'cfg_scale': '3.5', 'seed': str(2**60 + 1)}


def test_a_prompt_that_speaks_of_a_negative_one_is_read_whole(tmp_path: Path) -> None:
    """sd-parsers gives up on a second `Negative prompt:`, and AUTOMATIC1111 takes all that follows for it."""
    prompt = 'a fox\nNegative prompt: is what this says\nin snow'
    path = write_sample(tmp_path, 'still.png')
    inscribe(path, prompt=prompt, parameters={'negative_prompt': 'blur, Negative prompt: no'})
    told = parsed(path)
    assert told is not None
    (sampler,) = told.samplers
    assert [said.value for said in sampler.prompts] == [prompt.replace('prompt:', 'prompt :')]
    assert [said.value for said in sampler.negative_prompts] == ['blur, Negative prompt : no']
    recipe = read_recipe(path)
    assert recipe.prompt == prompt, 'our own record has every letter'
    assert recipe.parameters['negative_prompt'] == 'blur, Negative prompt: no'


@pytest.mark.parametrize('parameters', [{}, {'negative_prompt': 'x'}, {'num_inference_steps': 4}])
def test_sd_parsers_needs_no_value_that_nobody_set(tmp_path: Path, parameters: dict[str, Any]) -> None:
    path = write_sample(tmp_path, 'still.png')
    inscribe(path, parameters=parameters)
    told = parsed(path)
    assert told is not None
    assert [said.value for said in told.samplers[0].prompts] == [PROMPT]


@pytest.mark.parametrize('prompt', ['a fox', PROMPT])
def test_the_four_rules_of_a1111s_text(tmp_path: Path, prompt: str) -> None:
    path = write_sample(tmp_path, 'still.png')
    inscribe(path, prompt=prompt, parameters={})
    with Image.open(path) as picture:
        text = picture.text['parameters']  # type: ignore[attr-defined]
    said, _, rest = text.partition('\nNegative prompt: ')
    assert said == prompt
    last = rest.rpartition('\n')[2]
    assert last.startswith('Steps: n/a, Sampler: provider default, Seed: ')
    for setting in last.split(', '):
        name, _, value = setting.partition(': ')
        assert re.fullmatch(r'[\w \-/]{2,}', name)
        assert not set(value) & set(',:"')


@NEEDS_EXIFTOOL
def test_exiftool(tmp_path: Path) -> None:
    asked = dict[Path, str]()
    for kind, prompt in PROMPTS.items():
        (tmp_path / kind).mkdir()
        for name in SAMPLES:
            asked[path := write_sample(tmp_path / kind, name)] = prompt
            inscribe(path, prompt=prompt, sidecar=False)
    command = ['exiftool', '-json', '-G1', '-a', '-api', 'largefilesupport=1', *map(str, asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    for told in json.loads(done.stdout):
        name, prompt = told['SourceFile'], asked[Path(told['SourceFile'])]
        assert 'ExifTool:Error' not in told, name
        assert 'ExifTool:Warning' not in told, name
        assert told['XMP-iptcExt:DigitalSourceType'].endswith('/trainedAlgorithmicMedia'), name
        assert told['XMP-iptcExt:AISystemUsed'] == f'{MODEL} (fal-ai)'
        assert told['XMP-iptcExt:AIPromptInformation'] == prompt
        assert json.loads(told['XMP-hfmedia:Record'])['prompt'] == prompt
        place = {'.png': 'PNG:Parameters', '.mp4': 'Keys:Parameters'}.get(Path(name).suffix, 'ExifIFD:UserComment')
        assert told[place].startswith(f'{prompt}\nNegative prompt: blur\nSteps: n/a'), name


@pytest.mark.parametrize('name', PICTURES)
def test_pillow_finds_the_xmp(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    inscribe(path)
    with Image.open(path) as picture:
        packet = picture.info.get('xmp') or picture.info['XML:com.adobe.xmp'].encode()
    assert b'trainedAlgorithmicMedia' in packet


@pytest.mark.parametrize('name', FILMS)
def test_ffmpeg(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    inscribe(path)
    with av.open(str(path)) as film:
        assert film.metadata['parameters'].startswith(PROMPT)
        assert json.loads(film.metadata['hfmedia_metadata'])['model'] == MODEL
