"""The one filter language of every list: `provider:fal-ai state:failed model:flux seed:42 "red fox" !nsfw`.

A filter is terms, and a row fits when it fits each of them. A term is a word, or a field with a colon and what it must
hold: text in any part of the field and in any case, or a number, which may be compared (`likes:>1000`). Commas part
alternatives, quotes keep words together, `!` turns a term round. `is:favourite` asks for a flag, and after `!` the
flag's name alone will do. What is only begun, such as `provider:`, asks for nothing yet.
"""

import operator
import re
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

from hfmedia_tui.domain import FINAL_STATES, Job, Model, Result
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import PARAMETERS

__all__ = ['JOBS', 'RESULTS', 'Filter', 'Vocabulary', 'model_vocabulary', 'read_filter']

Row = TypeVar('Row')

Value = str | int | float

_TERM: Final = re.compile(r'(?P<turn>!?)(?:(?P<field>[A-Za-z_]+):)?(?P<values>(?:"[^"]*"?|[^\s"])*)')
_ALTERNATIVE: Final = re.compile(r'(?:"[^"]*"?|[^,"])+')
_COMPARISON: Final = re.compile(r'(>=|<=|>|<)?(-?[0-9]{1,40}(?:\.[0-9]{1,40})?)')
_COMPARE: Final[Mapping[str | None, Callable[[Any, Any], bool]]] = {
    None: operator.eq,
    '>': operator.gt,
    '<': operator.lt,
    '>=': operator.ge,
    '<=': operator.le,
}


class Vocabulary(NamedTuple, Generic[Row]):
    """What can be asked of one kind of row."""

    rows: str
    """What the rows are, in the plural."""
    words: Callable[[Row], Iterable[str]]
    """Texts in which a word is looked for."""
    texts: Mapping[str, Callable[[Row], Iterable[str]]]
    """Fields that hold text."""
    numbers: Mapping[str, Callable[[Row], Value | None]]
    """Fields that hold a number."""
    flags: Mapping[str, Callable[[Row], bool]]


class Filter(NamedTuple, Generic[Row]):
    """What a row must be."""

    words: tuple[str, ...]
    """Words that are wished for, to rank by where a list does so; `fits` does not look for them."""
    tests: tuple[Callable[[Row], bool], ...]
    terms: tuple[str, ...]
    """The tests as they were written."""

    def fits(self, row: Row) -> bool:
        return all(test(row) for test in self.tests)


def read_filter(text: str, vocabulary: Vocabulary[Row], *, ranked: bool = False) -> Filter[Row]:
    """Read a filter over rows of `vocabulary`; with `ranked` the words wished for are left to a search.

    Raises UsageError for a field that such rows do not have, and for what is no number where one is needed.
    """
    words, tests, terms = list[str](), list[Callable[[Row], bool]](), list[str]()
    for term in _TERM.finditer(text):
        values = [value for part in _ALTERNATIVE.findall(term['values']) if (value := part.replace('"', ''))]
        if not values:
            continue
        field = term['field'] and term['field'].lower()
        if field is None and term['turn'] and term['values'].lower() in vocabulary.flags:
            field = 'is'
        if ranked and field is None and not term['turn']:
            words.extend(values)
            continue
        test = _test(field, values, vocabulary)
        tests.append(_turned(test) if term['turn'] else test)
        terms.append(term[0])
    return Filter(tuple(words), tuple(tests), tuple(terms))


def _turned(test: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: not test(row)


def _test(field: str | None, values: list[str], vocabulary: Vocabulary[Row]) -> Callable[[Row], bool]:
    if field == 'is':
        return _flag_test(values, vocabulary)
    if field is not None and (number := vocabulary.numbers.get(field)) is not None:
        return _number_test(field, values, number)
    texts = vocabulary.words if field is None else vocabulary.texts.get(field)
    if texts is None:
        known = ', '.join([*vocabulary.texts, *vocabulary.numbers])
        raise UsageError(f'The {vocabulary.rows} have no {field!r}.', f'They have {known}. Quotes make it a word.')
    wanted = [value.lower() for value in values]
    return lambda row: any(value in text.lower() for text in texts(row) for value in wanted)


def _flag_test(values: list[str], vocabulary: Vocabulary[Row]) -> Callable[[Row], bool]:
    flags = list[Callable[[Row], bool]]()
    for value in values:
        if (flag := vocabulary.flags.get(value.lower())) is None:
            known = ', '.join(f'is:{name}' for name in vocabulary.flags)
            raise UsageError(f'The {vocabulary.rows} have no flag {value[:40]!r}.', f'They have {known}.')
        flags.append(flag)
    return lambda row: any(flag(row) for flag in flags)


def _number_test(field: str, values: list[str], number: Callable[[Row], Value | None]) -> Callable[[Row], bool]:
    tests = list[Callable[[Row], bool]]()
    for value in values:
        if (read := _COMPARISON.fullmatch(value)) is None:
            raise UsageError(f'{field} is a number, and {value[:40]!r} is none.', f'Such as {field}:42 or {field}:>42.')
        tests.append(_comparison(number, read[1], int(read[2]) if '.' not in read[2] else float(read[2])))
    # One call of ours for each row: there are thousands.
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)


def _comparison(number: Callable[[Row], Value | None], sign: str | None, than: int | float) -> Callable[[Row], bool]:
    compare = _COMPARE[sign]
    return lambda row: isinstance(value := number(row), (int, float)) and compare(value, than)


# ---------------------------------------------------------------------------------------------- what can be asked


def model_vocabulary(favourites: Container[str] = ()) -> Vocabulary[Model]:
    """What can be asked of models; `favourites` are ids of those that the user marked."""
    return Vocabulary(
        rows='models',
        words=lambda model: (model.id, *model.tags),
        texts={
            'task': lambda model: (model.task,),
            'provider': lambda model: (mapping.provider for mapping in model.mappings if mapping.serves(model.task)),
            'model': lambda model: (model.id,),
            'tag': lambda model: model.tags,
            'licence': _licences,
            'license': _licences,
        },
        numbers={'likes': operator.attrgetter('likes'), 'downloads': operator.attrgetter('downloads')},
        flags={
            'gated': lambda model: bool(model.gated),
            'lora': lambda model: any(mapping.adapter == 'lora' for mapping in model.mappings),
            'favourite': lambda model: model.id in favourites,
        },
    )


def _licences(model: Model) -> Iterable[str]:
    return (tag.removeprefix('license:') for tag in model.tags if tag.startswith('license:'))


def _parameter(name: str) -> Callable[[Job], Value | None]:
    return lambda job: job.order.parameters.get(name)


JOBS: Final[Vocabulary[Job]] = Vocabulary(
    rows='jobs',
    words=lambda job: (job.order.prompt, job.order.model, job.id, job.error.message if job.error else ''),
    texts={
        'state': lambda job: (job.state,) if job.state in FINAL_STATES else (job.state, job.progress.stage),
        'task': lambda job: (job.order.task,),
        'provider': lambda job: (job.provider or '',),
        'model': lambda job: (job.order.model,),
        'prompt': lambda job: (job.order.prompt,),
        'id': lambda job: (job.id,),
        'error': lambda job: (job.error.message if job.error else '',),
    },
    numbers={
        'seed': lambda job: job.seed,
        **{name: _parameter(name) for name in PARAMETERS if name not in ('negative_prompt', 'resolution')},
    },
    flags={'nsfw': lambda job: any(job.facts.nsfw)},
)

Field = TypeVar('Field')


def _of_job(ask: Callable[[Job], Field]) -> Callable[[Result], Field]:
    return lambda result: ask(result.job)


RESULTS: Final[Vocabulary[Result]] = Vocabulary(
    rows='results',
    words=lambda result: (*JOBS.words(result.job), *result.tags),
    texts={
        **{
            name: _of_job(text) for name, text in JOBS.texts.items() if name not in ('state', 'error')
        },  # all have succeeded
        'tag': lambda result: result.tags,
    },
    numbers={
        **{name: _of_job(number) for name, number in JOBS.numbers.items()},
        'width': lambda result: result.output.width,
        'height': lambda result: result.output.height,
        'seconds': lambda result: result.output.duration,
    },
    flags={
        **{name: _of_job(flag) for name, flag in JOBS.flags.items()},
        'favourite': lambda result: result.favourite,
        'tagged': lambda result: bool(result.tags),
        'film': lambda result: result.is_film,
    },
)
