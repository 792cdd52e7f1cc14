"""What is told of a file is what may leave this machine."""

import json
from typing import Any

import pytest

from hfmedia_tui.metadata.public import provider_words, public


@pytest.mark.parametrize(
    ('value', 'told'),
    [
        ('a fox', 'a fox'),
        ('https://cdn.example/a.png?X-Amz-Signature=s1gned&b=2#t=1', 'https://cdn.example/a.png?…'),
        ('https://user:pass@cdn.example/a.png', 'https://…@cdn.example/a.png'),
        ('Bearer hf_abcdefghijklmnop', '…'),
        ('the token r8_abcdefghijklmnop is mine', 'the token … is mine'),
        ('/home/me/a fox.png', '…/a fox.png'),
        ('~/a.png', '…/a.png'),
        ('file:///home/me/a.png', '…/a.png'),
        (r'C:\Users\me\a.png', '…/a.png'),
        ('//cdn.example/a.png', '//cdn.example/a.png'),
        ('data:image/png;base64,' + 'A' * 5000, '… (5022 characters)'),
        ('\x1b[31mred', '[31mred'),
        ({'API-Key': 'x', 'password': 'y', 'count': 2, 'authorization': None}, {
            'API-Key': '…', 'password': '…', 'count': 2, 'authorization': None,
        }),
        ([[1, 'a', None, True, 2.5]], [[1, 'a', None, True, 2.5]]),
    ],
)  # fmt: skip
def test_what_belongs_to_the_user_alone_is_taken_out(value: Any, told: Any) -> None:
    assert public(value) == told


@pytest.mark.parametrize('body', [b'', b'\x89PNG', b'{', b'[' * 5000, b'\xff', json.dumps(['x' * 1000] * 100).encode()])
def test_what_is_no_json_or_too_much_is_not_kept(body: bytes) -> None:
    assert provider_words(body) is None


def test_what_is_nested_without_end_is_cut() -> None:
    deep: Any = 'end'
    for _ in range(100):
        deep = [deep]
    assert 'end' not in json.dumps(public(deep))
