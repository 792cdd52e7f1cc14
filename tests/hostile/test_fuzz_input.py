"""Whatever a user, a terminal, the environment or a file of ours says, it is read or refused in harmless words."""

import json
import math
import os
import pty
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hfmedia_tui.catalog.hub import Page
from hfmedia_tui.catalog.keeping import Listing, load, store
from hfmedia_tui.domain import Model, ProviderMapping, Task, harmless
from hfmedia_tui.engine.addresses import Endpoints, check_media_url
from hfmedia_tui.errors import UsageError
from hfmedia_tui.media.terminal import Graphics, Terminal, interpret, probe
from hfmedia_tui.parameters import ASPECT_RATIOS, PARAMETERS, parse, parse_extra, sized
from hfmedia_tui.paths import find_paths, named_folder
from hfmedia_tui.services import find_endpoints
from hfmedia_tui.settings import Settings, read_settings
from hfmedia_tui.tokens import has_token
from hfmedia_tui.widgets.plain import cells, json_text, one_line
from tests.hostile.feeding import damaged, json_bytes, json_values, words
from tests.media.fake_terminal import GHOSTTY, WEZTERM, XTERM, kitty

SETTINGS = ('jobs', 'total', 'per_provider', 'at_start', 'output', 'folder', 'network', 'proxy', 'interface', 'keys')


def check_refusal(error: UsageError, *, secret: str | None = None) -> None:
    assert secret is None or secret not in str(error)
    for text in (error.message, error.hint or ''):
        assert len(text) < 2_000
        text.encode(errors='replace')


# ---------------------------------------------------------------------------------------------- what a user types


@given(name=st.sampled_from(sorted(PARAMETERS)), text=st.one_of(words, st.from_regex(r'[-+]?[0-9_. e]{1,20}')))
def test_a_parameter(name: str, text: str) -> None:
    try:
        value = parse(name, text)
    except UsageError as error:
        check_refusal(error)
    else:
        assert not isinstance(value, str) or harmless(value) == value
        assert isinstance(value, str) or math.isfinite(value)
        assert msgspec.json.encode(value)


@given(text=json_bytes('seed', 'x').map(lambda body: body.decode(errors='replace')))
def test_extra_json(text: str) -> None:
    try:
        extra = parse_extra(text)
    except UsageError as error:
        check_refusal(error)
    else:
        assert msgspec.json.encode(extra)
        assert json.loads(json_text(extra)) == extra
        assert harmless(json_text(extra)) == json_text(extra)


@given(
    parameters=st.dictionaries(st.sampled_from(['width', 'height']), st.integers(1, 2**31)),
    ratio=st.one_of(st.none(), st.sampled_from(sorted(ASPECT_RATIOS)), words),
)
def test_a_size(parameters: dict[str, Any], ratio: str | None) -> None:
    with suppress(UsageError):
        assert all(side >= 1 for side in sized(parameters, ratio).values())


@given(text=words, width=st.integers(0, 40))
def test_a_row(text: str, width: int) -> None:
    from rich.cells import cell_len

    shown = cells(one_line(harmless(text)), width)
    assert cell_len(shown) == width
    assert '\n' not in shown


# ---------------------------------------------------------------------------------------------- the environment

URLS = st.one_of(
    words,
    st.builds(
        '{}://{}{}{}'.format,
        st.sampled_from(['https', 'http', 'HTTPS', 'file', 'data', 'ftp', '']),
        st.sampled_from(
            ['a.example', 'user:pw@a.example', 'localhost', '127.0.0.1', '[::1]', '[', '0x7f.1', '10.0.0.1']
        ),
        st.sampled_from(['', ':443', ':99999', ':x', '\\@b.example', '#@b.example', '\t.example', '\u2100.example']),
        st.one_of(st.just(''), words.map(lambda text: '/' + text)),
    ),
)


@given(hub=URLS, router=URLS)
def test_endpoints(hub: str, router: str) -> None:
    try:
        endpoints = find_endpoints({'HF_ENDPOINT': hub, 'HFMEDIA_ROUTER_URL': router})
    except UsageError as error:
        check_refusal(error, secret='pw')
    else:
        assert isinstance(endpoints, Endpoints)
        for url in (endpoints.hub, endpoints.router):
            assert url.lower().startswith('https://') or 'localhost' in url or '127.0.0.1' in url or '::1' in url
            assert '@' not in url.partition('://')[2].partition('/')[0]


@given(url=URLS, local=st.booleans())
def test_a_link_to_media(url: str, local: bool) -> None:
    reason = check_media_url(url, local=local)
    if reason is None:
        assert url.lower().startswith('https://') or local
    else:
        assert harmless(reason) == reason


@given(name=words, text=words)
def test_folders_and_tokens(name: str, text: str) -> None:
    with suppress(UsageError):
        for folder in (named_folder(name), find_paths({'HFMEDIA_HOME': name}).ledger):
            assert str(folder).encode()
            assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in str(folder))
    has_token({'HF_TOKEN': '', 'HF_TOKEN_PATH': name})
    has_token({'HF_HOME': name, 'XDG_CACHE_HOME': text, 'HF_HUB_DISABLE_IMPLICIT_TOKEN': text})


# ---------------------------------------------------------------------------------------------- files of ours


def _toml(value: Any) -> str:
    """Roughly TOML: what comes of it need not be sound."""
    if isinstance(value, dict):
        return '{' + ', '.join(f'{json.dumps(str(name))} = {_toml(item)}' for name, item in value.items()) + '}'
    return json.dumps(value)


@given(
    text=st.one_of(
        words,
        json_values(*SETTINGS).map(
            lambda told: (
                '\n'.join(f'{name} = {_toml(value)}' for name, value in told.items())
                if isinstance(told, dict)
                else _toml(told)
            )
        ),
        st.builds('[{}]\n{} = {}'.format, *[st.sampled_from(SETTINGS)] * 2, json_values('x').map(_toml)),
        st.sampled_from(['x = ' + '[' * 5_000, 'a.' * 5_000 + 'b = 1', '\ufeffx = 1', 'x = 1979-05-27T07:32:00Z']),
    )
)
def test_settings(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'settings.toml'
        file.write_bytes(text.encode(errors='surrogatepass'))
        try:
            settings = read_settings(file)
        except UsageError as error:
            check_refusal(error)
        else:
            assert isinstance(settings, Settings)
            assert 1 <= settings.jobs.total <= 256
            assert 0 <= settings.jobs.grace_seconds <= 60
            assert msgspec.to_builtins(settings)


def kept() -> bytes:
    """A listing as it is kept."""
    offers = (ProviderMapping(provider='fal-ai', provider_id='x/y', task='text-to-image'),)
    models = tuple(
        Model(id=f'a/m{number}', task=Task.TEXT_TO_IMAGE, mappings=offers, tags=('"q"',)) for number in range(3)
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'models.json'
        store(file, Listing(fetched=1.5, pages=(Page(key='text-to-image', models=models, etag='"e"'),)))
        assert load(file) is not None
        return file.read_bytes()


@given(contents=st.one_of(damaged([kept()]), st.binary(max_size=200), json_bytes('fetched', 'pages', 'type', 'models')))
def test_a_listing_that_was_kept(contents: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'models.json'
        file.write_bytes(contents)
        listing = load(file)
        for page in listing.pages if listing is not None else ():
            for model in page.models:
                texts = (model.id, *model.tags, *(mapping.provider for mapping in model.mappings))
                assert all(harmless(text) == text for text in texts)


# ---------------------------------------------------------------------------------------------- the terminal

ANSWERS = st.sampled_from([b''.join(answers.values()) for answers in (XTERM, WEZTERM, GHOSTTY, kitty('0.32.0'))])
TYPED = st.text(st.characters(codec='utf-8', exclude_categories=('C', 'Z')), max_size=20)


@given(replies=st.binary(max_size=400), forced=st.sampled_from([None, *Graphics]))
def test_any_bytes_for_an_answer(replies: bytes, forced: Graphics | None) -> None:
    found = interpret(replies, Terminal(), forced)
    assert harmless(found.typed) == found.typed
    assert '\t' not in found.typed
    assert found.version.isprintable()
    assert found.cell.width > 0
    assert found.cell.height > 0
    assert forced is None or found.graphics is forced


@given(answers=ANSWERS, junk=st.binary(max_size=60), place=st.floats(0, 1))
def test_answers_with_anything_between(answers: bytes, junk: bytes, place: float) -> None:
    at = int(place * len(answers))
    found = interpret(answers[:at] + junk + answers[at:], Terminal())
    assert harmless(found.typed) == found.typed
    assert '\t' not in found.typed
    assert found.version.isprintable()


@given(
    answers=st.sampled_from([XTERM, WEZTERM, GHOSTTY, kitty('0.32.0')]),
    typed=st.lists(TYPED, min_size=7, max_size=7),
)
def test_no_key_that_is_typed_between_answers_is_lost(answers: dict[bytes, bytes], typed: list[str]) -> None:
    """The answers come whole; what a person types comes before, between and after them."""
    expected = interpret(b''.join(answers.values()), Terminal())
    stream = b''.join(text.encode() + answer for text, answer in zip(typed, answers.values(), strict=False))
    found = interpret(stream, Terminal())
    assert found.typed == ''.join(typed[: len(answers)])
    assert (found.graphics, found.version) == (expected.graphics, expected.version)


@given(typed=TYPED, cuts=st.lists(st.integers(1, 200), max_size=8), answers=ANSWERS)
def test_answers_in_pieces_on_a_real_terminal(typed: str, cuts: list[int], answers: bytes) -> None:
    """Read off a pseudo-terminal, with the pieces cut anywhere: through an answer, and through a letter."""
    stream = typed.encode() + answers
    places = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    master, slave = pty.openpty()
    with ThreadPoolExecutor(1) as thread, patch('os.tcgetpgrp', lambda _: os.getpgrp()):
        probing = thread.submit(probe, 5.0, keyboard=slave, screen=slave, environment={'TERM': 'xterm'})
        os.read(master, 1)  # it asks, and reads the keys as they come
        for begin, end in pairwise(places):
            os.write(master, stream[begin:end])
        found = probing.result()
    os.close(slave)
    os.close(master)
    expected = interpret(stream, Terminal())
    assert (found.typed, found.graphics, found.version) == (typed, expected.graphics, expected.version)
