"""The strip at the lower edge that says where a picture comes from."""

import functools

from PIL import Image, ImageDraw, ImageFont

__all__ = ['caption']


def caption(size: tuple[int, int], model: str, seed: int) -> tuple[Image.Image, Image.Image, tuple[int, int]]:
    """Return a strip, its mask, and where it is pasted: as much of it as there is room for."""
    width, height = size
    letters = max(9, round(min(width, height) * 0.021))
    font = _font(letters)
    room = width - letters * 3
    for text in (
        f'sandbox · {model} · {seed}',
        f'sandbox · {model.rpartition("/")[2]} · {seed}',
        f'sandbox · {seed}',
        'sandbox',
    ):
        if font.getlength(text) <= room:
            break
    across, down = min(width, round(font.getlength(text) + letters * 1.6)), min(height, round(letters * 1.9))
    strip = Image.new('RGB', (across, down), (12, 13, 18))
    ImageDraw.Draw(strip).text((letters * 0.8, down / 2), text, (236, 236, 240), font, anchor='lm')
    mask = Image.new('L', (across * 2, down * 2))
    corner = letters
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, across * 2 + corner * 2, down * 2 + corner * 2), corner, 168)
    return strip, mask.reduce(2), (width - across, height - down)


@functools.lru_cache(maxsize=16)
def _font(letters: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(letters)
