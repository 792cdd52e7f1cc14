"""What the results of a job are called."""

import re
from typing import Final

from hfmedia_tui.domain import Job
from hfmedia_tui.errors import UsageError

__all__ = ['NAME_FIELDS', 'check_name', 'file_stem', 'home_stem']

NAME_FIELDS: Final = ('date', 'time', 'prompt', 'task', 'model', 'provider', 'seed', 'index', 'id')
"""What may stand in braces in a name that the user chose."""

_FIELD: Final = re.compile(r'\{([^{}]*)\}')
_LONGEST_TEMPLATE: Final = 200
_LONGEST: Final = 120
"""Bytes of a name without the job's id: with that and an extension it fits on every file system."""


def check_name(template: str) -> None:
    """Raise UsageError for a name that says something else than NAME_FIELDS in braces."""
    unknown = [name for name in _FIELD.findall(template) if name not in NAME_FIELDS]
    if unknown or '{' in (rest := _FIELD.sub('', template)) or '}' in rest or len(template) > _LONGEST_TEMPLATE:
        known = ', '.join(f'{{{name}}}' for name in NAME_FIELDS)
        raise UsageError('That is no name for results.', f'Write letters, digits and any of {known}.')


def file_stem(job: Job, ordinal: int) -> str:
    """The name of a result without its extension: the prompt in plain letters, then the job's id."""
    return f'{_slug(job)}-{job.id}' + (f'-{ordinal + 1}' if ordinal else '')


def home_stem(job: Job, ordinal: int) -> str:
    """The name that a result has at home, without its extension: as the order says, or the usual one.

    The same whenever it is asked for, so that a file which was named already is found again. Whatever the order says,
    the name is one of letters, digits, `_` and `-`, and the job's id stands in it as a word: no two results share it.
    Dates and times are of the asking, in UTC.
    """
    order = job.order
    if not order.name:
        return file_stem(job, ordinal)
    values = {
        'date': f'{order.created_at:%Y-%m-%d}',
        'time': f'{order.created_at:%H-%M-%S}',
        'prompt': _slug(job),
        'task': order.task,
        'model': order.model.rpartition('/')[2],
        'provider': job.provider or '',
        'seed': job.seed,
        'index': job.index + 1,
        'id': job.id,
    }
    told = _FIELD.sub(lambda field: str(values.get(field[1], '')), order.name)
    stem = re.sub(r'[^\w-]+', '-', told).encode()[:_LONGEST].decode(errors='ignore').strip('-')
    if not re.search(rf'(?<!\w){re.escape(job.id)}(?!\w)', stem):
        stem = f'{stem}-{job.id}'.lstrip('-')
    return stem + (f'-{ordinal + 1}' if ordinal else '')


def _slug(job: Job) -> str:
    words = re.findall(r'[a-z0-9]+', job.order.prompt.lower())
    return '-'.join(words)[:48].strip('-') or job.order.task
