"""A result in words: in a line, in a few, and its marks."""

from hfmedia_tui.domain import Result
from hfmedia_tui.widgets.job_details import caption
from hfmedia_tui.widgets.plain import clock, file_size, one_line

__all__ = ['result_lines', 'result_mark', 'result_tags', 'result_title']

_PROMPT = 300
"""Characters of a prompt that a line may hold."""


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
