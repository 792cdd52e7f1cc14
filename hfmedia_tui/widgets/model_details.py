"""Everything the Hub told about one model, and how well its providers have served so far."""

from collections.abc import Callable, Iterator, Mapping

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hfmedia_tui.domain import Model, Task
from hfmedia_tui.outlook import TrackRecord
from hfmedia_tui.widgets.model_list import TASK_WORDS
from hfmedia_tui.widgets.plain import cells, duration, one_line

__all__ = ['ModelDetails', 'told_in_brief']

_SHOWN_TAGS = 24
_NARROW = 34
"""Cells of a line before the layout has told."""
_STANDINGS = {'staging': 'staging, for tests only', 'error': 'failed its last check'}
"""What a mapping's status means, where the word alone does not tell."""
_ACCESS = {'auto': 'yes, granted at once', 'manual': 'yes, granted by its authors'}


class ModelDetails(Widget):
    """A model's name, figures, providers and tags."""

    DEFAULT_CSS = """
    ModelDetails { height: auto; width: 1fr; }
    """

    model: reactive[Model | None] = reactive(None, layout=True)
    """The model to describe."""
    records: reactive[Mapping[str, TrackRecord]] = reactive[Mapping[str, TrackRecord]]({}, layout=True)
    """How well each provider has served the model, by the provider's name."""
    hub: reactive[str] = reactive('https://huggingface.co')
    """Where the model's page is."""
    speaks: Callable[[str, Task], bool] = staticmethod(lambda provider, task: True)
    """Whether this program has a machine for a provider and a task; the parent sets it."""

    def render(self) -> Content:
        model = self.model
        if model is None:
            return Content('')
        lines = [Content.styled(one_line(model.id), 'bold'), Content('')]
        for label, value in (
            ('Task', f'{TASK_WORDS[model.task]} ({model.task})'),
            ('Likes', f'{model.likes:,}'),
            ('Downloads', f'{model.downloads:,} in 30 days'),
            ('Licence', _licence(model)),
            ('Gated', _ACCESS.get(str(model.gated), 'yes') if model.gated else 'no'),
        ):
            lines.append(_fact(label, value))
        if self.hub:
            lines.append(_fact('Page', f'{self.hub}/{one_line(model.id)}'))
        lines += [Content(''), Content.styled('Providers', 'bold')]
        if not model.mappings:
            lines.append(Content.styled('none', '$foreground-muted'))
        for mapping in model.mappings:
            live = mapping.serves(model.task)
            spoken = self.speaks(mapping.provider, model.task)
            mark, style = ('●', '$success') if live and spoken else ('○', '$foreground-muted')
            mark, style = ('✗', '$error') if mapping.status == 'error' else (mark, style)
            words = [_STANDINGS.get(mapping.status, one_line(mapping.status))]
            if mapping.task != model.task:
                words.append(f'for {one_line(mapping.task)}' if mapping.task else 'for a task that is not told')
            if not spoken:
                words.append('not supported')
            if mapping.adapter:
                words.append(one_line(mapping.adapter))
            name = one_line(mapping.provider)
            lines.append(
                Content.assemble((mark, style), ' ', name.ljust(14), (f'  {", ".join(words)}', '$foreground-muted'))
            )
            if (record := self.records.get(mapping.provider)) is not None:
                lines += _served(record, self.size.width or _NARROW)
        tags = [one_line(tag) for tag in model.tags if not tag.startswith(('license:', 'region:'))][:_SHOWN_TAGS]
        if tags:
            lines += [Content(''), Content.styled('Tags', 'bold'), Content.styled('  '.join(tags), '$foreground-muted')]
        return Content('\n').join(lines)


def _served(record: TrackRecord, width: int) -> Iterator[Content]:
    """Yield how well a provider has served, under its name, each in one line of `width` cells."""
    counts = [
        Content.styled(f'{count:,} {word}', style)
        for count, word, style in (
            (record.finished, 'finished', ''),
            (record.failed, 'failed', '$error'),
            (record.unheard, 'without an answer', '$warning'),
        )
        if count
    ]
    if record.median is not None:
        counts.append(Content.styled(f'median {duration(record.median)}', '$foreground-muted'))
    yield Content('  ') + Content.styled(', ', '$foreground-muted').join(counts)
    if record.last_failure:
        told = cells(f'  last: {one_line(record.last_failure)}', width).rstrip()
        yield Content.styled(told, '$foreground-muted')


def _fact(label: str, value: str) -> Content:
    return Content.assemble((f'{label:<11}', '$foreground-muted'), value)


def told_in_brief(model: Model, speaks: Callable[[str, Task], bool]) -> str:
    """Who serves a model, and on which terms, in two lines."""
    serving = [
        mapping for mapping in model.mappings if mapping.serves(model.task) and speaks(mapping.provider, model.task)
    ]
    terms = [f'Licence {_licence(model)}']
    if model.gated:
        terms.append('gated')
    if any(mapping.adapter == 'lora' for mapping in serving):
        terms.append('LoRA')
    return f'{one_line(", ".join(mapping.provider for mapping in serving))}\n{", ".join(terms)}'


def _licence(model: Model) -> str:
    names = [tag.removeprefix('license:') for tag in model.tags if tag.startswith('license:')]
    return one_line(', '.join(names)) or 'not told'
