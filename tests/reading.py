"""What a person would read on the screen of a running app, and waiting for it."""

import asyncio
from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot

__all__ = ['TORTURE', 'screen_text', 'until']

TORTURE = (
    '[/',
    '[/nope]',
    '[red]',
    '[@click=app.bell]here[/]',
    '{"a":[true]}',
    '$primary $nope',
    '👩‍👩‍👧‍👦 ﷽ 全角文字 \uff46\uff55\uff4c\uff4c e\u0301\u0301\u0301',
    'line one\nline two\r\n\tindented',
    '[' * 10_000,
)
"""Text that has broken interfaces: markup that is none, wide and joined glyphs, several lines, far too much."""

_PATIENCE = 20.0
"""Seconds after which what was waited for is taken as not coming."""


def screen_text(app: App[None]) -> str:
    """Return the characters of the active screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return '\n'.join(''.join(strip.text for strip in line).rstrip() for line in strips)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app go on until `condition` is true; fails with what the screen shows when it never is."""
    try:
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                await pilot.pause()
    except TimeoutError:
        raise AssertionError(f'It never came. The screen shows:\n{screen_text(pilot.app)}') from None
