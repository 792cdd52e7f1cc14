"""Files of other tools fill the form, and what has no place in it is listed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from hfmedia_tui.errors import MediaError
from hfmedia_tui.metadata.formats import exif
from hfmedia_tui.metadata.reading import read_recipe
from tests.media.files import encoded, film, quarters

A1111 = (
    'a red fox, (detailed:1.2)\nin snow\nNegative prompt: blur, text\nugly\n'
    'Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 1234, Size: 768x1152, '
    'Model hash: 45dee52b, Model: dreamshaper_8, Lora hashes: "add_detail: 7c6bad76eb54, other: 1", Version: v1.10.1'
)

KSAMPLER: dict[str, Any] = {
    '3': {
        'class_type': 'KSampler',
        'inputs': {
            'seed': 99, 'steps': 20, 'cfg': 7.0, 'sampler_name': 'euler', 'scheduler': 'normal', 'denoise': 1.0,
            'model': ['10', 0], 'positive': ['6', 0], 'negative': ['7', 0], 'latent_image': ['5', 0],
        },
    },
    '10': {'class_type': 'LoraLoader', 'inputs': {'lora_name': 'fur.safetensors', 'model': ['4', 0], 'clip': ['4', 1]}},
    '4': {'class_type': 'CheckpointLoaderSimple', 'inputs': {'ckpt_name': 'sd_xl_base.safetensors'}},
    '5': {'class_type': 'EmptyLatentImage', 'inputs': {'width': 832, 'height': 1216, 'batch_size': 1}},
    '6': {'class_type': 'CLIPTextEncode', 'inputs': {'text': ['20', 0], 'clip': ['10', 1]}},
    '20': {'class_type': 'StringConstant', 'inputs': {'string': 'a red fox'}},
    '7': {'class_type': 'CLIPTextEncode', 'inputs': {'text': 'blur', 'clip': ['10', 1]}},
    '9': {'class_type': 'SaveImage', 'inputs': {'images': ['8', 0]}},
}  # fmt: skip

FLUX = {
    '13': {
        'class_type': 'SamplerCustomAdvanced',
        'inputs': {
            'noise': ['25', 0], 'guider': ['22', 0], 'sampler': ['16', 0], 'sigmas': ['17', 0],
            'latent_image': ['27', 0],
        },
    },
    '25': {'class_type': 'RandomNoise', 'inputs': {'noise_seed': 5}},
    '22': {'class_type': 'BasicGuider', 'inputs': {'model': ['12', 0], 'conditioning': ['26', 0]}},
    '26': {'class_type': 'FluxGuidance', 'inputs': {'guidance': 3.5, 'conditioning': ['6', 0]}},
    '6': {'class_type': 'CLIPTextEncode', 'inputs': {'text': 'a red fox', 'clip': ['11', 0]}},
    '16': {'class_type': 'KSamplerSelect', 'inputs': {'sampler_name': 'euler'}},
    '17': {'class_type': 'BasicScheduler', 'inputs': {'scheduler': 'simple', 'steps': 20, 'model': ['12', 0]}},
    '12': {'class_type': 'UNETLoader', 'inputs': {'unet_name': 'flux1-dev.safetensors'}},
    '27': {'class_type': 'EmptySD3LatentImage', 'inputs': {'width': 1024, 'height': 768}},
}  # fmt: skip

DRAWN = {
    'nodes': [
        {
            'id': 3, 'type': 'KSampler', 'widgets_values': [99, 'fixed', 20, 7.0, 'euler', 'normal', 1.0],
            'inputs': [
                {'name': 'positive', 'link': 1}, {'name': 'negative', 'link': 2}, {'name': 'latent_image', 'link': 3},
            ],
        },
        {'id': 6, 'type': 'CLIPTextEncode', 'widgets_values': ['a red fox'], 'inputs': [{'name': 'clip', 'link': 4}]},
        {'id': 7, 'type': 'CLIPTextEncode', 'widgets_values': ['blur']},
        {'id': 5, 'type': 'EmptyLatentImage', 'widgets_values': [832, 1216, 1]},
    ],
    'links': [[1, 6, 0, 3, 1, 'CONDITIONING'], [2, 7, 0, 3, 2, 'CONDITIONING'], [3, 5, 0, 3, 3, 'LATENT']],
}  # fmt: skip

INVOKE = {
    'generation_mode': 'txt2img', 'positive_prompt': 'a red fox', 'negative_prompt': 'blur', 'width': 512,
    'height': 640, 'seed': 7, 'cfg_scale': 7.5, 'steps': 30, 'scheduler': 'euler', 'app_version': '4.2',
    'model': {'key': 'k', 'hash': 'h', 'name': 'stabilityai/sdxl', 'base': 'sdxl', 'type': 'main'}, 'loras': [],
}  # fmt: skip
SWARM: dict[str, Any] = {
    'sui_image_params': {
        'prompt': 'a red fox', 'negativeprompt': 'blur', 'model': 'OfficialStableDiffusion/sd_xl', 'seed': 8,
        'steps': 20, 'cfgscale': 7.0, 'width': 1024, 'height': 1024, 'sampler': 'euler', 'swarm_version': '0.9',
    },
    'sui_extra_data': {'date': '2024-01-01'},
}  # fmt: skip
FOOOCUS = {
    'prompt': 'a red fox', 'negative_prompt': 'blur', 'styles': "['Fooocus V2']", 'performance': 'Speed', 'steps': 30,
    'resolution': '(1152, 896)', 'guidance_scale': 4.0, 'sharpness': 2.0, 'base_model': 'juggernautXL', 'seed': '77',
    'sampler': 'dpmpp_2m', 'scheduler': 'karras', 'version': 'Fooocus v2.5',
}  # fmt: skip
DRAW_THINGS = {
    'c': 'a red fox', 'uc': 'blur', 'model': 'sd_v1.5_f16.ckpt', 'sampler': 'Euler A', 'scale': 7.5, 'seed': 42,
    'size': '512x768', 'steps': 25, 'strength': 1, 'v2': {'numFrames': 14},
}  # fmt: skip


def as_xmp(value: object) -> str:
    text = json.dumps(value).replace('&', '&amp;').replace('<', '&lt;')
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"><exif:UserComment><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></exif:UserComment></rdf:Description></rdf:RDF>'
        '</x:xmpmeta>'
    )


def png(folder: Path, **texts: str) -> Path:
    information = PngInfo()
    for name, text in texts.items():
        if name == 'xmp':
            information.add_itxt('XML:com.adobe.xmp', text)
        else:
            information.add_text(name.replace('_dash_', '-'), text, zip=name == 'workflow')
    (folder / 'a.png').write_bytes(encoded('PNG', pnginfo=information))
    return folder / 'a.png'


def with_comment(form: str) -> Callable[[Path, str], Path]:
    def write(folder: Path, text: str) -> Path:
        path = folder / f'a.{form.lower()}'
        path.write_bytes(encoded(form, exif=b'Exif\0\0' + exif.build(text, 'x')))
        return path

    return write


def read(path: Path) -> dict[str, Any]:
    recipe = read_recipe(path)
    return {
        'source': recipe.source,
        'prompt': recipe.prompt,
        'seed': recipe.seed,
        'model': recipe.model,
        **recipe.parameters,
        'unmapped': dict(recipe.unmapped),
    }


A1111_TOLD = {
    'source': 'AUTOMATIC1111', 'prompt': 'a red fox, (detailed:1.2)\nin snow', 'seed': 1234, 'model': None,
    'negative_prompt': 'blur, text\nugly', 'width': 768, 'height': 1152, 'num_inference_steps': 28,
    'guidance_scale': 6.5,
    'unmapped': {
        'Model': 'dreamshaper_8', 'Sampler': 'DPM++ 2M', 'Schedule type': 'Karras', 'Model hash': '45dee52b',
        'Lora hashes': 'add_detail: 7c6bad76eb54, other: 1', 'Version': 'v1.10.1',
    },
}  # fmt: skip


@pytest.mark.parametrize(
    'write', [lambda folder, text: png(folder, parameters=text), with_comment('JPEG'), with_comment('WEBP')]
)
def test_a1111(tmp_path: Path, write: Callable[[Path, str], Path]) -> None:
    assert read(write(tmp_path, A1111)) == A1111_TOLD


def test_a1111_without_a_line_of_what_should_not_be_seen(tmp_path: Path) -> None:
    told = read(
        png(tmp_path, parameters='a fox\nSteps: 4, Sampler: Euler, Seed: 3, Distilled CFG Scale: 3.5, CFG scale: 1')
    )
    assert (told['prompt'], told['seed'], told['guidance_scale']) == ('a fox', 3, 3.5)
    assert 'negative_prompt' not in told


def test_a1111_with_json_among_its_settings(tmp_path: Path) -> None:
    """As Civitai writes it: what stands in there is no setting of the picture."""
    resources = '[{"type":"checkpoint","modelName":"Plant, Seed: 4"}]'
    more = '{"prompt":"a fox, (snow:1.2), Seed: 5, Steps: 6","steps":40}'
    told = read(
        png(
            tmp_path,
            parameters='a fox, (snow:1.2)\nSteps: 40, Sampler: Undefined, CFG scale: 7, Seed: 3, Size: 1216x832, '
            f'Clip skip: 2, Civitai resources: {resources}, Civitai metadata: {more}, Version: x',
        )
    )
    assert (told['seed'], told['num_inference_steps'], told['width']) == (3, 40, 1216)
    assert told['unmapped'] == {
        'Sampler': 'Undefined', 'Clip skip': '2', 'Civitai resources': resources, 'Civitai metadata': more,
        'Version': 'x',
    }  # fmt: skip


def test_what_has_too_few_settings_is_no_text_of_a1111(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match='does not tell how it was made'):
        read_recipe(png(tmp_path, parameters='a fox, looking: left, and up: high'))


COMFYUI_TOLD = {
    'source': 'ComfyUI', 'prompt': 'a red fox', 'seed': 99, 'model': None, 'negative_prompt': 'blur', 'width': 832,
    'height': 1216, 'num_inference_steps': 20, 'guidance_scale': 7.0,
}  # fmt: skip


def test_comfyui_follows_the_inputs_of_its_sampler(tmp_path: Path) -> None:
    told = read(png(tmp_path, prompt=json.dumps(KSAMPLER), workflow='{}'))
    unmapped = told.pop('unmapped')
    assert told == COMFYUI_TOLD
    assert unmapped == {
        'Model': 'sd_xl_base.safetensors', 'Sampler': 'euler', 'Scheduler': 'normal', 'Denoise': '1.0',
        'LoRA': 'fur.safetensors',
    }  # fmt: skip


def test_comfyui_with_a_sampler_made_of_parts(tmp_path: Path) -> None:
    told = read(png(tmp_path, prompt=json.dumps(FLUX)))
    unmapped = told.pop('unmapped')
    assert told == {
        'source': 'ComfyUI', 'prompt': 'a red fox', 'seed': 5, 'model': None, 'width': 1024, 'height': 768,
        'num_inference_steps': 20, 'guidance_scale': 3.5,
    }  # fmt: skip
    assert unmapped == {'Model': 'flux1-dev.safetensors', 'Sampler': 'euler', 'Scheduler': 'simple'}


def test_comfyui_with_two_samplers_tells_of_the_last(tmp_path: Path) -> None:
    again: dict[str, Any] = {**KSAMPLER['3']['inputs'], 'seed': 100, 'denoise': 0.5, 'latent_image': ['31', 0]}
    graph = {
        **KSAMPLER,
        '30': {'class_type': 'KSampler', 'inputs': again},
        '31': {'class_type': 'LatentUpscale', 'inputs': {'width': 1664, 'height': 2432, 'samples': ['3', 0]}},
        '8': {'class_type': 'VAEDecode', 'inputs': {'samples': ['30', 0]}},
    }
    told = read(png(tmp_path, prompt=json.dumps(graph)))
    assert (told['seed'], told['width'], told['prompt']) == (100, 1664, 'a red fox')
    assert told['unmapped']['Samplers'] == '2'


def test_comfyui_through_nodes_that_pass_both_prompts_on(tmp_path: Path) -> None:
    """As WanImageToVideo and ControlNetApplyAdvanced do: what was not to be seen is not what was to be seen."""
    both = {'positive': ['6', 0], 'negative': ['7', 0], 'width': 640, 'height': 480, 'length': 33}
    sampler = {**KSAMPLER['3']['inputs'], 'positive': ['40', 0], 'negative': ['40', 1], 'latent_image': ['40', 2]}
    graph = {
        **KSAMPLER,
        '3': {'class_type': 'KSampler', 'inputs': sampler},
        '40': {'class_type': 'WanImageToVideo', 'inputs': both},
    }
    told = read(png(tmp_path, prompt=json.dumps(graph)))
    assert (told['prompt'], told['negative_prompt'], told['num_frames']) == ('a red fox', 'blur', 33)
    graph['7'] = {'class_type': 'ConditioningZeroOut', 'inputs': {'conditioning': ['6', 0]}}
    assert 'negative_prompt' not in read(png(tmp_path, prompt=json.dumps(graph)))


def test_comfyui_with_a_second_sampler_that_goes_on_without_noise_of_its_own(tmp_path: Path) -> None:
    inputs = {**KSAMPLER['3']['inputs'], 'add_noise': 'disable', 'noise_seed': 0, 'latent_image': ['3', 0]}
    del inputs['seed']
    graph = {
        **KSAMPLER,
        '30': {'class_type': 'KSamplerAdvanced', 'inputs': inputs},
        '8': {'class_type': 'VAEDecode', 'inputs': {'samples': ['30', 0]}},
    }
    assert read(png(tmp_path, prompt=json.dumps(graph)))['seed'] == 99


def test_comfyui_with_a_box_in_the_picture_is_as_large_as_its_latent(tmp_path: Path) -> None:
    box = {'text': 'sun', 'width': 144, 'height': 144, 'conditioning_to': ['6', 0]}
    sampler = {**KSAMPLER['3']['inputs'], 'positive': ['40', 0]}
    graph = {
        **KSAMPLER,
        '3': {'class_type': 'KSampler', 'inputs': sampler},
        '40': {'class_type': 'GLIGENTextBoxApply', 'inputs': box},
    }
    told = read(png(tmp_path, prompt=json.dumps(graph)))
    assert (told['width'], told['height']) == (832, 1216)


def test_comfyui_as_it_was_drawn(tmp_path: Path) -> None:
    told = read(png(tmp_path, workflow=json.dumps(DRAWN)))
    told.pop('unmapped')
    assert told == COMFYUI_TOLD


def test_comfyui_in_a_webp(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x0110], tags[0x010F] = f'prompt:{json.dumps(KSAMPLER)}', f'workflow:{json.dumps(DRAWN)}'
    path = tmp_path / 'a.webp'
    quarters().save(path, exif=tags)
    told = read(path)
    told.pop('unmapped')
    assert told == COMFYUI_TOLD


@pytest.mark.parametrize(
    'texts',
    [
        {'prompt': json.dumps(KSAMPLER), 'workflow': json.dumps(DRAWN)},
        {'comment': json.dumps({'prompt': json.dumps(KSAMPLER), 'workflow': DRAWN})},
    ],
    ids=['by name', 'as a comment'],
)
def test_comfyui_in_a_film(tmp_path: Path, texts: dict[str, str]) -> None:
    source = film(tmp_path / 'source.mp4', seconds=0.5)
    path = tmp_path / 'film.mp4'
    flags = {'movflags': 'use_metadata_tags'} if 'prompt' in texts else {}
    with av.open(str(source)) as old, av.open(str(path), 'w', options=flags) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        new.metadata.update(texts)
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    told = read(path)
    told.pop('unmapped')
    assert told == COMFYUI_TOLD


def test_a_graph_without_a_sampler_says_so(tmp_path: Path) -> None:
    told = read(png(tmp_path, prompt='{"1": {"class_type": "X", "inputs": {"is_changed": [NaN]}}}'))
    assert told['unmapped'] == {'Graph': 'it has no sampler that is known'}


def test_invokeai(tmp_path: Path) -> None:
    told = read(png(tmp_path, invokeai_metadata=json.dumps(INVOKE)))
    unmapped = told.pop('unmapped')
    assert told == {
        'source': 'InvokeAI', 'prompt': 'a red fox', 'seed': 7, 'model': 'stabilityai/sdxl', 'negative_prompt': 'blur',
        'width': 512, 'height': 640, 'num_inference_steps': 30, 'guidance_scale': 7.5,
    }  # fmt: skip
    assert unmapped == {'generation_mode': 'txt2img', 'scheduler': 'euler', 'app_version': '4.2'}


def test_invokeai_of_earlier_years(tmp_path: Path) -> None:
    image = {'prompt': [{'prompt': 'a red fox [blur]', 'weight': 1}], 'steps': 50, 'cfg_scale': 7.5, 'seed': 3,
             'width': 512, 'height': 512, 'sampler': 'k_lms'}  # fmt: skip
    told = read(png(tmp_path, sd_dash_metadata=json.dumps({'model_weights': 'sd-1.5', 'image': image})))
    assert (told['prompt'], told['negative_prompt'], told['num_inference_steps']) == ('a red fox', 'blur', 50)
    assert told['unmapped'] == {'Model': 'sd-1.5', 'sampler': 'k_lms'}
    told = read(png(tmp_path, Dream='"a \\"red\\" fox" -s 50 -S 123 -W 512 -H 640 -C 7.5 -A k_lms'))
    assert (told['prompt'], told['seed'], told['width'], told['height']) == ('a "red" fox', 123, 512, 640)
    assert told['unmapped'] == {'-A': 'k_lms'}


def test_swarmui_tells_of_a_films_frames(tmp_path: Path) -> None:
    params = {**SWARM['sui_image_params'], 'textvideoframes': 61}
    assert read(png(tmp_path, parameters=json.dumps({'sui_image_params': params})))['num_frames'] == 61


def test_swarmui(tmp_path: Path) -> None:
    told = read(png(tmp_path, parameters=json.dumps(SWARM)))
    unmapped = told.pop('unmapped')
    assert told == {
        'source': 'SwarmUI', 'prompt': 'a red fox', 'seed': 8, 'model': 'OfficialStableDiffusion/sd_xl',
        'negative_prompt': 'blur', 'width': 1024, 'height': 1024, 'num_inference_steps': 20, 'guidance_scale': 7.0,
    }  # fmt: skip
    assert unmapped == {'sampler': 'euler', 'swarm_version': '0.9'}


@pytest.mark.parametrize('form', ['PNG', 'JPEG'])
def test_fooocus(tmp_path: Path, form: str) -> None:
    text = json.dumps(FOOOCUS)
    told = read(
        png(tmp_path, parameters=text, fooocus_scheme='fooocus')
        if form == 'PNG'
        else with_comment(form)(tmp_path, text)
    )
    unmapped = told.pop('unmapped')
    assert told == {
        'source': 'Fooocus', 'prompt': 'a red fox', 'seed': 77, 'model': None, 'negative_prompt': 'blur',
        'width': 1152, 'height': 896, 'num_inference_steps': 30, 'guidance_scale': 4.0,
    }  # fmt: skip
    assert {'Model', 'styles', 'performance', 'sampler'} <= unmapped.keys()


@pytest.mark.parametrize('form', ['JPEG', 'WEBP'])
def test_fooocus_in_the_place_where_it_writes_tags(tmp_path: Path, form: str) -> None:
    tags = Image.Exif()
    tags[0x9286], tags[0x0131], tags[0x927C] = json.dumps(FOOOCUS), 'Fooocus v2.5', 'fooocus'
    path = tmp_path / f'a.{form.lower()}'
    quarters().save(path, form, exif=tags)
    told = read(path)
    assert (told['source'], told['prompt'], told['seed'], told['width']) == ('Fooocus', 'a red fox', 77, 1152)


def test_fooocus_in_a1111s_words(tmp_path: Path) -> None:
    text = (
        'cinematic still a red fox, in snow . emotional\nNegative prompt: anime, blur\n'
        'Steps: 30, Sampler: DPM++ 2M Karras, Seed: 77, Size: 1152x896, CFG scale: 4.0, Sharpness: 2.0, Model: x, '
        'Raw prompt: "a red fox,\\nin snow", Raw negative prompt: blur, Version: Fooocus v2.5'
    )
    told = read(png(tmp_path, parameters=text, fooocus_scheme='a1111'))
    assert (told['source'], told['prompt'], told['negative_prompt']) == ('Fooocus', 'a red fox,\nin snow', 'blur')


def test_settings_in_plain_json(tmp_path: Path) -> None:
    space = {'prompt': 'a red fox', 'negative_prompt': 'blur', 'resolution': '1024 x 768', 'guidance_scale': 5.5,
             'num_inference_steps': 24, 'seed': 3, 'sampler': 'Euler a', 'use_upscaler': None}  # fmt: skip
    told = read(png(tmp_path, parameters=json.dumps(space)))
    assert told == {
        'source': 'JSON', 'prompt': 'a red fox', 'seed': 3, 'model': None, 'negative_prompt': 'blur', 'width': 1024,
        'height': 768, 'num_inference_steps': 24, 'guidance_scale': 5.5, 'unmapped': {'sampler': 'Euler a'},
    }  # fmt: skip


def test_utf_8_where_latin_1_should_be(tmp_path: Path) -> None:
    path = png(tmp_path, parameters=A1111.replace('red fox', 'r\xe9d fox'))
    assert read(path)['prompt'].startswith('a r\xe9d fox')
    path = png(tmp_path, parameters=A1111.replace('red fox', 'r\u72d0d fox'.encode().decode('latin-1')))
    assert read(path)['prompt'].startswith('a r\u72d0d fox')


def test_comfyui_in_a_comment_of_exif(tmp_path: Path) -> None:
    for text in (json.dumps(KSAMPLER), json.dumps({'prompt': KSAMPLER, 'workflow': DRAWN})):
        told = read(with_comment('JPEG')(tmp_path, text))
        told.pop('unmapped')
        assert told == COMFYUI_TOLD


def test_the_graph_counts_where_the_text_beside_it_knows_less(tmp_path: Path) -> None:
    text = 'unknown\nNegative prompt: unknown\nSteps: 20, Sampler: euler, CFG Scale: 8, Seed: 0, Version: ComfyUI'
    told = read(png(tmp_path, parameters=text, prompt=json.dumps(KSAMPLER)))
    assert (told['source'], told['prompt'], told['seed']) == ('ComfyUI', 'a red fox', 99)


def test_draw_things(tmp_path: Path) -> None:
    told = read(png(tmp_path, xmp=as_xmp(DRAW_THINGS)))
    unmapped = told.pop('unmapped')
    assert told == {
        'source': 'Draw Things', 'prompt': 'a red fox', 'seed': 42, 'model': None, 'negative_prompt': 'blur',
        'width': 512, 'height': 768, 'num_inference_steps': 25, 'guidance_scale': 7.5, 'num_frames': 14,
    }  # fmt: skip
    assert unmapped == {'Model': 'sd_v1.5_f16.ckpt', 'sampler': 'Euler A', 'strength': '1'}


@pytest.mark.parametrize(
    ('text', 'name'),
    [('Steps: -4', 'Steps'), ('Steps: many', 'Steps'), ('CFG scale: nan', 'Guidance scale'), ('Seed: 1e9', 'Seed')],
)
def test_a_value_that_cannot_be_sent_is_listed(tmp_path: Path, text: str, name: str) -> None:
    told = read(png(tmp_path, parameters=f'a fox\nSampler: x, Model: y, Clip skip: 2, {text}'))
    assert name in told['unmapped']


def test_what_could_steer_a_terminal_is_taken_out(tmp_path: Path) -> None:
    text = 'a \x1b[31mfox\nNegative prompt: \x9b2J\nSteps: 4, Sampler: \x1b]0;x\x07, Seed: 3, Model: \u202eevil'
    told = read(png(tmp_path, parameters=text))
    assert str(told).isprintable()
    assert '\\x' not in repr(told)
    assert told['prompt'] == 'a [31mfox'


@pytest.mark.parametrize('contents', [b'', b'words', encoded('PNG'), encoded('GIF'), b'\x89PNG\r\n\x1a\n'])
def test_a_file_that_tells_nothing_is_refused(tmp_path: Path, contents: bytes) -> None:
    (tmp_path / 'a.png').write_bytes(contents)
    with pytest.raises(MediaError, match='does not tell how it was made'):
        read_recipe(tmp_path / 'a.png')


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match='is no file'):
        read_recipe(tmp_path)
    with pytest.raises(MediaError, match='cannot be read'):
        read_recipe(tmp_path / 'a.png')
