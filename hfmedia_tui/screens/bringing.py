"""Brings the screens: the first one as the program starts, the others while it is looked at, or when they are opened.

Importing all of them takes as long as everything else that a first screen needs from this package.
"""

import asyncio
from functools import cache
from importlib import import_module

from textual.screen import Screen

from hfmedia_tui import screens
from hfmedia_tui.media.picture import Pictures

__all__ = ['bring_screens', 'bring_screens_one_by_one', 'make_place']


def make_place(name: str, pictures: Pictures) -> Screen[None]:
    """Return a new screen for one of `TopBar.PLACES`, or the first screen of who is new."""
    match name:
        case 'browse':
            from hfmedia_tui.screens.browse import BrowseScreen

            return BrowseScreen()
        case 'compose':
            from hfmedia_tui.screens.compose import ComposeScreen

            return ComposeScreen(pictures)
        case 'jobs':
            from hfmedia_tui.screens.jobs import JobsScreen

            return JobsScreen(pictures)
        case 'gallery':
            from hfmedia_tui.screens.gallery import GalleryScreen

            return GalleryScreen(pictures)
        case 'settings':
            from hfmedia_tui.screens.settings import SettingsScreen

            return SettingsScreen()
        case _:
            from hfmedia_tui.screens.welcome import WelcomeScreen

            return WelcomeScreen()


@cache
def bring_screens() -> None:
    """Import every screen, so that it opens at once and its bindings are known. Blocking."""
    for name in _names():
        import_module(name)


async def bring_screens_one_by_one() -> None:
    """Do as `bring_screens` does, and let the one that is looked at have its turn between any two."""
    for name in _names():
        await asyncio.to_thread(import_module, name)
    bring_screens()


def _names() -> list[str]:
    from pkgutil import iter_modules  # not before the first paint

    return [f'{screens.__name__}.{module.name}' for module in iter_modules(screens.__path__)]
