"""A result in words: in a line, in a few, and its marks."""

from textual.content import Content

from hfmedia_tui.domain import Result
from hfmedia_tui.widgets.job_details import caption
from hfmedia_tui.widgets.plain import clock, file_size, one_line

__all__ = ['result_line', 'result_lines', 'result_mark', 'result_tags', 'result_title']

_PROMPT = 300
"""Characters of a prompt that a line may hold."""
_LEAST = 40
"""Cells that a title has at least, unless it is shorter, before facts have a place beside it."""


def result_mark(result: Result, *, marked: bool = False) -> str:
    """Signs before a result: whether it is marked, and whether it is a favourite."""
    signs = ('●' if marked else '') + ('★' if result.favourite else '')
    return f'{signs} ' if signs else ''


def result_tags(result: Result) -> str:
    return ' '.join(f'#{tag}' for tag in result.tags)


def result_title(result: Result) -> str:
    """A result in one line: its marks, its tags, its prompt."""
    words = (result_mark(result).strip(), result_tags(result), one_line(result.job.order.prompt[:_PROMPT]))
    return '  '.join(word for word in words if word)


def result_line(result: Result, width: int, *, before: str = '', after: str = '') -> Content:
    """A result in a line of `width` cells: its title, and at the end as many of its facts as there is room for.

    What comes `before` the title and `after` the facts is always told.
    """
    title, known = Content(result_title(result)), caption(result.job)
    model = one_line(result.job.order.model.rpartition('/')[2])
    left = Content.styled(before, '$foreground-muted')
    for facts in (f'  {model} · {known}', f'  {known}', ''):
        right = Content.styled(f'{facts}{after}', '$foreground-muted')
        room = max(0, width - left.cell_length - right.cell_length)
        if room >= min(_LEAST, title.cell_length):
            break
    title = title.truncate(room, ellipsis=True)
    return Content.assemble(left, title, ' ' * (room - title.cell_length), right)


def result_lines(result: Result) -> tuple[str, ...]:
    """A result in a few lines: its prompt, its model, its size, and when it was made with its tags."""
    job = result.job
    size = file_size(result.output.size)
    return (
        one_line(job.order.prompt[:_PROMPT]),
        one_line(job.order.model),
        f'{caption(job)} · {size}',
        '  '.join(word for word in (clock(job.finished_at or job.created_at), result_tags(result)) if word),
    )
