"""Hugging Face's own inference without a token: the same wire, and nobody to bill.

Source: `HFInferenceTask._prepare_api_key` in huggingface_hub, which allows it. Whether it is answered is Hugging Face's
to say; the Hub lists no such provider, so that hf-inference's offers stand for it.
"""

from typing import Final

from msgspec.structs import replace

from hfmedia_tui.domain import Access, Prediction, Progress, Task
from hfmedia_tui.providers import _hugging_face
from hfmedia_tui.providers._doors import Door
from hfmedia_tui.providers._hugging_face import PARAMETERS, advance

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'hf-free'

DOORS: Final = {Access.ANONYMOUS: Door(base='/hf-inference', scheme=None)}

ADAPTERS: Final = frozenset[Task]()


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step asks for the picture, whatever credentials the user has."""
    return _hugging_face.begin(NAME, replace(prediction, access=Access.ANONYMOUS))
