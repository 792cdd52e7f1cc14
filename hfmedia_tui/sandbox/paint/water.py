"""Water seen flat: it mirrors what stands above it, moves, and glitters under the light."""

from PIL import Image, ImageChops, ImageFilter, ImageOps

from hfmedia_tui.sandbox.paint.marks import Stroke, Study, fractal, gradient, light, spot, table, tinted
from hfmedia_tui.sandbox.paint.palettes import Palette, mix

__all__ = ['water']

_STRIPS = 14
_TILE = 512


def water(study: Study, palette: Palette, horizon: int, light_x: int, *, rough: float) -> Stroke:
    """Return water from `horizon` to the lower edge, calm at `rough` 0 and a storm sea at 1.

    It mirrors the canvas as it is when the stroke is made, so it comes after all that stands behind it.
    """
    width, height = study.width, max(8, study.height - horizon)
    deep = mix(palette.near, palette.sky[1], 0.25)
    body = gradient((width, height), (mix(palette.haze, palette.sky[-2], 0.35), mix(deep, palette.sky[0], 0.3), deep))
    tile = fractal(study.chance, (_TILE, _TILE), (20, 44), 4, endless=True)
    troughs = table(lambda value: max(0.0, 0.55 - value) * (0.9 + 0.7 * rough))
    crests = table(lambda value: max(0.0, value - (0.66 - 0.06 * rough)) * (1.1 + 1.3 * rough))
    crest = mix(palette.cloud, palette.glow, 0.5) if rough < 0.7 else mix(palette.haze, (255, 255, 255), 0.6)
    sparkle = table(lambda value: max(0.0, value - 0.6) * 3.4)
    glitter = _glitter_shape(width, height, light_x)
    glow = mix((0, 0, 0), palette.glow, 0.95 - 0.45 * rough)
    mirror = (
        Image.linear_gradient('L')
        .resize((width, height))
        .point(table(lambda down: (0.72 - 0.45 * rough) * (1 - 0.75 * down)))
    )

    def stroke(canvas: Image.Image, time: float) -> None:
        sheet = body.copy()
        tall = min(horizon, round(height * 1.25))
        above = ImageOps.flip(canvas.crop((0, horizon - tall, width, horizon)))
        blurred = above.resize((max(8, width // 3), max(6, height // 9)), Image.Resampling.BOX)
        sheet.paste(blurred.resize((width, height), Image.Resampling.BILINEAR), (0, 0), mirror)
        waves = _lay_flat(_moved(tile, time, rough), width, height)
        sheet.paste(palette.near, (0, 0), waves.point(troughs))
        sheet.paste(crest, (0, 0), waves.point(crests))
        light(sheet, tinted(ImageChops.multiply(glitter, waves.point(sparkle)), glow), (0, 0))
        canvas.paste(sheet, (0, horizon))

    return stroke


def _moved(tile: Image.Image, time: float, rough: float) -> Image.Image:
    """Return the waves at a time: two copies that run through each other, so that they live instead of sliding."""
    if not time:
        return tile
    forth = ImageChops.offset(tile, round(time * 16), round(time * (22 + 26 * rough)))
    back = ImageChops.offset(tile, round(-time * 23) + _TILE // 2, round(time * 9))
    return ImageChops.lighter(forth, back.point(table(lambda value: value * 0.8)))


def _lay_flat(tile: Image.Image, width: int, height: int) -> Image.Image:
    """Return `tile` as a plane that runs to the horizon at its upper edge."""
    small = (max(16, width // 2), max(16, height // 2))
    parts = []
    for strip in range(_STRIPS):
        first, second = (_plane(share / _STRIPS) for share in (strip, strip + 1))
        top, bottom = (round(small[1] * (share / _STRIPS) ** 1.6) for share in (strip, strip + 1))
        middle = _TILE / 2
        left = (middle - first[0], first[1], middle - second[0], second[1])
        right = (middle + second[0], second[1], middle + first[0], first[1])
        if bottom > top:
            parts.append(((0, top, small[0], bottom), (*left, *right)))
    flat = tile.transform(small, Image.Transform.MESH, parts, Image.Resampling.BILINEAR)
    return flat.resize((width, height), Image.Resampling.BILINEAR)


def _plane(share: float) -> tuple[float, float]:
    """Return half the width, and the row, of the tile that is seen this far down."""
    down = share**1.6
    nearness = 1 / (0.12 + down * 0.88)
    return _TILE * 0.055 * nearness + 6, _TILE * (1 - 0.115 * nearness) * 0.98


def _glitter_shape(width: int, height: int, light_x: int) -> Image.Image:
    """Return where the light lies on the water: a path that widens towards us."""
    path = spot(512, 1.3).crop((0, 256, 512, 512)).resize((max(8, width // 2), height), Image.Resampling.BILINEAR)
    core = spot(512, 2.6).crop((156, 256, 356, 512)).resize((max(8, width // 2), height), Image.Resampling.BILINEAR)
    shape = Image.new('L', (width, height))
    shape.paste(ImageChops.lighter(path.point(table(lambda value: value * 0.75)), core), (light_x - width // 4, 0))
    return shape.filter(ImageFilter.BoxBlur(2))
