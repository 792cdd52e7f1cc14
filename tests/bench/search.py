"""From a key in the search field to the list of the models that fit, among twenty thousand, in the real program."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench.studio import house_at
from tests.bench.table import Row, percentile
from tests.bench.terminal import PLAIN, Answering

__all__ = ['measure']

_MODELS: Final = 20_000
_FRAME: Final = 1000 / 60
_FIGURES: Final = {
    'found': 'key to the list filtered',
    'first': 'key to the filtered list on the screen',
    'work': 'processor time of it',
    'last': 'the same, with what is only like the words',
}


def measure(*, quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, house_at(Path(name, 'house'), models=_MODELS) as house:
        command = house.command('search', 0 if quick else 40)
        Answering(PLAIN, columns=160, rows=48).run(command, house.environment, limit=180)
        told = house.told()
    assert told['models'] == _MODELS
    for figure, named in _FIGURES.items():
        for share, called in ((0.5, 'median'), (0.99, 'p99')):
            yield Row(
                what=f'{named}, {_MODELS:,} models: {called}',
                ours=percentile(told[figure], share),
                against='a frame at 60 Hz',
                theirs=_FRAME,
                at_most=_FRAME if figure == 'found' else None,
            )
