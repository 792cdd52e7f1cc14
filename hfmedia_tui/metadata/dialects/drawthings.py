"""Draw Things: JSON in the comment of EXIF, which lies in XMP (https://github.com/drawthingsai/draw-things-community)."""

from collections.abc import Mapping

from hfmedia_tui.metadata.dialects.json_texts import json_object
from hfmedia_tui.metadata.formats import xmp
from hfmedia_tui.metadata.formats.carried import XMP
from hfmedia_tui.metadata.recipe import Recipe, make_recipe, side_by_side

__all__ = ['read']

_MAPPED = frozenset({'c', 'uc', 'model', 'seed', 'scale', 'steps', 'size', 'v2'})


def read(texts: Mapping[str, str]) -> Recipe | None:
    packet = texts.get(XMP, '')
    if 'UserComment' not in packet:
        return None
    told = json_object(xmp.properties(packet).get(xmp.EXIF_COMMENT))
    if told is None or 'c' not in told:
        return None
    more = told.get('v2')
    return make_recipe(
        'Draw Things',
        prompt=told.get('c'),
        model=told.get('model'),
        seed=told.get('seed'),
        parameters={
            'negative_prompt': told.get('uc'),
            **side_by_side(told.get('size')),
            'num_inference_steps': told.get('steps'),
            'guidance_scale': told.get('scale'),
            'num_frames': more.get('numFrames') if isinstance(more, dict) else None,
        },
        others={name: value for name, value in told.items() if name not in _MAPPED},
    )
