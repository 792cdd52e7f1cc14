"""What goes out: what the user set under the provider's names, and paths made of names that others chose."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from hfmedia_tui.domain import Prediction

__all__ = ['Field', 'hub_file', 'is_plain', 'overridden', 'path_below', 'same_names', 'size_as_one', 'wire_parameters']


class Field(Struct, frozen=True, kw_only=True):
    """How a provider takes one parameter. Ranges are those that it documents for all of its models."""

    name: str
    """What it is called on the wire. Two parameters of one name are sent as one, such as `1024x768`."""
    minimum: float = float('-inf')
    maximum: float = float('inf')
    multiple: int | None = None
    beside: str | None = None
    """The house name of the parameter without which this one is not looked at."""


def same_names(*names: str) -> dict[str, Field]:
    """Declare parameters that the provider calls what the house calls them."""
    return {name: Field(name=name) for name in names}


def size_as_one(
    minimum: float = float('-inf'), maximum: float = float('inf'), multiple: int | None = None
) -> dict[str, Field]:
    """Declare width and height for a provider that takes them as `size`, with the documented range of a side."""
    return {
        side: Field(name='size', beside=other, minimum=minimum, maximum=maximum, multiple=multiple)
        for side, other in (('width', 'height'), ('height', 'width'))
    }


def wire_parameters(prediction: Prediction, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return what the user set of `fields` under the names on the wire, and the seed where it is among them."""
    chosen: dict[str, list[Any]] = {}
    for name, field in fields.items():
        value = prediction.seed if name == 'seed' else prediction.parameters.get(name)
        chosen.setdefault(field.name, []).append(value)
    return {
        name: values[0] if len(values) == 1 else 'x'.join(map(str, values))
        for name, values in chosen.items()
        if None not in values
    }


def overridden(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return `body` with `extra` laid over it; a null in `extra` takes the name away, since none is ever sent."""
    return {name: value for name, value in {**body, **extra}.items() if value is not None}


def path_below(prefix: str, name: str, suffix: str = '') -> str:
    """Return a path with a model's id in it, percent-encoded; `submit` refuses the ids that no path may hold."""
    return f'{prefix}/{quote(name, safe="/:@", errors="replace")}{suffix}'


def is_plain(path: str) -> bool:
    """Whether each segment of `path` names something: none is empty, and none climbs."""
    first, *segments = path.split('/')
    return not first and bool(segments) and not {'', '.', '..'}.intersection(segments)


def hub_file(model: str, file: str) -> str:
    """Return the public address of a file of a model's repository, which providers load adapters from."""
    return f'https://huggingface.co/{model}/resolve/main/{quote(file, errors="replace")}'
