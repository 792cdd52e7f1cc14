"""The catalogue as a list: one model a line."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hfmedia_tui.domain import Model, Task
from hfmedia_tui.widgets.plain import brief, cells, one_line
from hfmedia_tui.widgets.row_list import Part, RowList

__all__ = ['TASK_GLYPHS', 'TASK_WORDS', 'ModelHeading', 'ModelList']

TASK_WORDS = {Task.TEXT_TO_IMAGE: 'image', Task.TEXT_TO_VIDEO: 'video'}
TASK_GLYPHS = {Task.TEXT_TO_IMAGE: '▣', Task.TEXT_TO_VIDEO: '▶'}

_TASK = 10
_COLUMNS = (('likes', 7), ('downloads', 11))
"""Counts at the end of a line, and their cells."""
_PROVIDERS = 18
"""The least that the column of providers is of use with: counts make room for it."""
_ONE_PROVIDER = 12
"""The least that it has behind a name that is longer than its column: with less, no counts are told."""
_ROOMY = 60
"""Cells from which on likes have a place beside the providers."""
_NAME = 46
"""The widest that the column of names grows; a longer name takes what it needs from the columns after it."""
_UNSUPPORTED = 'not supported'
_FAVOURITE = '★'
_MARK = '●'


def _name_width(longest: int, width: int) -> int:
    """Return the cells of the column of names, the gap after it included."""
    room = width - _PROVIDERS - 2 - (_COLUMNS[0][1] if width >= _ROOMY else 0)
    return max(0, min(longest or _NAME, _NAME, room)) + 2


def _names(spoken: list[str], others: int, width: int) -> str:
    """Name as many providers as fit; the rest are counted, those not supported among them."""
    kept = list(spoken)
    while True:
        rest = len(spoken) - len(kept) + others
        text = ' '.join([*kept, *([f'+{rest}'] if rest else [])])
        if len(kept) == 1 or cell_len(text) < width:
            return text
        kept.pop()


def _kept_columns(width: int) -> int:
    """Return how many of the columns of counts leave room for the providers."""
    count = len(_COLUMNS)
    while count and width < _PROVIDERS + sum(column for _, column in _COLUMNS[:count]):
        count -= 1
    return count


class ModelList(RowList[Model]):
    """Models, each with its task, full name, providers, likes and downloads."""

    # The heading stands over rows as wide as beside a scrollbar.
    DEFAULT_CSS = 'ModelList { height: 1fr; scrollbar-gutter: stable; }'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('enter', 'select', 'Compose', id='models.select', tooltip='Compose with the highlighted model'),
    ]

    speaks: Callable[[str, Task], bool] = staticmethod(lambda provider, task: True)
    """Whether this program has a machine for a provider; the parent sets it."""

    favourites: reactive[frozenset[str]] = reactive(frozenset())
    """Ids of the models that the user marked."""
    marked: reactive[tuple[Model, ...]] = reactive(())
    """Models that were marked, in the order that they were: they need not be in the list."""
    longest_name: reactive[int] = reactive(0)
    """Characters of the longest name that a search can bring; the parent sets it."""

    def mark(self) -> None:
        """Mark the highlighted model, or take its mark away."""
        if (row := self.row) is not None:
            others = tuple(model for model in self.marked if self.key_of(model) != self.key_of(row))
            self.marked = others if len(others) < len(self.marked) else (*others, row)

    def on_click(self, event: events.Click) -> None:
        """Mark the model that was clicked with Ctrl held down; Textual has the list highlight it as well."""
        if event.ctrl and (place := self._place_under(event)) is not None:
            self.highlighted = place
            self.mark()

    def key_of(self, row: Model) -> str:
        return f'{row.task} {row.id}'

    def draw(self, row: Model, width: int) -> Iterable[Part]:
        live = [one_line(mapping.provider) for mapping in row.mappings if mapping.serves(row.task)]
        spoken = [provider for provider in live if self.speaks(provider, row.task)]
        name = one_line(row.id)
        yield f'{TASK_GLYPHS[row.task]} {TASK_WORDS[row.task]}'.ljust(_TASK - 2), 'muted'
        marked = any(model.id == row.id and model.task is row.task for model in self.marked)
        yield f'{_MARK if marked else _FAVOURITE if row.id in self.favourites else " "} ', 'accent'
        width -= _TASK
        usual_width = _name_width(self.longest_name, width)
        name_width = min(width, max(usual_width, cell_len(name[: width + 1]) + 2))
        columns = _COLUMNS[: _kept_columns(width - usual_width)]
        yield cells(name, name_width), '' if spoken else 'muted'
        width -= name_width
        left = width - sum(column for _, column in columns)
        if left < _ONE_PROVIDER:  # a count stands under its heading or nowhere
            columns, left = (), width
        text = _names(spoken, len(live) - len(spoken), left) if spoken else _UNSUPPORTED
        yield cells(text, left), 'muted'
        for (_, column), count in zip(columns, (row.likes, row.downloads), strict=False):
            yield brief(count).rjust(column), 'muted'


class ModelHeading(Widget):
    """Names of the columns of a list of models."""

    DEFAULT_CSS = """
    ModelHeading { height: 1; color: $text-muted; padding: 0 1; }
    """

    longest_name: reactive[int] = reactive(0)

    def __init__(self, models: ModelList) -> None:
        super().__init__()
        self._models = models

    def on_mount(self) -> None:
        self.watch(self._models, 'longest_name', self._take_longest_name)

    def _take_longest_name(self, longest: int) -> None:
        self.longest_name = longest

    def render(self) -> Content:
        width = self.size.width - 1 - _TASK  # as wide as a row beside its scrollbar
        name_width = _name_width(self.longest_name, width)
        columns = _COLUMNS[: _kept_columns(width - name_width)]
        left = width - name_width - sum(column for _, column in columns)
        texts = ['Task'.ljust(_TASK), cells('Model', name_width), cells('Providers', left)]
        return Content(''.join([*texts, *(word.capitalize().rjust(column) for word, column in columns)]))
