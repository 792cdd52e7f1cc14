"""In what results differ, and in nothing else."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from hfmedia_tui.domain import Result
from hfmedia_tui.widgets.plain import cells, json_text, one_line

__all__ = ['Difference', 'Differences', 'differences']

_LONGEST_LABEL: Final = 24
"""Cells."""
_ROWS: Final = 2
"""Lines that a value may take."""


class Difference(NamedTuple):
    """Something in which results differ, and what it is for each of them."""

    label: str
    values: tuple[str, ...]


def differences(results: Sequence[Result]) -> list[Difference]:
    """Everything that was asked differently, and the size where it came out differently."""
    names = dict.fromkeys(name for result in results for name in result.job.order.parameters)
    facts = [
        ('Prompt', _parted([one_line(result.job.order.prompt) for result in results])),
        ('Model', [result.job.order.model for result in results]),
        ('Provider', [result.job.provider or '' for result in results]),
        ('Seed', [str(result.job.seed) for result in results]),
        *(
            (
                name.replace('_', ' ').capitalize(),
                [one_line(str(result.job.order.parameters.get(name, 'default'))) for result in results],
            )
            for name in names
        ),
        (
            'Extra JSON',
            [json_text(result.job.order.extra) if result.job.order.extra else 'none' for result in results],
        ),
        ('Size', [_size(result) for result in results]),
    ]
    return [Difference(label, tuple(values)) for label, values in facts if len(set(values)) > 1]


def _size(result: Result) -> str:
    output = result.output
    return f'{output.width}×{output.height}' if output.width and output.height else 'unknown'


def _parted(texts: Sequence[str]) -> list[str]:
    """Texts without the words that all of them begin and end with."""
    words = [text.split(' ') for text in texts]
    before = _shared(words)
    after = min(_shared([each[::-1] for each in words]), min(map(len, words)) - before)
    return [
        ' '.join([*['…'] * bool(before), *each[before : len(each) - after], *['…'] * bool(after)]) for each in words
    ]


def _shared(rows: Iterable[Sequence[str]]) -> int:
    """How many words all rows begin with."""
    return sum(1 for _ in takewhile(lambda words: len(set(words)) == 1, zip(*rows, strict=False)))


class Differences(Widget):
    """A table of what differs, a column for each result."""

    DEFAULT_CSS = """
    Differences { height: auto; padding: 0 1; }
    """

    results: reactive[Sequence[Result]] = reactive((), layout=True)
    """What is compared."""
    current: reactive[int] = reactive(0)
    """Whose column stands out."""

    def render(self) -> Content:
        lines = self._lines(self.size.width)
        return Content('\n').join(lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        if len(self.results) < 2:
            return []
        found = differences(self.results)
        if not found:
            return [Content.styled('The same was asked for each', '$foreground-muted')]
        labels = 2 + min(_LONGEST_LABEL, max(len(label) for label, _ in found))
        column = max(4, (width - labels) // len(self.results) - 2)
        lines = []
        numbers = Difference('', tuple(str(number) for number in range(1, len(self.results) + 1)))
        for label, values in [numbers, *found]:
            wrapped = [Content(value).wrap(column)[:_ROWS] for value in values]
            for row in range(max(map(len, wrapped))):
                parts = [Content.styled(cells(label if not row else '', labels), '$foreground-muted')]
                for place, pieces in enumerate(wrapped):
                    text = pieces[row].plain if row < len(pieces) else ''
                    cut = '…' if row == _ROWS - 1 and len(Content(values[place]).wrap(column)) > _ROWS else ''
                    style = 'bold $primary' if place == self.current else ''
                    parts.append(Content.styled(cells(text.rstrip() + cut, column) + '  ', style))
                lines.append(Content.assemble(*parts))
        return lines
