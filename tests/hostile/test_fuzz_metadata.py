"""Whatever text a file carries, reading how it was made ends soon, with a recipe or with MediaError."""

import io
import json
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.PngImagePlugin import PngInfo

from hfmedia_tui.domain import harmless
from hfmedia_tui.errors import MediaError
from hfmedia_tui.metadata.containers import find_format
from hfmedia_tui.metadata.dialects import a1111, comfyui, drawthings, fooocus, invokeai, ours, plain_json, swarmui
from hfmedia_tui.metadata.formats import exif, xmp
from hfmedia_tui.metadata.formats.carried import UnwritableError, copy_edited
from hfmedia_tui.metadata.made import notes_of
from hfmedia_tui.metadata.reading import read_recipe
from hfmedia_tui.metadata.recipe import Recipe
from hfmedia_tui.parameters import PARAMETERS, Kind
from tests.hostile.feeding import damaged, json_values, words
from tests.hostile.test_fuzz_media import with_checksums
from tests.media.files import encoded
from tests.metadata.samples import SAMPLES, inscribe, made, write_sample
from tests.metadata.test_reading import DRAWN, FLUX, FOOOCUS, INVOKE, KSAMPLER, SWARM

_LONGEST: float = 10.0
"""Seconds of the processor for a file of a few kilobytes: a busy machine gives them later, not more of them."""
DIALECTS = (ours, swarmui, fooocus, a1111, invokeai, comfyui, drawthings, plain_json)
PLACES = ('parameters', 'prompt', 'workflow', 'invokeai_metadata', 'sd-metadata', 'Dream', 'comment', 'xmp',
          'hfmedia_metadata', 'exif:UserComment', 'exif:Model', 'exif:Make')  # fmt: skip
NAMES = ('sui_image_params', 'prompt', 'inputs', 'class_type', 'nodes', 'links', 'widgets_values', 'positive', 'seed',
         'image', 'model', 'base_model', 'performance', 'schema', 'software', 'parameters', 'extra', 'width', 'steps',
         'KSampler', 'latent_image', 'text', 'c', 'id', 'type', 'resolution')  # fmt: skip


def check(recipe: Recipe | None) -> None:
    """A recipe holds what its places may hold, and nothing that could steer a terminal."""
    if recipe is None:
        return
    for name, value in recipe.parameters.items():
        assert isinstance(value, str if PARAMETERS[name].kind is Kind.TEXT else int | float)
    assert recipe.seed is None or 0 <= recipe.seed < 2**64
    shown = [recipe.source, recipe.prompt, recipe.model or '', recipe.provider or '', *sum(recipe.unmapped, ())]
    assert [harmless(text) for text in shown] == shown
    assert len(recipe.unmapped) <= 60


@cache
def inscribed() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        wholes = []
        for name in SAMPLES:
            path = write_sample(Path(folder), name)
            inscribe(path, sidecar=False)
            wholes.append(path.read_bytes())
    information = PngInfo()
    for keyword, graph in (('prompt', KSAMPLER), ('workflow', DRAWN)):
        information.add_text(keyword, json.dumps(graph), zip=keyword == 'workflow')
    return (*wholes, encoded('PNG', pnginfo=information))


@given(contents=st.deferred(lambda: damaged(list(inscribed()), with_checksums)))
def test_a_damaged_file(tmp_path_factory: pytest.TempPathFactory, contents: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / 'damaged-recipe'
    path.write_bytes(contents)
    began = time.thread_time()
    with suppress(MediaError):
        check(read_recipe(path))
    assert time.thread_time() - began < _LONGEST


@given(contents=st.deferred(lambda: damaged(list(inscribed()), with_checksums)))
def test_writing_into_a_damaged_file(tmp_path_factory: pytest.TempPathFactory, contents: bytes) -> None:
    sample = write_sample(tmp_path_factory.getbasetemp(), 'still.png')
    notes = notes_of(made(sample), prompts=True)
    source, target = io.BytesIO(contents), io.BytesIO()
    form = find_format(source)
    if form is not None:
        with suppress(UnwritableError):
            edits = form.write(source, form.read(source), notes)
            assert all(first.end <= second.start for first, second in pairwise(edits))
            copy_edited(source, target, edits)
            assert len(target.getvalue()) == len(contents) + sum(
                len(edit.data) - (edit.end - edit.start) for edit in edits
            )


@given(place=st.sampled_from(PLACES), value=json_values(*NAMES), begins=st.sampled_from(['', 'prompt:', 'workflow:']))
def test_any_json_in_any_place(place: str, value: Any, begins: str) -> None:
    texts = {place: begins + json.dumps(value)}
    for dialect in DIALECTS:
        check(dialect.read(texts))


@given(
    whole=st.sampled_from([KSAMPLER, FLUX, DRAWN, INVOKE, SWARM, FOOOCUS]),
    changes=st.lists(st.tuples(st.floats(0, 1), json_values(*NAMES)), min_size=1, max_size=5),
    place=st.sampled_from(PLACES),
)
def test_a_recipe_of_which_parts_are_something_else(
    whole: Mapping[str, Any], changes: list[tuple[float, Any]], place: str
) -> None:
    copy = json.loads(json.dumps(whole))
    for where, value in changes:
        holders = list(_holders(copy))
        holder, key = holders[int(where * (len(holders) - 1))]
        holder[key] = value
    for dialect in DIALECTS:
        check(dialect.read({place: json.dumps(copy)}))


def _holders(value: Any) -> list[tuple[Any, Any]]:
    """Every object or list and a key or place in it."""
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        return [(value, key) for key in keys] + [pair for key in keys for pair in _holders(value[key])]
    return []


@given(text=st.one_of(words, st.lists(words).map('\nNegative prompt: '.join), st.lists(words).map(': '.join)))
def test_any_words_in_any_place(text: str) -> None:
    for place in PLACES:
        for dialect in DIALECTS:
            check(dialect.read({place: text}))


@given(block=st.one_of(st.binary(max_size=200), damaged([exif.build('a fox\nSteps: 4', 'x')])))
def test_any_block_of_exif(block: bytes) -> None:
    exif.read(block)


@pytest.mark.parametrize(
    'text',
    [
        'a' * 1_000_000,
        'a:"' * 300_000,
        'ab: ' * 300_000,
        'ab: ["' * 3_300,
        'ab: ' + '[' * 19_000,
        '\n' * 1_000_000,
        '{"a":' * 200_000,
        '"' + '\\"' * 500_000,
        '[' * 1_000_000,
        '<a>' * 300_000,
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description>' + '<b>' * 200_000,
    ],
    ids=range(11),
)
def test_a_text_without_end_is_read_in_time(text: str) -> None:
    began = time.thread_time()
    for place in PLACES:
        for dialect in DIALECTS:
            dialect.read({place: text})
    assert time.thread_time() - began < _LONGEST


def test_what_grows_without_end_does_not_grow() -> None:
    entities = ''.join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x"}">' for n in range(20))
    assert xmp.properties(f'<!DOCTYPE a [{entities}]><a>&a19;</a>') == {}
    information = PngInfo()
    information.add_text('parameters', 'a' * 20_000_000, zip=True)
    file = io.BytesIO(encoded('PNG', pnginfo=information))
    form = find_format(file)
    assert form is not None
    assert len(form.read(file).texts['parameters']) <= 4 * 2**20


def test_a_graph_that_goes_round_in_circles_ends() -> None:
    graph = {
        str(number): {
            'class_type': 'KSampler',
            'inputs': {
                name: [str((number + step) % 500), 0]
                for step, name in enumerate(('positive', 'negative', 'seed', 'latent_image'))
            },
        }
        for number in range(500)
    }
    began = time.thread_time()
    check(comfyui.read({'prompt': json.dumps(graph)}))
    assert time.thread_time() - began < _LONGEST
