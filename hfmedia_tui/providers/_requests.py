"""What goes out: what the user set under the provider's names, and paths made of names that others chose."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from hfmedia_tui.domain import Prediction

__all__ = ['hub_file', 'is_plain', 'overridden', 'path_below', 'same_names', 'wire_parameters']


def same_names(*names: str) -> dict[str, str]:
    """Declare parameters that the provider calls what the house calls them."""
    return {name: name for name in names}


def wire_parameters(prediction: Prediction, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the seed, and what the user set of `names`, house name to the name on the wire."""
    chosen = {names[name]: value for name, value in prediction.parameters.items() if name in names}
    return {name: value for name, value in chosen.items() if value is not None} | {'seed': prediction.seed}


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
