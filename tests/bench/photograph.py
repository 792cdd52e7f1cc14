"""A picture as hard to pack as a generated photograph: soft shapes, edges, and the noise of a sensor."""

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

__all__ = ['photograph']


def photograph(path: Path, side: int = 1024) -> Path:
    """Write a square PNG of `side` pixels, of some 11 bits a pixel."""
    channels = []
    for turn in range(3):
        channel = Image.linear_gradient('L').rotate(90 * turn).resize((side, side))
        for scale, weight in ((64, 0.35), (16, 0.08)):
            noise = Image.effect_noise((side // scale, side // scale), 90).resize(
                (side, side), Image.Resampling.BICUBIC
            )
            channel = Image.blend(channel, noise, weight)
        channels.append(channel)
    picture = Image.merge('RGB', channels)
    draw = ImageDraw.Draw(picture)
    for index in range(12):
        x, y, size = (index * 389) % side, (index * 227) % side, side // 12 + 9 * index
        draw.ellipse((x, y, x + size, y + size), fill=((index * 61) % 256, (index * 97) % 256, (index * 151) % 256))
    picture = picture.filter(ImageFilter.GaussianBlur(0.7))
    grain = Image.merge('RGB', [Image.effect_noise((side, side), 2) for _ in range(3)])
    ImageChops.add(picture, grain, 1, -128).save(path)
    return path
