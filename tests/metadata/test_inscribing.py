"""How a file was made is written into it and beside it, and what is shown stays as it came."""

import hashlib
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfmedia_tui.domain import Facts, Task, clean
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.metadata.containers import find_format
from hfmedia_tui.metadata.formats import exif
from hfmedia_tui.metadata.formats.carried import XMP, Carried
from hfmedia_tui.metadata.inscribing import Inscriber
from hfmedia_tui.metadata.reading import read_recipe
from hfmedia_tui.metadata.sidecar import read_sidecar, sidecar_path
from hfmedia_tui.settings import Output
from tests.hostile import feeding  # its profile for hypothesis
from tests.hostile.payloads import ALL
from tests.media.files import encoded, film
from tests.metadata.samples import MODEL, PROMPT, SAMPLES, inscribe, made, remux, shown, write_sample

assert feeding

JUMBF = b'jumb-manifest'


def carried(path: Path) -> Carried:
    with path.open('rb') as file:
        form = find_format(file)
        assert form is not None
        return form.read(file)


@pytest.mark.parametrize('name', SAMPLES)
def test_a_file_tells_how_it_was_made_and_shows_what_it_showed(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    before, came = shown(path), path.read_bytes()
    inscribe(path, extra={'strength': 0.5}, facts=Facts(seed=7))
    assert shown(path) == before
    assert inspect(path)
    sidecar_path(path).unlink()
    recipe = read_recipe(path)
    assert (recipe.source, recipe.prompt, recipe.model, recipe.provider) == ('hfmedia-tui', PROMPT, MODEL, 'fal-ai')
    assert (recipe.task, recipe.seed, recipe.extra) == (Task.TEXT_TO_IMAGE, 7, {'strength': 0.5})
    assert recipe.parameters == {'width': 64, 'height': 64, 'guidance_scale': 3.5, 'negative_prompt': 'blur'}
    assert recipe.unmapped == ()
    if path.suffix == '.mp4':
        assert came[came.index(b'mdat') :][:500] in path.read_bytes()
    assert sorted(tmp_path.iterdir()) == [path]


def test_the_compressed_pixels_are_the_same_bytes(tmp_path: Path) -> None:
    path = write_sample(tmp_path, 'still.png')
    came = path.read_bytes()
    inscribe(path)
    written = path.read_bytes()
    assert written.startswith(came[:33])
    assert written.endswith(came[33:])


@pytest.mark.parametrize('name', SAMPLES)
def test_once_written_it_is_not_written_again(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    inscribe(path)
    first = {file: file.read_bytes() for file in tmp_path.iterdir()}
    inscribe(path, prompt='another')
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == first


def test_beside_it_lies_the_whole_recipe_and_what_the_provider_said(tmp_path: Path) -> None:
    path = write_sample(tmp_path, 'still.png')
    came = path.read_bytes()
    inscribe(path, said={'seed': 7, 'images': [{'url': 'https://a/b.png?…'}]})
    told = read_sidecar(sidecar_path(path))
    assert told is not None
    assert told['prompt'] == PROMPT
    assert told['asked_seed'] == 2**60 + 1
    assert told['said']['seed'] == 7
    assert told['file'] == {
        'name': 'still.png',
        'media_type': 'image/png',
        'size': path.stat().st_size,
        'sha256': hashlib.sha256(path.read_bytes()).hexdigest(),
        'sha256_as_it_came': hashlib.sha256(came).hexdigest(),
        'record_inside': True,
    }


# ---------------------------------------------------------------------------------------------- what is left alone


def signed(name: str, whole: bytes) -> bytes:
    """A file with a manifest of C2PA where its container has it."""
    match Path(name).suffix:
        case '.png':
            chunk = b'caBX' + JUMBF
            return whole[:33] + len(JUMBF).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4) + whole[33:]
        case '.jpg':
            return whole[:2] + b'\xff\xeb' + (4 + len(JUMBF)).to_bytes(2) + b'JP' + JUMBF + whole[2:]
        case '.webp':
            chunk = b'C2PA' + (12).to_bytes(4, 'little') + JUMBF[:12]
            grown = int.from_bytes(whole[4:8], 'little') + len(chunk)
            return whole[:4] + grown.to_bytes(4, 'little') + whole[8:] + chunk
        case _:
            identifier = bytes.fromhex('d8fec3d61b0e483c92975828877ec481')
            return whole + (24 + len(JUMBF)).to_bytes(4) + b'uuid' + identifier + JUMBF


@pytest.mark.parametrize('name', ['still.png', 'still.jpg', 'animated.webp', 'film.mp4'])
def test_a_signed_file_stays_byte_for_byte(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    path.write_bytes(signed(name, path.read_bytes()))
    came = path.read_bytes()
    inscribe(path)
    assert path.read_bytes() == came
    recipe = read_recipe(path)
    assert recipe.signed
    assert recipe.prompt == PROMPT
    told = read_sidecar(sidecar_path(path))
    assert told is not None
    assert not told['file']['record_inside']
    assert 'C2PA' in told['file']['why_not']


@pytest.mark.parametrize('name', ['moving.gif', 'fragments.mp4', 'film.webm'])
def test_what_cannot_be_added_to_has_it_beside(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == 'moving.gif':
        path.write_bytes(encoded('GIF'))
    else:
        film(path, seconds=0.5)
        if name == 'fragments.mp4':
            remux(path, 'frag_keyframe+empty_moov')
    came = path.read_bytes()
    inscribe(path)
    assert path.read_bytes() == came
    assert read_recipe(path).prompt == PROMPT


def test_what_a_provider_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(encoded('JPEG', exif=b'Exif\0\0' + exif.build('from the provider', 'theirs')))
    before = shown(path)
    inscribe(path)
    texts = carried(path).texts
    assert texts['exif:UserComment'] == 'from the provider'
    assert texts['exif:Software'] == 'theirs'
    assert shown(path) == before
    assert read_recipe(path).prompt == PROMPT


def with_xmp(packet: str) -> bytes:
    data = b'http://ns.adobe.com/xap/1.0/\0' + packet.encode()
    whole = encoded('JPEG')
    return whole[:20] + b'\xff\xe1' + (len(data) + 2).to_bytes(2) + data + whole[20:]


def test_xmp_of_a_provider_stays_and_the_record_lies_beside(tmp_path: Path) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(with_xmp('<x/>'))
    inscribe(path)
    texts = carried(path).texts
    assert texts[XMP] == '<x/>'
    assert texts['exif:UserComment'].startswith(PROMPT)
    told = read_sidecar(sidecar_path(path))
    assert told is not None
    assert not told['file']['record_inside']
    assert read_recipe(path).source == 'hfmedia-tui'


def test_what_is_signed_elsewhere_stays_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(with_xmp('<x dcterms:provenance="https://cai-manifests.example/a.c2pa"/>'))
    came = path.read_bytes()
    inscribe(path)
    assert path.read_bytes() == came
    assert read_recipe(path).signed


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = write_sample(tmp_path, 'lossy.webp')
    came = path.read_bytes()
    how = made(path)
    (tmp_path / '.lossy.new').mkdir()  # nothing can be written there
    with pytest.raises(OSError, match=r'\.lossy\.new'):
        Inscriber(inspect, Output)(path, how)
    assert path.read_bytes() == came


def test_what_would_no_longer_be_the_same_is_not_kept(tmp_path: Path) -> None:
    path = write_sample(tmp_path, 'lossy.webp')
    came, how = path.read_bytes(), made(path)
    other = write_sample(tmp_path, 'still.png')
    Inscriber(lambda _: inspect(other), Output)(path, how)
    assert path.read_bytes() == came
    assert read_recipe(path).prompt == PROMPT, 'it is told beside'


# ---------------------------------------------------------------------------------------------- what is never told


@pytest.mark.parametrize('name', SAMPLES)
def test_no_token_no_signed_link_no_path_and_no_account(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    secrets = {
        'key': 'hf_AAAAAAAAAAAAAAAAAAAAAAAA',
        'api_key': 'opensesame',
        'link': 'https://cdn.example/a.png?Signature=s1gned&Expires=1',
        'nested': {'list': ['/home/somebody/pictures/a.png', 'file:///home/somebody/b.png']},
    }
    inscribe(path, extra=secrets)
    for file in tmp_path.iterdir():
        content = file.read_bytes() + file.read_bytes().replace(b'\0', b'')
        for secret in (b'hf_AAAA', b'opensesame', b's1gned', b'somebody', b'their-company'):
            assert secret not in content, (file.name, secret)


@pytest.mark.parametrize('name', ['still.png', 'still.jpg', 'lossy.webp', 'film.mp4'])
def test_prompts_are_left_out_on_wish(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    inscribe(
        path,
        prompt='my own words',
        prompts=False,
        parameters={'negative_prompt': 'no crowds'},
        extra={'style': 'my own words'},
        said={'p': 'my own words'},
    )
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert b'my own words' not in content
        assert 'my own words'.encode('utf-16-be') not in content
        assert b'no crowds' not in content
    recipe = read_recipe(path)
    assert (recipe.model, recipe.prompt) == (MODEL, '')
    assert recipe.unmapped == (('Prompt', 'left out when it was written'),)


def test_nothing_is_written_where_nobody_wants_it(tmp_path: Path) -> None:
    path = write_sample(tmp_path, 'still.png')
    came = path.read_bytes()
    inscribe(path, embed=False, sidecar=False)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {'still.png': came}
    inscribe(path, embed=False)
    assert path.read_bytes() == came
    assert read_recipe(path).prompt == PROMPT


# ---------------------------------------------------------------------------------------------- whatever was asked


@given(
    prompt=st.one_of(st.text(max_size=200), st.sampled_from(ALL)),
    negative=st.text(max_size=200),
    name=st.sampled_from(['still.png', 'still.jpg', 'lossy.webp', 'film.mp4']),
)
def test_any_prompt_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, prompt: str, negative: str, name: str
) -> None:
    path = write_sample(tmp_path_factory.getbasetemp(), name)
    asked, unwanted = clean(prompt, 32_000), clean(negative, 32_000)  # as an order holds them
    inscribe(path, prompt=asked, sidecar=False, parameters={'negative_prompt': unwanted})
    recipe = read_recipe(path)
    assert recipe.source == 'hfmedia-tui'
    assert recipe.prompt == asked
    assert recipe.parameters.get('negative_prompt', '') == unwanted


@pytest.mark.parametrize('name', ['still.png', 'still.jpg', 'lossy.webp', 'film.mp4'])
def test_the_longest_prompt_has_its_place(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name)
    before = shown(path)
    inscribe(path, prompt='狐' * 32_000)
    assert shown(path) == before
    assert read_recipe(path).prompt == '狐' * 32_000
    assert 'trainedAlgorithmicMedia' in carried(path).texts[XMP]
