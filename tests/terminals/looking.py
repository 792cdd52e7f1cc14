"""What a person would see on a screen, and waiting for it."""

import time
from collections.abc import Callable
from typing import Final, Protocol

from PIL import Image, ImageChops, ImageStat

__all__ = ['Readable', 'Visible', 'at_rest', 'distance', 'drawn', 'until', 'until_settled', 'until_shown']

PATIENCE: Final = 60.0
"""Seconds to wait for what must come."""
_STIR: Final = 600
"""Pixels that a cursor and a clock may change."""
_REST: Final = 1.0
"""Seconds without a change after which a program has done all that keys told it."""
_GROUND: Final = 0.02
"""Share of the screen from which on a colour is what words and pictures stand on."""
_BLOCK: Final = 12
"""Pixels of the side of a square that is filled with one colour where words and pictures stand on it."""
_FILLED: Final = 25
"""Share of a line, in 255ths, that is not ground in a picture: it may well have a trunk as dark as the ground."""
_SMALLEST: Final = 80
"""Pixels of the shorter side of what counts as a picture: rules and bars are thinner."""


class Readable(Protocol):
    def text(self) -> str:
        """The screen as lines of text."""


class Visible(Readable, Protocol):
    def look(self) -> Image.Image:
        """What a person sees now."""


def until(seen: Callable[[], object], what: Callable[[], str] | str) -> None:
    """Return as soon as `seen` is true; fail with `what` was waited for when it never is."""
    end = time.monotonic() + PATIENCE
    while not seen():
        if time.monotonic() > end:
            raise AssertionError(f'never seen: {what if isinstance(what, str) else what()}')
        time.sleep(0.05)  # a terminal tells nobody when it has drawn: it can only be looked at again


def until_shown(terminal: Readable, text: str) -> None:
    until(lambda: text in terminal.text(), lambda: f'{text!r} on\n{terminal.text()}')


def until_settled(terminal: Readable) -> None:
    """Return when the text of the screen has been the same for a while."""
    last, since = '', time.monotonic()

    def settled() -> bool:
        nonlocal last, since
        text = terminal.text()
        if text != last:
            last, since = text, time.monotonic()
        return bool(text) and time.monotonic() - since > _REST

    until(settled, 'a text at rest')


def at_rest(look: Callable[[], Image.Image]) -> Image.Image:
    """Return the screen once it has stopped changing. A cursor that blinks and a clock that ticks do not count."""
    last = look()

    def still() -> bool:
        nonlocal last
        time.sleep(0.3)  # rest is what does not change for a while
        before, last = last, look()
        return _differing(before, last) < _STIR

    until(still, 'a screen at rest')
    return last


def drawn(screen: Image.Image) -> Image.Image | None:
    """Return the picture on the screen: the block of many colours without the gaps that text leaves between lines."""
    mask = Image.new('L', screen.size, 255)
    least = _GROUND * screen.width * screen.height
    for count, colour in screen.getcolors(screen.width * screen.height) or ():
        if count > least:
            ground = Image.new('RGB', screen.size, colour)
            apart = ImageChops.difference(screen, ground).convert('L').point(lambda value: 255 if value > 2 else 0)
            # A picture's own colour may be as frequent, but never fills block after block.
            if apart.reduce(_BLOCK).histogram()[0] * _BLOCK**2 > least:
                mask = ImageChops.darker(mask, apart)
    rows = _longest_run(mask.resize((1, mask.height), Image.Resampling.BOX))
    if rows is None:
        return None
    band = mask.crop((0, rows[0], mask.width, rows[1]))
    columns = _longest_run(band.resize((mask.width, 1), Image.Resampling.BOX))
    return None if columns is None else screen.crop((columns[0], rows[0], columns[1], rows[1]))


def distance(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are apart, in mean shades of 255."""
    small = [picture.convert('RGB').resize((12, 12), Image.Resampling.BOX) for picture in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean) / 3


def _longest_run(line: Image.Image) -> tuple[int, int] | None:
    """Return where the longest run of lines that are more than ground begins and ends, if a picture is as long."""
    best, start = (0, 0), None
    for place, shade in enumerate([*line.tobytes(), 0]):
        if shade > _FILLED:
            start = place if start is None else start
        elif start is not None:
            best = max(best, (start, place), key=lambda run: run[1] - run[0])
            start = None
    return best if best[1] - best[0] >= _SMALLEST else None


def _differing(one: Image.Image, other: Image.Image) -> int:
    """Return how many pixels differ to the eye."""
    if one.size != other.size:
        return one.width * one.height
    return ImageChops.difference(one, other).convert('L').point(lambda value: 255 if value > 8 else 0).histogram()[255]
