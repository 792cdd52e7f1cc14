"""Hugging Face's own inference, with the user's token. It has no other host and no other key."""

from typing import Final

from hfmedia_tui.domain import Access, Prediction, Progress, Task
from hfmedia_tui.providers import _hugging_face
from hfmedia_tui.providers._doors import Door
from hfmedia_tui.providers._hugging_face import PARAMETERS, advance

__all__ = ['ADAPTERS', 'DOORS', 'NAME', 'PARAMETERS', 'advance', 'begin']

NAME: Final = 'hf-inference'

DOORS: Final = {Access.ROUTED: Door(base='/hf-inference')}

ADAPTERS: Final = frozenset[Task]()


def begin(prediction: Prediction) -> Progress:
    """Return the first progress; its step asks for the picture."""
    return _hugging_face.begin(NAME, prediction)
