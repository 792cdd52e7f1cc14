"""Fooocus: JSON in the place of A1111's text, or that text itself where it was told to write it.

https://github.com/lllyasviel/Fooocus/blob/main/modules/meta_parser.py
"""

from collections.abc import Mapping

from hfmedia_tui.metadata.dialects.json_texts import json_object
from hfmedia_tui.metadata.formats.exif import USER_COMMENT
from hfmedia_tui.metadata.recipe import Recipe, make_recipe, side_by_side

__all__ = ['read']

_MARKS = ('base_model', 'performance', 'sharpness', 'adm_guidance', 'styles')
_MAPPED = frozenset({'prompt', 'negative_prompt', 'base_model', 'seed', 'resolution', 'steps', 'guidance_scale'})


def read(texts: Mapping[str, str]) -> Recipe | None:
    told = json_object(texts.get('parameters')) or json_object(texts.get(USER_COMMENT)) or {}
    if sum(mark in told for mark in _MARKS) < 2:
        return None
    return make_recipe(
        'Fooocus',
        prompt=told.get('prompt'),
        model=told.get('base_model'),
        seed=told.get('seed'),
        parameters={
            'negative_prompt': told.get('negative_prompt'),
            **side_by_side(told.get('resolution')),
            'num_inference_steps': told.get('steps'),
            'guidance_scale': told.get('guidance_scale'),
        },
        others={name: value for name, value in told.items() if name not in _MAPPED},
    )
