"""A keyboard-driven studio for Hugging Face text-to-image and text-to-video in a terminal."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hfmedia_tui.api import generate

__all__ = ['__version__', 'generate']

__version__ = '0.1.0'


def __getattr__(name: str) -> Any:
    """Import what Python callers use when they ask for it: the program itself starts without it."""
    if name == 'generate':
        return import_module('hfmedia_tui.api').generate
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
