"""Whatever carries a result, it is brought home: nothing that was paid for is lost to the way it was written."""

import base64
from typing import Any

import pytest

from hfmedia_tui.domain import Media
from hfmedia_tui.providers._replies import media

PICTURE = b'\x89PNG\r\n\x1a\n' + bytes(range(256)) + b'.'
TEXT = base64.b64encode(PICTURE).decode()
LINK = 'https://cdn.example/a.png?x=1'


@pytest.mark.parametrize(
    ('value', 'found'),
    [
        (LINK, Media(url=LINK)),
        ({'url': LINK, 'content_type': 'image/png'}, Media(url=LINK, media_type='image/png')),
        (f'data:image/png;base64,{TEXT}', Media(data=PICTURE, media_type='image/png')),
        ({'url': f'data:image/png;base64,{TEXT}'}, Media(data=PICTURE, media_type='image/png')),
        ({'b64_json': f'data:image/png;base64,{TEXT}'}, Media(data=PICTURE, media_type='image/png')),
        ({'b64_json': TEXT}, Media(data=PICTURE)),
        ({'b64_json': base64.encodebytes(PICTURE).decode()}, Media(data=PICTURE)),
        ({'b64_json': TEXT.rstrip('=')}, Media(data=PICTURE)),
        (TEXT, Media(data=PICTURE)),
        ({'url': TEXT}, Media(data=PICTURE)),
        ({'b64_json': None, 'url': LINK}, Media(url=LINK)),
    ],
)
def test_a_result_is_found_alone_and_in_a_list(value: Any, found: Media) -> None:
    assert media(value) == (found,)
    assert media([None, value, 7, value]) == (found, found)


@pytest.mark.parametrize(
    'value', [None, '', 'completed', 'pending1', 'x' * 99, 'no base64 at all' * 50, '=' * 200, {}, []]
)
def test_words_are_no_result(value: Any) -> None:
    assert media(value) == ()
