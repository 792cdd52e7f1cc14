"""Settings as JSON in the place of A1111's text, under names that many tools share: Spaces of the Hub, RuinedFooocus.

https://huggingface.co/spaces/cagliostrolab/animagine-xl-3.1 and https://github.com/runew0lf/RuinedFooocus
"""

from collections.abc import Mapping
from typing import Final

from hfmedia_tui.metadata.dialects.json_texts import json_object, number_or_text
from hfmedia_tui.metadata.formats.exif import USER_COMMENT
from hfmedia_tui.metadata.recipe import Recipe, make_recipe, side_by_side

__all__ = ['read']

_NAMES: Final = {
    'negative_prompt': ('negative_prompt', 'negative'),
    'num_inference_steps': ('num_inference_steps', 'steps'),
    'guidance_scale': ('guidance_scale', 'cfg_scale', 'cfg'),
    'width': ('width',),
    'height': ('height',),
}
"""Names of a parameter, in lower case, the usual one first."""
_MODEL: Final = ('model', 'base_model', 'base_model_name')
_MAPPED: Final = frozenset({'prompt', 'seed', 'resolution', *_MODEL, *sum(_NAMES.values(), ())})


def read(texts: Mapping[str, str]) -> Recipe | None:
    written = json_object(texts.get('parameters')) or json_object(texts.get(USER_COMMENT)) or {}
    told = {name.lower(): value for name, value in written.items()}
    parameters = {name: number_or_text(told, *names) for name, names in _NAMES.items()}
    if not isinstance(told.get('prompt'), str) or not any(value is not None for value in parameters.values()):
        return None
    return make_recipe(
        'JSON',
        prompt=told['prompt'],
        model=number_or_text(told, *_MODEL),
        seed=told.get('seed'),
        parameters=parameters | side_by_side(told.get('resolution')),
        others={name: value for name, value in written.items() if name.lower() not in _MAPPED},
    )
