"""nscale: pictures, each in one held request.

Sources: https://docs.nscale.com/api-reference/inferencing/create-image for the fields, of which seed is none;
huggingface_hub's `_providers/nscale.py` for `response_format`, which can be nothing but base64.
"""

from collections.abc import Mapping
from typing import Final

from hfmedia_tui.domain import Prediction, Progress, Task
from hfmedia_tui.providers import _images
from hfmedia_tui.providers._doors import doors
from hfmedia_tui.providers._images import advance
from hfmedia_tui.providers._requests import Field

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'nscale'

DOORS: Final = doors(NAME, 'inference.api.nscale.com', 'NSCALE_API_KEY', 'NSCALE_SERVICE_TOKEN')

PARAMETERS: Final[Mapping[Task, Mapping[str, Field]]] = {Task.TEXT_TO_IMAGE: _images.FIELDS}

ADAPTERS: Final = frozenset[Task]()


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step asks for the picture."""
    return _images.begin(NAME, '/v1/images/generations', prediction)
