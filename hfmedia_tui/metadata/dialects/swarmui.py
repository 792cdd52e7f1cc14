"""SwarmUI: JSON in the place of A1111's text.

https://github.com/mcmonkeyprojects/SwarmUI/blob/master/docs/Image%20Metadata%20Format.md
"""

from collections.abc import Mapping
from typing import Final

from hfmedia_tui.domain import Task
from hfmedia_tui.metadata.dialects.json_texts import json_object, number_or_text
from hfmedia_tui.metadata.formats.exif import USER_COMMENT
from hfmedia_tui.metadata.recipe import Recipe, make_recipe

__all__ = ['read']

_FRAMES: Final = ('textvideoframes', 'videoframes')
"""Its names hold lower case letters alone: `Text2Video Frames` has lost its digit."""
_GUIDANCE: Final = ('fluxguidancescale', 'cfgscale')
_MAPPED: Final = frozenset(
    {'prompt', 'negativeprompt', 'model', 'seed', 'width', 'height', 'steps', 'images', *_GUIDANCE, *_FRAMES}
)


def read(texts: Mapping[str, str]) -> Recipe | None:
    told = json_object(texts.get('parameters')) or json_object(texts.get(USER_COMMENT)) or {}
    given = told.get('sui_image_params')
    if not isinstance(given, dict):
        return None
    frames = number_or_text(given, *_FRAMES)
    return make_recipe(
        'SwarmUI',
        task=None if frames is None else Task.TEXT_TO_VIDEO,
        prompt=given.get('prompt'),
        model=given.get('model'),
        seed=given.get('seed'),
        parameters={
            'negative_prompt': number_or_text(given, 'negativeprompt'),
            'width': given.get('width'),
            'height': given.get('height'),
            'num_inference_steps': given.get('steps'),
            'guidance_scale': number_or_text(given, *_GUIDANCE),
            'num_frames': frames,
        },
        others={name: value for name, value in given.items() if name not in _MAPPED},
    )
