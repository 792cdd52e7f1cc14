"""What a provider would drop, ignore or refuse of what is asked for, told before it is sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.providers._requests import Field

__all__ = ['Caution', 'about_parameters']


class Caution(Struct, frozen=True, kw_only=True):
    """Something to know before submitting. It never forbids: documents err, and models differ."""

    sentence: str
    parameter: str | None = None
    """The parameter that it is about, `seed` included; None where it is about the whole."""


def about_parameters(provider: str, fields: Mapping[str, Field], chosen: Mapping[str, Any]) -> Iterator[Caution]:
    """Say what becomes of each of the `chosen` parameters at a provider that takes `fields`."""
    for name, value in chosen.items():
        if value is not None:
            field = fields.get(name)
            for sentence in _about(provider, name, field, value, chosen):
                yield Caution(sentence=sentence, parameter=name)


def _about(provider: str, name: str, field: Field | None, value: object, chosen: Mapping[str, Any]) -> Iterator[str]:
    label = _label(name)
    if field is None and name == 'seed':
        yield f'{provider} takes no seed: the result cannot be made again.'
    elif field is None:
        yield f'{provider} has no setting for {label}: it is not sent.'
    elif field.beside is not None and chosen.get(field.beside) is None:
        yield f'{provider} takes {label} only together with {_label(field.beside)}: alone it does nothing.'
    elif isinstance(value, int | float):
        if not field.minimum <= value <= field.maximum:
            yield f'{provider} documents {label} {_range(field)}, and may refuse {value}.'
        if field.multiple is not None and value % field.multiple:
            yield f'{provider} documents {label} in multiples of {field.multiple}, and may refuse {value}.'


def _range(field: Field) -> str:
    if field.minimum == float('-inf'):
        return f'up to {field.maximum:.15g}'
    if field.maximum == float('inf'):
        return f'from {field.minimum:.15g}'
    return f'from {field.minimum:.15g} to {field.maximum:.15g}'


def _label(name: str) -> str:
    return PARAMETERS[name].label.lower() if name in PARAMETERS else name
