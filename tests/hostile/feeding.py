"""What readers of outside bytes are fed: hostile words, JSON of them, and real things that were damaged."""

import json
import os
from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.hostile.payloads import ALL, STEERING

__all__ = ['damaged', 'json_bytes', 'json_values', 'words']

_EXAMPLES: Final = os.environ.get('HFMEDIA_EXAMPLES')

# What passes today passes tomorrow: `python -m tests.hostile` looks further.
settings.register_profile(
    'gate',
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=50,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    'search', settings.get_profile('gate'), derandomize=False, max_examples=int(_EXAMPLES or 1), print_blob=True
)
settings.load_profile('search' if _EXAMPLES else 'gate')

_SHORT: Final = tuple(text[:700] for text in ALL)

words: Final = st.one_of(
    st.sampled_from(_SHORT),
    st.text(max_size=60),
    st.tuples(st.sampled_from(STEERING), st.sampled_from(_SHORT)).map(''.join),
)
"""Text that nobody means well with."""

_NUMBERS: Final = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([2**63, 2**64, -(2**70), 10**40, 1e308, -0.0, float('nan'), float('inf')]),
)
_LEAVES: Final = st.one_of(st.none(), st.booleans(), _NUMBERS, words)


def json_values(*names: str) -> st.SearchStrategy[Any]:
    """JSON whose objects have these names among others."""
    keys = st.one_of(st.sampled_from(names or ('x',)), words)
    return st.recursive(
        _LEAVES,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=6)),
        max_leaves=12,
    )


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors='surrogatepass')


def json_bytes(*names: str) -> st.SearchStrategy[bytes]:
    """Bodies: JSON, JSON that is cut, nested without end, or nothing of the kind."""
    whole = json_values(*names).map(_written)
    cut = st.tuples(whole, st.floats(0, 1)).map(lambda pair: pair[0][: int(len(pair[0]) * pair[1])])
    deep = st.sampled_from([b'[' * 9_000, b'{"a":' * 5_000, b'[' * 900 + b']' * 900])
    return st.one_of(whole, whole, whole, cut, deep, st.binary(max_size=200))


Damage = Callable[[bytes], bytes]


@st.composite
def _one_damage(draw: st.DrawFn) -> Damage:
    place, length = draw(st.floats(0, 1)), draw(st.integers(1, 64))
    junk = draw(st.one_of(st.binary(min_size=1, max_size=16), st.sampled_from([b'\xff' * 8, b'\0' * 8, b'\x7f\xff'])))
    kind = draw(st.sampled_from(['overwrite', 'overwrite', 'overwrite', 'delete', 'insert', 'repeat', 'cut']))

    def damage(whole: bytes) -> bytes:
        at = int(place * len(whole))
        match kind:
            case 'overwrite':
                return whole[:at] + junk + whole[at + len(junk) :]
            case 'delete':
                return whole[:at] + whole[at + length :]
            case 'insert':
                return whole[:at] + junk + whole[at:]
            case 'repeat':
                return whole[:at] + whole[at : at + length] * 50 + whole[at:]
            case _:
                return whole[:at]

    return damage


@st.composite
def damaged(draw: st.DrawFn, wholes: list[bytes], mended: Damage = bytes) -> bytes:
    """One of `wholes`, damaged in a few places; `mended` afterwards, so that a checksum does not hide the damage."""
    whole = draw(st.sampled_from(wholes))
    for damage in draw(st.lists(_one_damage(), min_size=1, max_size=4)):
        whole = damage(whole)
    return mended(whole)
