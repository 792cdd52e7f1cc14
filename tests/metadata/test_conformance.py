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

from tests.metadata.samples import MODEL, PROMPT, SAMPLES, inscribe, write_sample

PICTURES = [name for name in SAMPLES if not name.endswith('.mp4')]
FILMS = [name for name in SAMPLES if name.endswith('.mp4')]
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


@pytest.mark.parametrize('prompt', [PROMPT, 'a fox', 'Steps: many, and a colon'])
@pytest.mark.parametrize('name', PICTURES)
def test_sd_parsers(tmp_path: Path, name: str, prompt: str) -> None:
    path = write_sample(tmp_path, name)
    inscribe(
        path, prompt=prompt, parameters={'negative_prompt': 'blur', 'num_inference_steps': 28, 'guidance_scale': 3.5}
    )
    told = parsed(path)
    assert told is not None
    assert told.generator is Generators.AUTOMATIC1111
    (sampler,) = told.samplers
    assert [said.value for said in sampler.prompts] == [prompt]
    assert [said.value for said in sampler.negative_prompts] == ['blur']
    assert sampler.model is not None
    assert sampler.model.name == MODEL
    assert sampler.parameters == {'steps': '28', 'cfg_scale': '3.5', 'seed': str(2**60 + 1)}


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
    paths = {name: write_sample(tmp_path, name) for name in SAMPLES}
    for path in paths.values():
        inscribe(path, sidecar=False)
    command = ['exiftool', '-json', '-G1', '-a', '-api', 'largefilesupport=1', *map(str, paths.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    for told in json.loads(done.stdout):
        name = Path(told['SourceFile']).name
        assert 'ExifTool:Error' not in told, name
        assert 'ExifTool:Warning' not in told, name
        assert told['XMP-iptcExt:DigitalSourceType'].endswith('/trainedAlgorithmicMedia'), name
        assert told['XMP-iptcExt:AISystemUsed'] == f'{MODEL} (fal-ai)'
        assert told['XMP-iptcExt:AIPromptInformation'] == PROMPT
        assert json.loads(told['XMP-hfmedia:Record'])['prompt'] == PROMPT
        place = {'.png': 'PNG:Parameters', '.mp4': 'Keys:Parameters'}.get(paths[name].suffix, 'ExifIFD:UserComment')
        assert told[place].startswith(f'{PROMPT}\nNegative prompt: blur\nSteps: n/a'), name


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
