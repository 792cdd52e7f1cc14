"""DeepInfra: pictures, each in one held request.

Sources: https://deepinfra.com/docs for the fields, of which seed is none; @huggingface/inference's
`providers/deepinfra.ts` for the route.
"""

from collections.abc import Mapping
from typing import Final

from hfmedia_tui.domain import Prediction, Progress, Task
from hfmedia_tui.providers import _images
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._images import advance
from hfmedia_tui.providers._requests import Field

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'deepinfra'

DOORS: Final = doors(NAME, 'api.deepinfra.com', 'DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN')

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {Task.TEXT_TO_IMAGE: _images.FIELDS}

ADAPTERS: Final = frozenset[Task]()


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step asks for the picture."""
    return _images.begin(NAME, '/v1/openai/images/generations', prediction)
